"""The loops run as a library where a C compiler is, and under numba where none is, with the same answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from mingyue.printing.kernels import compiled, fast, reference

# A star whose arms cross inside pixels, and a box over one of them.
PROGRAM = """
import sys
import numpy as np
from mingyue.printing.kernels import compiled, fast
ring = np.array([(6, 0.5), (2, 8.25), (11, 3), (1, 3), (10, 8.25)], dtype=float)
segments = np.hstack([ring, np.roll(ring, -1, axis=0)])
before = compiled.is_compiled()
compiled.before_compiling(lambda: print("compiling", end=" "))
runs = fast.cover(segments, 9, 12)
print(before, compiled.runs_as(), compiled.is_compiled(), "numba" in sys.modules, [part.tolist() for part in runs[:4]])
"""


def ran(tmp_path: Path, **environment: str) -> str:
    clean = {"XDG_CACHE_HOME": str(tmp_path)}  # what numba keeps beside the loops stays: it makes the first run quicker
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=os.environ | clean | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def expected() -> str:
    ring = np.array([(6, 0.5), (2, 8.25), (11, 3), (1, 3), (10, 8.25)], dtype=float)
    runs = reference.cover(np.hstack([ring, np.roll(ring, -1, axis=0)]), 9, 12)
    return str([part.tolist() for part in runs])


def test_the_first_process_compiles_and_the_next_only_opens(tmp_path: Path) -> None:
    first, second = ran(tmp_path), ran(tmp_path)

    assert first == f"compiling False library True True {expected()}\n"
    assert second == f"True library True False {expected()}\n"  # numba is not even imported
    assert len(list((tmp_path / "mingyue").iterdir())) == 1  # nothing half made is left beside it


def test_without_a_c_compiler_the_loops_run_under_numba(tmp_path: Path) -> None:
    nowhere = tmp_path / "bin"
    nowhere.mkdir()

    assert ran(tmp_path, PATH=str(nowhere)) == f"compiling False numba False True {expected()}\n"


def test_a_cache_that_cannot_be_written_does_not_stop_the_work(tmp_path: Path) -> None:
    (tmp_path / "mingyue").write_text("a file where the folder should be")

    assert ran(tmp_path) == f"compiling False numba False True {expected()}\n"


def test_the_library_is_that_of_these_loops() -> None:
    sources = {path.name for path in compiled.LOOPS.glob("*.py")}

    assert {f"{module}.py" for module, _ in compiled.ENTRIES.values()} <= sources


def test_threads_share_the_work_without_sharing_room() -> None:
    from concurrent.futures import ThreadPoolExecutor

    rng = np.random.default_rng(3)
    soups = []
    for _ in range(64):
        ring = rng.uniform(0, 40, (24, 2))
        ring[:, 1] = np.rint(ring[:, 1] * reference.STEPS_PER_PIXEL) / reference.STEPS_PER_PIXEL
        soups.append(np.hstack([ring, np.roll(ring, -1, axis=0)]))

    alone = [fast.cover(soup, 40, 40) for soup in soups]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda soup: fast.cover(soup, 40, 40), soups))

    assert all(
        all(np.array_equal(one, other) for one, other in zip(a, b, strict=True))
        for a, b in zip(alone, together, strict=True)
    )
