"""Child processes that are kept: started again when they die, stopped in order, their output passed on line by line."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mingyue.errors import MingyueError
from mingyue.web.records.lifeline import ends_with_us
from mingyue.web.serving.speaking import log, pass_on

Process = asyncio.subprocess.Process
_FIRST_DELAY_S, _LONGEST_DELAY_S = 0.2, 30.0
_LIVED_S = 30.0  # whoever lived so long did not die of its start
_LINE_BYTES = 64 * 1024
HOPELESS_DEATHS = 3  # in a row before the platform was ready for the first time


async def start(name: str, *, args: list[str], **options: Any) -> Process:
    """A child in a process group of its own, which ends when we end, its output in our log."""
    ours, theirs = os.pipe()
    options.setdefault("preexec_fn", ends_with_us())
    options.setdefault("stdin", asyncio.subprocess.DEVNULL)
    try:
        process = await asyncio.create_subprocess_exec(*args, stdout=theirs, stderr=theirs, process_group=0, **options)
    except OSError:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    _listen(name, ours)
    return process


def _listen(name: str, pipe: int) -> None:
    """Pass on what comes through the pipe until nobody holds its other end."""
    loop = asyncio.get_running_loop()
    os.set_blocking(pipe, False)
    rest = b""

    def read() -> None:
        nonlocal rest
        try:
            data = os.read(pipe, _LINE_BYTES)
        except BlockingIOError:
            return
        *lines, rest = (rest + data).split(b"\n")
        if rest and (not data or len(rest) > _LINE_BYTES):
            lines, rest = [*lines, rest], b""
        for line in lines:
            pass_on(name, line)
        if not data:
            loop.remove_reader(pipe)
            os.close(pipe)

    loop.add_reader(pipe, read)


def kill_group(process: Process) -> None:
    """End the child and what it has started, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def how_it_ended(code: int) -> str:
    """An exit code or a signal, for the log."""
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a child is made and stopped.

    spawn: starts it. before: what must be done first. after: returns when it can be relied on.
    stop_signals: how it is told to stop, each with how many seconds it is waited for; after the last it is killed.
    """

    name: str
    spawn: Callable[[], Awaitable[Process]]
    stop_signals: tuple[tuple[signal.Signals, float], ...]
    before: Callable[[], Awaitable[None]] | None = None
    after: Callable[[Process], Awaitable[None]] | None = None


class Kept:
    """A child that is started again whenever it ends, the more often it fails the later.

    started: when it could be relied on for the first time, or why it could not. proven: whether it is known that it can
    work at all; until then `hopeless` is set when it has died a few times.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.hopeless = asyncio.Event()
        self.proven = False
        self.started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._stopping = asyncio.Event()
        self._process: Process | None = None
        self._keeping = asyncio.create_task(self._keep(), name=recipe.name)
        self._keeping.add_done_callback(self._no_longer_kept)

    def _no_longer_kept(self, keeping: asyncio.Task[None]) -> None:
        """A bug of ours must not look like waiting."""
        if not keeping.cancelled() and (error := keeping.exception()):
            log.error("%s is no longer kept", self.recipe.name, exc_info=error)
            self.hopeless.set()
            if not self.started.done():
                self.started.set_exception(error)

    async def _keep(self) -> None:
        delay_s, deaths = _FIRST_DELAY_S, 0
        while not self._stopping.is_set():
            began = time.monotonic()
            told = await self._live_once()
            if self._stopping.is_set():
                return
            if time.monotonic() - began > _LIVED_S:
                delay_s, deaths = _FIRST_DELAY_S, 0
            deaths += 1
            if deaths >= HOPELESS_DEATHS and not self.proven:
                self.hopeless.set()
            log.warning("%s ended (%s), starts again in %.1f s", self.recipe.name, told, delay_s)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay_s)
            delay_s = min(delay_s * 2, _LONGEST_DELAY_S)

    async def _live_once(self) -> str:
        """One life of the child; how it ended."""
        recipe, process = self.recipe, None
        try:
            if recipe.before:
                await recipe.before()
            process = self._process = await recipe.spawn()
            if recipe.after:
                await recipe.after(process)
        except (MingyueError, OSError) as error:
            if not self.started.done():
                self.started.set_exception(error)
            if process is None:
                return str(error)
            _tell(process, recipe.stop_signals[-1][0])
        if not self.started.done():
            self.started.set_result(None)
        code = await process.wait()
        kill_group(process)  # what it had started has nobody any more
        return how_it_ended(code)

    async def stop(self, hurry: asyncio.Event) -> None:
        """Tell it to stop and wait, but no longer than is said; not at all once there is a hurry."""
        self._stopping.set()
        process = self._process
        if process and process.returncode is None:
            for how, patience_s in self.recipe.stop_signals:
                _tell(process, how)
                if await _ended(process, hurry, patience_s):
                    break
            else:
                log.warning("%s is killed: it did not stop", self.recipe.name)
            kill_group(process)
        self._keeping.cancel()
        await asyncio.gather(self._keeping, return_exceptions=True)
        if not self.started.done():
            self.started.cancel()


def _tell(process: Process, how: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(how)


async def _ended(process: Process, hurry: asyncio.Event, patience_s: float) -> bool:
    waits = [asyncio.ensure_future(process.wait()), asyncio.ensure_future(hurry.wait())]
    done, _ = await asyncio.wait(waits, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    return waits[0] in done
