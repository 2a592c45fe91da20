"""Where the corners of a surface's triangles are, whichever way it holds them; see `surface.Surface`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]


@jit
def corner_of(
    vertices: Floats, triangles: Ints, corners: Singles, scale: float, t: int, k: int
) -> tuple[float, float, float]:
    """x, y and z of the corner k of triangle t."""
    if len(corners) > 0:
        return (
            np.float64(corners[t, 3 * k]) * scale,
            np.float64(corners[t, 3 * k + 1]) * scale,
            np.float64(corners[t, 3 * k + 2]) * scale,
        )
    n = triangles[t, k]
    return vertices[n, 0], vertices[n, 1], vertices[n, 2]


@jit
def count_of(triangles: Ints, corners: Singles) -> int:
    """How many triangles there are: one of the two is empty."""
    return len(triangles) + len(corners)
