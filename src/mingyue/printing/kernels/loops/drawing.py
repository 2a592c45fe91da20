"""Which triangle is seen at each pixel of a picture: a depth buffer, for looking at parts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit
from mingyue.printing.kernels.loops.corners import corner_of, count_of


@jit
def draw(
    vertices: NDArray[np.float64],
    triangles: NDArray[np.int64],
    corners: NDArray[np.float32],
    scale: float,
    matrix: NDArray[np.float64],
    offset: NDArray[np.float64],
    depth: NDArray[np.float64],
    seen: NDArray[np.int64],
) -> int:
    """Draw triangles into depth (rows, columns), filled with −inf before, and seen, filled with −1.

    matrix · corner + offset is (column px, row px, nearness). A pixel shows the nearest triangle that
    covers its centre.
    """
    rows, columns = depth.shape
    for t in range(count_of(triangles, corners)):
        ax, ay, az = _seen_at(corner_of(vertices, triangles, corners, scale, t, 0), matrix, offset)
        bx, by, bz = _seen_at(corner_of(vertices, triangles, corners, scale, t, 1), matrix, offset)
        cx, cy, cz = _seen_at(corner_of(vertices, triangles, corners, scale, t, 2), matrix, offset)
        bx, by, bz, cx, cy, cz = bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az
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


@jit
def _seen_at(
    corner: tuple[float, float, float], matrix: NDArray[np.float64], offset: NDArray[np.float64]
) -> tuple[float, float, float]:
    x, y, z = corner
    return (
        matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2] * z + offset[0],
        matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2] * z + offset[1],
        matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2] * z + offset[2],
    )


@jit
def shade(
    vertices: NDArray[np.float64],
    triangles: NDArray[np.int64],
    corners: NDArray[np.float32],
    scale: float,
    view: NDArray[np.float64],
    light: NDArray[np.float64],
    palette: NDArray[np.float64],
    depth: NDArray[np.float64],
    seen: NDArray[np.int64],
    colours: NDArray[np.uint8],
) -> int:
    """Colour what `draw` saw, into colours (rows, 3 · columns): light by the angle of each face, paler with distance.

    view: (3, 3) turns points towards the one who looks; light: (3,) where it comes from, of length 1; palette: (3, 3)
    paper, ink and glow. Faces that are seen from behind are drawn as well.
    """
    rows, columns = depth.shape
    near, far = -np.inf, np.inf
    for i in range(rows):
        for j in range(columns):
            if seen[i, j] >= 0:
                near, far = max(near, depth[i, j]), min(far, depth[i, j])
    reach = max(near - far, 1e-9)
    for i in range(rows):
        for j in range(columns):
            t = seen[i, j]
            if t < 0:
                for k in range(3):
                    colours[i, 3 * j + k] = int(palette[0, k])
                continue
            strength = (0.25 + 0.75 * _lit(vertices, triangles, corners, scale, t, view, light)) * (
                0.55 + 0.45 * (depth[i, j] - far) / reach
            )
            for k in range(3):
                colours[i, 3 * j + k] = int(palette[1, k] + (palette[2, k] - palette[1, k]) * strength)
    return 0


@jit
def _lit(
    vertices: NDArray[np.float64],
    triangles: NDArray[np.int64],
    corners: NDArray[np.float32],
    scale: float,
    t: int,
    view: NDArray[np.float64],
    light: NDArray[np.float64],
) -> float:
    ax, ay, az = corner_of(vertices, triangles, corners, scale, t, 0)
    bx, by, bz = corner_of(vertices, triangles, corners, scale, t, 1)
    cx, cy, cz = corner_of(vertices, triangles, corners, scale, t, 2)
    ux, uy, uz = bx - ax, by - ay, bz - az
    vx, vy, vz = cx - ax, cy - ay, cz - az
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    length = math.sqrt(nx * nx + ny * ny + nz * nz)
    if length == 0.0:
        return 0.0
    towards = 0.0
    for k in range(3):
        towards += light[k] * (view[k, 0] * nx + view[k, 1] * ny + view[k, 2] * nz)
    return abs(towards) / length
