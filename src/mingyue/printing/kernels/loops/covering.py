"""Contours become runs: what of each pixel lies where the winding number is positive.

A row of pixels is worked off from left to right. What the contours touch falls into *groups* of neighbouring pixels;
between two groups no contour passes, so there the winding number is one whole number and a single run says it all.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit
from mingyue.printing.kernels.reference import FULL
from mingyue.printing.kernels.sizes import MOST_CROSSING

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Spans = NDArray[np.int32]

_SAMPLES = 16  # lines across a band that is too full to be put in order exactly
# Heights lie on a grid of 1/65536 px, so a contour that does not close misses a whole number by at least that much;
# the rest is rounding where contours were split at the sides of the canvas.
_CLOSED = 1e-6
# Beyond this an insertion sort loses to Shell's.
_FEW = 32

# Rows of `room`, what each is for.
_TOP, _BOTTOM, _KEYS, _LEVELS, _CROSSINGS, _SHARES = 0, 1, 2, 3, 4, 5


@jit
def count_pieces(segments: Floats, rows: int, columns: int, row_starts: Ints) -> int:
    """Fill row_starts (rows + 1,) with where the pieces of each row will begin; return how many there are."""
    row_starts[:] = 0
    for s in range(len(segments)):
        top, bottom = min(segments[s, 1], segments[s, 3]), max(segments[s, 1], segments[s, 3])
        if _misses_rows(top, bottom, rows):
            continue
        parts = _parts(segments, s, columns)
        for row in range(max(0, int(math.floor(top))), min(rows, int(math.ceil(bottom)))):
            row_starts[row + 1] += parts
    for row in range(rows):
        row_starts[row + 1] += row_starts[row]
    return row_starts[rows]


@jit
def fill_pieces(segments: Floats, rows: int, columns: int, filled: Ints, pieces: Floats, spans: Spans) -> int:
    """Cut segments at the row borders and clip them to the canvas; return a bound on the runs that they can make.

    filled: (rows,) where each row begins, counted up. pieces: (p, 4) as (v top, u there, v bottom, u there),
    downwards; spans: (p, 3) the first and last pixel column each touches, and by how much the winding number changes.
    What lies left of the canvas slides to its left side, where it still winds. A segment that runs along a row within
    it has no height, but stays: it keeps the pixels that it half covers in one group.
    """
    cells = 0
    for s in range(len(segments)):
        step = 1 if segments[s, 1] < segments[s, 3] else -1
        if step > 0:
            ua, va, ub, vb = segments[s, 0], segments[s, 1], segments[s, 2], segments[s, 3]
        else:
            ub, vb, ua, va = segments[s, 0], segments[s, 1], segments[s, 2], segments[s, 3]
        if _misses_rows(va, vb, rows):
            continue
        parts = _parts(segments, s, columns)
        slope = (ub - ua) / (vb - va) if va < vb else 0.0
        low, high = min(ua, ub), max(ua, ub)
        for row in range(max(0, int(math.floor(va))), min(rows, int(math.ceil(vb)))):
            top, bottom = max(va, float(row)), min(vb, float(row + 1))
            # At its ends a segment must meet its neighbours to the last bit, or a group would fall apart there.
            u_top = ua if top == va else min(max(ua + (top - va) * slope, low), high)
            u_bottom = ub if bottom == vb else min(max(ua + (bottom - va) * slope, low), high)
            if parts == 1:
                cells += _put(pieces, spans, filled, row, top, u_top, bottom, u_bottom, step, columns)
                continue
            # Split where it leaves the canvas; parts without height keep the count of pieces.
            side = (0.0, float(columns)) if u_top <= u_bottom else (float(columns), 0.0)
            one = _split_height(top, u_top, bottom, u_bottom, side[0])
            two = _split_height(top, u_top, bottom, u_bottom, side[1])
            u_one, u_two = _on(top, u_top, bottom, u_bottom, one), _on(top, u_top, bottom, u_bottom, two)
            cells += _put(pieces, spans, filled, row, top, u_top, one, u_one, step, columns)
            cells += _put(pieces, spans, filled, row, one, u_one, two, u_two, step, columns)
            cells += _put(pieces, spans, filled, row, two, u_two, bottom, u_bottom, step, columns)
    return cells + len(pieces)


@jit
def _misses_rows(top: float, bottom: float, rows: int) -> bool:
    """Whether a segment has nothing in any row; one that runs exactly along a row's border belongs to none."""
    return bottom <= 0.0 or top >= rows or (top == bottom and top == math.floor(top))


