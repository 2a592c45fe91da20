"""A point above a part becomes the height of the surface below it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.meshes import Mesh

Floats = NDArray[np.float64]


def surface_below(mesh: Mesh, point_um: Floats, *, least_um: float) -> float | None:
    """z of the highest place of the surface under (3,) a point, at least `least_um` under it; None where there is none."""
    x, y, z = point_um
    corners = mesh.vertices_um[_around(mesh, float(x), float(y))]
    heights = _heights(corners, float(x), float(y))
    under = heights[heights <= z - least_um]
    return float(under.max()) if len(under) else None


def _around(mesh: Mesh, x: float, y: float) -> NDArray[np.int64]:
    """The triangles whose shadow's box holds the place."""
    low = [np.minimum.reduce([mesh.vertices_um[mesh.triangles[:, k], axis] for k in range(3)]) for axis in range(2)]
    high = [np.maximum.reduce([mesh.vertices_um[mesh.triangles[:, k], axis] for k in range(3)]) for axis in range(2)]
    inside = (low[0] <= x) & (x <= high[0]) & (low[1] <= y) & (y <= high[1])
    return np.asarray(mesh.triangles[inside])


def _heights(corners: Floats, x: float, y: float) -> Floats:
    """Where the upright line at (x, y) meets each of (t, 3, 3) triangles that it meets."""
    a, b, c = (corners[:, k] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    upright = np.abs(area) < 1e-12
    safe = np.where(upright, 1.0, area)
    to_b = ((x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (y - a[:, 1]) * (c[:, 0] - a[:, 0])) / safe
    to_c = ((b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (b[:, 1] - a[:, 1]) * (x - a[:, 0])) / safe
    met = ~upright & (to_b >= 0) & (to_c >= 0) & (to_b + to_c <= 1)
    return np.asarray((a[:, 2] + to_b * (b[:, 2] - a[:, 2]) + to_c * (c[:, 2] - a[:, 2]))[met])
