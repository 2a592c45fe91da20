"""The engine in a process of its own: bounded in memory, time and files, in a folder that is removed, ended as a group.

What a customer sends can make any reader misbehave; here it can only end a process that holds nothing.
"""

from __future__ import annotations

import json
import logging
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from mingyue.phrases import say
from mingyue.web.parts.bridge.jobs import Job
from mingyue.web.records.kept_phrases import as_json

log = logging.getLogger("parts.child")

Line = dict[str, Any]
Tick = Callable[[], None]

_LOOK_S = 1.0  # how often somebody is asked whether to go on while nothing is told
_MOST_LINE_BYTES = 64 << 20
_FOLDER = "mingyue-job-"  # then the worker's number


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use up. memory_bytes: of addresses, which is more than what is really used."""

    memory_bytes: int
    cpu_s: int
    wall_s: float
    file_bytes: int = 4 << 30
    open_files: int = 256

    @property
    def said(self) -> dict[str, int]:
        """For the process that bounds itself."""
        return {
            "memory_bytes": self.memory_bytes, "cpu_s": self.cpu_s, "file_bytes": self.file_bytes,
            "open_files": self.open_files,
        }  # fmt: skip


def limits() -> Limits:
    """The platform's own; see settings.ENGINE_LIMITS."""
    said: dict[str, Any] = settings.ENGINE_LIMITS
    return Limits(**said)


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder for one job, which is removed; and those are that a killed worker left."""
    for left in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*-*"):
        if not _is_running(left.name.removeprefix(_FOLDER).partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_running(process: str) -> bool:
    try:
        os.kill(int(process), 0)  # asks, and sends nothing
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError, ValueError):
        return True
    return True


def run(job: Job, *, bounds: Limits, tick: Tick) -> Iterator[Line]:
    """What the engine tells, line by line; the last line is a `result` or a `problem`, also where it died.

    tick: called at least every second; what it raises ends the process. So does leaving the iteration.
    """
    said = {"job": job.to_json(), "limits": bounds.said, "parent": os.getpid()}
    asked = json.dumps(said).encode() + b"\n"
    with tempfile.TemporaryFile() as noise, _started(noise, job.folder) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("its pipes were asked for")
        with suppress(BrokenPipeError):
            process.stdin.write(asked)
            process.stdin.flush()
        ended = False
        for line in _lines(process, until=time.monotonic() + bounds.wall_s, tick=tick):
            ended = "result" in line or "problem" in line
            yield _explained(line, bounds) if "problem" in line else line
        if not ended:
            code = _ended(process)
            noise.seek(max(0, noise.seek(0, os.SEEK_END) - 2_000))
            log.warning("the engine ended with %s: %s", code, noise.read().decode(errors="replace"))
            yield {"problem": _why_dead(code, bounds)}


@contextmanager
def _started(noise: Any, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "mingyue.web.parts.bridge.engine"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=noise,
        cwd=folder,
        env=_environment(folder),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the whole group, whoever of it is left
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        process.wait()


def _environment(folder: Path) -> dict[str, str]:
    """Only what a program needs to run: no address of a database, no secret."""
    kept = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "NUMBA_CACHE_DIR", "HOME", "XDG_CACHE_HOME")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"TMPDIR": str(folder)}


def _lines(process: subprocess.Popen[bytes], *, until: float, tick: Tick) -> Iterator[Line]:
    """Lines as they come. Ends with the process's output, or when its time is over."""
    assert process.stdout is not None
    pipe, rest = process.stdout.fileno(), bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        asked = time.monotonic()
        while True:
            if time.monotonic() > until:
                yield {"problem": {"kind": "time"}}
                return
            if waiting.select(_LOOK_S):
                chunk = os.read(pipe, 1 << 20)
                if not chunk:
                    return
                rest += chunk
                while (end := rest.find(b"\n")) >= 0:
                    yield json.loads(bytes(rest[:end]))
                    del rest[: end + 1]
                if len(rest) > _MOST_LINE_BYTES:
                    return
            if time.monotonic() - asked >= _LOOK_S:
                asked = time.monotonic()
                tick()


def _ended(process: subprocess.Popen[bytes]) -> int:
    """How it ended; it closed its output, so that it is about to."""
    try:
        return process.wait(10)
    except subprocess.TimeoutExpired:
        return -int(signal.SIGKILL)


def _explained(line: Line, bounds: Limits) -> Line:
    """A problem that the process only named, in words."""
    kind = line["problem"].get("kind")
    if "message" in line["problem"]:
        return line
    return {"problem": {"time": _time, "disk": _disk}.get(kind, _memory)(bounds)}


def _why_dead(code: int, bounds: Limits) -> dict[str, Any]:
    if code == -signal.SIGXCPU:
        return _time(bounds)
    if code == -signal.SIGKILL:  # the kernel's way of saying that memory is short
        return _memory(bounds)
    return {
        "kind": "crash",
        "message": as_json(
            say(
                "The engine stopped unexpectedly ({how}); often for want of memory, of which it may use {most:.3g} GiB.",
                how=signal.Signals(-code).name if code < 0 else code,
                most=bounds.memory_bytes / 2**30,
            )
        ),
        "remedy": as_json(say("Try again. If it happens again, tell whoever runs the platform, and name this part.")),
    }


def _memory(bounds: Limits) -> dict[str, Any]:
    return {
        "kind": "memory",
        "message": as_json(
            say(
                "It needed more memory than the {most:.3g} GiB that one part may use.", most=bounds.memory_bytes / 2**30
            )
        ),
        "remedy": as_json(say("Make the part smaller or coarser, or split it.")),
    }


def _time(bounds: Limits) -> dict[str, Any]:
    return {
        "kind": "time",
        "message": as_json(
            say("It took longer than the {most:.3g} minutes that one part may take.", most=bounds.wall_s / 60)
        ),
        "remedy": as_json(say("Make the part smaller or coarser, or split it.")),
    }


def _disk(bounds: Limits) -> dict[str, Any]:
    return {
        "kind": "disk",
        "message": as_json(
            say(
                "It needed more room on the disk than there is, or than the {most:.3g} GiB that one file may use.",
                most=bounds.file_bytes / 2**30,
            )
        ),
        "remedy": as_json(say("Make the part smaller or coarser, or split it.")),
    }
