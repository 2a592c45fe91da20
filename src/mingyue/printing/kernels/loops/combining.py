"""Two pictures become one, pixel by pixel, and solid pictures shrink: runs in, runs out, nothing is painted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Bytes = NDArray[np.uint8]

# Beyond every column.
_FAR = 1 << 30


@jit
def combine(
    row_starts: Ints,
    starts: Places,
    stops: Places,
    values: Bytes,
    other_row_starts: Ints,
    other_starts: Places,
    other_stops: Places,
    other_values: Bytes,
    table: Bytes,
    out_row_starts: Ints,
    out_starts: Places,
    out_stops: Places,
    out_values: Bytes,
) -> int:
    """Fill the runs of a picture whose grey is table[256 · grey of the one + grey of the other]; return how many.

    Both pictures have the same size. table: (65536,); two dark pixels stay dark whatever it says.
    """
    made = 0
    out_row_starts[0] = 0
    for row in range(len(row_starts) - 1):
        row_first = made
        i, last_i = row_starts[row], row_starts[row + 1]
        j, last_j = other_row_starts[row], other_row_starts[row + 1]
        column = 0
        while i < last_i or j < last_j:
            # From this column to the next border of either picture both greys stay the same.
            after, grey, other = _FAR, 0, 0
            if i < last_i:
                if starts[i] <= column:
                    grey, after = int(values[i]), int(stops[i])
                else:
                    after = int(starts[i])
            if j < last_j:
                if other_starts[j] <= column:
                    other, after = int(other_values[j]), min(after, int(other_stops[j]))
                else:
                    after = min(after, int(other_starts[j]))
            mixed = int(table[256 * grey + other]) if grey + other > 0 else 0
            if mixed > 0:
                if made > row_first and out_stops[made - 1] == column and out_values[made - 1] == mixed:
                    out_stops[made - 1] = after
                else:
                    out_starts[made], out_stops[made], out_values[made] = column, after, mixed
                    made += 1
            column = after
            if i < last_i and stops[i] <= column:
                i += 1
            if j < last_j and other_stops[j] <= column:
                j += 1
        out_row_starts[row + 1] = made
    return made


@jit
def erode(
    row_starts: Ints,
    starts: Places,
    stops: Places,
    reaches: Ints,
    scratch: Places,
    out_row_starts: Ints,
    out_starts: Places,
    out_stops: Places,
) -> int:
    """Fill the runs of the pixels around which all is solid; return how many there are, or -1 where the room is short.

    Runs of a row do not touch each other. reaches: (n,) how many pixels to either side must be solid 0, 1, … n - 1 rows
    away; beyond the picture nothing is. scratch: (4, most runs of a row that is being made).
    """
    rows = len(row_starts) - 1
    made = 0
    out_row_starts[0] = 0
    for row in range(rows):
        room = scratch.shape[1]
        count = 0
        for i in range(row_starts[row], row_starts[row + 1]):
            start, stop = starts[i] + reaches[0], stops[i] - reaches[0]
            if start < stop:
                if count == room:
                    return -1
                scratch[0, count], scratch[1, count] = start, stop
                count += 1
        here, there = 0, 2
        for away in range(1, len(reaches)):
            for side in range(2):
                if count == 0:
                    break
                near = row + away if side == 0 else row - away
                if near < 0 or near >= rows:
                    count = 0
                    break
                count = _met(
                    row_starts[near], row_starts[near + 1], starts, stops, reaches[away], scratch, here, there, count
                )
                if count < 0:
                    return -1
                here, there = there, here
        if made + count > len(out_starts):
            return -1
        for i in range(count):
            out_starts[made], out_stops[made] = scratch[here, i], scratch[here + 1, i]
            made += 1
        out_row_starts[row + 1] = made
    return made


@jit
def _met(
    first: int, last: int, starts: Places, stops: Places, reach: int, scratch: Places, here: int, there: int, count: int
) -> int:
    """What the runs in rows `here` of the scratch share with a row of runs, each shortened by `reach` at both ends."""
    made = 0
    i, j = first, 0
    while i < last and j < count:
        start, stop = starts[i] + reach, stops[i] - reach
        low, high = max(start, scratch[here, j]), min(stop, scratch[here + 1, j])
        if low < high:
            if made == scratch.shape[1]:
                return -1
            scratch[there, made], scratch[there + 1, made] = low, high
            made += 1
        if stop < scratch[here + 1, j]:
            i += 1
        else:
            j += 1
    return made
