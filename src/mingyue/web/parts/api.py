"""Parts over HTTP: from an upload to what the checks found."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Status

from mingyue.web.parts import comparing, queries, services, telling, views
from mingyue.web.parts.models import Check, Part, Revision
from mingyue.web.parts.shapes import (
    ChangeIn,
    ChangesOut,
    CheckIn,
    CheckOut,
    FindingsOut,
    PartBriefOut,
    PartIn,
    PartOut,
    ReaderIn,
    RevisionIn,
    StudyOut,
    UnitsIn,
    WayOut,
)
from mingyue.web.people import queries as people
from mingyue.web.people.access import Needs, caller, now, there
from mingyue.web.records.errors import RefusedError
from mingyue.web.records.etags import IF_MATCH, as_precondition, tell_version, version_matched
from mingyue.web.records.paging import Cursor, Limit, Page, page_of
from mingyue.web.records.texts import SLUG

router = Router(tags=["parts"])
READS = Needs("parts:read")
WRITES = Needs("parts:write")

OfOrganisation = Annotated[str, Query(None, pattern=SLUG, description="Parts of this organisation only, by slug.")]
Archived = Annotated[bool, Query(False, description="Those that were archived instead.")]
Index = Annotated[int, Path(..., ge=0, le=1_000_000)]
Scale = Annotated[Literal["1", "2", "4", "8", "16"], Query("1", description="So much smaller in each direction.")]
Exposure = Annotated[int, Query(0, ge=0, le=1000, description="Which one, where a layer has several.")]


def _bytes(media_type: str, *, dark: bool = False) -> dict[str, Any]:
    """How an endpoint that answers no JSON is described."""
    shape = {"type": "object"} if media_type == "application/json" else {"type": "string", "format": "binary"}
    answers: dict[int, Any] = {200: {"description": "OK", "content": {media_type: {"schema": shape}}}}
    return {"responses": answers | ({204: {"description": "The field is dark in this layer."}} if dark else {})}


@router.get("/parts", auth=READS, response=Page[PartBriefOut])
def list_parts(
    request: HttpRequest,
    organisation: OfOrganisation = "",
    archived: Archived = False,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    """Those that the caller may see, the newest first."""
    only = there(people.organisation_of(caller(request), organisation)).pk if organisation else None
    found = queries.parts_of(caller(request), organisation_id=only, archived=archived)
    return page_of(found, cursor=cursor, limit=limit)


@router.post("/parts", auth=WRITES, response={201: PartOut})
def add_part(request: HttpRequest, response: HttpResponse, said: PartIn) -> Any:
    """A part from an upload that is whole; see /uploads/. Its organisation is the upload's. Reading begins."""
    revision = services.add_part(
        actor=caller(request), upload_id=said.upload, name=said.name, note=said.note,
        confidentiality=said.confidentiality, units=said.units, at=now(),
    )  # fmt: skip
    response["Location"] = f"/api/parts/{revision.part_id}"
    return Status(201, _told(request, response, revision.part_id))


@router.get("/parts/ways", auth=READS, response=list[WayOut])
def list_ways(request: HttpRequest) -> Any:
    """Machines and resins that a check may be asked for."""
    return queries.machines()


@router.get("/parts/{uuid:part_id}", auth=READS, response=PartOut)
def show_part(request: HttpRequest, response: HttpResponse, part_id: UUID) -> Any:
    """One part with its revisions and checks."""
    return _told(request, response, part_id)


@router.patch("/parts/{uuid:part_id}", auth=WRITES, response=PartOut, openapi_extra=IF_MATCH)
def change_part(request: HttpRequest, response: HttpResponse, part_id: UUID, said: ChangeIn) -> Any:
    """Its name, note and who may see it. Its owner and the organisation's owners may do this."""
    part = _part(request, part_id)
    told = {name: getattr(part, name) for name in ("name", "note", "confidentiality")}
    with as_precondition():
        services.change_part(
            actor=caller(request), part_id=part_id, version=version_matched(request, part.version), at=now(),
            **(told | said.model_dump(exclude_unset=True)),
        )  # fmt: skip
    return _told(request, response, part_id)


