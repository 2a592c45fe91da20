"""The compiled kernels: the same answers as `reference`, at a cost that grows with the contour, not with the picture.

A row of pixels is worked off from left to right. What the contours touch falls into *groups* of neighbouring pixels;
between two groups no contour passes, so there the winding number is one whole number and a single run says it all.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit
from mingyue.printing.kernels.reference import FULL, STEPS_PER_PIXEL

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# More edges side by side than this in one band of one row are put in order by sampling (see `_resolve`): it bounds the
# time that a hostile soup can cost. Solid parts have two to eight.
_MOST_CROSSING = 64
_SAMPLES = 16
# Heights lie on a grid of 1/65536 px, so a contour that does not close misses a whole number by at least that much;
# the rest is rounding where contours were split at the sides of the canvas.
_CLOSED = 1e-6


@jit
def cut(vertices: Floats, triangles: Ints, heights: Floats) -> tuple[Ints, Floats]:
    """See `reference.cut`. Within a layer segments come in the order of their triangles."""
    layers = len(heights)
    starts = np.zeros(layers + 1, dtype=np.int64)
    for t in range(len(triangles)):
        first, after = _layers_of(vertices, triangles, t, heights)
        for layer in range(first, after):
            starts[layer + 1] += 1
    for layer in range(layers):
        starts[layer + 1] += starts[layer]
    segments = np.empty((starts[layers], 4))
    filled = starts[:-1].copy()
    for t in range(len(triangles)):
        first, after = _layers_of(vertices, triangles, t, heights)
        for layer in range(first, after):
            _cut_triangle(vertices, triangles, t, heights[layer], segments, filled[layer])
            filled[layer] += 1
    return starts, segments


@jit
def _layers_of(vertices: Floats, triangles: Ints, t: int, heights: Floats) -> tuple[int, int]:
    """The heights that have a vertex of the triangle below and another at or above them."""
    a, b, c = vertices[triangles[t, 0], 2], vertices[triangles[t, 1], 2], vertices[triangles[t, 2], 2]
    low, high = min(a, b, c), max(a, b, c)
    return np.searchsorted(heights, low, side="right"), np.searchsorted(heights, high, side="right")


@jit
def _cut_triangle(vertices: Floats, triangles: Ints, t: int, height: float, out: Floats, at: int) -> None:
    for i in range(3):
        one, other = triangles[t, i], triangles[t, (i + 1) % 3]
        one_above, other_above = vertices[one, 2] >= height, vertices[other, 2] >= height
        if one_above == other_above:
            continue
        low, high, place = (other, one, 0) if one_above else (one, other, 2)
        share = (height - vertices[low, 2]) / (vertices[high, 2] - vertices[low, 2])
        out[at, place] = vertices[low, 0] + share * (vertices[high, 0] - vertices[low, 0])
        v = vertices[low, 1] + share * (vertices[high, 1] - vertices[low, 1])
        out[at, place + 1] = np.rint(v * STEPS_PER_PIXEL) / STEPS_PER_PIXEL


@jit
def cover(
    segments: Floats, rows: int, columns: int
) -> tuple[Ints, NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8], int, int]:
    """See `reference.cover`. In addition the first row whose contours do not close, and the first row in which the
    winding number is negative somewhere, so that a surface is inside out there; each -1 where there is none.
    """
    row_pieces, pieces, steps, most_runs = _pieces_of_rows(segments, rows, columns)
    starts = np.empty(most_runs, dtype=np.int32)
    stops = np.empty(most_runs, dtype=np.int32)
    values = np.empty(most_runs, dtype=np.uint8)
    row_starts = np.zeros(rows + 1, dtype=np.int64)
    widest = 0
    for row in range(rows):
        widest = max(widest, row_pieces[row + 1] - row_pieces[row])
    order = np.empty(widest, dtype=np.int64)
    scratch = np.empty((3, widest), dtype=np.int64)
    band = np.empty((3, widest))
    levels = np.empty(2 * widest)
    crossings = np.empty(_MOST_CROSSING * _MOST_CROSSING // 2 + 2)
    shares = np.zeros(64)
    made, open_row, negative_row = 0, -1, -1
    for row in range(rows):
        begin, end = row_pieces[row], row_pieces[row + 1]
        row_first_run = made
        if begin < end:
            count = end - begin
            _order_by_left(pieces, begin, order[:count])
            i, winding, column, drift = 0, 0, 0, 0.0
            while i < count:
                first, last = _columns_of(pieces, order[i])
                j = i + 1
                up, down, ups, downs = 0.0, 0.0, 0, 0
                while True:  # gather the group
                    p = order[j - 1]
                    height = pieces[p, 2] - pieces[p, 0]
                    if height == 0.0:
                        pass
                    elif steps[p] > 0:
                        up += height
                        ups += 1
                    else:
                        down += height
                        downs += 1
                    if j == count:
                        break
                    left, right = _columns_of(pieces, order[j])
                    if left > last:
                        break
                    last = max(last, right)
                    j += 1
                if winding > 0 and first > column:
                    made = _emit(starts, stops, values, made, row_first_run, column, first, FULL)
                after = winding + int(np.rint(up - down))
                drift += abs(up - down - np.rint(up - down))
                # Where the winding number cannot fall to zero the group is covered, where it cannot rise it is not.
                one_way = ups == 0 or downs == 0
                if (one_way and winding > 0 and after > 0) or winding - downs > 0:
                    made = _emit(starts, stops, values, made, row_first_run, first, min(last + 1, columns), FULL)
                elif not ((one_way and winding <= 0 and after <= 0) or winding + ups <= 0):
                    width = last - first + 1
                    if width + 1 > len(shares):
                        shares = np.zeros(2 * (width + 1))
                    if one_way and abs(after - winding) == 1:  # each height is crossed once: no order to find
                        for k in range(i, j):
                            p = order[k]
                            _add_edge(
                                shares,
                                first,
                                pieces[p, 1],
                                pieces[p, 3],
                                pieces[p, 2] - pieces[p, 0],
                                steps[p],
                            )
                    else:
                        _resolve(
                            pieces,
                            steps,
                            order[i:j],
                            winding,
                            shares,
                            first,
                            scratch,
                            band,
                            levels,
                            crossings,
                        )
                    covered = 1.0 if winding > 0 else 0.0
                    for k in range(width):
                        covered += shares[k]
                        shares[k] = 0.0
                        value = int(math.floor(min(max(covered, 0.0), 1.0) * FULL + (0.5 + 1e-7)))
                        if value > 0 and first + k < columns:
                            made = _emit(starts, stops, values, made, row_first_run, first + k, first + k + 1, value)
                    shares[width] = 0.0
                winding, column, i = after, last + 1, j
                if winding < 0 and negative_row < 0:
                    negative_row = row
            if open_row < 0 and (winding != 0 or drift > _CLOSED):
                open_row = row
        row_starts[row + 1] = made
    return row_starts, starts[:made].copy(), stops[:made].copy(), values[:made].copy(), open_row, negative_row


@jit
def _pieces_of_rows(segments: Floats, rows: int, columns: int) -> tuple[Ints, Floats, NDArray[np.int8], int]:
    """Segments cut at the row borders and clipped to the canvas, sorted by row.

    Returns (row starts, pieces (p, 4) as (v top, u there, v bottom, u there) downwards, winding steps, a bound on the
    runs they can make). What lies left of the canvas slides to its left side, where it still winds. A segment that runs
    along a row within it has no height, but stays: it keeps the pixels that it half covers in one group.
    """
    row_starts = np.zeros(rows + 1, dtype=np.int64)
    for s in range(len(segments)):
        top, bottom = min(segments[s, 1], segments[s, 3]), max(segments[s, 1], segments[s, 3])
        if _misses_rows(top, bottom, rows):
            continue
        parts = _parts(segments, s, columns)
        for row in range(max(0, int(math.floor(top))), min(rows, int(math.ceil(bottom)))):
            row_starts[row + 1] += parts
    for row in range(rows):
        row_starts[row + 1] += row_starts[row]
    pieces = np.empty((row_starts[rows], 4))
    steps = np.empty(row_starts[rows], dtype=np.int8)
    filled = row_starts[:-1].copy()
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
                cells += _put(pieces, steps, filled, row, top, u_top, bottom, u_bottom, step, columns)
                continue
            # Split where it leaves the canvas; parts without height keep the count of pieces.
            side = (0.0, float(columns)) if u_top <= u_bottom else (float(columns), 0.0)
            one = _split_height(top, u_top, bottom, u_bottom, side[0])
            two = _split_height(top, u_top, bottom, u_bottom, side[1])
            u_one, u_two = _on(top, u_top, bottom, u_bottom, one), _on(top, u_top, bottom, u_bottom, two)
            cells += _put(pieces, steps, filled, row, top, u_top, one, u_one, step, columns)
            cells += _put(pieces, steps, filled, row, one, u_one, two, u_two, step, columns)
            cells += _put(pieces, steps, filled, row, two, u_two, bottom, u_bottom, step, columns)
    return row_starts, pieces, steps, cells + len(pieces)


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
    steps: NDArray[np.int8],
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
    pieces[p, 0], pieces[p, 1] = top, min(max(u_top, 0.0), float(columns))
    pieces[p, 2], pieces[p, 3] = bottom, min(max(u_bottom, 0.0), float(columns))
    steps[p] = step
    first, last = _columns_of(pieces, p)
    return last - first + 1


@jit
def _columns_of(pieces: Floats, p: int) -> tuple[int, int]:
    """First and last pixel column that a piece touches.

    One that only reaches a border touches the pixel beyond it too: the contour may go on along that very border.
    """
    left, right = min(pieces[p, 1], pieces[p, 3]), max(pieces[p, 1], pieces[p, 3])
    return int(math.floor(left)), int(math.floor(right))


@jit
def _order_by_left(pieces: Floats, begin: int, order: Ints) -> None:
    count = len(order)
    if count > 48:  # beyond this, insertion loses to the library's sort
        lefts = np.empty(count)
        for k in range(count):
            lefts[k] = min(pieces[begin + k, 1], pieces[begin + k, 3])
        order[:] = np.argsort(lefts) + begin
        return
    for k in range(count):
        left = min(pieces[begin + k, 1], pieces[begin + k, 3])
        at = k
        while at > 0 and min(pieces[order[at - 1], 1], pieces[order[at - 1], 3]) > left:
            order[at] = order[at - 1]
            at -= 1
        order[at] = begin + k


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
    first = int(math.floor(left))
    last = max(first, int(math.ceil(right)) - 1)
    if first == last:
        beyond = step * height * (0.5 * (left + right) - first)
        shares[first - origin] += step * height - beyond
        shares[first - origin + 1] += beyond
        return
    for column in range(first, last + 1):
        a, b = max(left, float(column)), min(right, float(column + 1))
        part = step * height * (b - a) / (right - left)
        beyond = part * (0.5 * (a + b) - column)
        shares[column - origin] += part - beyond
        shares[column - origin + 1] += beyond


@jit
def _resolve(
    pieces: Floats,
    steps: NDArray[np.int8],
    group: Ints,
    winding: int,
    shares: Floats,
    origin: int,
    scratch: Ints,
    band: Floats,
    levels: Floats,
    crossings: Floats,
) -> None:
    """Coverage of the union where edges may overlap or cross: exact, band by band between their ends and crossings."""
    count = len(group)
    by_top, active, ranked = scratch[0], scratch[1], scratch[2]
    for k in range(count):
        levels[2 * k], levels[2 * k + 1] = pieces[group[k], 0], pieces[group[k], 2]
        top, at = pieces[group[k], 0], k
        while at > 0 and pieces[by_top[at - 1], 0] > top:
            by_top[at] = by_top[at - 1]
            at -= 1
        by_top[at] = group[k]
    levels[: 2 * count].sort()
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
            if pieces[by_top[entered], 2] > top:  # parts clipped to nothing have no height
                active[alive] = by_top[entered]
                alive += 1
            entered += 1
        for k in range(alive):
            p = active[k]
            band[0, k] = _on(pieces[p, 0], pieces[p, 1], pieces[p, 2], pieces[p, 3], top)
            band[1, k] = _on(pieces[p, 0], pieces[p, 1], pieces[p, 2], pieces[p, 3], bottom)
        found = _find_crossings(band, ranked, alive, crossings)
        crossings[found] = 1.0
        above = 0.0
        for k in range(found + 1):
            below = crossings[k]
            _add_band(band, ranked, active, steps, alive, winding, shares, origin, above, below, bottom - top)
            above = below


@jit
def _find_crossings(band: Floats, ranked: Ints, alive: int, crossings: Floats) -> int:
    """Shares of the band's height at which two of its edges cross, ascending; how many."""
    _rank(band, ranked, alive, 0.0)
    in_order = True
    for k in range(1, alive):
        if band[1, ranked[k]] < band[1, ranked[k - 1]]:
            in_order = False
            break
    if in_order:
        return 0
    if alive > _MOST_CROSSING:
        for k in range(_SAMPLES - 1):
            crossings[k] = (k + 1.0) / _SAMPLES
        return _SAMPLES - 1
    found = 0
    for i in range(alive):
        for j in range(i):
            gap_top, gap_bottom = band[0, i] - band[0, j], band[1, i] - band[1, j]
            if gap_top * gap_bottom < 0.0:
                crossings[found] = gap_top / (gap_top - gap_bottom)
                found += 1
    crossings[:found].sort()
    return found


