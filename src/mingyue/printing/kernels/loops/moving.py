"""Points move: a matrix and a shift applied to many at once, and the box of what results."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Floats = NDArray[np.float64]
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
def box_of(points: Floats, triangles: Ints, matrix: Floats, origin: Floats, offset: Floats, box: Floats) -> int:
    """Fill box (2, 3) with the lowest and highest of matrix · (point − origin) + offset over the triangles' corners."""
    box[0, :] = np.inf
    box[1, :] = -np.inf
    for t in range(len(triangles)):
        for k in range(3):
            n = triangles[t, k]
            x, y, z = points[n, 0] - origin[0], points[n, 1] - origin[1], points[n, 2] - origin[2]
            for axis in range(3):
                value = matrix[axis, 0] * x + matrix[axis, 1] * y + matrix[axis, 2] * z + offset[axis]
                box[0, axis] = min(box[0, axis], value)
                box[1, axis] = max(box[1, axis], value)
    return 0