@router.post("/parts/{uuid:part_id}/archive", auth=WRITES, response=PartOut)
def archive_part(request: HttpRequest, response: HttpResponse, part_id: UUID) -> Any:
    """Out of the lists; nothing is deleted."""
    services.archive_part(actor=caller(request), part_id=part_id, at=now())
    return _told(request, response, part_id)


@router.post("/parts/{uuid:part_id}/revisions", auth=WRITES, response={201: PartOut})
def add_revision(request: HttpRequest, response: HttpResponse, part_id: UUID, said: RevisionIn) -> Any:
    """Another geometry from an upload that is whole. Reading begins."""
    services.add_revision(actor=caller(request), part_id=part_id, upload_id=said.upload, units=said.units, at=now())
    return Status(201, _told(request, response, part_id))


@router.post("/parts/{uuid:part_id}/readers", auth=WRITES, response={201: PartOut})
def add_reader(request: HttpRequest, response: HttpResponse, part_id: UUID, said: ReaderIn) -> Any:
    """A colleague may see the part from now on."""
    services.add_reader(actor=caller(request), part_id=part_id, email=said.email, at=now())
    return Status(201, _told(request, response, part_id))


@router.delete("/parts/{uuid:part_id}/readers/{uuid:person_id}", auth=WRITES, response={204: None})
def remove_reader(request: HttpRequest, part_id: UUID, person_id: UUID) -> Any:
    """They may no longer."""
    services.remove_reader(actor=caller(request), part_id=part_id, person_id=person_id, at=now())
    return Status(204, None)


@router.post("/revisions/{uuid:revision_id}/units", auth=WRITES, response=PartOut)
def say_units(request: HttpRequest, response: HttpResponse, revision_id: UUID, said: UnitsIn) -> Any:
    """What the numbers of a file mean that carries no unit; it is read again. Said once."""
    revision = _revision(request, revision_id)
    services.say_units(actor=caller(request), revision_id=revision_id, units=said.units, at=now())
    return _told(request, response, revision.part_id)


@router.get("/revisions/{uuid:revision_id}/view.glb", auth=READS, openapi_extra=_bytes("model/gltf-binary"))
def show_view(request: HttpRequest, revision_id: UUID) -> Any:
    """Its surface, decimated: GLB in µm of the part frame."""
    return views.view(request, revision_id)


@router.get("/revisions/{uuid:revision_id}/file", auth=READS, openapi_extra=_bytes("application/octet-stream"))
def show_file(request: HttpRequest, revision_id: UUID) -> Any:
    """The file as it came."""
    return views.file(request, revision_id)


@router.post("/revisions/{uuid:revision_id}/checks", auth=WRITES, response={201: CheckOut})
def ask_check(request: HttpRequest, revision_id: UUID, said: CheckIn) -> Any:
    """Have it checked whether it can be made so; the check that is there where it was asked already."""
    check = services.ask_check(
        actor=caller(request), revision_id=revision_id, machine_id=said.machine, resin_id=said.resin,
        layer_um=said.layer_um, rotation=said.rotation, at=now(),
    )  # fmt: skip
    return Status(201, _told_check(request, check.pk))


@router.get("/checks/{uuid:check_id}", auth=READS, response=CheckOut)
def show_check(request: HttpRequest, check_id: UUID) -> Any:
    """One check."""
    return _told_check(request, check_id)


@router.post("/checks/{uuid:check_id}/cancel", auth=WRITES, response=CheckOut)
def cancel_check(request: HttpRequest, check_id: UUID) -> Any:
    """Stop a check that waits or runs."""
    services.cancel_check(actor=caller(request), check_id=check_id, at=now())
    return _told_check(request, check_id)


