"""What a benchmark of the platform says of its answers: how quick they were, who was busy with them, what processes weigh."""

from __future__ import annotations

import time
from statistics import quantiles

import psutil

from benchmarks.measured import busy_s
from benchmarks.served import Served, cpu_s, memory_mib
from benchmarks.tables import count, table
from benchmarks.visitors import Log

HEADS = ("asked", "count", "p50, ms", "p95, ms", "p99, ms", "slowest, ms")


class Used:
    """Processor seconds since it was made: of the platform, of this process, and of the whole machine."""

    def __init__(self, running: Served) -> None:
        self._platform = running.process
        self._began, self._before = time.perf_counter(), self._now()

    def _now(self) -> tuple[float, ...]:
        return *cpu_s(self._platform), time.process_time(), busy_s()

    def said(self, log: Log, seconds: float) -> str:
        """How much was asked, what went wrong, and who kept the machine busy."""
        wall_s = time.perf_counter() - self._began
        serving_s, engine_s, own_s, all_s = (
            now - before for now, before in zip(self._now(), self._before, strict=True)
        )
        asked = sum(map(len, log.seconds.values()))
        errors = "; ".join(sorted(set(log.errors))[:5])
        others_s = max(0.0, all_s - serving_s - engine_s - own_s)
        return (
            f"{count(asked)} requests, {asked / seconds:.1f} a second; errors: {len(log.errors)}"
            f"{f' ({errors})' if errors else ''}. Processor time: {1e3 * serving_s / asked:.1f} ms a request. Of "
            f"{psutil.cpu_count()} processors {serving_s / wall_s:.2f} were busy with the platform, "
            f"{engine_s / wall_s:.2f} with its engine, {own_s / wall_s:.2f} with asking, "
            f"{others_s / wall_s:.2f} with what others did on this machine."
        )


def latencies(log: Log) -> str:
    pages = [name for name in log.seconds if not name.startswith(("upload", "news"))]
    all_pages = [second for name in pages for second in log.seconds[name]]
    rows = [(name, log.seconds[name]) for name in sorted(log.seconds)] + [("all pages", all_pages)]
    return table(HEADS, [row(*one) for one in rows])


def row(name: str, seconds: list[float]) -> tuple[str, ...]:
    found = quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else seconds * 99
    return (
        name,
        count(len(seconds)),
        *(f"{1e3 * value:.0f}" for value in (found[49], found[94], found[98], max(seconds))),
    )


def weights(running: Served) -> str:
    found = memory_mib(running.process)
    rows = [(kind, number, f"{mib:.0f}") for kind, (number, mib) in sorted(found.items())]
    return table(("processes", "count", "memory, MiB (PSS, together)"), rows)
