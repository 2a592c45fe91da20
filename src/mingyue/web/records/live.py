"""News for pages that are open: PostgreSQL tells each process once, the process tells its subscribers (SSE).

What is told is only that something changed; the page then asks, and is answered what it may see.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import connections
from django.http import StreamingHttpResponse

log = logging.getLogger("records.live")

CHANNEL = "mingyue_live"
HEARTBEAT_S = 15.0  # proxies close what is silent for a minute
_AGAIN_S = 1.0
_LONGEST_S = 3600.0  # then the page connects again, and it is looked at again who that is

Subject = tuple[str, str]


class Hub:
    """One connection that listens, for all subscribers of one event loop. It listens while there are any."""

    def __init__(self) -> None:
        self._waiting: dict[Subject, set[asyncio.Event]] = {}
        self._listening: asyncio.Task[None] | None = None
        self.listening_since: float | None = None  # by the clock of the machine's running; None while nothing is heard

    @property
    def subscribers(self) -> int:
        """How many wait."""
        return sum(len(waiting) for waiting in self._waiting.values())

    def join(self, subject: Subject) -> asyncio.Event:
        """An event that is set whenever the subject changed."""
        news = asyncio.Event()
        self._waiting.setdefault(subject, set()).add(news)
        if self._listening is None or self._listening.done():
            self._listening = asyncio.get_running_loop().create_task(self._listen())
        return news

    def leave(self, subject: Subject, news: asyncio.Event) -> None:
        """No more of it; the last one ends the listening."""
        waiting = self._waiting.get(subject, set())
        waiting.discard(news)
        if not waiting:
            self._waiting.pop(subject, None)
        if not self._waiting and self._listening is not None:
            self._listening.cancel()
            self._listening = None
            self.listening_since = None

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(autocommit=True, **server_address()) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self.listening_since = time.monotonic()
                    self._wake_all()  # what was told before we listened
                    async for notice in connection.notifies():
                        self._wake(notice.payload)
            except psycopg.OperationalError as error:
                log.warning("news stopped: %s", type(error).__name__)
            self.listening_since = None
            await asyncio.sleep(_AGAIN_S)

    def _wake(self, payload: str) -> None:
        for kind, name in json.loads(payload).items():
            for news in self._waiting.get((kind, str(name)), ()):
                news.set()

    def _wake_all(self) -> None:
        for waiting in self._waiting.values():
            for news in waiting:
                news.set()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the loop that runs."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


def stream_of(kind: str, name: str) -> StreamingHttpResponse:
    """A stream of events for a page: one at once, and one whenever the subject changed.

    Whoever comes back after a break (Last-Event-ID) is told at once as well, for something may have changed meanwhile.
    """
    return StreamingHttpResponse(
        _events(kind, name),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(kind: str, name: str) -> AsyncIterator[bytes]:
    subject, ours = (kind, name), hub()
    news, until = ours.join(subject), time.monotonic() + _LONGEST_S
    news.set()
    try:
        yield b"retry: 2000\n\n"
        while time.monotonic() < until:
            try:
                await asyncio.wait_for(news.wait(), HEARTBEAT_S)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            news.clear()
            yield f"id: {time.time_ns()}\nevent: changed\ndata: {json.dumps({kind: name})}\n\n".encode()
    finally:
        ours.leave(subject, news)


def server_address() -> dict[str, Any]:
    """Where Django's own connection goes to, without what only Django understands."""
    said = connections["default"].get_connection_params()
    return {name: value for name, value in said.items() if name not in ("cursor_factory", "context", "row_factory")}
