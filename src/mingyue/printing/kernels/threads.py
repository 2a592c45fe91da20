"""Work on long arrays in shares, a thread each: the compiled loops give the interpreter lock away."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

Answer = TypeVar("Answer")

# Below this many rows a thread costs more than it saves.
_LEAST = 1 << 16


def processors() -> int:
    """How many of them this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_shares(work: Callable[[slice], Answer], count: int) -> list[Answer]:
    """What `work` answers for each of some slices that together are range(count), in their order."""
    threads = max(1, min(processors(), count // _LEAST))
    borders = [count * k // threads for k in range(threads + 1)]
    shares = [slice(first, after) for first, after in pairwise(borders)]
    if threads == 1:
        return [work(shares[0])]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, shares))
