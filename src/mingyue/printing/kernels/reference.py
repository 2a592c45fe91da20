"""The clear kernels: what the fast ones must reproduce, written to be read and checked by hand.

Coordinates are pixels of the canvas: u to the right from its left side, v downwards from its top side. A contour
runs anticlockwise seen from above, so its left flank goes down (v grows) and adds one to the winding number.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Heights along v are rounded to this grid, so that the windings of a row add up to whole numbers exactly.
STEPS_PER_PIXEL = 65_536.0
FULL = 255


def cut(vertices: Floats, triangles: NDArray[np.int64], heights: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Where horizontal planes meet a surface.

    vertices: (n, 3) as (u, v, z); triangles: (m, 3), anticlockwise seen from outside; heights: (k,) ascending.
    Returns (starts, segments): layer i owns segments[starts[i]:starts[i + 1]], each (u0, v0, u1, v1) in the
    direction of its contour, v on the grid of 1/65536 px. A vertex that lies on the plane counts as above it.
    """
    starts, segments = [0], []
    for height in heights:
        for corners in vertices[triangles]:
            segment = _cut_triangle(corners, float(height))
            if segment is not None:
                segments.append(segment)
        starts.append(len(segments))
    return np.array(starts, dtype=np.int64), np.array(segments, dtype=np.float64).reshape(-1, 4)


def _cut_triangle(corners: Floats, height: float) -> tuple[float, float, float, float] | None:
    above = corners[:, 2] >= height
    if above.all() or not above.any():
        return None
    start = end = (0.0, 0.0)
    for i in range(3):
        j = (i + 1) % 3
        if above[i] and not above[j]:
            start = _meet(corners[j], corners[i], height)
        elif above[j] and not above[i]:
            end = _meet(corners[i], corners[j], height)
    return (*start, *end)


def _meet(low: Floats, high: Floats, height: float) -> tuple[float, float]:
    """Always from the lower vertex to the higher, so that two triangles agree on their common edge to the last bit."""
    share = (height - low[2]) / (high[2] - low[2])
    u = low[0] + share * (high[0] - low[0])
    v = low[1] + share * (high[1] - low[1])
    return float(u), float(np.rint(v * STEPS_PER_PIXEL) / STEPS_PER_PIXEL)


def coverage(segments: Floats, rows: int, columns: int) -> Floats:
    """How much of each pixel lies where the winding number is positive.

    segments: (s, 4) of closed contours. Returns (rows, columns) float64 in [0, 1], exact but for rounding: each
    pixel row is split at every end and every crossing of a segment, and between those the edges are in a fixed order.
    """
    covered = np.zeros((rows, columns))
    for row in range(rows):
        lines = _lines_of_row(segments, row)
        heights = sorted({v for line in lines for v in (line[0], line[2])})
        for top, bottom in pairwise(heights):
            spanning = [line for line in lines if line[0] <= top and line[2] >= bottom]
            for a, b in pairwise([top, *_crossings(spanning, top, bottom), bottom]):
                covered[row] += _band(spanning, a, b, columns)
    return np.clip(covered, 0.0, 1.0)


def _lines_of_row(segments: Floats, row: int) -> list[tuple[float, float, float, float, int]]:
    """What of each segment lies in the row, downwards: (v top, u there, v bottom, u there, winding step)."""
    lines = []
    for u0, v0, u1, v1 in segments:
        if v0 == v1:
            continue  # a horizontal segment bounds no area along a row
        (ua, va), (ub, vb), step = ((u0, v0), (u1, v1), 1) if v0 < v1 else ((u1, v1), (u0, v0), -1)
        top, bottom = max(va, float(row)), min(vb, float(row + 1))
        if top < bottom:
            slope = (ub - ua) / (vb - va)
            lines.append((top, ua + (top - va) * slope, bottom, ua + (bottom - va) * slope, step))
    return lines


def _at(line: tuple[float, float, float, float, int], v: float) -> float:
    top, u_top, bottom, u_bottom, _ = line
    return u_top + (v - top) * (u_bottom - u_top) / (bottom - top)