@jit
def _parts(segments: Floats, s: int, columns: int) -> int:
    """Pieces that one row can need of a segment: three where it leaves the canvas sideways."""
    low, high = min(segments[s, 0], segments[s, 2]), max(segments[s, 0], segments[s, 2])
    return 3 if (low < 0.0 < high) or (low < columns < high) else 1


@jit
def _split_height(top: float, u_top: float, bottom: float, u_bottom: float, side: float) -> float:
    if u_top == u_bottom:
        return top
    share = min(max((side - u_top) / (u_bottom - u_top), 0.0), 1.0)
    return min(max(top + share * (bottom - top), top), bottom)


@jit
def _on(top: float, u_top: float, bottom: float, u_bottom: float, v: float) -> float:
    return u_top if v == top else u_bottom if v == bottom else u_top + (v - top) * (u_bottom - u_top) / (bottom - top)


@jit
def _put(
    pieces: Floats,
    spans: Spans,
    filled: Ints,
    row: int,
    top: float,
    u_top: float,
    bottom: float,
    u_bottom: float,
    step: int,
    columns: int,
) -> int:
    """Store a piece; returns the pixels it touches."""
    p = filled[row]
    filled[row] += 1
    u_top, u_bottom = min(max(u_top, 0.0), float(columns)), min(max(u_bottom, 0.0), float(columns))
    pieces[p, 0], pieces[p, 1], pieces[p, 2], pieces[p, 3] = top, u_top, bottom, u_bottom
    # One that only reaches a border touches the pixel beyond it too: the contour may go on along that very border.
    first, last = int(min(u_top, u_bottom)), int(max(u_top, u_bottom))
    spans[p, 0], spans[p, 1], spans[p, 2] = first, last, step
    return last - first + 1


@jit
def cover_rows(
    pieces: Floats,
    spans: Spans,
    row_pieces: Ints,
    columns: int,
    scratch: Ints,
    room: Floats,
    row_starts: Ints,
    starts: NDArray[np.int32],
    stops: NDArray[np.int32],
    values: NDArray[np.uint8],
    flaws: Ints,
) -> int:
    """Fill the runs of every row, see `reference.cover`; return how many there are.

    scratch and room: as `sizes` says; the row of shares in room is zero.
    flaws: (2,) the first row whose contours do not close, and the first where the winding number is negative; or -1.
    """
    order = scratch[0]
    shares = room[_SHARES]
    made = 0
    flaws[0] = flaws[1] = -1
    row_starts[0] = 0
    for row in range(len(row_pieces) - 1):
        begin, count = row_pieces[row], row_pieces[row + 1] - row_pieces[row]
        row_first_run = made
        if count > 0:
            _order_by_column(spans, begin, count, order)
        i, winding, column, drift = 0, 0, 0, 0.0
        while i < count:
            first, last = int(spans[order[i], 0]), int(spans[order[i], 1])
            j = i + 1
            up, down, ups, downs = 0.0, 0.0, 0, 0
            while True:  # gather the group
                p = order[j - 1]
                height = pieces[p, 2] - pieces[p, 0]
                if height == 0.0:
                    pass
                elif spans[p, 2] > 0:
                    up += height
                    ups += 1
                else:
                    down += height
                    downs += 1
                if j == count:
                    break
                if spans[order[j], 0] > last:
                    break
                last = max(last, int(spans[order[j], 1]))
                j += 1
            if winding > 0 and first > column:
                made = _emit(starts, stops, values, made, row_first_run, column, first, FULL)
            whole = int(np.rint(up - down))
            after = winding + whole
            drift += abs(up - down - whole)
            # Where the winding number cannot fall to zero the group is covered, where it cannot rise it is not.
            one_way = ups == 0 or downs == 0
            if (one_way and winding > 0 and after > 0) or winding - downs > 0:
                made = _emit(starts, stops, values, made, row_first_run, first, min(last + 1, columns), FULL)
            elif not ((one_way and winding <= 0 and after <= 0) or winding + ups <= 0):
                if one_way and abs(whole) == 1:  # each height is crossed once: no order to find
                    for k in range(i, j):
                        p = order[k]
                        _add_edge(
                            shares, first, pieces[p, 1], pieces[p, 3], pieces[p, 2] - pieces[p, 0], float(spans[p, 2])
                        )
                else:
                    _resolve(pieces, spans, i, j, winding, first, scratch, room)
                covered = 1.0 if winding > 0 else 0.0
                for k in range(last - first + 1):
                    covered += shares[k]
                    shares[k] = 0.0
                    value = int(min(max(covered, 0.0), 1.0) * FULL + (0.5 + 1e-7))
                    if value > 0 and first + k < columns:
                        made = _emit(starts, stops, values, made, row_first_run, first + k, first + k + 1, value)
                shares[last - first + 1] = 0.0
            winding, column, i = after, last + 1, j
            if winding < 0 and flaws[1] < 0:
                flaws[1] = row
        if flaws[0] < 0 and (winding != 0 or drift > _CLOSED):
            flaws[0] = row
        row_starts[row + 1] = made
    return made


