"""How wide things are: chords along rows, measured by grey to a part of a pixel, and what is thin along a stretch.

A chord is what a row of pixels shares with a wall, or with the gap between two walls. From row to row its middle moves,
which says how the wall leans: so its width is right whichever way the wall runs, up to 52° from across the row.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Bytes = NDArray[np.uint8]

# Half covered pixels and more belong to what is solid.
_HALF = 128
_FULL = 255
# Beyond this lean, columns a row, the other direction measures better.
_STEEPEST = 1.3
# Columns of what is written of a stretch.
_FIRST_ROW, _FIRST, _AFTER_ROW, _AFTER, _WIDTH, _LENGTH, _POINT_ROW, _POINT, _CHANGE = 0, 1, 2, 3, 4, 5, 6, 7, 8


@jit
def find_chords(
    row_starts: Ints,
    starts: Places,
    stops: Places,
    values: Bytes,
    of_void: int,
    mosts: Floats,
    places: Places,
    measures: Floats,
) -> int:
    """Fill places (c, 3): row, first column, column after; and measures (c, 2): length and middle, in pixels.

    of_void: 0 for what is solid; 1 for the gaps between two solids of a row. Chords longer than mosts[0] are left out.
    Where two chords meet in half tones, each takes half of what lies between them. Returns how many there are.
    """
    most = mosts[0]
    made = 0
    for row in range(len(row_starts) - 1):
        begin, end = row_starts[row], row_starts[row + 1]
        i = begin
        # What is gathered of the chord: its core, its length and moment, and what stands between it and the next one.
        first, after, length, moment = -1, -1, 0.0, 0.0
        between, between_moment = 0.0, 0.0
        bounded = of_void == 0
        column = 0
        while i < end or column >= 0:
            # The next stretch of equal grey, dark ones included.
            if i < end and starts[i] <= column:
                grey, stop = int(values[i]), int(stops[i])
                i += 1
            elif i < end:
                grey, stop = 0, int(starts[i])
            else:
                grey, stop = 0, -1
            if of_void:
                share = (_FULL - grey) / 255.0
                is_core, is_border = grey < _HALF, grey == _FULL
            else:
                share = grey / 255.0
                is_core, is_border = grey >= _HALF, grey == 0
            if stop < 0:  # beyond the last run: dark to the end, where a gap is not bounded
                if of_void == 0 and length + between > 0.0:
                    made = _put(places, measures, made, row, first, after, column, length + between,
                                moment + between_moment, most)  # fmt: skip
                elif of_void and bounded and first >= 0 and after < column:
                    made = _put(places, measures, made, row, first, after, column, length + between / 2,
                                moment + between_moment / 2, most)  # fmt: skip
                break
            weight = (stop - column) * share
            weighted = weight * 0.5 * (column + stop)
            if is_border:
                if bounded and length + between > 0.0:
                    made = _put(places, measures, made, row, first, after, column, length + between,
                                moment + between_moment, most)  # fmt: skip
                first, after, length, moment, between, between_moment = -1, -1, 0.0, 0.0, 0.0, 0.0
                bounded = True
            elif is_core:
                if first >= 0 and after < column:  # a second core in one stretch
                    if bounded:
                        made = _put(places, measures, made, row, first, after, column, length + between / 2,
                                    moment + between_moment / 2, most)  # fmt: skip
                    first, length, moment = column, between / 2, between_moment / 2
                    bounded = True
                    between, between_moment = 0.0, 0.0
                elif first < 0:
                    first = column
                    length, moment = between, between_moment
                    between, between_moment = 0.0, 0.0
                after = stop
                length += weight
                moment += weighted
            else:
                between += weight
                between_moment += weighted
            column = stop
    return made


@jit
def _put(
    places: Places, measures: Floats, made: int, row: int, first: int, after: int, column: int, length: float,
    moment: float, most: float,
) -> int:  # fmt: skip
    if length > most:
        return made
    middle = moment / length
    if first < 0:  # nowhere half covered: it lies where its light lies
        first, after = int(middle), int(middle) + 1
    places[made, 0], places[made, 1], places[made, 2] = row, first, after
    measures[made, 0], measures[made, 1] = length, middle
    return made + 1


@jit
def link_chords(places: Places, nexts: Places, befores: Places) -> int:
    """Fill nexts (c,) with the chord of the next row that goes on from each, and befores with whose next it is; or −1.

    They go on where each is the only one that the other touches, a column aside included.
    """
    count = len(places)
    nexts[:] = -1
    befores[:] = -1
    i, j = 0, 0
    while i < count:
        row = places[i, 0]
        while j < count and places[j, 0] <= row:
            j += 1
        k = j
        while i < count and places[i, 0] == row:
            while k < count and places[k, 0] == row + 1 and places[k, 2] < places[i, 1]:
                k += 1
            touched, only = 0, -1
            m = k
            while m < count and places[m, 0] == row + 1 and places[m, 1] <= places[i, 2]:
                touched += 1
                only = m
                m += 1
            for n in range(k, m):
                befores[n] = i if befores[n] == -1 else -2
            if touched == 1:
                nexts[i] = only
            i += 1
    for i in range(count):
        if nexts[i] >= 0 and befores[nexts[i]] != i:
            nexts[i] = -1
    for i in range(count):
        if befores[i] < 0 or nexts[befores[i]] != i:
            befores[i] = -1
    return 0


@jit
def thin_stretches(
    places: Places, measures: Floats, nexts: Places, befores: Places, bounds: Floats, out: Floats
) -> int:
    """Fill out (s, 9) with the stretches along which a chain of chords is narrower than a limit; return how many.

    bounds: (2,) the limit, and the length below which a stretch is left out. Of each: first row, first column, row and
    column after the last; mean width; length; row and column of a place in its middle; how much its width changes over
    its length.
    """
    limit, least = bounds[0], bounds[1]
    made = 0
    for head in range(len(places)):
        if befores[head] >= 0:
            continue
        i = head
        begin = -1  # of the stretch
        while i >= 0:
            width = _width(measures, nexts, befores, i)
            is_thin = width >= 0.0 and width < limit
            if is_thin and begin < 0:
                begin = i
            if begin >= 0 and (not is_thin or nexts[i] < 0):
                last = i if is_thin else befores[i]
                if _tell(places, measures, nexts, befores, begin, last, least, out, made):
                    made += 1
                begin = -1
            i = nexts[i]
    return made


@jit
def _width(measures: Floats, nexts: Places, befores: Places, i: int) -> float:
    """Across the wall at a chord; −1 where the wall runs too much along the row."""
    low = befores[i] if befores[i] >= 0 else i
    high = nexts[i] if nexts[i] >= 0 else i
    rows = (1 if low != i else 0) + (1 if high != i else 0)
    lean = (measures[high, 1] - measures[low, 1]) / rows if rows else 0.0
    if abs(lean) > _STEEPEST:
        return -1.0
    return measures[i, 0] / math.sqrt(1.0 + lean * lean)


@jit
def _tell(
    places: Places,
    measures: Floats,
    nexts: Places,
    befores: Places,
    begin: int,
    last: int,
    least: float,
    out: Floats,
    made: int,
) -> bool:
    """Write a stretch; False where it is too short."""
    rows = places[last, 0] - places[begin, 0] + 1
    lean = measures[last, 1] - measures[begin, 1]
    length = math.sqrt(rows * rows + lean * lean)
    if length < least:
        return False
    # The rows at both ends may be covered in part only, and say nothing about the width.
    if rows > 2:
        begin_inside, last_inside = nexts[begin], befores[last]
    else:
        begin_inside, last_inside = begin, last
    first, after = 1 << 30, 0
    total, counted = 0.0, 0
    middle = begin
    half = places[begin, 0] + rows // 2
    i = begin
    while True:
        first, after = min(first, places[i, 1]), max(after, places[i, 2])
        if places[i, 0] == half:
            middle = i
        if places[i, 0] >= places[begin_inside, 0] and places[i, 0] <= places[last_inside, 0]:
            total += _width(measures, nexts, befores, i)
            counted += 1
        if i == last:
            break
        i = nexts[i]
    out[made, _FIRST_ROW], out[made, _FIRST] = places[begin, 0], first
    out[made, _AFTER_ROW], out[made, _AFTER] = places[last, 0] + 1, after
    out[made, _WIDTH], out[made, _LENGTH] = total / counted, length
    out[made, _POINT_ROW], out[made, _POINT] = places[middle, 0] + 0.5, measures[middle, 1]
    begin_width = _width(measures, nexts, befores, begin_inside)
    last_width = _width(measures, nexts, befores, last_inside)
    out[made, _CHANGE] = abs(last_width - begin_width)
    return True
