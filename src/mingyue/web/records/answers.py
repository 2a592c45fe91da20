"""Views that programs call: JSON in, JSON out, refusals included."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from mingyue.phrases import say
from mingyue.web.records.errors import InvalidError

View = Callable[..., HttpResponseBase]
_MOST_BYTES = 100_000
_MOST_NUMBERS = 100


def answers_json(view: View) -> View:
    """Refusals of this view become JSON; site/middleware.py does it."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.answers_json = True  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return marked


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent. Raises InvalidError for anything else."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
        body = json.loads(request.body) if length <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise InvalidError("", say("The request is no JSON object."))
    return body


def text_in(body: dict[str, Any], field: str, default: str | None = None) -> str:
    """A text of the object. Raises InvalidError where it is missing or something else."""
    value = body.get(field, default)
    if not isinstance(value, str) or "\x00" in value:
        raise InvalidError(field, say("A text is needed here."))
    return value


def id_in(body: dict[str, Any], field: str) -> UUID:
    """An id of the object."""
    try:
        return UUID(text_in(body, field))
    except ValueError:
        raise InvalidError(field, say("An id is needed here.")) from None


def number_in(body: dict[str, Any], field: str) -> float | None:
    """A number of the object; None where it is missing."""
    value = body.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        raise InvalidError(field, say("A number is needed here."))
    return float(value)


def numbers_in(body: dict[str, Any], field: str) -> list[float] | None:
    """Some numbers of the object; None where they are missing."""
    values = body.get(field)
    if values is None:
        return None
    if not isinstance(values, list) or len(values) > _MOST_NUMBERS:
        raise InvalidError(field, say("A number is needed here."))
    return [number for value in values if (number := number_in({field: _no_null(value)}, field)) is not None]


def _no_null(value: Any) -> Any:
    return "" if value is None else value  # which is no number


def whole_in(body: dict[str, Any], field: str) -> int:
    """A whole number of the object."""
    value = body.get(field)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise InvalidError(field, say("A whole number is needed here."))
    return value


def unchanging(request: HttpRequest, etag: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    """What never changes under its address: 304 to whoever has it, kept by this reader's browser only."""
    quoted = f'"{etag}"'
    known = [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]
    response = HttpResponse(status=304) if quoted in known else make()
    response["ETag"] = quoted
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Vary"] = "Cookie, Authorization"
    return response
