"""Bodies within a mesh: how much each encloses, which way it faces, and what winds around a point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.mending.edges import Edges, lengths
from mingyue.printing.meshes import Mesh


def inside_out_bodies(mesh: Mesh, edges: Edges, bodies: NDArray[np.int64]) -> NDArray[np.int64]:
    """Labels of closed bodies that face the wrong way, given what the others wind around them.

    A negative volume is a cavity where the others wind around it, and wrong elsewhere. A positive one is wrong where
    they wind negatively: it is the cavity of a body that is wrong itself.
    """
    corners = mesh.vertices_um[mesh.triangles]
    volumes = body_volumes_um3(corners, bodies)
    is_open = np.zeros(len(volumes), dtype=bool)
    is_open[bodies[edges.faces_at(edges.net != 0)]] = True
    negative, positive = (np.flatnonzero(side & ~is_open) for side in (volumes < 0, volumes > 0))
    if not len(negative):
        return negative
    wrong = negative[_around(corners, bodies, negative, is_open) <= 0]
    if not len(wrong):
        return wrong
    return np.concatenate([wrong, positive[_around(corners, bodies, positive, is_open) < 0]])


def _around(
    corners: NDArray[np.float64],
    bodies: NDArray[np.int64],
    asked: NDArray[np.int64],
    is_open: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """How often all other closed bodies wind around each body asked for; 0 where no box holds its box."""
    order = np.argsort(bodies, kind="stable")
    starts = np.searchsorted(bodies[order], np.arange(len(is_open) + 1))
    low, high = corners.min(axis=1).T.copy(), corners.max(axis=1).T.copy()
    lowest = np.minimum.reduceat(low[:, order], starts[:-1], axis=1)
    highest = np.maximum.reduceat(high[:, order], starts[:-1], axis=1)
    windings = np.zeros(len(asked), dtype=np.int64)
    for k, body in enumerate(asked):
        holds = np.all((lowest <= lowest[:, [body]]) & (highest >= highest[:, [body]]), axis=0) & ~is_open
        if holds.sum() > 1:  # more than itself
            x, y, _ = point = point_of(corners[order[starts[body] : starts[body + 1]]])
            near = np.flatnonzero((low[0] <= x) & (high[0] >= x) & (low[1] <= y) & (high[1] >= y))
            windings[k] = winding(corners[near[(bodies[near] != body) & ~is_open[bodies[near]]]], point)
    return windings


def body_volumes_um3(corners: NDArray[np.float64], bodies: NDArray[np.int64]) -> NDArray[np.float64]:
    """(b,) signed volume of each body of (m, 3, 3) corners, taken from a corner of its own."""
    _, first = np.unique(bodies, return_index=True)
    a, b, c = (corners[:, k] - corners[first, 0][bodies] for k in range(3))
    volumes = np.bincount(bodies, weights=np.einsum("ij,ij->i", a, np.cross(b, c)) / 6)
    return np.asarray(volumes, dtype=np.float64)


def point_of(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3,) a point on a body, unlikely to touch its surroundings: the middle of its largest face."""
    areas = lengths(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
    return np.asarray(corners[np.argmax(areas)].mean(axis=0), dtype=np.float64)


def winding(corners: NDArray[np.float64], point: NDArray[np.float64]) -> int:
    """How often closed surfaces of (m, 3, 3) corners wind around a (3,) point not on them.

    Counts faces straight above the point, up less down. In plan, a point on an edge belongs to one side only.
    """
    flat, (x, y) = corners[:, :, :2], point[:2]
    near = np.all((flat.min(axis=1) <= point[:2]) & (flat.max(axis=1) >= point[:2]), axis=1)
    corners, flat = corners[near], flat[near]
    covers = np.zeros(len(flat), dtype=np.int64)
    for k in range(3):
        p, q = flat[:, k], flat[:, (k + 1) % 3]
        rises, falls = (p[:, 1] <= y) & (q[:, 1] > y), (q[:, 1] <= y) & (p[:, 1] > y)
        low, high = np.where(falls[:, None], q, p), np.where(falls[:, None], p, q)  # one order, one rounding
        is_right = (high[:, 0] - low[:, 0]) * (y - low[:, 1]) > (x - low[:, 0]) * (high[:, 1] - low[:, 1])
        covers += (rises & is_right).astype(np.int64) - (falls & is_right)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    is_above = np.einsum("ij,ij->i", normals, point - corners[:, 0]) * covers < 0
    return int(covers[is_above].sum())
