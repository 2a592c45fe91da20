"""Parts, narrowed to what the viewer may see: None, or nothing in a list, where they may not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from mingyue.web.facilities.models import Machine
from mingyue.web.materials.models import Resin
from mingyue.web.parts import rules, telling
from mingyue.web.parts.bridge import fitting, masks
from mingyue.web.parts.models import Check, Part, PartReader, Revision, Study
from mingyue.web.parts.ways import Way
from mingyue.web.people.models import Role
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.blobs import open_blob
from mingyue.web.records.models import Blob
from mingyue.web.records.walls import seen_by

may_change = rules.may_change
may_ask = rules.may_ask
as_json = telling.part_as_json
findings_as_json = telling.findings_as_json


def parts_of(viewer: Viewer, *, organisation_id: UUID | None = None, archived: bool = False) -> QuerySet[Part]:
    """Newest first. organisation_id: of this one only."""
    found = Part.objects.filter(_seen_by(viewer), archived_at__isnull=not archived)
    if organisation_id is not None:
        found = found.filter(organisation_id=organisation_id)
    return found.select_related("organisation", "owner").order_by("-created_at", "-pk")


def part_of(viewer: Viewer, part_id: UUID) -> Part | None:
    """With its organisation and owner."""
    return Part.objects.filter(_seen_by(viewer), pk=part_id).select_related("organisation", "owner").first()


def revision_of(viewer: Viewer, revision_id: UUID) -> Revision | None:
    """With its part."""
    seen = Part.objects.filter(_seen_by(viewer))
    return Revision.objects.filter(pk=revision_id, part__in=seen).select_related("part").first()


def check_of(viewer: Viewer, check_id: UUID) -> Check | None:
    """With revision, part, machine and resin."""
    seen = Part.objects.filter(_seen_by(viewer))
    found = Check.objects.filter(pk=check_id, revision__part__in=seen)
    return found.select_related("revision__part", "machine__facility", "resin").first()


def checks_so(revision: Revision, way: Way) -> QuerySet[Check]:
    """The check of a revision of which the viewer is known to see the part, made so: one, or none."""
    found = Check.objects.exclude(state=Check.State.CANCELLED)
    same = {"machine": way.machine, "resin": way.resin, "layer_um": way.layer_um}
    turned = {"rotation__isnull": True} if way.rotation is None else {"rotation": way.rotation}
    return found.filter(revision=revision, **same, **turned)


def _seen_by(viewer: Viewer) -> Q:
    """Public: whoever is signed in. Internal: members. Else: its owner, those named, the organisation's owners."""
    if not viewer.signed_in or not viewer.may("parts:read"):
        return Q(pk__in=[])
    led = [each for each in viewer.organisations if viewer.has(each, Role.OWNER)]
    named = PartReader.objects.filter(person_id=viewer.person_id).values("part_id")
    within = Q(confidentiality=Part.Confidentiality.INTERNAL) | Q(owner_id=viewer.person_id) | Q(pk__in=named)
    return (
        Q(confidentiality=Part.Confidentiality.PUBLIC)
        | (Q(organisation_id__in=viewer.organisations) & within)
        | Q(organisation_id__in=led)
    )


# --- geometry -----------------------------------------------------------------------------------------------------


def file_of(viewer: Viewer, revision_id: UUID) -> tuple[Revision, Blob] | None:
    """The file as it came."""
    revision = revision_of(viewer, revision_id)
    blob = revision and _blob(revision.part.organisation_id, revision.blob_id)
    return (revision, blob) if revision and blob else None


def view_of(viewer: Viewer, revision_id: UUID) -> tuple[Part, Blob] | None:
    """The decimated GLB."""
    revision = revision_of(viewer, revision_id)
    blob = revision and _blob(revision.part.organisation_id, revision.view_id)
    return (revision.part, blob) if revision and blob else None


def deviation_of(viewer: Viewer, check_id: UUID) -> tuple[Part, Blob] | None:
    """The coloured GLB of what will come out."""
    check = check_of(viewer, check_id)
    study = check and check.studies.filter(kind=Study.Kind.DEVIATION).first()
    blob = check and study and _blob(check.organisation_id, study.blob_id)
    return (check.revision.part, blob) if check and blob else None


def layers_of(viewer: Viewer, check_id: UUID) -> tuple[Part, str, dict[str, Any]] | None:
    """Digest of the print package, and LAYERS of parts/urls.py without its addresses."""
    found = _package(viewer, check_id)
    if found is None:
        return None
    check, blob = found
    layers = masks.layers_of(blob.digest, lambda: open_blob(blob))
    return check.revision.part, blob.digest, masks.as_json(layers)


def mask_of(
    viewer: Viewer, check_id: UUID, *, layer: int, field: int, exposure: int = 0, scale: int = 1
) -> tuple[Part, str, bytes | None] | None:
    """An ETag and the PNG; no bytes where the field is dark; None where there is no such layer, field or check."""
    found = _package(viewer, check_id)
    if found is None:
        return None
    check, blob = found
    layers = masks.layers_of(blob.digest, lambda: open_blob(blob))
    try:
        place = layers.mask_at(layer, field, exposure)
    except LookupError:
        return None
    etag = f"{blob.digest[:24]}-{layer}-{field}-{exposure}-{scale}"
    if place is None:
        return check.revision.part, etag, None
    with open_blob(blob) as stream:
        return check.revision.part, etag, masks.mask_png(stream, place, scale=scale)


def _package(viewer: Viewer, check_id: UUID) -> tuple[Check, Blob] | None:
    check = check_of(viewer, check_id)
    blob = check and _blob(check.organisation_id, check.masks_id)
    return (check, blob) if check and blob else None


def _blob(organisation_id: UUID, blob_id: UUID | None) -> Blob | None:
    """A blob of a part that the viewer was found to see: a public part's blobs are behind its organisation's wall."""
    if blob_id is None:
        return None
    with seen_by(organisation_id=organisation_id):
        return Blob.objects.filter(pk=blob_id).first()


# --- what may be asked for ----------------------------------------------------------------------------------------


def machines() -> list[dict[str, Any]]:
    """Machines that print, and the resins that go with each; the finest first."""
    found = Machine.objects.filter(facility__is_open=True, state__in=(Machine.State.READY, Machine.State.BUSY)).exclude(
        profile=""
    )
    offered: dict[UUID, list[Resin]] = {}
    for resin in Resin.objects.filter(facility__is_open=True, is_offered=True).order_by("name"):
        offered.setdefault(resin.facility_id, []).append(resin)
    told = []
    for machine in found.select_related("facility").order_by("name"):
        fits = _fitting(machine, offered.get(machine.facility_id, []))
        pixel_um = fitting.pixel_um(machine.profile)
        if pixel_um is not None and fits:
            told.append({
                "id": str(machine.pk), "name": machine.name, "facility": machine.facility.title, "pixel_um": pixel_um,
                "layer_um": fitting.layer_range_um(machine.profile),
                "usual_layer_um": fitting.usual_layer_um(machine.profile), "resins": fits,
            })  # fmt: skip
    return sorted(told, key=lambda machine: float(str(machine["pixel_um"])))


def _fitting(machine: Machine, offered: Iterable[Resin]) -> list[dict[str, str]]:
    return [
        {"id": str(resin.pk), "name": resin.title}
        for resin in offered
        if not fitting.why_not(machine.profile, resin.profile)
    ]
