"""What the page and its programs ask of parts: JSON, geometry and masks. See parts/urls.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from mingyue.phrases import say
from mingyue.web.parts import comparing, queries, services
from mingyue.web.parts.models import Part, Study
from mingyue.web.records.answers import (
    answers_json,
    body_of,
    id_in,
    number_in,
    numbers_in,
    text_in,
    unchanging,
    whole_in,
)
from mingyue.web.records.blobs import open_blob
from mingyue.web.records.errors import InvalidError, NotFoundError, RefusedError
from mingyue.web.records.live import stream_of
from mingyue.web.records.models import Blob

if TYPE_CHECKING:
    from mingyue.web.people.viewers import Viewer

SCALES = (1, 2, 4, 8, 16)


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _now() -> datetime:
    return datetime.now(UTC)


# --- acts ---------------------------------------------------------------------------------------------------------


@answers_json
@require_POST
def add(request: HttpRequest) -> JsonResponse:
    """A part from an upload."""
    body = body_of(request)
    revision = services.add_part(
        actor=_viewer(request),
        upload_id=id_in(body, "upload"),
        name=text_in(body, "name"),
        note=text_in(body, "note", ""),
        confidentiality=text_in(body, "confidentiality", Part.Confidentiality.CONFIDENTIAL.value),
        units=text_in(body, "units", ""),
        at=_now(),
    )
    return JsonResponse({"part": str(revision.part_id), "revision": str(revision.pk)}, status=201)


@answers_json
@require_POST
def revise(request: HttpRequest, part_id: UUID) -> JsonResponse:
    """Another revision from an upload."""
    body = body_of(request)
    revision = services.add_revision(
        actor=_viewer(request),
        part_id=part_id,
        upload_id=id_in(body, "upload"),
        units=text_in(body, "units", ""),
        at=_now(),
    )
    return JsonResponse({"revision": str(revision.pk)}, status=201)


@answers_json
@require_POST
def say_units(request: HttpRequest, revision_id: UUID) -> JsonResponse:
    """What the numbers of a file mean."""
    units = text_in(body_of(request), "units")
    services.say_units(actor=_viewer(request), revision_id=revision_id, units=units, at=_now())
    return JsonResponse({})


@answers_json
@require_POST
def change(request: HttpRequest, part_id: UUID) -> JsonResponse:
    """Its name, note and confidentiality."""
    body = body_of(request)
    part = services.change_part(
        actor=_viewer(request),
        part_id=part_id,
        version=whole_in(body, "version"),
        name=text_in(body, "name"),
        note=text_in(body, "note", ""),
        confidentiality=text_in(body, "confidentiality"),
        at=_now(),
    )
    return JsonResponse({"version": part.version})


@answers_json
@require_POST
def add_reader(request: HttpRequest, part_id: UUID) -> JsonResponse:
    """A colleague may see it."""
    email = text_in(body_of(request), "email")
    services.add_reader(actor=_viewer(request), part_id=part_id, email=email, at=_now())
    return JsonResponse({})


@answers_json
@require_POST
def remove_reader(request: HttpRequest, part_id: UUID) -> JsonResponse:
    """They may no longer."""
    person_id = id_in(body_of(request), "person")
    services.remove_reader(actor=_viewer(request), part_id=part_id, person_id=person_id, at=_now())
    return JsonResponse({})


@answers_json
@require_POST
def archive(request: HttpRequest, part_id: UUID) -> JsonResponse:
    """Out of the lists."""
    services.archive_part(actor=_viewer(request), part_id=part_id, at=_now())
    return JsonResponse({})


@answers_json
@require_POST
def ask_check(request: HttpRequest, revision_id: UUID) -> JsonResponse:
    """Whether it can be made so."""
    body = body_of(request)
    check = services.ask_check(
        actor=_viewer(request),
        revision_id=revision_id,
        machine_id=id_in(body, "machine"),
        resin_id=id_in(body, "resin"),
        layer_um=number_in(body, "layer_um"),
        rotation=numbers_in(body, "rotation"),
        at=_now(),
    )
    return JsonResponse({"check": str(check.pk)}, status=201)


@answers_json
@require_POST
def cancel_check(request: HttpRequest, check_id: UUID) -> JsonResponse:
    """Stop it."""
    services.cancel_check(actor=_viewer(request), check_id=check_id, at=_now())
    return JsonResponse({})


@answers_json
@require_POST
def ask_study(request: HttpRequest, check_id: UUID, kind: str) -> JsonResponse:
    """How it may lie, or what will come out."""
    asks = {
        Study.Kind.ORIENTATIONS.value: services.ask_orientations,
        Study.Kind.DEVIATION.value: services.ask_deviation,
    }
    if kind not in asks:
        raise NotFoundError
    study = asks[kind](actor=_viewer(request), check_id=check_id, at=_now())
    return JsonResponse({"study": str(study.pk)}, status=201)


# --- looks --------------------------------------------------------------------------------------------------------


@answers_json
@require_GET
def state(request: HttpRequest, part_id: UUID) -> JsonResponse:
    """The part, its revisions and checks."""
    part = _found(queries.part_of(_viewer(request), part_id))
    return JsonResponse(queries.as_json(_viewer(request), part), headers={"Cache-Control": "no-store"})


@answers_json
@require_GET
def findings(request: HttpRequest, check_id: UUID) -> JsonResponse:
    """What a check found."""
    check = _found(queries.check_of(_viewer(request), check_id))
    _note(request, check.revision.part, "findings")
    looked = check.looked or {}
    told = {
        "findings": queries.findings_as_json(check),
        "left_out": looked.get("left_out", 0),
        "placement": looked.get("placement"),
    }
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


@answers_json
@require_GET
def changes(request: HttpRequest, check_id: UUID, since_id: UUID) -> JsonResponse:
    """What a check found against one of another revision."""
    check = _found(queries.check_of(_viewer(request), check_id))
    since = _found(queries.check_of(_viewer(request), since_id))
    if reasons := comparing.why_not(since, check):
        raise RefusedError(reasons)
    _note(request, check.revision.part, "findings")
    return JsonResponse(comparing.changes_as_json(since, check), headers={"Cache-Control": "no-store"})


@answers_json
@require_GET
def machines(request: HttpRequest) -> JsonResponse:
    """What a check may be asked for."""
    if not _viewer(request).signed_in:
        raise NotFoundError
    return JsonResponse({"machines": queries.machines()})


@answers_json
@require_GET
def view(request: HttpRequest, revision_id: UUID) -> HttpResponse:
    """The lighter copy of its surface."""
    return _glb(request, queries.view_of(_viewer(request), revision_id), "view")


@answers_json
@require_GET
def deviation(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """What will come out, coloured by how far it is from the design."""
    return _glb(request, queries.deviation_of(_viewer(request), check_id), "deviation")


def _glb(request: HttpRequest, found: tuple[Part, Blob] | None, what: str) -> HttpResponse:
    part, blob = _found(found)
    _note(request, part, what)

    def made() -> HttpResponse:
        with open_blob(blob) as stream:
            return HttpResponse(stream.read(), content_type="model/gltf-binary")

    return unchanging(request, blob.digest, made)


@answers_json
@require_GET
def file(request: HttpRequest, revision_id: UUID) -> FileResponse:
    """The file as it came. Its type is that of no page, whatever it holds."""
    revision, blob = _found(queries.file_of(_viewer(request), revision_id))
    _note(request, revision.part, "file")
    return FileResponse(
        open_blob(blob),
        as_attachment=True,
        filename=revision.file_name,
        content_type="application/octet-stream",
        headers={"Cache-Control": "private, no-store", "Content-Length": str(blob.size_bytes)},
    )


@answers_json
@require_GET
def layers(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Where the masks of a check lie."""
    part, digest, told = _found(queries.layers_of(_viewer(request), check_id))
    _note(request, part, "masks")
    tile_ = reverse("parts:tile", args=[check_id, 0, 0]).removesuffix("0/0.png") + "{layer}/{field}.png"
    return unchanging(
        request, digest, lambda: HttpResponse(json.dumps(told | {"tile": tile_}), content_type="application/json")
    )


@answers_json
@require_GET
def tile(request: HttpRequest, check_id: UUID, layer: int, field: int) -> HttpResponse:
    """One mask."""
    exposure, scale = _option(request, "exposure", 0), _option(request, "scale", 1)
    if scale not in SCALES:
        raise InvalidError("scale", say("A mask is made smaller by 2, 4, 8 or 16."))
    part, etag, png = _found(
        queries.mask_of(_viewer(request), check_id, layer=layer, field=field, exposure=exposure, scale=scale)
    )
    _note(request, part, "masks")
    return unchanging(
        request, etag, lambda: HttpResponse(status=204) if png is None else HttpResponse(png, content_type="image/png")
    )


@answers_json
@require_GET
def live(request: HttpRequest, part_id: UUID) -> HttpResponseBase:
    """Says whenever something of it changed."""
    _found(queries.part_of(_viewer(request), part_id))
    return stream_of("part", str(part_id))


def _found(thing: Any) -> Any:
    if thing is None:
        raise NotFoundError
    return thing


def _note(request: HttpRequest, part: Part, what: str) -> None:
    services.note_look(actor=_viewer(request), part=part, at=_now(), what=what)


def _option(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InvalidError(name, say("A whole number is needed here."))
    return int(text)
