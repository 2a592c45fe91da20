"""How each child of `serve` is made and stopped: database, web process, worker, teller, and what prepares them."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from pathlib import Path

from mingyue.web.serving.postgres import FAST, IMMEDIATE, EmbeddedServer
from mingyue.web.serving.processes import Process, Recipe, start

# So long an open request, and a job, may take after its process was told to stop. A job that takes longer is done anew
# by the next worker.
_FINISH_S = {"web": 20, "worker": 20, "teller": 20}
_MARGIN_S = 5


def database(server: EmbeddedServer) -> Recipe:
    """PostgreSQL, put right first after whatever ended it."""

    async def make() -> None:
        await asyncio.to_thread(server.make)

    async def spawn() -> Process:
        return await start("database", **server.invocation())

    async def ready(process: Process) -> None:
        await asyncio.to_thread(server.wait_until_ready, lambda: process.returncode is None)
        await asyncio.to_thread(server.make_roles)

    return Recipe("database", spawn, stop_signals=((FAST, 30), (IMMEDIATE, 5)), before=make, after=ready)


def web(number: int, listening: socket.socket) -> Recipe:
    """A process that answers from the socket that all share: what comes while one is missing, another answers."""
    descriptor = listening.fileno()
    arguments = _python("mingyue.web.serving.web", str(descriptor), str(_FINISH_S["web"]))

    async def spawn() -> Process:
        return await start(f"web {number}", args=arguments, pass_fds=(descriptor,))

    return Recipe(f"web {number}", spawn, stop_signals=((signal.SIGTERM, _FINISH_S["web"] + _MARGIN_S),))


def worker(number: int, home: Path) -> Recipe:
    """A process that works off jobs."""
    place = home / "workers" / str(number)
    arguments = _python("mingyue.web.serving.worker", str(place), str(_FINISH_S["worker"]))

    async def spawn() -> Process:
        return await start(f"worker {number}", args=arguments)

    return Recipe(f"worker {number}", spawn, stop_signals=((signal.SIGTERM, _FINISH_S["worker"] + _MARGIN_S),))


def teller(address: str) -> Recipe:
    """The process that tells of events. address: where the platform answers."""

    async def spawn() -> Process:
        return await start("teller", args=_python("mingyue.web.serving.teller", address))

    return Recipe("teller", spawn, stop_signals=((signal.SIGTERM, _FINISH_S["teller"] + _MARGIN_S),))


async def prepare() -> Process:
    """What gives the database its shape, and ends."""
    return await start("prepare", args=_python("django", "prepare"))


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]
