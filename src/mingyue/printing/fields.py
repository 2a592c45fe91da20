"""Where the projector stands: fields side by side or overlapping, copies of a part, and seams where they cut least."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.frames import Canvas, centred_canvas
from mingyue.printing.runs import Runs

Ramp = Literal["none", "linear", "smooth"]
Floats = NDArray[np.float64]

# A part that is wider than its fields by the rounding of its file does not need another one. (float32 millimetres are
# good to 4 nm at 50 mm, two thousandths of the smallest pixel.)
ROUNDING_PX = 2e-3
# A platform of 50 mm takes 336 fields of the finest machine. Far more is a field of a few pixels, given by mistake.
MOST_FIELDS = 20_000


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
    """Equal fields on a canvas, in serpentine order: the stage never runs back empty.

    overlap_px: what neighbours share; ramp: how they share it.
    copies_um: where the canvas is exposed, as shifts of the stage, x and y; one shift of nothing for a single part.
    """

    canvas: Canvas
    rows_px: int
    columns_px: int
    overlap_px: int
    ramp: Ramp
    fields: tuple[Field, ...]
    copies_um: tuple[tuple[float, float], ...] = ((0.0, 0.0),)

    @cached_property
    def shares(self) -> Floats:
        """(overlap_px,) what the earlier of two fields keeps of each shared pixel, from 1 down to 0."""
        return ramp_shares(self.overlap_px, self.ramp)


def ramp_shares(overlap_px: int, ramp: Ramp) -> Floats:
    """(overlap_px,) what the earlier of two fields keeps; the later takes the rest, so the doses add to one.

    linear: a straight ramp; smooth: 3t² − 2t³, without a kink at its ends; none: a hard seam in the middle.
    """
    along = (np.arange(overlap_px) + 0.5) / max(1, overlap_px)
    if ramp == "linear":
        return 1.0 - along
    if ramp == "smooth":
        return 1.0 - along * along * (3.0 - 2.0 * along)
    return (along < 0.5).astype(np.float64)


def field_grid(
    size_um: tuple[float, float],
    *,
    field_px: tuple[int, int],
    pitch_um: float,
    overlap_px: int = 0,
    ramp: Ramp = "linear",
) -> FieldGrid:
    """The fewest fields that cover a part of this size (x, y), centred on the platform.

    field_px: columns and rows of the projector. n fields span field·n − overlap·(n − 1) pixels.
    """
    columns_px, rows_px = field_px
    if not 0 <= overlap_px <= min(field_px) // 2:
        raise BadInputError(
            say(
                "Fields of {columns} × {rows} px cannot overlap by {overlap} px.",
                columns=columns_px,
                rows=rows_px,
                overlap=overlap_px,
            ),
            remedy=say("Take an overlap of 0 to half of the shorter side."),
        )
    across, down = (
        max(1, math.ceil((side_um / pitch_um - overlap_px - ROUNDING_PX) / (side_px - overlap_px)))
        for side_um, side_px in zip(size_um, field_px, strict=True)
    )
    if across * down > MOST_FIELDS:
        raise BadInputError(
            say("The part needs {fields:,} fields of {columns} × {rows} px; {most:,} are the most.",
                fields=across * down, columns=columns_px, rows=rows_px, most=MOST_FIELDS),
            remedy=say("Take a larger field (--field-px) or a smaller part."),
        )  # fmt: skip
    columns = across * columns_px - (across - 1) * overlap_px
    rows = down * rows_px - (down - 1) * overlap_px
    canvas = centred_canvas(rows=rows, columns=columns, pitch_um=pitch_um)
    return FieldGrid(canvas, rows_px, columns_px, overlap_px, ramp, _fields(canvas, rows_px, columns_px, overlap_px))


def _fields(canvas: Canvas, rows_px: int, columns_px: int, overlap_px: int) -> tuple[Field, ...]:
    fields: list[Field] = []
    for j, row in enumerate(range(0, canvas.rows - rows_px + 1, rows_px - overlap_px)):
        columns = range(0, canvas.columns - columns_px + 1, columns_px - overlap_px)
        for column in columns if j % 2 == 0 else reversed(columns):
            x_um = canvas.left_um + (column + columns_px / 2) * canvas.pitch_um
            y_um = canvas.top_um - (row + rows_px / 2) * canvas.pitch_um
            fields.append(Field(len(fields), row, column, (x_um, y_um)))
    return tuple(fields)


def shifted(grid: FieldGrid, *, columns: int, rows: int) -> FieldGrid:
    """The grid moved by whole pixels against the part: to the right and down."""
    canvas = grid.canvas
    moved = Canvas(
        canvas.pitch_um,
        canvas.rows,
        canvas.columns,
        canvas.left_um + columns * canvas.pitch_um,
        canvas.top_um - rows * canvas.pitch_um,
    )
    fields = _fields(moved, grid.rows_px, grid.columns_px, grid.overlap_px)
    return FieldGrid(moved, grid.rows_px, grid.columns_px, grid.overlap_px, grid.ramp, fields, grid.copies_um)


def copy_places(*, columns: int, rows: int) -> list[tuple[int, int]]:
    """(column, row) of each copy, in the order of the stage: the first row from the left, the next from the right."""
    return [(i if j % 2 == 0 else columns - 1 - i, j) for j in range(rows) for i in range(columns)]


def arrayed(grid: FieldGrid, *, columns: int, rows: int, pitch_um: tuple[float, float]) -> FieldGrid:
    """The same canvas exposed columns × rows times about the middle of the platform, in serpentine order."""
    copies = [
        ((i - (columns - 1) / 2) * pitch_um[0], ((rows - 1) / 2 - j) * pitch_um[1])
        for i, j in copy_places(columns=columns, rows=rows)
    ]
    return FieldGrid(grid.canvas, grid.rows_px, grid.columns_px, grid.overlap_px, grid.ramp, grid.fields, tuple(copies))


def least_cut(grid: FieldGrid, layers: list[Runs], *, size_um: tuple[float, float]) -> FieldGrid:
    """The grid moved so that its seams cut the least of these layers, sampled from the part on this canvas.

    The part may be moved within what its fields are larger than it is; of equally good places the middle one wins.
    """
    canvas = grid.canvas
    across, down = _light_by_column(layers, canvas.columns), _light_by_row(layers, canvas.rows)
    slack_columns, slack_rows = (
        max(0, math.floor((side_px - side_um / canvas.pitch_um) / 2))
        for side_px, side_um in zip((canvas.columns, canvas.rows), size_um, strict=True)
    )
    step_columns, step_rows = grid.columns_px - grid.overlap_px, grid.rows_px - grid.overlap_px
    return shifted(
        grid,
        columns=_best_shift(across, step_columns, grid.overlap_px, slack_columns),
        rows=_best_shift(down, step_rows, grid.overlap_px, slack_rows),
    )


def _best_shift(light: Floats, step: int, overlap: int, slack: int) -> int:
    """By how many pixels, at most `slack` either way, the seams are moved."""
    seams = np.arange(step, len(light) - overlap, step)  # the first pixel that two fields share
    if not len(seams) or not slack:
        return 0
    reach = np.concatenate(([0.0], np.cumsum(light)))
    shifts = np.arange(-slack, slack + 1)
    # What lies in the shared pixels, and one on either side, where the light of both fields blurs.
    first = np.clip(seams[:, None] - 1 + shifts, 0, len(light))
    after = np.clip(seams[:, None] + overlap + 1 + shifts, 0, len(light))
    cut = (reach[after] - reach[first]).sum(axis=0)
    best = np.flatnonzero(cut <= cut.min() * (1 + 1e-9))
    return int(shifts[best[np.argmin(np.abs(shifts[best]))]])


def _light_by_column(layers: list[Runs], columns: int) -> Floats:
    steps = np.zeros(columns + 1)
    for layer in layers:
        np.add.at(steps, layer.starts, layer.values / 255.0)
        np.subtract.at(steps, layer.stops, layer.values / 255.0)
    return np.cumsum(steps)[:-1]


def _light_by_row(layers: list[Runs], rows: int) -> Floats:
    light = np.zeros(rows)
    for layer in layers:
        of_runs = np.concatenate(([0.0], np.cumsum((layer.stops - layer.starts) * (layer.values / 255.0))))
        light += np.diff(of_runs[layer.row_starts])
    return light
