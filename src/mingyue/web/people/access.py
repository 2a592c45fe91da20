"""Who may use an endpoint of the API: a person signed in, or a key whose scopes reach so far."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from mingyue.errors import MingyueError
from mingyue.phrases import say
from mingyue.web.people.viewers import SCOPES, Viewer
from mingyue.web.records.errors import NotFoundError

T = TypeVar("T")


class UnknownViewerError(MingyueError):
    """Nobody is signed in, or the key is none."""


class BeyondKeyError(MingyueError):
    """A key's scopes do not reach so far."""


class ForgeryError(MingyueError):
    """A browser sent a change without the token that only our own pages know."""


class Needs(AuthBase):
    """What an endpoint asks of its caller. scope: what a key must reach; None lets every key in."""

    openapi_type = "http"

    def __init__(self, scope: str | None, *, session_only: bool = False) -> None:
        if scope is not None and scope not in SCOPES:
            raise AssertionError(f"there is no scope {scope}")
        super().__init__()
        self.scope = scope
        self.session_only = session_only

    def __call__(self, request: HttpRequest) -> Viewer:
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        if not viewer.signed_in:
            raise _unknown(request)
        if viewer.scopes is None:
            if check_csrf(request, _protected) is not None:
                raise ForgeryError(
                    say("This change came without the token of our own pages."),
                    remedy=say("Send the cookie csrftoken back as X-CSRFToken, or use an API key."),
                )
        elif self.session_only:
            raise BeyondKeyError(
                say("An API key may not do this; it is for people who are signed in."),
                remedy=say("Sign in with the browser, and do it there."),
            )
        elif self.scope is not None and not viewer.may(self.scope):
            raise BeyondKeyError(
                say("This key lacks the scope {scope}.", scope=self.scope),
                remedy=say("Make a key with this scope on your organisation's page."),
            )
        return viewer


ANY_KEY = Needs(None)
SIGNED_IN = Needs(None, session_only=True)


def _protected(*_: Any) -> None:
    """A view that is not exempt from the check of its token."""


def _unknown(request: HttpRequest) -> UnknownViewerError:
    if request.headers.get("Authorization"):
        return UnknownViewerError(
            say("This API key is unknown, revoked or has run out."),
            remedy=say(
                "Make a key on your organisation's page, and send it in the header Authorization: Bearer mky_… as it is."
            ),
        )
    return UnknownViewerError(
        say("This is for people who are signed in."),
        remedy=say("Sign in, or send an API key in the header Authorization."),
    )


def caller(request: HttpRequest) -> Viewer:
    """Who asks; an endpoint has let them in."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def there(found: T | None) -> T:
    """What was found. Raises NotFoundError where nothing was, or nothing that the caller may see."""
    if found is None:
        raise NotFoundError
    return found


def now() -> datetime:
    """When a request acts."""
    return datetime.now(UTC)
