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
) -> int:
    """Draw triangles into depth (rows, columns), filled with −inf before, and seen, filled with −1.

    points: (n, 3) as (column px, row px, nearness). A pixel shows the nearest triangle that covers its centre.
    """
    rows, columns = depth.shape
    for t in range(len(triangles)):
        one, two, three = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, az = points[one, 0], points[one, 1], points[one, 2]
        bx, by, bz = points[two, 0] - ax, points[two, 1] - ay, points[two, 2] - az
        cx, cy, cz = points[three, 0] - ax, points[three, 1] - ay, points[three, 2] - az
        twice_area = bx * cy - by * cx
        if twice_area == 0.0:
            continue
        first_row = max(0, int(math.ceil(ay + min(0.0, by, cy) - 0.5)))
        last_row = min(rows - 1, int(math.floor(ay + max(0.0, by, cy) - 0.5)))
        first_column = max(0, int(math.ceil(ax + min(0.0, bx, cx) - 0.5)))
        last_column = min(columns - 1, int(math.floor(ax + max(0.0, bx, cx) - 0.5)))
        for i in range(first_row, last_row + 1):
            for j in range(first_column, last_column + 1):
                x, y = j + 0.5 - ax, i + 0.5 - ay
                to_b = (x * cy - y * cx) / twice_area
                to_c = (bx * y - by * x) / twice_area
                if to_b < 0.0 or to_c < 0.0 or to_b + to_c > 1.0:
                    continue
                near = az + to_b * bz + to_c * cz
                if near > depth[i, j]:
                    depth[i, j] = near
                    seen[i, j] = t
    return 0