@jit
def _order_by_column(spans: Spans, begin: int, count: int, order: Ints) -> None:
    """Order the pieces of a row by the first column they touch."""
    for k in range(count):  # column and piece in one number, so that a sort moves one thing
        order[k] = (int(spans[begin + k, 0]) << 32) | k
    _sort(order, count)
    for k in range(count):
        order[k] = begin + (order[k] & 0xFFFFFFFF)


@jit
def _sort_by_keys(keys: Floats, order: Ints, count: int) -> None:
    """Sort both by keys, in place: by insertion, for many from afar first (Shell, gaps of 2^k − 1)."""
    gap = 1
    if count > _FEW:
        while 2 * gap + 1 < count:
            gap = 2 * gap + 1
    while gap > 0:
        for k in range(gap, count):
            key, item, at = keys[k], order[k], k
            while at >= gap and keys[at - gap] > key:
                keys[at], order[at] = keys[at - gap], order[at - gap]
                at -= gap
            keys[at], order[at] = key, item
        gap //= 2


@jit
def _sort(numbers: Floats | Ints, count: int) -> None:
    """Sort in place, as `_sort_by_keys` does."""
    gap = 1
    if count > _FEW:
        while 2 * gap + 1 < count:
            gap = 2 * gap + 1
    while gap > 0:
        for k in range(gap, count):
            number, at = numbers[k], k
            while at >= gap and numbers[at - gap] > number:
                numbers[at] = numbers[at - gap]
                at -= gap
            numbers[at] = number
        gap //= 2


@jit
def _emit(
    starts: NDArray[np.int32],
    stops: NDArray[np.int32],
    values: NDArray[np.uint8],
    made: int,
    row_first: int,
    first: int,
    after: int,
    value: int,
) -> int:
    """Append a run, or lengthen the last one where it ends here with the same grey."""
    if after <= first:
        return made
    if made > row_first and stops[made - 1] == first and values[made - 1] == value:
        stops[made - 1] = after
        return made
    starts[made], stops[made], values[made] = first, after, value
    return made + 1


@jit
def _add_edge(shares: Floats, origin: int, u_top: float, u_bottom: float, height: float, step: float) -> None:
    """Add what lies to the right of an edge, as differences: the running sum of `shares` is the coverage."""
    left, right = min(u_top, u_bottom), max(u_top, u_bottom)
    first, last = int(left), int(right)
    area = step * height
    if first == last:
        beyond = area * (0.5 * (left + right) - first)
        shares[first - origin] += area - beyond
        shares[first - origin + 1] += beyond
        return
    area /= right - left  # from here on a column
    a = left
    for column in range(first, last + 1):
        b = min(right, column + 1.0)
        part = area * (b - a)
        beyond = part * (0.5 * (a + b) - column)
        shares[column - origin] += part - beyond
        shares[column - origin + 1] += beyond
        a = b