@jit
def _rank(band: Floats, ranked: Ints, alive: int, share: float) -> None:
    """Order the edges of a band by where they are at a share of its height."""
    for k in range(alive):
        band[2, k] = band[0, k] + share * (band[1, k] - band[0, k])
    if alive > 48:
        ranked[:alive] = np.argsort(band[2, :alive])
        return
    for k in range(alive):
        at = k
        while at > 0 and band[2, ranked[at - 1]] > band[2, k]:
            ranked[at] = ranked[at - 1]
            at -= 1
        ranked[at] = k


@jit
def _add_band(
    band: Floats,
    ranked: Ints,
    active: Ints,
    steps: NDArray[np.int8],
    alive: int,
    winding: int,
    shares: Floats,
    origin: int,
    above: float,
    below: float,
    height: float,
) -> None:
    """Add the edges at which the winding number becomes or ceases to be positive."""
    if below <= above:
        return
    _rank(band, ranked, alive, 0.5 * (above + below))
    now = winding
    for k in range(alive):
        edge = ranked[k]
        before, now = now, now + steps[active[edge]]
        turned = (1 if now > 0 else 0) - (1 if before > 0 else 0)
        if turned != 0:
            u_above = band[0, edge] + above * (band[1, edge] - band[0, edge])
            u_below = band[0, edge] + below * (band[1, edge] - band[0, edge])
            _add_edge(shares, origin, u_above, u_below, (below - above) * height, float(turned))
