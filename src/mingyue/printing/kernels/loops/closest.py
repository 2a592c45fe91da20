"""How far points are from triangles, and on which side: points and a few triangles for each in, signed distances out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Floats = NDArray[np.float64]

# Distances that differ by less than this share are one: an edge is equally far seen from both of its triangles.
_SAME = 1e-9


@jit
def closest(points: Floats, corners: Floats, candidates: NDArray[np.int64], distances: Floats) -> int:
    """Fill distances (n,) from each point (n, 3) to the nearest of its candidates, positive on the side of the normal.

    corners: (triangles, 9); candidates: (n, k), −1 for none. Of triangles that share the nearest place the one that the
    point stands most squarely above says which side it is.
    """
    for n in range(len(points)):
        best, side, squarely = math.inf, 1.0, -1.0
        for k in range(candidates.shape[1]):
            t = candidates[n, k]
            if t < 0:
                continue
            squared, upright = _to_triangle(points, n, corners, t)
            if squared < best * (1 - _SAME) or (squared <= best * (1 + _SAME) and abs(upright) > squarely):
                best = min(best, squared)
                side = 1.0 if upright >= 0.0 else -1.0
                squarely = abs(upright)
        distances[n] = side * math.sqrt(best)
    return 0


@jit
def _to_triangle(points: Floats, n: int, corners: Floats, t: int) -> tuple[float, float]:
    """Squared distance from a point to a triangle, and how far it stands above its plane.

    Source of the regions: C. Ericson, Real-Time Collision Detection (2005), 5.1.5.
    """
    ax, ay, az = corners[t, 0], corners[t, 1], corners[t, 2]
    bx, by, bz = corners[t, 3] - ax, corners[t, 4] - ay, corners[t, 5] - az
    cx, cy, cz = corners[t, 6] - ax, corners[t, 7] - ay, corners[t, 8] - az
    px, py, pz = points[n, 0] - ax, points[n, 1] - ay, points[n, 2] - az
    nx, ny, nz = by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx
    length = math.sqrt(nx * nx + ny * ny + nz * nz)
    upright = (px * nx + py * ny + pz * nz) / length if length > 0.0 else 0.0
    d1, d2 = bx * px + by * py + bz * pz, cx * px + cy * py + cz * pz
    if d1 <= 0.0 and d2 <= 0.0:
        return _squared(px, py, pz), upright
    qx, qy, qz = px - bx, py - by, pz - bz
    d3, d4 = bx * qx + by * qy + bz * qz, cx * qx + cy * qy + cz * qz
    if d3 >= 0.0 and d4 <= d3:
        return _squared(qx, qy, qz), upright
    vc = d1 * d4 - d3 * d2
    if vc <= 0.0 and d1 >= 0.0 and d3 <= 0.0:
        v = d1 / (d1 - d3) if d1 != d3 else 0.0
        return _squared(px - v * bx, py - v * by, pz - v * bz), upright
    rx, ry, rz = px - cx, py - cy, pz - cz
    d5, d6 = bx * rx + by * ry + bz * rz, cx * rx + cy * ry + cz * rz
    if d6 >= 0.0 and d5 <= d6:
        return _squared(rx, ry, rz), upright
    vb = d5 * d2 - d1 * d6
    if vb <= 0.0 and d2 >= 0.0 and d6 <= 0.0:
        w = d2 / (d2 - d6) if d2 != d6 else 0.0
        return _squared(px - w * cx, py - w * cy, pz - w * cz), upright
    va = d3 * d6 - d5 * d4
    if va <= 0.0 and d4 - d3 >= 0.0 and d5 - d6 >= 0.0:
        along = d4 - d3 + d5 - d6
        w = (d4 - d3) / along if along > 0.0 else 0.0
        return _squared(qx - w * (cx - bx), qy - w * (cy - by), qz - w * (cz - bz)), upright
    return upright * upright, upright


@jit
def _squared(x: float, y: float, z: float) -> float:
    return x * x + y * y + z * z
