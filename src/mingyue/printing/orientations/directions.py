"""A part's surface becomes directions that may point up: where its hull can stand, and others spread over the sphere.

A direction is a unit vector in the part frame. `angles_of` turns it into what `mingyue build --rotate` takes.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError, cKDTree

from mingyue.printing.meshes import Mesh

Floats = NDArray[np.float64]

# Two directions nearer than this are one: over 50 mm that tilts by 0.9 mm, and no figure tells them apart.
_SAME_DEG = 1.0
# Qhull takes minutes for a fine ball; the points farthest out in so many directions make the same hull, to 0.1 %.
_MOST_HULL_POINTS = 20_000
_DIRECTIONS_OF_EXTREMES = 1000
_VERTICES_AT_ONCE = 1 << 14
# Facets that a part may stand on, the largest first.
_MOST_FACETS = 100
# What `--rotate` needs no more digits than: 50 mm then tilt by 9 nm.
_ANGLE_DIGITS = 5


def hull_points(mesh: Mesh) -> Floats:
    """(h, 3) corners of the convex hull, to 0.1 % where there are very many; all used vertices where it is flat."""
    is_used = np.zeros(len(mesh.vertices_um), dtype=np.bool_)
    is_used[mesh.triangles] = True
    points = mesh.vertices_um[is_used]
    if len(points) > _MOST_HULL_POINTS:
        points = points[_extremes(points, spread(_DIRECTIONS_OF_EXTREMES))]
    try:
        return np.asarray(points[ConvexHull(points).vertices])
    except (QhullError, ValueError):  # flat, or a single point: nothing is inside
        return points


def _extremes(points: Floats, directions: Floats) -> NDArray[np.int64]:
    """Which of (n, 3) points lie farthest out in some direction."""
    farthest, best = np.full(len(directions), -np.inf), np.zeros(len(directions), dtype=np.int64)
    origin, ways = points[0], directions.astype(np.float32)
    for begin in range(0, len(points), _VERTICES_AT_ONCE):
        reach = ways @ (points[begin : begin + _VERTICES_AT_ONCE] - origin).astype(np.float32).T
        here = reach.argmax(axis=1)
        reached = reach[np.arange(len(ways)), here]
        is_farther = reached > farthest
        farthest[is_farther], best[is_farther] = reached[is_farther], begin + here[is_farther]
    return np.unique(best)


def standing(points: Floats) -> Floats:
    """(f, 3) directions that are up where a facet of the hull of these points lies on the platform, the largest first."""
    try:
        hull = ConvexHull(points)
    except (QhullError, ValueError):
        return np.empty((0, 3))
    normals = hull.equations[:, :3]
    corners = points[hull.simplices]
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    kinds, of_facet = np.unique(np.round(normals, 5), axis=0, return_inverse=True)
    area = np.bincount(of_facet.ravel(), weights=areas, minlength=len(kinds))
    largest = np.argsort(-area, kind="stable")[:_MOST_FACETS]
    return -_unit(kinds[largest])


def spread(count: int) -> Floats:
    """(count, 3) directions spread evenly over the sphere: a Fibonacci lattice."""
    k = np.arange(count) + 0.5
    height = 1 - 2 * k / count
    around = np.pi * (1 + math.sqrt(5)) * k
    flat = np.sqrt(1 - height**2)
    return np.stack([flat * np.cos(around), flat * np.sin(around), height], axis=1)


def candidates(points: Floats, *, count: int) -> Floats:
    """(c, 3): as the part is, along each axis, standing on its hull, and `count` more; each only once."""
    axes = np.array([(0, 0, 1), (0, 0, -1), (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0)], dtype=np.float64)
    return distinct(np.concatenate([axes, standing(points), spread(count)]))


def nearby(ups: Floats, *, angle_deg: float) -> Floats:
    """(8·c, 3) the directions around each of (c, 3), tilted by that angle."""
    across = _unit(np.cross(ups, np.where(np.abs(ups[:, [2]]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])))
    other = np.cross(ups, across)
    around = np.arange(8) * np.pi / 4
    tilt = math.radians(angle_deg)
    sideways = np.cos(around)[:, None, None] * across + np.sin(around)[:, None, None] * other
    return (math.cos(tilt) * ups + math.sin(tilt) * sideways).reshape(-1, 3)


def distinct(ups: Floats, *, apart_deg: float = _SAME_DEG) -> Floats:
    """Those of (c, 3) directions that lie near no earlier one."""
    near = cKDTree(ups).query_pairs(2 * math.sin(math.radians(apart_deg) / 2), output_type="ndarray")
    kept = np.ones(len(ups), dtype=np.bool_)
    for first, second in near[np.lexsort((near[:, 1], near[:, 0]))] if len(near) else ():
        if kept[first]:
            kept[second] = False
    return ups[kept]


def angles_of(up: Floats, *, turn_deg: float = 0.0) -> tuple[float, float, float]:
    """Degrees about x, then y, then z, after which `up` (3,) points along z, and the part is turned about z."""
    x, y, z = (float(share) for share in up)
    about_x = math.degrees(math.atan2(y, z))
    about_y = -math.degrees(math.atan2(x, math.hypot(y, z)))
    return _rounded(about_x), _rounded(about_y), _rounded(turn_deg)


def _rounded(angle_deg: float) -> float:
    return round(angle_deg, _ANGLE_DIGITS) + 0.0  # -0 is 0


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-300))
