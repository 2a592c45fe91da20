"""A picture on its side: rows become columns, runs in, runs out; it costs the borders that run along rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Bytes = NDArray[np.uint8]

_FAR = 1 << 30


@jit
def turn_count(row_starts: Ints, starts: Places, stops: Places, values: Bytes, column_starts: Ints) -> int:
    """Fill column_starts (columns + 1,) with where the changes of grey of each column begin; return how many there are."""
    column_starts[:] = 0
    for row in range(len(row_starts)):
        _changes(row, row_starts, starts, stops, values, column_starts, False, starts, values)
    for column in range(len(column_starts) - 1):
        column_starts[column + 1] += column_starts[column]
    return column_starts[len(column_starts) - 1]


@jit
def turn_fill(
    row_starts: Ints, starts: Places, stops: Places, values: Bytes, filled: Ints, rows_at: Places, greys: Bytes
) -> int:
    """Fill the changes of each column, downwards: in which row, and to which grey.

    filled: (columns + 1,) one column to the right of where each begins, counted up.
    """
    for row in range(len(row_starts)):
        _changes(row, row_starts, starts, stops, values, filled, True, rows_at, greys)
    return 0


@jit
def _changes(
    row: int,
    row_starts: Ints,
    starts: Places,
    stops: Places,
    values: Bytes,
    places: Ints,
    fills: bool,
    rows_at: Places,
    greys: Bytes,
) -> None:
    """Go along the border above a row; note each column whose grey changes there, at places[column + 1]."""
    rows = len(row_starts) - 1
    i, last_i = (row_starts[row - 1], row_starts[row]) if row > 0 else (0, 0)
    j, last_j = (row_starts[row], row_starts[row + 1]) if row < rows else (0, 0)
    column = 0
    while i < last_i or j < last_j:
        after, above, below = _FAR, 0, 0
        if i < last_i:
            if starts[i] <= column:
                above, after = int(values[i]), int(stops[i])
            else:
                after = int(starts[i])
        if j < last_j:
            if starts[j] <= column:
                below, after = int(values[j]), min(after, int(stops[j]))
            else:
                after = min(after, int(starts[j]))
        if above != below:
            for c in range(column, after):
                if fills:
                    rows_at[places[c + 1]] = row
                    greys[places[c + 1]] = below
                places[c + 1] += 1
        column = after
        if i < last_i and stops[i] <= column:
            i += 1
        if j < last_j and stops[j] <= column:
            j += 1


@jit
def turn_runs(
    column_starts: Ints,
    rows_at: Places,
    greys: Bytes,
    out_row_starts: Ints,
    out_starts: Places,
    out_stops: Places,
    out_values: Bytes,
) -> int:
    """Fill the runs of each column; return how many there are."""
    made = 0
    out_row_starts[0] = 0
    for column in range(len(column_starts) - 1):
        for i in range(column_starts[column], column_starts[column + 1]):
            if greys[i] > 0:  # the next change ends it
                out_starts[made], out_stops[made], out_values[made] = rows_at[i], rows_at[i + 1], greys[i]
                made += 1
        out_row_starts[column + 1] = made
    return made
