"""`python -m mingyue.web.parts.bridge.engine`: a job from standard input, what is found as lines of JSON to standard output.

It bounds itself before it looks at anything that came from outside, and ends when whoever started it is no more: the
kernel sees to that on Linux, even where a library lets no thread run; elsewhere the end of standard input says so.

    {"progress": 0…1, "doing": phrase}    {"step": name, …}    {"result": …}    {"problem": {kind, message, remedy}}
"""

from __future__ import annotations

import errno
import json
import math
import os
import resource
import sys
import threading
import time
from typing import Any, BinaryIO

from mingyue.web.parts.bridge.jobs import Job, ProblemError
from mingyue.web.records.lifeline import end_with

_TICK_S = 0.25  # progress is told no more often


def main() -> int:
    """Read the job, do it, tell about it. The exit code is 0 where something was told, whatever it was."""
    asked = json.loads(sys.stdin.buffer.readline())
    end_with(asked["parent"])
    bound(asked["limits"])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a library prints is no answer
    return _work(asked["job"], out)


def bound(limits: dict[str, int]) -> None:
    """What this process may use up. What passes a limit ends it, and nothing else."""
    os.nice(10)
    kinds = {
        resource.RLIMIT_AS: limits["memory_bytes"],
        resource.RLIMIT_CPU: limits["cpu_s"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in kinds.items():
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # At the soft limit of time it gets a signal that says why; only at the hard one it is killed.
        final = allowed + 5 if kind == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else allowed
        resource.setrlimit(kind, (allowed, final))


def _end_with_parent() -> None:
    """Nobody writes a second line; the end of standard input is the end of whoever asked."""
    while os.read(0, 4096):
        pass
    os._exit(1)


class _Telling:
    """Writes lines; progress not too often."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._lock = threading.Lock()
        self._told = 0.0
        self._doing = ""

    def line(self, said: dict[str, Any]) -> None:
        data = memoryview(json.dumps(_finite(said), allow_nan=False).encode() + b"\n")
        with self._lock:
            while data:
                data = data[self._out.write(data) or 0 :]

    def progress(self, share: float, doing: str) -> None:
        from mingyue.web.parts.bridge.wording import as_json

        now = time.monotonic()
        if now - self._told < _TICK_S and doing == self._doing:
            return
        self._told, self._doing = now, doing
        self.line({"progress": round(share, 4), "doing": as_json(doing)})

    def step(self, name: str, found: dict[str, Any]) -> None:
        self.line({"step": name, **found})

    def result(self, found: Any) -> None:
        self.line({"result": found})


def _finite(value: Any) -> Any:
    """The same in plain numbers; what is no number, or without end, is None: JSON knows neither."""
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    number = value.item() if hasattr(value, "item") else value
    return number if not isinstance(number, float) or math.isfinite(number) else None


def _work(said: dict[str, Any], out: BinaryIO) -> int:
    from mingyue.errors import MingyueError

    job = Job.from_json(said)
    telling = _Telling(out)
    try:
        telling.result(_done(job, telling))
    except ProblemError as error:
        telling.line({"problem": error.said})
    except MingyueError as error:
        from mingyue.web.parts.bridge.telling import problem

        telling.line({"problem": problem(error)})
    except (MemoryError, OSError, RuntimeError) as error:
        kind = _short_of(error)
        if kind is None:
            raise
        telling.line({"problem": {"kind": kind}})
    return 0


def _short_of(error: Exception) -> str | None:
    """Which limit an error of a library stands for; None for what is a bug."""
    if isinstance(error, MemoryError) or "can't start new thread" in str(error):
        return "memory"
    number = error.errno if isinstance(error, OSError) else None
    return {errno.ENOMEM: "memory", errno.EFBIG: "disk", errno.ENOSPC: "disk"}.get(number or 0)


def _done(job: Job, telling: _Telling) -> Any:
    if job.kind == "read":
        from mingyue.web.parts.bridge.reading import read_revision

        return read_revision(job, telling.progress)
    if job.kind == "check":
        from mingyue.web.parts.bridge.checking import check

        return check(job, telling.progress, telling.step)
    from mingyue.web.parts.bridge import studying

    return {"orientations": studying.orientations, "deviation": studying.deviation}[job.kind](job, telling.progress)


if __name__ == "__main__":
    sys.exit(main())
