"""A request becomes a viewer, and the database is told who looks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from mingyue.web.people.models import User
from mingyue.web.people.queries import viewer_of_key, viewer_told
from mingyue.web.people.viewers import NOBODY, Viewer
from mingyue.web.records import walls

# Asked every few seconds by machines, and the same for everyone.
_NOBODYS = ("/static/", "/health", "/ready")


def viewer_of_request(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sets `request.viewer`; afterwards the connection sees nothing again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_NOBODYS):
            request.viewer = NOBODY  # type: ignore[attr-defined]
            return get_response(request)
        try:
            request.viewer = _viewer_told(request)  # type: ignore[attr-defined]
            return get_response(request)
        finally:
            if not transaction.get_connection().needs_rollback:
                walls.tell()

    return middleware


def tell_of(viewer: Viewer) -> None:
    """Tell the database who looks: a person by all memberships, a key by its one organisation."""
    if viewer.scopes is None:
        walls.tell(person_id=viewer.person_id)
    else:
        walls.tell(organisation_id=viewer.organisations[0])


def looking_as(viewer: Viewer) -> AbstractContextManager[None]:
    """The same for as long as a context lasts: for what is read when the answer has begun and nobody looks any more."""
    if viewer.scopes is None:
        return walls.seen_by(person_id=viewer.person_id)
    return walls.seen_by(organisation_id=viewer.organisations[0])


def _viewer_told(request: HttpRequest) -> Viewer:
    """Who it is; the database is told."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        viewer = _viewer_of_key(request, secret.strip())
    elif isinstance(request.user, User):
        walls.tell(person_id=request.user.pk)
        return viewer_told(request.user)
    else:
        viewer = NOBODY
    tell_of(viewer)
    return viewer


def _viewer_of_key(request: HttpRequest, secret: str) -> Viewer:
    found = viewer_of_key(secret, at=datetime.now(UTC))
    if found is None:
        return NOBODY
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # no cookie lets this request in
    return found[0]
