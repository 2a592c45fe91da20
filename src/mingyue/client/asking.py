"""How a client asks: by path, with what it read as things."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode
from uuid import uuid4

import msgspec

from mingyue.client.calls import Caller

T = TypeVar("T")
_PAGE = 100


class Identified(Protocol):
    """Something that the platform knows by an id."""

    @property
    def id(self) -> str:
        """Its id."""


class Asking:
    """One platform, asked with one key."""

    def __init__(
        self, origin: str, key: str, *, language: str = "en", sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._call = Caller(origin, key, language=language, sleep=sleep)

    @property
    def origin(self) -> str:
        """Where the platform is."""
        return self._call.origin

    def close(self) -> None:
        """Let the connection go."""
        self._call.close()

    def _read(self, path: str, kind: type[T]) -> T:
        return msgspec.convert(self._call("GET", path).json(), kind, strict=False)

    def _post(self, path: str, said: object) -> Any:
        """Once, however often it is sent: where an answer was lost, the same key asks for the same answer."""
        return self._call("POST", path, body=said, headers={"Idempotency-Key": uuid4().hex}).json()

    def _act(self, path: str, kind: type[T], **said: object) -> T:
        """The same, its answer read as a thing."""
        return msgspec.convert(self._post(path, said), kind, strict=False)

    def _pages(self, path: str, kind: type[T], **query: str) -> Iterator[T]:
        cursor: str | None = ""
        while cursor is not None:
            asked = {name: value for name, value in query.items() if value} | {"limit": str(_PAGE)}
            asked |= {"cursor": cursor} if cursor else {}
            page = self._call("GET", f"{path}?{urlencode(asked)}").json()
            yield from msgspec.convert(page["items"], list[kind], strict=False)  # type: ignore[valid-type]
            cursor = page["next"]


def id_of(thing: Identified | str) -> str:
    """The id of what may be named by it."""
    return thing if isinstance(thing, str) else thing.id
