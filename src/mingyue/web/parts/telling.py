"""Parts, revisions and checks as JSON in the reader's language: PART and what is in it, see parts/urls.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from mingyue.phrases import say
from mingyue.web.parts import rules
from mingyue.web.parts.bridge import fitting
from mingyue.web.parts.lying import lying
from mingyue.web.parts.models import Check, Part, Revision, Study
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.kept_phrases import from_json
from mingyue.web.records.language import current_language, in_current_language
from mingyue.web.records.models import Blob
from mingyue.web.records.walls import seen_by

Json = dict[str, Any]

VERDICTS = {
    "fails": say("Some of it is predicted to fail."),
    "risk": say("It may work; some of it is at risk."),
    "note": say("It can be made; a few things are worth knowing."),
    "fine": say("It can be made; nothing was found."),
}
SEVERITIES = {"fails": say("fails"), "risk": say("risk"), "note": say("note")}


def part_as_json(viewer: Viewer, part: Part) -> Json:
    """PART, with everything of it."""
    can_change = rules.may_change(viewer, part)
    readers = part.readers.select_related("person").order_by("at") if can_change else []
    revisions = list(part.revisions.select_related("by").order_by("-number"))
    # A public part's blobs are behind its organisation's wall; the viewer was found to see the part.
    with seen_by(organisation_id=part.organisation_id):
        sizes = dict(Blob.objects.filter(pk__in=[one.blob_id for one in revisions]).values_list("pk", "size_bytes"))
    checks: dict[Any, list[Check]] = {}
    found = Check.objects.filter(revision__in=revisions).defer("findings").select_related("machine__facility", "resin")
    for check in found.prefetch_related("studies").order_by("asked_at", "pk"):
        checks.setdefault(check.revision_id, []).append(check)
    return {
        "id": str(part.pk),
        "name": part.name,
        "note": part.note,
        "confidentiality": part.confidentiality,
        "confidentiality_said": str(part.get_confidentiality_display()),
        "owner": {"id": str(part.owner_id), "name": str(part.owner)},
        "organisation": {"id": str(part.organisation_id), "name": part.organisation.title},
        "version": part.version,
        "created_at": _moment(part.created_at),
        "archived_at": _moment(part.archived_at),
        "may_change": can_change,
        "may_ask": rules.may_ask(viewer, part),
        "readers": [{"id": str(one.person_id), "name": str(one.person)} for one in readers],
        "revisions": [revision_as_json(one, sizes[one.blob_id], checks.get(one.pk, [])) for one in revisions],
    }


def revision_as_json(revision: Revision, size_bytes: int, checks: list[Check]) -> Json:
    """REVISION."""
    return {
        "id": str(revision.pk),
        "number": revision.number,
        "file_name": revision.file_name,
        "size_bytes": size_bytes,
        "units": revision.units,
        "by": str(revision.by),
        "at": _moment(revision.at),
        "state": revision.state,
        "state_said": str(revision.get_state_display()),
        "problem": _problem(revision.problem),
        "facts": revision.facts and _facts(revision.facts),
        "view": reverse("parts:view", args=[revision.pk]) if revision.view_id else None,
        "checks": [check_as_json(check) for check in checks],
    }


def check_as_json(check: Check) -> Json:
    """CHECK, without its findings."""
    looked = check.looked or {}
    studies = {study.kind: study for study in check.studies.all()}
    # Findings are replaced once, by those with the model's answers: their address says which they are.
    findings = f"{reverse('parts:findings', args=[check.pk])}?v={check.attempt}{int(looked.get('model_asked', False))}"
    return {
        "id": str(check.pk),
        "machine": {
            "id": str(check.machine_id),
            "name": check.machine.name,
            "facility": check.machine.facility.title,
            "facility_slug": check.machine.facility.slug,
            "pixel_um": fitting.pixel_um(check.machine.profile),
        },
        "resin": {"id": str(check.resin_id), "name": check.resin.title},
        "layer_um": check.layer_um,
        "rotation": check.rotation,
        "lying": _said(lying(check.rotation)),
        **_progress(check),
        "asked_at": _moment(check.asked_at),
        "started_at": _moment(check.started_at),
        "ended_at": _moment(check.ended_at),
        "verdict": check.verdict,
        "verdict_said": _said(VERDICTS.get(check.verdict, "")),
        "counts": looked.get("counts", {"fails": 0, "risk": 0, "note": 0}),
        "layers": looked.get("layers", 0),
        "fields": looked.get("fields", 0),
        "mended": looked.get("mended", False),
        "notes": [_said(from_json(note)) for note in looked.get("notes", [])],
        "model_asked": looked.get("model_asked", False),
        "findings": findings if looked else None,
        "masks": reverse("parts:layers", args=[check.pk]) if check.masks_id else None,
        "estimate": check.estimate and check.estimate | {"source": _source(check.estimate.get("source"))},
        "placement": looked.get("placement"),
        "orientations": _study(studies.get(Study.Kind.ORIENTATIONS)),
        "deviation": _study(studies.get(Study.Kind.DEVIATION)),
    }


def findings_as_json(check: Check) -> list[Json]:
    """FINDING for each of its findings."""
    return [_finding(kept) for kept in check.findings]


def _source(kept: Json | str | None) -> str:
    """Where a number comes from, in the reader's language. A text alone was kept before there were two."""
    return kept[current_language()] if isinstance(kept, dict) else kept or ""


def _finding(kept: Json) -> Json:
    model = kept["model"]
    told = {name: _said(from_json(kept[name])) for name in ("title", "message", "remedy")}
    severity = _said(SEVERITIES[kept["severity"]])
    said = kept | told | {"severity_said": severity, "source": _source(kept["source"])}
    return said | {"model": model and (model | {"said": _said(from_json(model["said"]))})}


def _study(study: Study | None) -> Json | None:
    if study is None:
        return None
    result = study.result
    if result and study.kind == Study.Kind.ORIENTATIONS:
        choices = [way | {"names": [_said(from_json(name)) for name in way["names"]]} for way in result["choices"]]
        result = result | {"choices": choices}
    elif result:
        notes = [_said(from_json(note)) for note in result["notes"]]
        result = result | {"notes": notes, "glb": reverse("parts:deviation", args=[study.about_id])}
    return {"id": str(study.pk), **_progress(study), "result": result}


def _progress(row: Check | Study) -> Json:
    return {
        "state": row.state,
        "state_said": str(row.get_state_display()),
        "done": row.done_share,
        "doing": _said(from_json(row.doing)),
        "problem": _problem(row.problem),
    }


def _problem(kept: Json | None) -> Json | None:
    if kept is None:
        return None
    return kept | {name: _said(from_json(kept.get(name))) for name in ("message", "remedy")}


def _facts(kept: Json) -> Json:
    faults = [{name: _said(from_json(text)) for name, text in fault.items()} for fault in kept["faults"]]
    return kept | {"faults": faults, "notes": [_said(from_json(note)) for note in kept["notes"]]}


def _said(text: str) -> str:
    return str(in_current_language(text))


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
