"""Figures as markdown: tables, and the facts about this machine without which no figure means anything."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("mingyue", "numpy", "numba", "manifold3d", "lib3mf")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A markdown table; floats must come as text, so that whoever measured them says how many digits hold."""
    lines = [heads, ["---"] * len(heads), *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def percent(share: float) -> str:
    """A signed share in percent with two digits that count, and zero as zero."""
    return "0" if share == 0 else f"{100 * share:+.2g} %"


def count(number: int) -> str:
    """12345 → 12,345."""
    return f"{number:,}"


def machine_facts() -> dict[str, str]:
    """CPU, cores and versions."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    facts = {"CPU": _cpu(), "cores": str(cores), "Python": platform.python_version()}
    return facts | {name: version(name) for name in PACKAGES}


def _cpu() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
