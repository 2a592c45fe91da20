"""Feet become a base: bars that tie them together, or a plate below everything where the part is lifted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.meshes import Mesh
from mingyue.printing.supports.rooms import STEPS, Room

Floats = NDArray[np.float64]

# What is missing to whole pixels by less than this share of one makes no difference.
_WHOLE = 1e-4
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


def ears(
    placed: Mesh, bodies: Sequence[Mesh], *, tips_um: Floats, apart_um: float, pitch_um: float, layer_um: float
) -> Iterator[Mesh]:
    """Small boxes at the outermost supports, so that part and supports together lie on the pixels of the part alone.

    `mingyue build` lays the middle of all it is given on the border of a pixel. Where supports reach out of the part on
    one side, an ear of less than two pixels makes up for what is missing to whole pixels: islands of a pixel, which come
    and go with the grid, then stay where they were found. No ear is put within `apart_um` of (n, 3) tips of necks.
    """
    if not bodies:
        return
    corners = np.concatenate([body.vertices_um for body in bodies])
    low, high = (np.stack([placed.box_um[side], end(corners, axis=0)]) for side, end in ((0, np.min), (1, np.max)))
    low, high = low.min(axis=0), high.max(axis=0)
    for axis in range(2):
        missing_um = -(low[axis] + high[axis]) % (2 * pitch_um)
        if min(missing_um, 2 * pitch_um - missing_um) > _WHOLE * pitch_um:
            outermost = corners[np.argmax(corners[:, axis])]
            if outermost[axis] < high[axis] - 1e-9:  # the part reaches out further there, and is not to be touched
                outermost, missing_um = corners[np.argmin(corners[:, axis])], missing_um - 2 * pitch_um
            if np.linalg.norm(tips_um - outermost, axis=1).min(initial=np.inf) > apart_um:
                yield _ear(outermost, axis, float(missing_um), pitch_um, layer_um)


def _ear(at_um: Floats, axis: int, out_um: float, pitch_um: float, layer_um: float) -> Mesh:
    """A box of four pixels and four layers around a corner, that reaches so far beyond it along an axis."""
    low, high = at_um - 2 * pitch_um, at_um + 2 * pitch_um
    low[2] = max(0.0, at_um[2] - 2 * layer_um)
    high[2] = low[2] + 4 * layer_um
    low[axis], high[axis] = sorted((at_um[axis] - np.sign(out_um) * 4 * pitch_um, at_um[axis] + out_um))
    ends = (low, high)
    corners = [(ends[k & 1][0], ends[k >> 1 & 1][1], ends[k >> 2][2]) for k in range(8)]
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
