"""Layers become room: on a coarse grid, how thick a branch may be at each place, and on the way from there to the platform.

slab 2   . . o o .      o  cells that hold some of the part, or are forbidden
slab 1   . . . . .      A branch goes down slab by slab, at most one cell to the side in each, or in every second or
slab 0   . o . . .      third where layers are thick. What is the thickest that gets from a cell down to the platform
                        is found from below, in one pass over the slabs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.frames import Canvas
from mingyue.printing.runs import Runs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

# Room is kept in eighths of a cell, up to 31 cells: one byte each.
STEPS = 8
# From the middle of a cell to the nearest corner of one that is taken, less than between their middles, in cells.
_CORNER = math.sqrt(0.5)
_MOST_CELLS = 64_000_000
_FINEST_PX = 4
# Layers and slabs that end at one height do so but for rounding.
_ROUNDING = 1e-6
# A cell and its four neighbours.
_ASIDE = np.array([[False, True, False], [True, True, True], [False, True, False]])


@dataclass(frozen=True, eq=False)
class Room:
    """cell_um: side of a cell. left_um, top_um: where the grid begins, build frame; row 0 lies at y max.

    bare: (slabs, rows, columns) uint8, eighths of a cell to the nearest taken cell of the slab, 0 where it is taken.
    ways: (slabs, rows, columns) uint8, the thickest radius, in eighths of a cell, that gets from there to the platform
    with the clearance kept. stride: a branch may step aside where it leaves a slab whose number it divides.
    """

    stride: int
    cell_um: float
    left_um: float
    top_um: float
    clearance_um: float
    bare: Bytes
    ways: Bytes

    @property
    def slabs(self) -> int:
        return len(self.bare)

    def cells(self, points_um: Floats) -> Ints:
        """(n, 3) build frame → (n, 3) slab, row, column, within the grid."""
        places = np.stack(
            [
                points_um[:, 2] / self.cell_um,
                (self.top_um - points_um[:, 1]) / self.cell_um,
                (points_um[:, 0] - self.left_um) / self.cell_um,
            ],
            axis=1,
        )
        return np.clip(np.floor(places).astype(np.int64), 0, np.array(self.bare.shape) - 1)

    def points(self, cells: Ints) -> Floats:
        """(n, 3) slab, row, column → (n, 3) the middles of the cells, build frame."""
        slab, row, column = (np.asarray(cells, dtype=np.float64) + 0.5).T * self.cell_um
        return np.asarray(np.stack([self.left_um + column, self.top_um - row, slab], axis=1))

    def radius_um(self, cells: Ints) -> Floats:
        """(n,) how thick a branch may be there with the clearance kept; it may be less than nothing."""
        bare = self.bare[tuple(np.asarray(cells).T)].astype(np.float64)
        return np.asarray(bare / STEPS * self.cell_um - self.clearance_um)

    def steps(self, radius_um: float) -> int:
        """A radius in the unit of `ways`."""
        return math.ceil(radius_um / self.cell_um * STEPS)


def cell_px_of(canvas: Canvas, height_um: float) -> int:
    """Pixels along the side of a cell: four, or as many as keep the grid in memory."""
    width_um, depth_um = canvas.columns * canvas.pitch_um, canvas.rows * canvas.pitch_um
    finest = math.cbrt(width_um * depth_um * max(height_um, canvas.pitch_um) / _MOST_CELLS)
    return max(_FINEST_PX, math.ceil(finest / canvas.pitch_um))


class RoomBuilder:
    """Takes layers from below, one by one, and gives the room they leave.

    corner_um: x and y of the grid's top left corner; forbidden: which cells of a slab nothing may enter, by its number.
    """

    def __init__(
        self,
        *,
        cell_px: int,
        cell_um: float,
        corner_um: tuple[float, float],
        clearance_um: float,
        stride: int = 1,
        forbidden: Callable[[int], Flags] | None = None,
    ) -> None:
        self._cell_px, self._cell_um, self._corner_um = cell_px, cell_um, corner_um
        self._clearance_um, self._forbidden, self._stride = clearance_um, forbidden, stride
        self._waiting: dict[int, Flags] = {}
        self._bare: list[Bytes] = []
        self._ways: list[Bytes] = []

    def add(self, layer: Runs, *, bottom_um: float, thickness_um: float) -> None:
        """The next layer. Slabs that lie wholly below it are finished."""
        here = _coarse(layer, self._cell_px)
        first = int(bottom_um / self._cell_um + _ROUNDING)
        last = max(first, math.ceil((bottom_um + thickness_um) / self._cell_um - _ROUNDING) - 1)
        for number in range(first, last + 1):
            self._waiting[number] = self._waiting[number] | here if number in self._waiting else here
        for number in [known for known in self._waiting if known < first]:
            self._finish(self._waiting.pop(number))

    def room(self) -> Room:
        """The room that all layers leave."""
        for taken in self._waiting.values():
            self._finish(taken)
        bare, ways = np.stack(self._bare), np.stack(self._ways)
        return Room(self._stride, self._cell_um, *self._corner_um, self._clearance_um, bare, ways)

    def _finish(self, taken: Flags) -> None:
        from scipy.ndimage import distance_transform_edt, maximum_filter

        closed = taken if self._forbidden is None else taken | self._forbidden(len(self._bare))
        far = distance_transform_edt(~closed) - _CORNER if closed.any() else np.full(closed.shape, 99.0)
        bare = np.clip(far * STEPS, 0, 255).astype(np.uint8)
        lost = min(255, math.ceil(self._clearance_um / self._cell_um * STEPS))
        free = bare - np.minimum(bare, np.uint8(lost))
        if self._ways:
            below = self._ways[-1]
            if len(self._bare) % self._stride == 0:
                below = maximum_filter(below, footprint=_ASIDE)
            free = np.minimum(free, below)
        self._bare.append(bare)
        self._ways.append(free)


def _coarse(layer: Runs, cell_px: int) -> Flags:
    """(rows, columns) which cells have any light."""
    rows, columns = -(-layer.rows // cell_px), -(-layer.columns // cell_px)
    row = np.repeat(np.arange(layer.rows) // cell_px, np.diff(layer.row_starts))
    steps = np.zeros((rows, columns + 1), dtype=np.int32)
    np.add.at(steps, (row, layer.starts // cell_px), 1)
    np.subtract.at(steps, (row, (layer.stops - 1) // cell_px + 1), 1)
    return np.asarray(np.cumsum(steps, axis=1)[:, :-1] > 0)
