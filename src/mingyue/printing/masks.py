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
    step_rows, step_columns = grid.rows_px - grid.overlap_px, grid.columns_px - grid.overlap_px
    by_place = {(field.row // step_rows, field.column // step_columns): field for field in grid.fields}
    shown = {
        by_place[down, right].index: Runs(grid.rows_px, grid.columns_px, *runs)
        for down, right, runs in fast.cut_up(
            layer.row_starts,
            layer.starts,
            layer.stops,
            layer.values,
            field_px=(grid.rows_px, grid.columns_px),
            step_px=(step_rows, step_columns),
            fields=(max(by_place)[0] + 1, max(right for _, right in by_place) + 1),
        )
    }
    for index in sorted(shown):
        runs = _feathered(shown[index], grid.fields[index], grid) if grid.overlap_px else shown[index]
        if len(runs):
            yield Mask(index, runs)


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