@router.get("/checks/{uuid:check_id}/findings", auth=READS, response=FindingsOut)
def list_findings(request: HttpRequest, check_id: UUID) -> Any:
    """What it found: the worst first, each with place and remedy."""
    check = _check(request, check_id)
    services.note_look(actor=caller(request), part=check.revision.part, at=now(), what="findings")
    looked = check.looked or {}
    return {
        "findings": queries.findings_as_json(check),
        "left_out": looked.get("left_out", 0),
        "placement": looked.get("placement"),
    }


@router.get("/checks/{uuid:check_id}/changes/{uuid:since_id}", auth=READS, response=ChangesOut)
def show_changes(request: HttpRequest, check_id: UUID, since_id: UUID) -> Any:
    """Findings gained, lost and kept against a check of another revision of the same part."""
    check, since = _check(request, check_id), _check(request, since_id)
    if reasons := comparing.why_not(since, check):
        raise RefusedError(reasons)
    services.note_look(actor=caller(request), part=check.revision.part, at=now(), what="findings")
    return comparing.changes_as_json(since, check)


@router.post("/checks/{uuid:check_id}/orientations", auth=WRITES, response={201: StudyOut})
def ask_orientations(request: HttpRequest, check_id: UUID) -> Any:
    """Ask how the part may lie on this check's machine."""
    services.ask_orientations(actor=caller(request), check_id=check_id, at=now())
    return Status(201, _told_check(request, check_id)["orientations"])


@router.post("/checks/{uuid:check_id}/deviation", auth=WRITES, response={201: StudyOut})
def ask_deviation(request: HttpRequest, check_id: UUID) -> Any:
    """Ask what will come out, by the virtual print, and how far that is from the design."""
    services.ask_deviation(actor=caller(request), check_id=check_id, at=now())
    return Status(201, _told_check(request, check_id)["deviation"])


@router.get("/checks/{uuid:check_id}/deviation.glb", auth=READS, openapi_extra=_bytes("model/gltf-binary"))
def show_deviation(request: HttpRequest, check_id: UUID) -> Any:
    """What will come out, coloured by its deviation: GLB in µm of the build frame."""
    return views.deviation(request, check_id)


@router.get("/checks/{uuid:check_id}/layers", auth=READS, openapi_extra=_bytes("application/json"))
def show_layers(request: HttpRequest, check_id: UUID) -> Any:
    """Where the masks of a check lie, layer by layer."""
    return views.layers(request, check_id)


@router.get(
    "/checks/{uuid:check_id}/layers/{int:layer}/{int:field}.png",
    auth=READS,
    openapi_extra=_bytes("image/png", dark=True),
)
def show_mask(
    request: HttpRequest, check_id: UUID, layer: Index, field: Index, scale: Scale = "1", exposure: Exposure = 0
) -> Any:
    """One mask, as the projector shows it: 8-bit grey, row 0 at y max."""
    return views.tile(request, check_id, layer, field)


def _part(request: HttpRequest, part_id: UUID) -> Part:
    return there(queries.part_of(caller(request), part_id))


def _revision(request: HttpRequest, revision_id: UUID) -> Revision:
    return there(queries.revision_of(caller(request), revision_id))


def _check(request: HttpRequest, check_id: UUID) -> Check:
    return there(queries.check_of(caller(request), check_id))


def _told(request: HttpRequest, response: HttpResponse, part_id: UUID) -> Any:
    part = _part(request, part_id)
    tell_version(response, part.version)
    told = queries.as_json(caller(request), part)
    for revision in told["revisions"]:
        if revision["view"]:
            revision["view"] = f"/api/revisions/{revision['id']}/view.glb"
        for check in revision["checks"]:
            _at_api(check)
    return told


def _told_check(request: HttpRequest, check_id: UUID) -> Any:
    return _at_api(telling.check_as_json(_check(request, check_id)))


def _at_api(check: dict[str, Any]) -> dict[str, Any]:
    """Its addresses are those of this API."""
    for name, end in (("findings", "findings"), ("masks", "layers")):
        if check[name]:
            check[name] = f"/api/checks/{check['id']}/{end}"
    return check
