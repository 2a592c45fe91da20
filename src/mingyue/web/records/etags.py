"""Which state of a thing was read: its ETag, and changes that hold only for the state that their sender saw."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from mingyue.errors import MingyueError
from mingyue.phrases import say
from mingyue.web.records.errors import ConflictError

# "version.digest": the version decides whether a change is based on what is there, the digest whether a reader is up to date.
_VERSIONED = re.compile(r'^(?:W/)?"(\d{1,9})(?:\.[0-9a-f]+)?"$')


# What the description of an endpoint says that asks for If-Match; give it as its `openapi_extra`.
IF_MATCH: dict[str, Any] = {
    "parameters": [
        {
            "in": "header", "name": "If-Match", "required": True, "schema": {"type": "string", "minLength": 1},
            "description": "The ETag of the state that the change is based on, or *.",
        }
    ]
}  # fmt: skip


class ChangedMeanwhileError(MingyueError):
    """If-Match names a state that is there no more."""


class StateUnsaidError(MingyueError):
    """A change without If-Match: it could overwrite what its sender never saw."""


def tell_version(response: HttpResponse, version: int) -> None:
    """Say in the ETag which version of a thing this is."""
    response["ETag"] = f'"{version}"'


def complete(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A good answer with its ETag; 304 without a body where the reader has it already."""
    if not 200 <= response.status_code < 300 or response.streaming or not response.content:
        return response
    if request.method != "GET" and not response.has_header("ETag"):
        return response
    version = response.get("ETag", "").strip('"')
    if version.isdigit() or not version:
        digest = hashlib.sha256(response.content).hexdigest()[:16]
        response["ETag"] = f'"{version}.{digest}"' if version else f'"{digest}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if request.method != "GET" or not ("*" in known or response["ETag"] in {tag.removeprefix("W/") for tag in known}):
        return response
    unchanged = HttpResponse(status=304)
    unchanged["ETag"] = response["ETag"]
    del unchanged["Content-Type"]
    return unchanged


def version_matched(request: HttpRequest, current: int) -> int:
    """The version that a change is based on, which is the current one. `*` is whatever is there.

    Raises StateUnsaidError without If-Match, ChangedMeanwhileError where it names another version.
    """
    said = request.headers.get("If-Match", "").strip()
    if not said:
        raise StateUnsaidError(
            say("This change does not say which state of the thing it is based on."),
            remedy=say("Read the thing, and send its ETag back as If-Match."),
        )
    if said == "*":
        return current
    versions = {found[1] for tag in parse_etags(said) if (found := _VERSIONED.match(tag))}
    if str(current) not in versions:
        raise _changed()
    return current


@contextmanager
def as_precondition() -> Iterator[None]:
    """A conflict of versions is, to whoever said If-Match, a precondition that failed."""
    try:
        yield
    except ConflictError as error:
        raise _changed() from error


def _changed() -> ChangedMeanwhileError:
    return ChangedMeanwhileError(
        say("Somebody changed this meanwhile."), remedy=say("Look at what it says now, and change it again.")
    )
