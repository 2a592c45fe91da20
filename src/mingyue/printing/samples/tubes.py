"""A line of points becomes a tube: a closed surface of one thickness around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.meshes import Mesh

_Floats = NDArray[np.float64]


def tube(axis_um: _Floats, *, radius_um: float, sides: int) -> Mesh:
    """The tube around a polyline: with flat ends, or endless where the last point repeats the first.

    axis_um: (k, 3) float64, no two neighbours equal. Its section is the regular polygon of the circle's area,
    so that a straight tube holds exactly π·radius²·length.
    """
    endless = np.array_equal(axis_um[0], axis_um[-1])
    points = axis_um[:-1] if endless else axis_um
    tangents = _tangents(axis_um, endless=endless)
    rings = points[:, None] + radius_um * _polygon(sides) @ _across(points, tangents)
    triangles = _sides(len(points), sides, endless=endless)
    if endless:
        return Mesh(rings.reshape(-1, 3), triangles)
    first = len(points) * sides
    caps = _cap(0, first, sides)[:, ::-1], _cap(first - sides, first + 1, sides)
    return Mesh(np.concatenate([rings.reshape(-1, 3), points[[0, -1]]]), np.concatenate([triangles, *caps]))


def _unit(vectors: _Floats) -> _Floats:
    lengths: _Floats = np.linalg.norm(vectors, axis=-1, keepdims=True)
    units: _Floats = vectors / lengths
    return units


def _tangents(axis: _Floats, *, endless: bool) -> _Floats:
    """The bisecting direction at each point, so that neighbouring pieces share one section."""
    steps = _unit(np.diff(axis, axis=0))
    before = np.concatenate([steps[-1:] if endless else steps[:1], steps])
    after = np.concatenate([steps, steps[-1:]])
    return _unit((before + after)[: len(steps) if endless else None])


def _across(points: _Floats, tangents: _Floats) -> _Floats:
    """(k, 2, 3): two directions across the tube at each point.

    They start from the direction in which the line spreads least. No tangent of a gently bent line is
    parallel to it, so the tube does not twist.
    """
    flat = np.linalg.svd(points - points.mean(axis=0))[2][2]
    u = _unit(flat - (tangents @ flat)[:, None] * tangents)
    return np.stack([u, np.cross(tangents, u)], axis=1)


def _polygon(sides: int) -> _Floats:
    turn = 2 * np.pi / sides
    radius = float(np.sqrt(turn / np.sin(turn)))  # the polygon then has the area of the unit circle
    angles = turn * np.arange(sides)
    corners: _Floats = radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return corners


def _sides(rings: int, sides: int, *, endless: bool) -> NDArray[np.int64]:
    ring = np.arange(rings if endless else rings - 1)[:, None]
    corner = np.arange(sides)
    after, beyond = (corner + 1) % sides, (ring + 1) % rings
    a, b, c, d = (
        ring * sides + corner,
        ring * sides + after,
        beyond * sides + after,
        beyond * sides + corner,
    )
    return np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)


def _cap(first: int, centre: int, sides: int) -> NDArray[np.int64]:
    corner = np.arange(sides)
    return np.stack([np.full(sides, centre), first + corner, first + (corner + 1) % sides], axis=1)
