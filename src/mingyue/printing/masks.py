"""Layers become masks: what the projector shows in each field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mingyue.printing.fields import Field, FieldGrid
from mingyue.printing.kernels import fast
from mingyue.printing.runs import Runs


@dataclass(frozen=True, slots=True)
class Mask:
    """The picture of one field for one layer."""

    field: int
    runs: Runs


def masks_of(layer: Runs, grid: FieldGrid) -> Iterator[Mask]:
    """The fields that have light in this layer, in the order of the stage; dark fields are skipped.

    layer: the whole canvas. Where fields overlap, their greys add up to those of the layer.
    """
    if len(grid.fields) == 1:
        if len(layer):
            yield Mask(0, layer)
        return
    for field in grid.fields:
        runs = layer.window(row=field.row, column=field.column, rows=grid.rows_px, columns=grid.columns_px)
        if grid.overlap_px and len(runs):
            runs = _feathered(runs, field, grid)
        if len(runs):
            yield Mask(field.index, runs)


def _feathered(runs: Runs, field: Field, grid: FieldGrid) -> Runs:
    row_shares, row_sides = _sides(field.row, grid.rows_px, grid.canvas.rows, grid)
    column_shares, column_sides = _sides(field.column, grid.columns_px, grid.canvas.columns, grid)
    return Runs(
        runs.rows,
        runs.columns,
        *fast.feather(
            runs.row_starts,
            runs.starts,
            runs.stops,
            runs.values,
            row_shares=row_shares,
            row_sides=row_sides,
            column_shares=column_shares,
            column_sides=column_sides,
        ),
    )


def _sides(first: int, count: int, whole: int, grid: FieldGrid) -> tuple[np.ndarray, np.ndarray]:
    """For each row or column of a field: what the earlier of two keeps, and whether this is it (1) or not (2)."""
    shares, sides = np.ones(count), np.zeros(count, dtype=np.int64)
    if first > 0:
        shares[: grid.overlap_px], sides[: grid.overlap_px] = grid.shares, 2
    if first + count < whole:
        shares[count - grid.overlap_px :], sides[count - grid.overlap_px :] = grid.shares, 1
    return shares, sides
