"""What a request says: who asks, which id, which option, which words."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, QueryDict

from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import NotFoundError

_NO_OPTION = -1


def viewer_of(request: HttpRequest) -> Viewer:
    """Who asks."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def uuid_of(text: str) -> UUID:
    """What an address or a form says is an id; nothing is found by one that is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFoundError from error


def text_of(said: QueryDict, name: str) -> str:
    """What stands there, but for the one character that no database keeps."""
    return said.get(name, "").replace("\x00", "")


def option_of(request: HttpRequest) -> int:
    """The option that a form names; one that there is not, where it names none."""
    said = request.POST.get("option", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 2 else _NO_OPTION
