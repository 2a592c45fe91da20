"""Uploads over HTTP: tus 1.0.0 with creation, expiration, termination and checksum. See records/urls.py."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.http import require_http_methods

from mingyue.phrases import say
from mingyue.web.records import uploads
from mingyue.web.records.answers import View, answers_json
from mingyue.web.records.errors import InvalidError, NotFoundError
from mingyue.web.records.models import Upload

VERSION = "1.0.0"
_PIECE = "application/offset+octet-stream"


def _tus(view: View) -> View:
    """Every answer names the protocol's version, and every request but OPTIONS must."""

    @wraps(view)
    def spoken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.answer_headers = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}  # type: ignore[attr-defined]
        if request.method == "OPTIONS":
            response: HttpResponseBase = _abilities()
        elif request.headers.get("Tus-Resumable") != VERSION:
            response = HttpResponse(status=412, headers={"Tus-Version": VERSION})
        else:
            response = view(request, *args, **kwargs)
        for name, value in request.answer_headers.items():  # type: ignore[attr-defined]
            response[name] = value
        return response

    return answers_json(spoken)


def _abilities() -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            "Tus-Version": VERSION,
            "Tus-Extension": "creation,expiration,termination,checksum",
            "Tus-Checksum-Algorithm": "sha256",
            "Tus-Max-Size": str(settings.UPLOAD_LIMIT_BYTES),
        },
    )


@_tus
@require_http_methods(["POST", "OPTIONS"])
def uploads_view(request: HttpRequest) -> HttpResponse:
    """Begin one."""
    sender = _sender(request)
    said = metadata_of(request.headers.get("Upload-Metadata", ""))
    upload = uploads.begin_upload(
        actor=sender,
        organisation_id=_organisation(sender, said.get("organisation", "")),
        file_name=said.get("filename", ""),
        length_bytes=_count(request, "Upload-Length"),
        at=datetime.now(UTC),
    )
    place = request.build_absolute_uri(reverse("records:upload", args=[upload.pk]))
    return HttpResponse(status=201, headers={"Location": place, "Upload-Expires": _expires(upload)})


@_tus
@require_http_methods(["HEAD", "PATCH", "DELETE", "OPTIONS"])
def upload_view(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """How far it is; a piece of it; or its end."""
    sender, now = _sender(request), datetime.now(UTC)
    if request.method == "DELETE":
        uploads.give_up(actor=sender, upload_id=upload_id, at=now)
        return HttpResponse(status=204)
    if request.method == "PATCH":
        return _patch(request, sender, upload_id, now)
    upload = uploads.upload_of(sender, upload_id, at=now)
    if upload is None:
        raise NotFoundError
    name = base64.b64encode(upload.file_name.encode()).decode()
    return HttpResponse(
        status=200,
        headers={
            "Upload-Offset": str(uploads.offset_of(upload)),
            "Upload-Length": str(upload.length_bytes),
            "Upload-Metadata": f"filename {name}",
            "Upload-Expires": _expires(upload),
        },
    )


def _patch(request: HttpRequest, sender: uploads.Sender, upload_id: UUID, now: datetime) -> HttpResponse:
    if request.content_type != _PIECE:
        return HttpResponse(status=415)
    length = uploads.add_piece(
        actor=sender,
        upload_id=upload_id,
        offset=_count(request, "Upload-Offset"),
        piece=cast(Any, request),
        at=now,
        sha256=_checksum(request.headers.get("Upload-Checksum", "")),
    )
    return HttpResponse(
        status=204,
        headers={"Upload-Offset": str(length), "Upload-Expires": http_date((now + uploads.LASTS).timestamp())},
    )


def metadata_of(header: str) -> dict[str, str]:
    """`filename d29ybGQ=,organisation bGFrZQ==` → names and texts. Raises InvalidError for what is no base64."""
    said = {}
    for pair in filter(None, (one.strip() for one in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            said[name] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise InvalidError("Upload-Metadata", say("Metadata is text in base64.")) from None
    return said


def _sender(request: HttpRequest) -> Any:
    return request.viewer  # type: ignore[attr-defined]


def _organisation(sender: Any, said: str) -> UUID:
    """The one that is meant; the only one where none was said."""
    if not said and len(sender.organisations) == 1:
        return cast(UUID, sender.organisations[0])
    if not said and sender.organisations:
        raise InvalidError("organisation", say("Say for which of your organisations the file is."))
    if said in sender.slugs:
        return cast(UUID, sender.slugs[said])
    try:
        return UUID(said)
    except ValueError:
        raise NotFoundError from None


def _count(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise InvalidError(header, say("{header} is no count of bytes.", header=header))
    return int(text)


def _checksum(header: str) -> bytes | None:
    if not header:
        return None
    algorithm, _, value = header.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm != "sha256" or len(digest) != 32:
        raise InvalidError("Upload-Checksum", say("A checksum is sha256, in base64."))
    return digest


def _expires(upload: Upload) -> str:
    return http_date(upload.expires_at.timestamp())
