"""What the compiled loops about solids do, said as plainly as possible: for tests, and to read first."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


def floors_and_roofs(
    above: Singles, here: Singles, *, threshold: float, depth_um: float, thickness_um: float, fall_above: float
) -> tuple[NDArray[np.bool_], Floats]:
    """Where a layer has a roof at its top, and how deep below its top each pixel is solid (0: not at all)."""
    solid = np.clip(depth_um * np.log(np.maximum(here.astype(np.float64), 1e-30) / threshold), 0.0, thickness_um)
    return (here > threshold) & (above * fall_above <= threshold), solid


def wall_crossings(
    here: Singles, *, threshold: float, depth_um: float, thickness_um: float
) -> list[tuple[float, float]]:
    """(row, column) from the first pixel's centre of each place where, half-way down a layer, a line between two pixel
    centres meets a wall; the root of the dose is straight between the two.
    """
    level = math.sqrt(threshold * math.exp(thickness_um / 2 / depth_um))
    root = np.sqrt(here.astype(np.float64))
    found = []
    for i, j in np.ndindex(here.shape):
        for down, right in ((0, 1), (1, 0)):
            if i + down >= here.shape[0] or j + right >= here.shape[1]:
                continue
            one, other = root[i, j], root[i + down, j + right]
            if (one > level) != (other > level):
                share = (level - one) / (other - one)
                found.append((i + down * share, j + right * share))
    return found


def depth_at(dose: Singles, place: Floats, *, threshold: float, depth_um: float, top_um: float) -> float | None:
    """How deep in the solid a place (column px, row px, z µm) is, None where it is dark."""
    rows, columns = dose.shape
    u, v = np.clip(place[0] - 0.5, 0, columns - 1), np.clip(place[1] - 0.5, 0, rows - 1)
    total = 0.0
    for i, j in np.ndindex(dose.shape):
        total += max(0.0, 1 - abs(v - i)) * max(0.0, 1 - abs(u - j)) * math.sqrt(dose[i, j])
    return depth_um * math.log(total**2 / threshold) - (top_um - place[2]) if total > 0 else None


def triangle_distance(point: Floats, corners: Floats, *, samples: int = 400) -> float:
    """From a point to a triangle (3, 3), by looking at many places on it: never too small."""
    side = np.linspace(0.0, 1.0, samples)
    u, v = np.meshgrid(side, side)
    inside = u + v <= 1.0
    places = (
        corners[0] + u[inside][:, None] * (corners[1] - corners[0]) + v[inside][:, None] * (corners[2] - corners[0])
    )
    return float(np.linalg.norm(places - point, axis=1).min())
