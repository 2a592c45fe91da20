"""Which pixels of a plane are solid, as runs: brings the room that the compiled loop needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.compiled import entry

Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]

# Runs a row for which room is brought at first; where there are more it is brought again.
_RUNS_A_ROW = 32


def solid_rows(dose: Singles, threshold: float) -> tuple[Ints, Places, Places]:
    """(rows, columns) float32 → row_starts, starts, stops of the runs where dose ≥ threshold, as in `runs.Runs`."""
    rows, columns = dose.shape
    solid = np.zeros((columns + 15) // 8 * 8, dtype=np.uint8)
    row_starts = np.empty(rows + 1, dtype=np.int64)
    count = _RUNS_A_ROW * rows
    while True:
        starts, stops = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
        made = entry("solid_rows")(
            dose, np.array([threshold], dtype=np.float32), solid, solid.view(np.int64), row_starts, starts, stops
        )
        if made <= count:
            return row_starts, starts[:made].copy(), stops[:made].copy()
        count = made
