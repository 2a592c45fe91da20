"""A request is answered by one thread from start to end, one of a few that stay and keep their connections.

Left to itself, Django starts a thread for each request, goes to and fro between it and the loop for each middleware, and
opens a connection that nobody can use again. Whoever reads slowly, or waits for news, holds no thread.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

# More than can be busy at once: a request also waits for the disk, for locks and for the database. Each has a connection.
THREADS = 8


class Application(ASGIHandler):
    """What the web server calls. All our middlewares and views are synchronous."""

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")

    def load_middleware(self, is_async: bool = False) -> None:
        """As one chain of plain calls."""
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request; without the thread that Django would start for it."""
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is spoken here, not {scope['type']}")
        await self.handle(scope, receive, send)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, from one of the threads; a file then comes piece by piece, never whole into memory."""
        response: HttpResponseBase = await self._in_thread(self._answer, request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = self._pieces(cast("Iterable[bytes]", response.streaming_content))
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        close_old_connections()
        try:
            response = self.get_response(request)
        finally:
            close_old_connections()
        response._handler_class = type(self)  # type: ignore[attr-defined]
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        return response

    async def _pieces(self, whole: Iterable[bytes]) -> AsyncIterator[bytes]:
        rest = iter(whole)
        while (piece := await self._in_thread(next, rest, None)) is not None:
            yield piece

    async def _in_thread(self, act: Any, *given: Any) -> Any:
        return await sync_to_async(act, thread_sensitive=False, executor=self._threads)(*given)