@jit
def _resolve(
    pieces: Floats,
    spans: Spans,
    begin: int,
    end: int,
    winding: int,
    origin: int,
    scratch: Ints,
    room: Floats,
) -> None:
    """Coverage of the union where edges may overlap or cross: exact, band by band between their ends and crossings."""
    order, by_top, active = scratch[0], scratch[1], scratch[2]
    levels, keys = room[_LEVELS], room[_KEYS]
    count = end - begin
    for k in range(count):
        p = order[begin + k]
        levels[2 * k], levels[2 * k + 1] = pieces[p, 0], pieces[p, 2]
        by_top[k], keys[k] = p, pieces[p, 0]
    _sort_by_keys(keys, by_top, count)
    _sort(levels, 2 * count)
    entered, alive = 0, 0
    for level in range(2 * count - 1):
        top, bottom = levels[level], levels[level + 1]
        if top == bottom:
            continue
        kept = 0
        for k in range(alive):
            if pieces[active[k], 2] > top:
                active[kept] = active[k]
                kept += 1
        alive = kept
        while entered < count and pieces[by_top[entered], 0] <= top:
            if pieces[by_top[entered], 2] > top:  # what has no height bounds no band
                active[alive] = by_top[entered]
                alive += 1
            entered += 1
        for k in range(alive):
            p = active[k]
            room[_TOP, k] = _on(pieces[p, 0], pieces[p, 1], pieces[p, 2], pieces[p, 3], top)
            room[_BOTTOM, k] = _on(pieces[p, 0], pieces[p, 1], pieces[p, 2], pieces[p, 3], bottom)
        found = _find_crossings(scratch, room, alive)
        room[_CROSSINGS, found] = 1.0
        above = 0.0
        for k in range(found + 1):
            below = room[_CROSSINGS, k]
            if below > above:
                _add_band(spans, winding, origin, alive, above, below, bottom - top, scratch, room)
            above = below


@jit
def _find_crossings(scratch: Ints, room: Floats, alive: int) -> int:
    """Shares of the band's height at which two of its edges cross, ascending; how many."""
    ranked, crossings = scratch[3], room[_CROSSINGS]
    _rank(scratch, room, alive, 0.0)
    in_order = True
    for k in range(1, alive):
        if room[_BOTTOM, ranked[k]] < room[_BOTTOM, ranked[k - 1]]:
            in_order = False
            break
    if in_order:
        return 0
    if alive > MOST_CROSSING:
        for k in range(_SAMPLES - 1):
            crossings[k] = (k + 1.0) / _SAMPLES
        return _SAMPLES - 1
    found = 0
    for i in range(alive):
        for j in range(i):
            gap_top, gap_bottom = room[_TOP, i] - room[_TOP, j], room[_BOTTOM, i] - room[_BOTTOM, j]
            if gap_top * gap_bottom < 0.0:
                crossings[found] = gap_top / (gap_top - gap_bottom)
                found += 1
    _sort(crossings, found)
    return found


@jit
def _rank(scratch: Ints, room: Floats, alive: int, share: float) -> None:
    """Order the edges of a band by where they are at a share of its height."""
    ranked, keys = scratch[3], room[_KEYS]
    for k in range(alive):
        keys[k] = room[_TOP, k] + share * (room[_BOTTOM, k] - room[_TOP, k])
        ranked[k] = k
    _sort_by_keys(keys, ranked, alive)


@jit
def _add_band(
    spans: Spans,
    winding: int,
    origin: int,
    alive: int,
    above: float,
    below: float,
    height: float,
    scratch: Ints,
    room: Floats,
) -> None:
    """Add the edges at which the winding number becomes or ceases to be positive."""
    active, ranked = scratch[2], scratch[3]
    _rank(scratch, room, alive, 0.5 * (above + below))
    now = winding
    for k in range(alive):
        edge = ranked[k]
        before, now = now, now + spans[active[edge], 2]
        turned = (1 if now > 0 else 0) - (1 if before > 0 else 0)
        if turned != 0:
            u_above = room[_TOP, edge] + above * (room[_BOTTOM, edge] - room[_TOP, edge])
            u_below = room[_TOP, edge] + below * (room[_BOTTOM, edge] - room[_TOP, edge])
            _add_edge(room[_SHARES], origin, u_above, u_below, (below - above) * height, float(turned))
