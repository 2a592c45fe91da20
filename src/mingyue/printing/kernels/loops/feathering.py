"""Fields that overlap share their light: runs in, runs out, greys scaled where a neighbour exposes the same place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Bytes = NDArray[np.uint8]

# What a field is in a row or column: alone, the earlier of two that share it, or the later.
_OWN, _EARLIER, _LATER = 0, 1, 2


@jit
def feather(
    row_starts: Ints,
    starts: Places,
    stops: Places,
    values: Bytes,
    row_shares: Floats,
    row_sides: Ints,
    column_shares: Floats,
    column_sides: Ints,
    out_row_starts: Ints,
    out_starts: Places,
    out_stops: Places,
    out_values: Bytes,
) -> int:
    """Fill the runs of what this field shows of a picture; return how many there are.

    shares: for each row and column, what the earlier of two fields keeps there; sides: whether this field is alone (0),
    the earlier (1) or the later one (2). The later takes exactly what the earlier left, so their greys add up.
    """
    made = 0
    out_row_starts[0] = 0
    for row in range(len(row_starts) - 1):
        row_first = made
        for i in range(row_starts[row], row_starts[row + 1]):
            column = starts[i]
            while column < stops[i]:
                after = column + 1
                grey = int(values[i])
                if column_sides[column] == _OWN:
                    while after < stops[i] and column_sides[after] == _OWN:
                        after += 1
                else:
                    grey = _kept(grey, column_shares[column], column_sides[column])
                grey = _kept(grey, row_shares[row], row_sides[row])
                if grey > 0:
                    if made > row_first and out_stops[made - 1] == column and out_values[made - 1] == grey:
                        out_stops[made - 1] = after
                    else:
                        out_starts[made], out_stops[made], out_values[made] = column, after, grey
                        made += 1
                column = after
        out_row_starts[row + 1] = made
    return made


@jit
def _kept(grey: int, share: float, side: int) -> int:
    if side == _OWN:
        return grey
    earlier = int(grey * share + 0.5)
    return earlier if side == _EARLIER else grey - earlier
