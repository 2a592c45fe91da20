"""Rows of dose become runs of what is solid; eight pixels that are alike are passed over at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Bytes = NDArray[np.uint8]

_ALL_SOLID = 0x0101010101010101


@jit
def solid_rows(
    dose: Singles, threshold: Singles, solid: Bytes, words: Ints, row_starts: Ints, starts: Places, stops: Places
) -> int:
    """Fill the runs of pixels that reach the threshold; return how many there are, and fill no more than fit.

    threshold: (1,). solid: (columns + 8,) rounded up to eights, 0 after the columns; words: the same bytes.
    """
    rows, columns = dose.shape
    made = 0
    row_starts[0] = 0
    for row in range(rows):
        _compare(dose[row], threshold[0], solid)
        column, last = 0, 0
        while column <= columns:
            if column & 7 == 0 and words[column >> 3] == (_ALL_SOLID if last else 0) and column + 8 <= columns:
                column += 8
                continue
            if solid[column] != last:
                if made < len(starts) and last == 0:
                    starts[made] = column
                elif last != 0:
                    if made < len(starts):
                        stops[made] = column
                    made += 1
                last = solid[column]
            column += 1
        row_starts[row + 1] = made
    return made


@jit
def _compare(dose: Singles, threshold: float, solid: Bytes) -> None:
    for i in range(len(dose)):
        solid[i] = dose[i] >= threshold
