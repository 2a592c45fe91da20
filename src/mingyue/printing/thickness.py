"""What is thin in a layer: a grey picture as runs comes in, stretches of walls or gaps below a limit go out.

Widths are right to a few hundredths of a pixel for straight walls, whichever way they run: they are measured by grey,
along rows and, on the picture laid on its side, along columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.compiled import entry
from mingyue.printing.runs import Runs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]

# A chord crosses a wall aslant: at the steepest lean that the loops take it is 1.64 times as long as the wall is wide.
_LONGEST_CHORD = 1.7


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Straight or bent stretches of a wall or a gap, none wider than the limit. s of them.

    boxes_px: (s, 4) int32 first row, first column, row after, column after; width_px: (s,) the mean; length_px: (s,);
    points_px: (s, 2) u and v of a place in the middle; change_px: (s,) by how much the width differs between its ends.
    """

    boxes_px: Places
    width_px: Floats
    length_px: Floats
    points_px: Floats
    change_px: Floats

    def __len__(self) -> int:
        return len(self.width_px)

    def only(self, chosen: NDArray[np.bool_]) -> Stretches:
        """Those alone. chosen: (s,)."""
        return Stretches(
            self.boxes_px[chosen],
            self.width_px[chosen],
            self.length_px[chosen],
            self.points_px[chosen],
            self.change_px[chosen],
        )


def turned(picture: Runs) -> Runs:
    """The picture with rows and columns exchanged."""
    column_starts = np.empty(picture.columns + 1, dtype=np.int64)
    count = entry("turn_count")(picture.row_starts, picture.starts, picture.stops, picture.values, column_starts)
    rows_at, greys = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.uint8)
    filled = np.concatenate((column_starts[:1], column_starts[:-1]))
    entry("turn_fill")(picture.row_starts, picture.starts, picture.stops, picture.values, filled, rows_at, greys)
    row_starts = np.empty(picture.columns + 1, dtype=np.int64)
    starts, stops = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
    values = np.empty(count, dtype=np.uint8)
    made = entry("turn_runs")(column_starts, rows_at, greys, row_starts, starts, stops, values)
    return Runs(
        picture.columns, picture.rows, row_starts, starts[:made].copy(), stops[:made].copy(), values[:made].copy()
    )


def thin_stretches(
    picture: Runs, on_its_side: Runs, *, limit_px: float, least_px: float, of_void: bool = False
) -> Stretches:
    """Where walls, or gaps between walls, are narrower than the limit for at least so long. In both directions.

    on_its_side: `turned(picture)`. A wall that runs aslant may be found along rows and along columns, as two stretches.
    """
    along = _along_rows(picture, limit_px, least_px, of_void)
    across = _along_rows(on_its_side, limit_px, least_px, of_void)
    return _stretches(np.concatenate((along, across[:, [1, 0, 3, 2, 4, 5, 7, 6, 8]])))


def thin_along_rows(picture: Runs, *, limit_px: float, least_px: float) -> Stretches:
    """Where walls that run across the rows are narrower than the limit for at least so long."""
    return _stretches(_along_rows(picture, limit_px, least_px, False))


def _stretches(out: Floats) -> Stretches:
    return Stretches(out[:, :4].astype(np.int32), out[:, 4], out[:, 5], out[:, [7, 6]], out[:, 8])


def _along_rows(picture: Runs, limit_px: float, least_px: float, of_void: bool) -> Floats:
    """(s, 9), see `loops.chords.thin_stretches`."""
    room = len(picture) + picture.rows
    places, measures = np.empty((room, 3), dtype=np.int32), np.empty((room, 2))
    most = np.array([_LONGEST_CHORD * limit_px], dtype=np.float64)
    made = entry("find_chords")(
        picture.row_starts, picture.starts, picture.stops, picture.values, int(of_void), most, places, measures
    )
    places, measures = places[:made], measures[:made]
    nexts, befores = np.empty(made, dtype=np.int32), np.empty(made, dtype=np.int32)
    entry("link_chords")(places, nexts, befores)
    bounds, out = np.array([limit_px, least_px], dtype=np.float64), np.empty((made, 9))
    stretches = entry("thin_stretches")(places, measures, nexts, befores, bounds, out)
    return out[:stretches].copy()
