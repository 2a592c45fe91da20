"""Errors as problems (RFC 9457): what, why and what to do, for programs and in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from mingyue.errors import BadInputError, LimitError, MingyueError
from mingyue.phrases import Phrase, say
from mingyue.web.people.access import BeyondKeyError, ForgeryError, UnknownViewerError
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mingyue.web.records.etags import ChangedMeanwhileError, StateUnsaidError
from mingyue.web.records.idempotency import KeyReusedError
from mingyue.web.records.language import in_current_language
from mingyue.web.site.limits import TooManyRequestsError
from mingyue.web.site.middleware import status_of

MEDIA_TYPE = "application/problem+json"


class FieldProblem(Schema):
    """What is wrong with one value. place: where it stands, such as body.name or query.limit."""

    place: str
    message: str


class Problem(Schema):
    """Why a request was not done. reasons: each rule that forbids it; errors: each value that does not fit."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    remedy: str
    reasons: list[str] = []
    errors: list[FieldProblem] = []


# The first class that fits decides, as in the table of statuses.
_KINDS: tuple[tuple[type[MingyueError], str, Phrase], ...] = (
    (NotFoundError, "not-found", say("Not found")),
    (ConflictError, "conflict", say("Conflict")),
    (RefusedError, "refused", say("Refused by a rule")),
    (UnknownViewerError, "not-signed-in", say("Not signed in")),
    (BeyondKeyError, "scope-missing", say("Beyond the key")),
    (ForgeryError, "token-missing", say("Without a page's token")),
    (ChangedMeanwhileError, "changed-meanwhile", say("Changed meanwhile")),
    (StateUnsaidError, "state-unsaid", say("State not said")),
    (KeyReusedError, "idempotency-key-reused", say("Idempotency-Key used again")),
    (TooManyRequestsError, "too-many-requests", say("Too many requests")),
    (LimitError, "too-large", say("Too large")),
    (InvalidError, "invalid", say("A value does not fit")),
    (BadInputError, "bad-input", say("Cannot be read")),
    (MingyueError, "failed", say("Not done")),
)


def of_error(request: HttpRequest, error: MingyueError) -> HttpResponse:
    """The answer to a request that an error ended."""
    kind, title = next((kind, title) for of, kind, title in _KINDS if isinstance(error, of))
    errors = [{"place": error.field, "message": error.message}] if isinstance(error, InvalidError) else []
    return problem(
        request, status_of(error), kind, title, detail=error.message, remedy=error.remedy,
        reasons=getattr(error, "reasons", ()), errors=errors,
    )  # fmt: skip


def problem(
    request: HttpRequest,
    status: int,
    kind: str,
    title: str,
    *,
    detail: str,
    remedy: str,
    reasons: Sequence[str] = (),
    errors: Sequence[Mapping[str, str]] = (),
) -> HttpResponse:
    """A problem as an answer."""
    told: dict[str, Any] = {
        "type": f"urn:mingyue:problem:{kind}",
        "title": in_current_language(title),
        "status": status,
        "detail": in_current_language(detail),
        "instance": request.path,
        "remedy": in_current_language(remedy),
        "reasons": [in_current_language(reason) for reason in reasons],
        "errors": [{"place": one["place"], "message": in_current_language(one["message"])} for one in errors],
    }
    response = HttpResponse(json.dumps(told, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="mingyue"'
    return response


def no_such_address(request: HttpRequest) -> HttpResponse:
    """Nothing is there, for anybody."""
    return of_error(request, NotFoundError())


def wrong_method(request: HttpRequest, *, allowed: str) -> HttpResponse:
    """There is something, but not for this method."""
    response = problem(
        request, 405, "method-not-allowed", say("Method not allowed"),
        detail=say("{method} does nothing here.", method=str(request.method)[:20]),
        remedy=say("Use one of these: {methods}.", methods=allowed),
    )  # fmt: skip
    response["Allow"] = allowed
    return response


def unreadable(request: HttpRequest) -> HttpResponse:
    """The body is no JSON."""
    return problem(
        request, 400, "unreadable", say("Cannot be read"), detail=say("The body is no JSON object."),
        remedy=say("Send a JSON object in UTF-8 with Content-Type: application/json."),
    )  # fmt: skip


def fault(request: HttpRequest) -> HttpResponse:
    """A bug of ours."""
    return problem(
        request, 500, "fault", say("A fault of ours"), detail=say("Something went wrong here; it was recorded."),
        remedy=say("Try again; if it happens again, tell whoever runs this platform when it happened."),
    )  # fmt: skip


def busy(request: HttpRequest) -> HttpResponse:
    """Somebody else held for too long what this request needed; nothing was done."""
    response = problem(
        request, 503, "busy", say("Others were first"),
        detail=say("Others work on the same thing just now; nothing was done."),
        remedy=say("Send the same request again in a moment."),
    )  # fmt: skip
    response["Retry-After"] = "1"
    return response


def of_values(request: HttpRequest, found: Sequence[Mapping[str, Any]]) -> HttpResponse:
    """What pydantic found wrong with the values of a request."""
    return problem(
        request, 422, "invalid", say("A value does not fit"),
        detail=say("{count} values do not fit; each is named under `errors`.", count=len(found)),
        remedy=say("Correct them, and send the request again."),
        errors=[{"place": _place(one["loc"]), "message": _message(one)} for one in found],
    )  # fmt: skip


def _place(location: Sequence[object]) -> str:
    """Where a value stands; without the name of our own argument, which follows `body`."""
    source, *rest = map(str, location)
    return ".".join([source, *(rest[1:] if source == "body" else rest)])


# pydantic's kinds of error, as we say them; {limit} is the number that its context holds.
_MESSAGES: dict[str, Phrase] = {
    "missing": say("This is missing."),
    "extra_forbidden": say("There is no such field."),
    "string_type": say("This must be a text."),
    "string_too_short": say("This is too short: at least {limit} characters.", limit=""),
    "string_too_long": say("This is too long: at most {limit} characters.", limit=""),
    "string_pattern_mismatch": say("This has characters, or a form, that the field does not take."),
    "string_unicode": say("This is no text in Unicode."),
    "int_type": say("This must be a whole number."),
    "int_parsing": say("This must be a whole number."),
    "int_from_float": say("This must be a whole number."),
    "float_type": say("This must be a number."),
    "float_parsing": say("This must be a number."),
    "bool_type": say("This must be true or false."),
    "bool_parsing": say("This must be true or false."),
    "list_type": say("This must be a list."),
    "too_short": say("This has too few entries: at least {limit}.", limit=""),
    "too_long": say("This has too many entries: at most {limit}.", limit=""),
    "greater_than": say("This must be more than {limit}.", limit=""),
    "greater_than_equal": say("This must be at least {limit}.", limit=""),
    "less_than": say("This must be less than {limit}.", limit=""),
    "less_than_equal": say("This must be at most {limit}.", limit=""),
    "literal_error": say("This must be one of: {limit}.", limit=""),
    "uuid_parsing": say("This must be a UUID."),
    "uuid_type": say("This must be a UUID."),
}
_LIMITS = ("min_length", "max_length", "gt", "ge", "lt", "le", "expected")


def _message(found: Mapping[str, Any]) -> Phrase:
    template = _MESSAGES.get(found["type"])
    if template is None:
        return say("This is not what the field takes.")
    context = found.get("ctx", {})
    limit = next((context[name] for name in _LIMITS if name in context), "")
    return Phrase(template.template, {"limit": limit} if template.values else {})
