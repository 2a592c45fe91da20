"""What hangs together in a layer, and what of it lies over what: union-find over runs, nothing is painted.

Two runs hang together where they touch in a row or share a column in neighbouring rows: pixels meet at sides, not at
corners.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Bytes = NDArray[np.uint8]


@jit
def label_runs(row_starts: Ints, starts: Places, stops: Places, parents: Places, labels: Places) -> int:
    """Fill labels (n,) with the component of each run, counted from 0 in the order of their first runs; return how many.

    parents: (n,) room.
    """
    for i in range(len(starts)):
        parents[i] = i
    above, here = 0, 0
    for row in range(len(row_starts) - 1):
        before, above, here = above, row_starts[row], row_starts[row + 1]
        for i in range(above + 1, here):
            if starts[i] == stops[i - 1]:
                join(parents, i - 1, i)
        i, j = above, before
        while i < here and j < above:
            if starts[i] < stops[j] and starts[j] < stops[i]:
                join(parents, j, i)
            if stops[i] < stops[j]:
                i += 1
            else:
                j += 1
    count = 0
    for i in range(len(starts)):
        root = find(parents, i)
        if root == i:
            labels[i] = count
            count += 1
        else:
            labels[i] = labels[root]
    return count


@jit
def find(parents: Places, i: int) -> int:
    """The first of all that hang together with i; shortens the way for who comes next."""
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


@jit
def join(parents: Places, i: int, j: int) -> None:
    """From now on i and j hang together."""
    one, other = find(parents, i), find(parents, j)
    if one < other:
        parents[other] = one
    else:
        parents[one] = other


@jit
def join_pairs(pairs: Places, parents: Places) -> int:
    """Join each pair (p, 2); afterwards each of parents (n,) is the first of all that hang together with it."""
    for p in range(len(pairs)):
        join(parents, pairs[p, 0], pairs[p, 1])
    for i in range(len(parents)):
        parents[i] = find(parents, i)
    return 0


@jit
def measure_runs(
    row_starts: Ints, starts: Places, stops: Places, values: Bytes, labels: Places, boxes: Places, sums: Floats
) -> int:
    """Fill boxes (count, 4): first row, first column, row after, column after; and sums (count, 6) of each component.

    sums: of the greys 0 … 1 (its area), times column, times row, times column², times column · row, times row², all of
    the centres of the pixels.
    """
    for c in range(len(boxes)):
        boxes[c, 0], boxes[c, 1], boxes[c, 2], boxes[c, 3] = len(row_starts), 1 << 30, 0, 0
        for k in range(6):
            sums[c, k] = 0.0
    for row in range(len(row_starts) - 1):
        y = row + 0.5
        for i in range(row_starts[row], row_starts[row + 1]):
            c, start, stop = labels[i], starts[i], stops[i]
            boxes[c, 0] = min(boxes[c, 0], row)
            boxes[c, 1] = min(boxes[c, 1], start)
            boxes[c, 2] = row + 1
            boxes[c, 3] = max(boxes[c, 3], stop)
            length = float(stop - start)
            middle = 0.5 * (start + stop)
            weight = length * (values[i] / 255.0)
            # Of n pixels side by side the centres spread by (n² − 1) / 12.
            spread = middle * middle + (length * length - 1.0) / 12.0
            sums[c, 0] += weight
            sums[c, 1] += weight * middle
            sums[c, 2] += weight * y
            sums[c, 3] += weight * spread
            sums[c, 4] += weight * middle * y
            sums[c, 5] += weight * y * y
    return 0


@jit
def overlap_runs(
    row_starts: Ints,
    starts: Places,
    stops: Places,
    labels: Places,
    above_row_starts: Ints,
    above_starts: Places,
    above_stops: Places,
    above_labels: Places,
    latest: Ints,
    pairs: Places,
    shared: Ints,
) -> int:
    """Fill pairs (p, 2) of components that lie over each other, and how many pixels they share; return how many.

    A pair may come more than once. latest: (count above,) −1, where the last pair of each component is.
    """
    made = 0
    for row in range(len(row_starts) - 1):
        i, last_i = row_starts[row], row_starts[row + 1]
        j, last_j = above_row_starts[row], above_row_starts[row + 1]
        while i < last_i and j < last_j:
            common = min(stops[i], above_stops[j]) - max(starts[i], above_starts[j])
            if common > 0:
                below, above = labels[i], above_labels[j]
                at = latest[above]
                if at < 0 or pairs[at, 0] != below:
                    at = made
                    pairs[at, 0], pairs[at, 1], shared[at] = below, above, 0
                    latest[above] = at
                    made += 1
                shared[at] += common
            if stops[i] < above_stops[j]:
                i += 1
            else:
                j += 1
    return made


@jit
def complement_runs(
    row_starts: Ints,
    starts: Places,
    stops: Places,
    columns: int,
    out_row_starts: Ints,
    out_starts: Places,
    out_stops: Places,
) -> int:
    """Fill the runs of all that is dark; return how many there are."""
    made = 0
    out_row_starts[0] = 0
    for row in range(len(row_starts) - 1):
        column = 0
        for i in range(row_starts[row], row_starts[row + 1]):
            if starts[i] > column:
                out_starts[made], out_stops[made] = column, starts[i]
                made += 1
            column = stops[i]
        if column < columns:
            out_starts[made], out_stops[made] = column, columns
            made += 1
        out_row_starts[row + 1] = made
    return made


@jit
def beyond_reach(
    row_starts: Ints,
    starts: Places,
    stops: Places,
    below_row_starts: Ints,
    below_starts: Places,
    below_stops: Places,
    reaches: Ints,
    scratch: Places,
    out_row_starts: Ints,
    out_starts: Places,
    out_stops: Places,
) -> int:
    """Fill the runs of what lies farther from every run below than the reach; return how many, −1 where room is short.

    reaches: (n,) how many columns to either side are reached 0, 1, … n − 1 rows away; (0,) alone leaves the difference of
    the two pictures. scratch: (4, most runs that a row falls into).
    """
    rows, room = len(row_starts) - 1, scratch.shape[1]
    made = 0
    out_row_starts[0] = 0
    for row in range(rows):
        count = 0
        for i in range(row_starts[row], row_starts[row + 1]):
            if count > 0 and scratch[1, count - 1] == starts[i]:
                scratch[1, count - 1] = stops[i]  # another grey of the same stretch
                continue
            if count == room:
                return -1
            scratch[0, count], scratch[1, count] = starts[i], stops[i]
            count += 1
        here, there = 0, 2
        for away in range(len(reaches)):
            for side in range(2 if away else 1):
                near = row - away if side else row + away
                if count == 0 or near < 0 or near >= rows:
                    continue
                count = _without(
                    below_row_starts[near], below_row_starts[near + 1], below_starts, below_stops,
                    reaches[away], scratch, here, there, count,
                )  # fmt: skip
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
def _without(
    first: int, last: int, starts: Places, stops: Places, reach: int, scratch: Places, here: int, there: int, count: int
) -> int:
    """Row `here` of the scratch without a row of runs, each longer by `reach` at both ends; returns the runs `there`."""
    made, i = 0, first
    for k in range(count):
        column, stop = scratch[here, k], scratch[here + 1, k]
        while i < last and stops[i] + reach <= column:
            i += 1
        j = i
        while column < stop and j < last and starts[j] - reach < stop:
            if starts[j] - reach > column:
                if made == scratch.shape[1]:
                    return -1
                scratch[there, made], scratch[there + 1, made] = column, starts[j] - reach
                made += 1
            column = max(column, stops[j] + reach)
            j += 1
        if column < stop:
            if made == scratch.shape[1]:
                return -1
            scratch[there, made], scratch[there + 1, made] = column, stop
            made += 1
    return made
