"""Light becomes dose: blurred, added to what came through from above, and compared with what gels, in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit_fused, jit_sums
from mingyue.printing.kernels.loops.blurring import blur_strip, spread_strip
from mingyue.printing.kernels.sizes import CELL_COLUMNS, PIECE_COLUMNS, STRIP_ROWS

Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]


@jit_fused
def expose(
    light: Singles,
    taps: Singles,
    side: int,
    numbers: Singles,
    first_row: int,
    after_row: int,
    before: Singles,
    after: Singles,
    solid: Bytes,
    room: Singles,
    last_lit: Ints,
) -> int:
    """after = blurred light + decay · before, for some rows; solid where that reaches the threshold.

    light: at least `sizes.padded_rows` × `sizes.padded_columns`; its first pixel is a radius above and left of the
    window's. taps: as they are laid on the light, (2, side) down the columns and along the rows, or else what
    `blurring.spread_strip` takes. numbers: decay, threshold.
    before, after: (rows, columns); or nothing in before, and then the dose in after is changed where it stands.
    solid: (rows, columns), or nothing in it. room: `sizes.strip_room`; last_lit: (`sizes.most_cells`,).
    Pieces of columns one after the other, strips of four rows from the top down; a dark cell only decays.
    """
    columns = after.shape[1]
    for column in range(0, columns, PIECE_COLUMNS):
        count = min(PIECE_COLUMNS, columns - column)
        looked = first_row
        last_lit[:] = -1
        for row in range(first_row, after_row, STRIP_ROWS):
            rows = min(STRIP_ROWS, after_row - row)
            after_look = row + rows + side - 1
            _look(light[:, column : column + count + side - 1], looked, after_look, last_lit)
            looked = after_look
            begin = 0
            while begin < count:
                is_lit, end = _span(last_lit, row, begin, count, side)
                if is_lit and len(taps) == 2:
                    blur_strip(light, row, column + begin, end - begin, taps[0], taps[1], room)
                elif is_lit:
                    spread_strip(light, row, column + begin, end - begin, taps, side, room)
                for k in range(rows):
                    dose = after[row + k, column + begin : column + end]
                    if before.size:
                        _copy(before[row + k, column + begin : column + end], dose)
                    if is_lit:
                        _add(dose, room[k], numbers[0])
                    else:
                        _decay(dose, numbers[0])
                    if solid.size:
                        _compare(dose, numbers[1], solid[row + k, column + begin : column + end])
                begin = end
    return 0


@jit_fused
def _look(light: Singles, first_row: int, after_row: int, last_lit: Ints) -> None:
    """Note for each cell the last of these rows in which there is any light."""
    columns = light.shape[1]
    for row in range(after_row - 1, first_row - 1, -1):
        for cell in range((columns + CELL_COLUMNS - 1) // CELL_COLUMNS):
            if last_lit[cell] < row and _any(light[row, cell * CELL_COLUMNS : min((cell + 1) * CELL_COLUMNS, columns)]):
                last_lit[cell] = row


@jit_sums
def _any(lit: Singles) -> bool:
    power = np.float32(0.0)
    for i in range(len(lit)):
        power += lit[i] * lit[i]
    return power != 0.0


@jit_fused
def _span(last_lit: Ints, row: int, begin: int, count: int, side: int) -> tuple[bool, int]:
    """Whether light reaches the strip at `begin`, and up to which column that stays so."""
    is_lit = _is_lit(last_lit, row, begin, count, side)
    end = begin + CELL_COLUMNS
    while end < count and _is_lit(last_lit, row, end, count, side) == is_lit:
        end += CELL_COLUMNS
    return is_lit, min(end, count)


@jit_fused
def _is_lit(last_lit: Ints, row: int, begin: int, count: int, side: int) -> bool:
    """Whether any light is within reach of the cell that begins there. Rows of light above `row` are out of reach."""
    after = min(begin + CELL_COLUMNS, count) + side - 1
    for cell in range(begin // CELL_COLUMNS, (after + CELL_COLUMNS - 1) // CELL_COLUMNS):
        if last_lit[cell] >= row:
            return True
    return False


@jit_fused
def _copy(before: Singles, dose: Singles) -> None:
    for i in range(len(dose)):
        dose[i] = before[i]


@jit_fused
def _add(dose: Singles, light: Singles, decay: float) -> None:
    for i in range(len(dose)):
        dose[i] = decay * dose[i] + light[i]


@jit_fused
def _decay(dose: Singles, decay: float) -> None:
    for i in range(len(dose)):
        dose[i] = decay * dose[i]


@jit_fused
def _compare(dose: Singles, threshold: float, solid: Bytes) -> None:
    for i in range(len(dose)):
        solid[i] = dose[i] >= threshold
