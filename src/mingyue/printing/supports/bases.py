"""Feet become a base: bars that tie them together, or a plate below everything where the part is lifted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.meshes import Mesh
from mingyue.printing.supports.rooms import STEPS, Room

Floats = NDArray[np.float64]

_QUADS = ((0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5))


def bars_between(feet_um: Floats, room: Room, *, width_um: float, height_um: float) -> Iterator[Mesh]:
    """Bars on the platform along the shortest net between the feet, where the part leaves room for them.

    feet_um: (n, 2) or (n, 3) middles of the feet.
    """
    for one, other in shortest_net(feet_um[:, :2]):
        start, end = feet_um[one, :2], feet_um[other, :2]
        if np.linalg.norm(end - start) > width_um and _is_free(start, end, room, width_um, height_um):
            yield bar(start, end, width_um=width_um, height_um=height_um)


def shortest_net(places: Floats) -> NDArray[np.int64]:
    """(n − 1, 2) which of (n, 2) places are joined so that all hang together at the least length."""
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial.distance import pdist, squareform

    if len(places) < 2:
        return np.empty((0, 2), dtype=np.int64)
    net = minimum_spanning_tree(squareform(pdist(places) + 1e-6)).tocoo()
    return np.stack([net.row, net.col], axis=1).astype(np.int64)


def bar(start_um: Floats, end_um: Floats, *, width_um: float, height_um: float) -> Mesh:
    """A closed bar on the platform between two places."""
    along = (end_um - start_um) / max(float(np.linalg.norm(end_um - start_um)), 1e-9)
    across = np.array([-along[1], along[0]]) * width_um / 2
    flat = [start_um - across, end_um - across, start_um + across, end_um + across]
    corners = [(*place, height) for height in (0.0, height_um) for place in flat]
    return Mesh(np.array(corners), np.array([face for a, b, c, d in _QUADS for face in ((a, b, c), (a, c, d))]))


def _is_free(start_um: Floats, end_um: Floats, room: Room, width_um: float, height_um: float) -> bool:
    count = max(2, int(np.ceil(np.linalg.norm(end_um - start_um) / room.cell_um)) + 1)
    flat = start_um + np.linspace(0, 1, count)[:, None] * (end_um - start_um)
    wanted = (width_um / 2 + room.clearance_um) / room.cell_um * STEPS
    for height in np.arange(room.cell_um / 2, height_um + room.cell_um / 2, room.cell_um):
        cells = room.cells(np.column_stack([flat, np.full(count, height)]))
        if (room.bare[tuple(cells.T)] < wanted).any():
            return False
    return True


def plate(around_um: Floats, *, height_um: float) -> Mesh:
    """A closed plate on the platform: the convex outline of (n, 2) places, so high."""
    from scipy.spatial import ConvexHull

    outline = around_um[ConvexHull(around_um).vertices]  # anticlockwise
    count, corner = len(outline), np.arange(len(outline))
    after = (corner + 1) % count
    vertices = np.concatenate([np.column_stack([outline, np.full(count, z)]) for z in (0.0, height_um)])
    fan = np.stack([np.zeros(count - 2, dtype=np.int64), corner[1:-1], corner[2:]], axis=1)
    walls = np.concatenate(
        [np.stack([corner, after, count + after], axis=1), np.stack([corner, count + after, count + corner], axis=1)]
    )
    return Mesh(vertices, np.concatenate([fan[:, ::-1], count + fan, walls]))
