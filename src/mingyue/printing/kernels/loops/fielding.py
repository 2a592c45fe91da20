"""A layer is cut up into fields: one pass over its runs, however many fields there are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Bytes = NDArray[np.uint8]


@jit
def field_count(
    row_starts: Ints,
    starts: Places,
    stops: Places,
    rows_px: int,
    columns_px: int,
    step_rows: int,
    step_columns: int,
    counts: Ints,
) -> int:
    """Fill counts (down, across) with how many runs each field of a grid has; return how many they are in all.

    rows_px, columns_px: of a field; step_rows, step_columns: from a field to the next, smaller where they overlap.
    """
    down, across = counts.shape
    counts[:] = 0
    total = 0
    for row in range(len(row_starts) - 1):
        low, high = _fields_at(row, row + 1, rows_px, step_rows, down)
        for i in range(row_starts[row], row_starts[row + 1]):
            left, right = _fields_at(starts[i], stops[i], columns_px, step_columns, across)
            for j in range(low, high):
                for k in range(left, right):
                    counts[j, k] += 1
                    total += 1
    return total


@jit
def field_fill(
    row_starts: Ints,
    starts: Places,
    stops: Places,
    values: Bytes,
    rows_px: int,
    columns_px: int,
    step_rows: int,
    step_columns: int,
    places: Ints,
    filled: Ints,
    field_row_starts: Ints,
    field_starts: Places,
    field_stops: Places,
    field_values: Bytes,
) -> int:
    """Write each run under its fields, cut at their sides, from the field's own top left pixel.

    places: (down, across) the place of each field that has light, -1 of the others; filled: (places,) where the next run
    of each goes, counted up; field_row_starts: (places, rows_px + 1), from the field's first run.
    """
    down, across = places.shape
    for j in range(down):
        for k in range(across):
            if places[j, k] >= 0:
                field_row_starts[places[j, k], 0] = filled[places[j, k]]
    for row in range(len(row_starts) - 1):
        low, high = _fields_at(row, row + 1, rows_px, step_rows, down)
        for i in range(row_starts[row], row_starts[row + 1]):
            left, right = _fields_at(starts[i], stops[i], columns_px, step_columns, across)
            for j in range(low, high):
                for k in range(left, right):
                    at = filled[places[j, k]]
                    field_starts[at] = max(0, starts[i] - k * step_columns)
                    field_stops[at] = min(columns_px, stops[i] - k * step_columns)
                    field_values[at] = values[i]
                    filled[places[j, k]] += 1
        for j in range(low, high):
            for k in range(across):
                if places[j, k] >= 0:
                    field_row_starts[places[j, k], row - j * step_rows + 1] = filled[places[j, k]]
    for place in range(len(field_row_starts)):
        first = field_row_starts[place, 0]
        for row in range(rows_px + 1):
            field_row_starts[place, row] -= first
    return 0


@jit
def _fields_at(first: int, after: int, side: int, step: int, count: int) -> tuple[int, int]:
    """The fields along one axis, first and after the last, that reach into pixels [first, after)."""
    return max(0, (first - side) // step + 1), min(count, (after - 1) // step + 1)
