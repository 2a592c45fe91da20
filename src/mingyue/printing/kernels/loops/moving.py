"""Points move: a matrix and a shift applied to many at once, and the box of what results."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit
from mingyue.printing.kernels.loops.corners import corner_of, count_of

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]


@jit
def move(points: Floats, matrix: Floats, offset: Floats, out: Floats) -> int:
    """Fill out (n, 3) with matrix · point + offset; points: (n, 3), matrix: (3, 3), offset: (3,)."""
    for n in range(len(points)):
        x, y, z = points[n, 0], points[n, 1], points[n, 2]
        for axis in range(3):
            out[n, axis] = matrix[axis, 0] * x + matrix[axis, 1] * y + matrix[axis, 2] * z + offset[axis]
    return 0


@jit
def box_of(
    vertices: Floats,
    triangles: Ints,
    corners: Singles,
    scale: float,
    matrix: Floats,
    origin: Floats,
    offset: Floats,
    box: Floats,
) -> int:
    """Fill box (2, 3) with the lowest and highest of matrix · (corner − origin) + offset over the triangles' corners."""
    box[0, :] = np.inf
    box[1, :] = -np.inf
    for t in range(count_of(triangles, corners)):
        for k in range(3):
            x, y, z = corner_of(vertices, triangles, corners, scale, t, k)
            x, y, z = x - origin[0], y - origin[1], z - origin[2]
            for axis in range(3):
                value = matrix[axis, 0] * x + matrix[axis, 1] * y + matrix[axis, 2] * z + offset[axis]
                box[0, axis] = min(box[0, axis], value)
                box[1, axis] = max(box[1, axis], value)
    return 0
