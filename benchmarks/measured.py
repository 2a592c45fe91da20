"""One command from start to end, and what it cost: seconds by the clock, processor seconds, peak memory, disturbance.

The command is started by a bare helper process, this file run as a program: Linux counts what the parent held at the
moment of starting into the child's peak, so a parent that holds meshes would be measured instead.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """cpu_s: user and system, all threads; others_share: of all processors' time, what everybody else used."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    others_share: float
    stdout: str = ""


class CommandFailedError(RuntimeError):
    """The command ended with something other than 0."""


def measure(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> Cost:
    """Run it to its end. Raises CommandFailedError with the end of what it said."""
    words = [str(word) for word in command]
    helper = [sys.executable, "-I", "-S", __file__, *words]
    told = subprocess.run(helper, env=_keeping_bytecode(env or os.environ), capture_output=True, text=True, check=False)
    if told.returncode:
        raise CommandFailedError(f"{Path(words[0]).name}: {told.stderr[-800:]}")
    return Cost(**json.loads(told.stdout))


def _keeping_bytecode(env: Mapping[str, str]) -> dict[str, str]:
    """The environment, but Python may keep what it has compiled, as it does unless somebody forbids it."""
    return {name: value for name, value in env.items() if name != "PYTHONDONTWRITEBYTECODE"}


def others_share(busy_before: float, busy_after: float, *, own_s: float, wall_s: float, cores: int) -> float:
    """What of the processors' time went to others: busy seconds of the whole machine less our own, 0 to 1."""
    return min(1.0, max(0.0, (busy_after - busy_before - own_s) / (wall_s * cores)))


def busy_s() -> float:
    """Seconds that all processors together were busy since the machine started; 0 where nobody says."""
    counts = Path("/proc/stat")
    if not counts.exists():
        return 0.0
    user, nice, system, _idle, _waiting, *rest = (
        int(word) for word in counts.read_text().split("\n", 1)[0].split()[1:]
    )
    interrupts, soft_interrupts, stolen = rest[:3]
    return (user + nice + system + interrupts + soft_interrupts + stolen) / os.sysconf("SC_CLK_TCK")


def _main() -> int:
    before, began = busy_s(), time.perf_counter()
    child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
    stdout = child.stdout.read() if child.stdout else ""
    _, status, usage = os.wait4(child.pid, 0)
    wall_s = time.perf_counter() - began
    child.returncode = code = os.waitstatus_to_exitcode(status)
    if code:
        sys.stderr.write(stdout[-400:])
        return 1
    cpu_s = usage.ru_utime + usage.ru_stime
    cores = os.cpu_count() or 1
    share = others_share(before, busy_s(), own_s=cpu_s, wall_s=wall_s, cores=cores)
    peak_mib = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)  # macOS counts bytes, Linux KiB
    cost = {"wall_s": wall_s, "cpu_s": cpu_s, "peak_mib": peak_mib, "others_share": share, "stdout": stdout}
    sys.stdout.write(json.dumps(cost))
    return 0


if __name__ == "__main__":
    sys.exit(_main())
