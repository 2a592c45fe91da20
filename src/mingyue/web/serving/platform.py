"""Database, web, workers and teller as one: they start in order, keep each other's company, and end in the opposite order."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from mingyue.phrases import say
from mingyue.web.serving import recipes
from mingyue.web.serving.postgres import EmbeddedServer
from mingyue.web.serving.processes import Kept, kill_group
from mingyue.web.serving.speaking import log
from mingyue.web.site.environment import Environment
from mingyue.web.site.errors import CannotServeError

STOPPED, KILLED = 0, 130
_LOOK_AGAIN_S = 0.1
_ANSWER_S = 10.0


class Platform:
    """What `serve` runs. `stop` and `hurry` may be set at any time."""

    def __init__(self, environment: Environment, server: EmbeddedServer | None, listening: socket.socket) -> None:
        self.environment = environment
        self.server = server
        self.listening = listening
        self.stop, self.hurry = asyncio.Event(), asyncio.Event()
        self._database: list[Kept] = []
        self._web: list[Kept] = []
        self._workers: list[Kept] = []
        self._tellers: list[Kept] = []

    async def run(self, when_ready: Callable[[], None]) -> int:
        """Serve until told to stop; the exit code."""
        self._obey_signals()
        try:
            code = await self._start()
            if code is None:
                when_ready()
                await self.stop.wait()
        finally:
            await self._end()
        return KILLED if self.hurry.is_set() else code or STOPPED

    def _obey_signals(self) -> None:
        def interrupted() -> None:
            (self.hurry if self.stop.is_set() else self.stop).set()

        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.stop.set)
        loop.add_signal_handler(signal.SIGHUP, self.stop.set)
        loop.add_signal_handler(signal.SIGINT, interrupted)

    # --- starting --------------------------------------------------------------------------------------------------

    async def _start(self) -> int | None:
        """None once everything works; else the code to end with."""
        if self.server:
            log.info("starting the database")
            self._database = [Kept(recipes.database(self.server))]
            if await self._unless_stopped(asyncio.shield(self._database[0].started)):
                return STOPPED
            self._database[0].proven = True
        log.info("preparing tables")
        prepared = await self._prepare()
        if prepared is None or prepared:
            return prepared or STOPPED
        log.info("web processes: %d, workers: %d", self.environment.web_processes, self.environment.workers)
        self._web = [Kept(recipes.web(n, self.listening)) for n in _numbers(self.environment.web_processes)]
        self._workers = [Kept(recipes.worker(n, self.environment.home)) for n in _numbers(self.environment.workers)]
        self._tellers = [Kept(recipes.teller(address_of(self.listening)))]
        if await self._unless_stopped(self._all_ready()):
            return STOPPED
        for kept in [*self._web, *self._workers, *self._tellers]:
            kept.proven = True
        return None

    async def _unless_stopped(self, awaited: Any) -> bool:
        """Wait for it; True where we were told to stop meanwhile."""
        task, stopped = asyncio.ensure_future(awaited), asyncio.ensure_future(self.stop.wait())
        await asyncio.wait([task, stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if self.stop.is_set():
            task.cancel()
            return True
        await task
        return False

    async def _prepare(self) -> int | None:
        """The code with which the tables' preparation ended, None where we were told to stop meanwhile."""
        process = await recipes.prepare()
        try:
            if await self._unless_stopped(process.wait()):
                return None
        finally:
            kill_group(process)
        return process.returncode

    async def _all_ready(self) -> None:
        while not await self._answers():
            for kept in [*self._web, *self._workers, *self._tellers]:
                if kept.hopeless.is_set():
                    raise CannotServeError(
                        say("The process {name} ends as soon as it starts.", name=kept.recipe.name),
                        remedy=say("Read why in the log above."),
                    )
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def _answers(self) -> bool:
        """Whether /ready says so."""
        host, port = self.listening.getsockname()[:2]
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(_ANSWER_S):
                reader, writer = await asyncio.open_connection(here, port)
                try:
                    writer.write(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    status = await reader.readline()
                finally:
                    writer.close()
                return status.split(b" ")[1:2] == [b"200"]
        return False

    # --- ending ----------------------------------------------------------------------------------------------------

    async def _end(self) -> None:
        """Nobody new is let in; open requests are answered, then jobs are finished, then the database stops."""
        self.listening.close()
        groups = {"web": self._web, "workers": [*self._workers, *self._tellers], "database": self._database}
        for told, group in groups.items():
            if group:
                log.info("stopping %s", told)
                await _stop_all(group, self.hurry)
        log.info("stopped")


def address_of(listening: socket.socket) -> str:
    """Where a browser on this machine finds who listens here."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _stop_all(group: Sequence[Kept], hurry: asyncio.Event) -> None:
    await asyncio.gather(*(kept.stop(hurry) for kept in group))


def _numbers(count: int) -> range:
    return range(1, count + 1)
