"""Errors that a person can put right become answers; nothing else is caught here."""

from __future__ import annotations

from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from psycopg.errors import DeadlockDetected, LockNotAvailable

from mingyue.errors import BadInputError, LimitError, MingyueError
from mingyue.phrases import say
from mingyue.web.people.access import BeyondKeyError, ForgeryError, UnknownViewerError
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mingyue.web.records.etags import ChangedMeanwhileError, StateUnsaidError
from mingyue.web.records.idempotency import KeyReusedError
from mingyue.web.records.language import in_current_language
from mingyue.web.records.uploads import ChecksumError, LockedError
from mingyue.web.site.limits import TooManyRequestsError

_HELD = (LockNotAvailable, DeadlockDetected)  # see the lock timeout in database.py


class BusyError(MingyueError):
    """Somebody else held for too long what this needed; nothing was done."""


def is_held(error: Exception) -> bool:
    """Whether it is only that others were first, so that the same may be done a moment later."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, _HELD)


# The first class that fits decides. Whoever may not see a thing gets 404, as if it were not there.
STATUSES: tuple[tuple[type[MingyueError], int], ...] = (
    (NotFoundError, 404),
    (LockedError, 423),
    (ChecksumError, 460),  # as tus has it
    (ConflictError, 409),
    (RefusedError, 403),
    (UnknownViewerError, 401),
    (BeyondKeyError, 403),
    (ForgeryError, 403),
    (ChangedMeanwhileError, 412),
    (StateUnsaidError, 428),
    (KeyReusedError, 409),
    (TooManyRequestsError, 429),
    (BusyError, 503),
    (LimitError, 413),
    (InvalidError, 400),
    (BadInputError, 400),
    (MingyueError, 400),
)


def status_of(error: MingyueError) -> int:
    """The HTTP status that an error is answered with."""
    return next(status for kind, status in STATUSES if isinstance(error, kind))


class ErrorsAnswered:
    """A MingyueError from a page becomes a page that says what happened and what to do."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer; None for what is a bug, which stays one."""
        if is_held(error):
            error = BusyError(
                say("Others work on the same thing just now; nothing was done."),
                remedy=say("Send the same request again in a moment."),
            )
        if not isinstance(error, MingyueError):
            return None
        status = status_of(error)
        if getattr(request, "answers_json", False):
            return JsonResponse(as_json(error), status=status, headers=getattr(request, "answer_headers", {}))
        return render(request, "site/refused.html", {"error": error, "status": status}, status=status)


def as_json(error: MingyueError) -> dict[str, str]:
    """What a program is told, in its reader's language."""
    said = {"error": in_current_language(error.message), "remedy": in_current_language(error.remedy)}
    return said | ({"field": error.field} if isinstance(error, InvalidError) else {})
