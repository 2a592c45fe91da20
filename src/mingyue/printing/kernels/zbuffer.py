"""Which triangle is seen at each pixel of a picture: a depth buffer, for looking at parts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit


@jit
def draw(
    points: NDArray[np.float64],
    triangles: NDArray[np.int64],
    depth: NDArray[np.float64],
    seen: NDArray[np.int64],
) -> None:
    """Draw triangles into depth (rows, columns), filled with −inf before, and seen, filled with −1.

    points: (n, 3) as (column px, row px, nearness). A pixel shows the nearest triangle that covers its centre.
    """
    rows, columns = depth.shape
    for t in range(len(triangles)):
        a, b, c = points[triangles[t, 0]], points[triangles[t, 1]], points[triangles[t, 2]]
        twice_area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if twice_area == 0.0:
            continue
        first_row = max(0, int(math.ceil(min(a[1], b[1], c[1]) - 0.5)))
        last_row = min(rows - 1, int(math.floor(max(a[1], b[1], c[1]) - 0.5)))
        first_column = max(0, int(math.ceil(min(a[0], b[0], c[0]) - 0.5)))
        last_column = min(columns - 1, int(math.floor(max(a[0], b[0], c[0]) - 0.5)))
        for i in range(first_row, last_row + 1):
            for j in range(first_column, last_column + 1):
                x, y = j + 0.5, i + 0.5
                to_b = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / twice_area
                to_c = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / twice_area
                if to_b < 0.0 or to_c < 0.0 or to_b + to_c > 1.0:
                    continue
                near = a[2] + to_b * (b[2] - a[2]) + to_c * (c[2] - a[2])
                if near > depth[i, j]:
                    depth[i, j] = near
                    seen[i, j] = t
