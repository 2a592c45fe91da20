"""Black and white runs become closed outlines along the edges of pixels, and outlines become runs again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.runs import FULL, Runs, blank

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Corner = tuple[int, int]

# The full platform of 25,000 rows crossed 1,000 times each: some 2 GB while it is worked on.
_MOST_CROSSINGS = 1 << 25


class CrowdedError(ValueError):
    """More crossings than any layer has. Its argument is their number."""


def outlines_of(runs: Runs) -> Iterator[list[Corner]]:
    """The corners (column, row) of each closed outline: its sides go across and along by turns, the first one across.

    Together they bound, by the even-odd rule, what is lit; grey counts as lit from half on.
    """
    lit = runs.binary()
    x, top = _edges(lit)
    partner = _partners(x, top)
    seen = np.zeros(len(x), dtype=np.bool_)
    columns, rows, ends = x.tolist(), top.tolist(), partner.tolist()
    for first in range(len(columns)):
        if not seen[first]:
            yield _outline(first, columns, rows, ends, seen)


def _edges(lit: Runs) -> tuple[Ints, Ints]:
    """The upright sides of all runs, a pixel high: their columns, and the rows they begin at."""
    row_of = np.repeat(np.arange(lit.rows, dtype=np.int64), np.diff(lit.row_starts))
    x = np.stack((lit.starts, lit.stops), axis=1).astype(np.int64).ravel()
    return x, np.repeat(row_of, 2)


def _partners(x: Ints, top: Ints) -> Ints:
    """Which end meets which: end 2i is the upper one of side i, 2i + 1 the lower one.

    On a line between two rows what is lit changes at each end; so ends meet in pairs from left to right, and between
    the two of a pair the outline runs across.
    """
    count = len(x)
    ends = np.arange(2 * count)
    line = np.repeat(top, 2) + ends % 2
    order = np.lexsort((ends % 2 == 0, np.repeat(x, 2), line))  # where two ends meet, the one from above comes first
    partner = np.empty(2 * count, dtype=np.int64)
    partner[order[0::2]], partner[order[1::2]] = order[1::2], order[0::2]
    return partner


def _outline(
    first: int, columns: list[int], rows: list[int], partner: list[int], seen: NDArray[np.bool_]
) -> list[Corner]:
    corners: list[Corner] = []
    end = 2 * first + 1  # down the first side
    while True:
        side = end >> 1
        seen[side] = True
        meets = partner[end]
        following = meets >> 1
        if columns[following] != columns[side]:  # else the side goes straight on
            row = rows[side] + (end & 1)
            corners += [(columns[side], row), (columns[following], row)]
        end = meets ^ 1
        if following == first:
            return corners


def runs_of(polygons: list[Floats], *, rows: int, columns: int, even_odd: bool = True) -> Runs:
    """The pixels whose centres lie inside closed polygons, each (n, 2) as (column, row). What is beyond is cut off.

    Raises CrowdedError where rows cross sides more often than fits into memory.
    """
    sides = [np.concatenate((polygon, np.roll(polygon, -1, axis=0)), axis=1) for polygon in polygons if len(polygon)]
    if not sides:
        return blank(rows=rows, columns=columns)
    segments = np.concatenate(sides)
    segments = segments[segments[:, 1] != segments[:, 3]]  # what lies flat is crossed by no row
    row, at, step = _crossings(segments, rows)
    order = np.lexsort((at, row))
    row, at, step = row[order], at[order], step[order]
    inside = np.cumsum(np.ones(len(step), dtype=np.int64)) % 2 if even_odd else np.cumsum(step)
    opens = np.flatnonzero((inside[:-1] != 0) & (row[1:] == row[:-1]))
    # A pixel is lit where its centre, half a pixel in, is not left of the opening and left of the closing.
    starts = np.clip(np.ceil(at[opens] - 0.5), 0, columns).astype(np.int64)
    stops = np.clip(np.ceil(at[opens + 1] - 0.5), 0, columns).astype(np.int64)
    return _joined(row[opens], starts, stops, rows=rows, columns=columns)


def _crossings(segments: Floats, rows: int) -> tuple[Ints, Floats, Ints]:
    """Where the middle line of each row is crossed: row, column, and whether downwards."""
    low, high = np.minimum(segments[:, 1], segments[:, 3]), np.maximum(segments[:, 1], segments[:, 3])
    first = np.clip(np.ceil(low - 0.5), 0, rows).astype(np.int64)
    after = np.clip(np.ceil(high - 0.5), 0, rows).astype(np.int64)
    counts = after - first
    if counts.sum() > _MOST_CROSSINGS:
        raise CrowdedError(int(counts.sum()))
    which = np.repeat(np.arange(len(segments)), counts)
    row = first[which] + np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    x0, y0, x1, y1 = segments[which].T
    return row, x0 + (row + 0.5 - y0) * (x1 - x0) / (y1 - y0), np.where(y1 > y0, 1, -1)


def _joined(row: Ints, starts: Ints, stops: Ints, *, rows: int, columns: int) -> Runs:
    """Lit pieces in order, those that touch joined."""
    kept = stops > starts
    row, starts, stops = row[kept], starts[kept], stops[kept]
    opens = np.ones(len(row), dtype=np.bool_)
    opens[1:] = (starts[1:] > stops[:-1]) | (row[1:] != row[:-1])
    closes = np.append(opens[1:], True)[: len(opens)]
    counts = np.bincount(row[opens], minlength=rows)
    return Runs(
        rows,
        columns,
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        starts[opens].astype(np.int32),
        stops[closes].astype(np.int32),
        np.full(int(opens.sum()), FULL, dtype=np.uint8),
    )
