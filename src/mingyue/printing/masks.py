"""Layers become masks: what the projector shows at each stage position."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from mingyue.printing.frames import Canvas, centred_canvas
from mingyue.printing.runs import Runs

# A part that is wider than its fields by rounding only does not need another field.
_ROUNDING_PX = 1e-6


@dataclass(frozen=True, slots=True)
class Field:
    """What the projector exposes at once, and where the stage stands for it.

    row, column: its top left pixel on the canvas. offset_um: centre of the field in the build frame, x and y.
    """

    index: int
    row: int
    column: int
    offset_um: tuple[float, float]


@dataclass(frozen=True)
class FieldGrid:
    """Equal fields side by side, in serpentine order: the stage never runs back empty."""

    canvas: Canvas
    rows_px: int
    columns_px: int
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Mask:
    """The picture of one field for one layer."""

    field: int
    runs: Runs


def field_grid(size_um: tuple[float, float], *, field_px: tuple[int, int], pitch_um: float) -> FieldGrid:
    """The fewest fields that cover a part of this size (x, y), centred on the platform, edge to edge.

    field_px: columns and rows of the projector.
    """
    columns_px, rows_px = field_px
    across = max(1, math.ceil(size_um[0] / pitch_um / columns_px - _ROUNDING_PX))
    down = max(1, math.ceil(size_um[1] / pitch_um / rows_px - _ROUNDING_PX))
    canvas = centred_canvas(rows=down * rows_px, columns=across * columns_px, pitch_um=pitch_um)
    fields: list[Field] = []
    for j in range(down):
        order = range(across) if j % 2 == 0 else range(across - 1, -1, -1)
        for i in order:
            x_um = (i + 0.5 - across / 2) * columns_px * pitch_um
            y_um = (down / 2 - j - 0.5) * rows_px * pitch_um
            fields.append(Field(len(fields), j * rows_px, i * columns_px, (x_um, y_um)))
    return FieldGrid(canvas, rows_px, columns_px, tuple(fields))


def masks_of(layer: Runs, grid: FieldGrid) -> Iterator[Mask]:
    """The fields that have light in this layer, in the order of the stage; dark fields are skipped."""
    if len(grid.fields) == 1:
        if len(layer):
            yield Mask(0, layer)
        return
    for field in grid.fields:
        runs = layer.window(row=field.row, column=field.column, rows=grid.rows_px, columns=grid.columns_px)
        if len(runs):
            yield Mask(field.index, runs)
