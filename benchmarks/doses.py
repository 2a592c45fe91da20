"""How fast does light become dose? One layer beside scipy, OpenCV and memory itself, on one core; markdown on stdout."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from scipy import ndimage

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is no package that anyone installs

from benchmarks.sections import facts, facts_table, write_section
from benchmarks.tables import table
from mingyue.printing.curing.optics import Blur, airy_blur, gaussian_blur
from mingyue.printing.kernels.exposing import NOTHING, expose, laid_taps, light_shape

SIDES = (2048, 8192)
SIGMA_PX, DECAY, THRESHOLD = 1.5, 0.9, 100.0
GAUSSIAN = gaussian_blur(SIGMA_PX)
LEAST_MVOXELS, LEAST_TIMES, LEAST_GENERAL = 500.0, 8.0, 100.0


@dataclass(frozen=True, slots=True)
class Row:
    """One way on one size. mvoxels_s: million voxels a second of one core, best of the rounds; moved: bytes a voxel."""

    way: str
    side: int
    mvoxels_s: float
    moved: int | None = None


def main() -> int:
    """Measure. Returns 0: being slow is no error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often the ways run in turn (5)")
    parser.add_argument("--side", type=int, action="append", help="rows and columns of the plane (2048 and 8192)")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    known = facts()
    rows = [row for side in options.side or SIDES for row in measured(side, rounds=options.rounds)]
    text = "\n\n".join(page(known, rows))
    print(text)
    if options.write:
        write_section("doses", text)
    return 0


def measured(side: int, *, rounds: int) -> list[Row]:
    """All ways in turn, so that each meets the same disturbances; in seconds of the processor, which waiting is not."""
    cv2.setNumThreads(1)
    ways = ways_for(side)
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, (work, _) in ways.items():
            began = time.process_time()
            work()
            best[name] = min(best[name], time.process_time() - began)
    return [Row(name, side, side * side / best[name] / 1e6, ways[name][1]) for name in ways]


def ways_for(side: int) -> dict[str, tuple[Callable[[], object], int | None]]:
    """What is measured, and the least bytes a voxel that each must move."""
    airy = airy_blur(pitch_um=2.0, numerical_aperture=0.1, wavelength_nm=385.0)
    square = Blur(GAUSSIAN.taps)
    light = np.random.default_rng(1).integers(0, 256, (side, side)).astype(np.float32)
    dose, solid = np.zeros_like(light), np.zeros(light.shape, dtype=np.uint8)
    return {
        "filter, recursion, threshold in one pass": (_ours(light, GAUSSIAN, dose, solid), 13),
        "the same, dark plane": (_ours(np.zeros_like(light), GAUSSIAN, dose, solid), 13),
        "the same, 13 × 13 taps that are no product": (_ours(light, square, dose, solid), 13),
        "the same, 17 × 17 taps of an aperture": (_ours(light, airy, dose, solid), 13),
        "scipy gaussian_filter, numpy": (lambda: _by_scipy(light, dose, solid), None),
        "OpenCV GaussianBlur, numpy": (lambda: _by_opencv(light, dose, solid), None),
        "memory: dose · 0.9 where it stands": (lambda: np.multiply(dose, np.float32(DECAY), out=dose), 8),
        "memory: copy": (lambda: np.copyto(dose, light), 8),
    }


def _ours(light: np.ndarray, blur: Blur, dose: np.ndarray, solid: np.ndarray) -> Callable[[], object]:
    radius = blur.radius_px
    padded = np.zeros(light_shape(*light.shape, radius), dtype=np.float32)
    padded[radius : radius + len(light), radius : radius + len(light)] = light
    taps = laid_taps(blur.taps, blur.separable)
    return lambda: expose(
        padded, taps, radius, decay=DECAY, after=dose, before=NOTHING, threshold=THRESHOLD, solid=solid
    )


def _by_scipy(light: np.ndarray, dose: np.ndarray, solid: np.ndarray) -> None:
    dose *= np.float32(DECAY)
    dose += ndimage.gaussian_filter(light, SIGMA_PX, radius=GAUSSIAN.radius_px, mode="constant")
    np.greater_equal(dose, np.float32(THRESHOLD), out=solid, casting="unsafe")


def _by_opencv(light: np.ndarray, dose: np.ndarray, solid: np.ndarray) -> None:
    side = 2 * GAUSSIAN.radius_px + 1
    dose *= np.float32(DECAY)
    dose += cv2.GaussianBlur(light, (side, side), SIGMA_PX, borderType=cv2.BORDER_CONSTANT)
    np.greater_equal(dose, np.float32(THRESHOLD), out=solid, casting="unsafe")


def page(known: dict[str, str], rows: list[Row]) -> Iterator[str]:
    """The texts of the section."""
    yield facts_table(known)
    yield table(("one layer, float32, one core", "plane", "Mvoxel/s", "GB/s at least"), [_cells(row) for row in rows])
    yield "What was asked for:"
    yield table(("asked", "found", "met"), list(judged(rows)))


def _cells(row: Row) -> tuple[str, ...]:
    moved = "" if row.moved is None else f"{row.mvoxels_s * row.moved / 1e3:.1f}"
    return row.way, f"{row.side}²", f"{row.mvoxels_s:.0f}", moved


def judged(rows: list[Row]) -> Iterator[tuple[str, str, str]]:
    """What was asked, what was found, whether it is met, for each size."""
    for side in dict.fromkeys(row.side for row in rows):
        speed = {row.way: row.mvoxels_s for row in rows if row.side == side}
        ours, general, scipy = (
            next(speed[way] for way in speed if way.startswith(start)) for start in ("filter", "the same, 13", "scipy")
        )
        for asked, found, least, unit in (
            (f"{side}²: at least {LEAST_MVOXELS:.0f} Mvoxel/s", ours, LEAST_MVOXELS, " Mvoxel/s"),
            (f"{side}²: at least {LEAST_TIMES:g} times scipy", ours / scipy, LEAST_TIMES, "×"),
            (f"{side}²: at least {LEAST_GENERAL:.0f} Mvoxel/s in general", general, LEAST_GENERAL, " Mvoxel/s"),
        ):
            yield asked, f"{found:.0f}{unit}", "yes" if found >= least else "**no**"


if __name__ == "__main__":
    sys.exit(main())