def _crossings(lines: list[tuple[float, float, float, float, int]], top: float, bottom: float) -> list[float]:
    found = set()
    for i, one in enumerate(lines):
        for other in lines[:i]:
            gap_top, gap_bottom = _at(one, top) - _at(other, top), _at(one, bottom) - _at(other, bottom)
            if gap_top * gap_bottom < 0:
                found.add(top + (bottom - top) * gap_top / (gap_top - gap_bottom))
    return sorted(v for v in found if top < v < bottom)


def _band(lines: list[tuple[float, float, float, float, int]], top: float, bottom: float, columns: int) -> Floats:
    """Area per pixel of the trapezoids between the edges where the winding number becomes and ceases to be positive."""
    covered = np.zeros(columns)
    winding = 0
    for line in sorted(lines, key=lambda line: _at(line, (top + bottom) / 2)):
        before, winding = winding, winding + line[4]
        turned = (winding > 0) - (before > 0)
        if turned:
            covered += turned * _right_of(_at(line, top), _at(line, bottom), columns) * (bottom - top)
    return covered


def _right_of(u_top: float, u_bottom: float, columns: int) -> Floats:
    """Share of each pixel of a band that lies to the right of a straight line: mean of clip(column + 1 − u, 0, 1)."""
    low, high = min(u_top, u_bottom), max(u_top, u_bottom)
    right_sides = np.arange(1, columns + 1, dtype=np.float64)
    if high - low < 1e-9:  # as good as vertical: the quotient below would lose its digits
        return np.clip(right_sides - (low + high) / 2, 0.0, 1.0)

    def integral(t: Floats) -> Floats:  # of clip(t, 0, 1)
        return np.where(t <= 0, 0.0, np.where(t >= 1, t - 0.5, 0.5 * t * t))

    return (integral(right_sides - low) - integral(right_sides - high)) / (high - low)


def grey(covered: Floats) -> NDArray[np.uint8]:
    """Coverage as 0–255. A half step goes up in every kernel, also where rounding left it a hair below."""
    return np.floor(covered * FULL + (0.5 + 1e-7)).astype(np.uint8)


def cover(
    segments: Floats, rows: int, columns: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]:
    """Contours → runs of equal grey: (row starts, first columns, columns after the last, greys). See `runs.Runs`."""
    return pack(grey(coverage(segments, rows, columns)))


def pack(
    picture: NDArray[np.uint8],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]:
    """A painted picture → runs, each as long as its grey lasts; black makes none."""
    columns = picture.shape[1]
    row_starts, starts, stops, values = [0], [], [], []
    for row in picture:
        borders = [0, *(np.flatnonzero(np.diff(row.astype(np.int16))) + 1).tolist(), columns]
        for first, after in pairwise(borders):
            if after > first and row[first]:
                starts.append(first)
                stops.append(after)
                values.append(row[first])
        row_starts.append(len(starts))
    return (
        np.array(row_starts, dtype=np.int64),
        np.array(starts, dtype=np.int32),
        np.array(stops, dtype=np.int32),
        np.array(values, dtype=np.uint8),
    )


def combine(one: NDArray[np.uint8], other: NDArray[np.uint8], table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two painted pictures of one size as a third: its grey is table[256 · grey of the one + grey of the other].

    table: (65536,); where both are dark the third is dark, whatever the table says.
    """
    mixed = table[256 * one.astype(np.int64) + other]
    return np.where((one > 0) | (other > 0), mixed, 0).astype(np.uint8)


def erode(solid: NDArray[np.bool_], reaches: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The pixels around which all is solid: reaches[k] to either side in the rows that are k away; nothing is beyond."""
    rows, columns = solid.shape
    margin_rows, margin_columns = len(reaches), int(reaches.max())
    edged = np.pad(solid, ((margin_rows, margin_rows), (margin_columns, margin_columns)))
    kept = np.ones_like(solid)
    for away, reach in enumerate(reaches.tolist()):
        for row in (margin_rows - away, margin_rows + away):
            for column in range(margin_columns - reach, margin_columns + reach + 1):
                kept &= edged[row : row + rows, column : column + columns]
    return kept
