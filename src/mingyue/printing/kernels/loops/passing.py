"""Where a picture of doses is above a threshold, as runs: nothing is painted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit


@jit
def runs_above(
    picture: NDArray[np.float32],
    threshold: NDArray[np.float64],
    row_starts: NDArray[np.int64],
    starts: NDArray[np.int32],
    stops: NDArray[np.int32],
) -> int:
    """How many runs there are above threshold (1,); they are written where there is room for all. row_starts: (rows + 1,)."""
    rows, columns = picture.shape
    level, room = np.float32(threshold[0]), len(starts)
    made = 0
    row_starts[0] = 0
    for i in range(rows):
        is_in = False
        for j in range(columns):
            if (picture[i, j] > level) != is_in:
                if made < room:
                    if is_in:
                        stops[made] = j
                    else:
                        starts[made] = j
                if is_in:
                    made += 1
                is_in = not is_in
        if is_in:
            if made < room:
                stops[made] = columns
            made += 1
        row_starts[i + 1] = made
    return made
