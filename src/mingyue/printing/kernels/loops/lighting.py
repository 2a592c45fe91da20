"""Masks become light: what a field shows is added to what its neighbours and earlier flashes gave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Singles = NDArray[np.float32]
Bytes = NDArray[np.uint8]


@jit
def add_shares(
    mask: Bytes,
    row: int,
    column: int,
    shares: Singles,
    light: Singles,
    at_row: int,
    at_column: int,
    rows: int,
    columns: int,
) -> int:
    """Add shares[grey] of a part of the mask, from (row, column) on, to the light from (at_row, at_column) on.

    shares: (256,), the first of them 0. Dark pixels, which most are, only cost the look at them.
    """
    for i in range(rows):
        shown = mask[row + i, column : column + columns]
        lit = light[at_row + i, at_column : at_column + columns]
        for j in range(columns):
            if shown[j] > 0:
                lit[j] += shares[shown[j]]
    return 0
