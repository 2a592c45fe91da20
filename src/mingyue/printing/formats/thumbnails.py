"""What is lit of a layer, small enough to look at; a platform is never painted whole."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.runs import Runs

# Pixels painted at a time: 16 MB, whatever the size of the platform.
_BAND_PX = 1 << 24


def shrunk(runs: Runs, *, most_px: int) -> NDArray[np.uint8]:
    """What is lit, cropped, as a picture of at most most_px a side; each pixel is the mean of those it stands for.

    A dark picture is one dark pixel.
    """
    if not len(runs):
        return np.zeros((1, 1), dtype=np.uint8)
    lit_rows = np.flatnonzero(np.diff(runs.row_starts))
    top, left = int(lit_rows[0]), int(runs.starts.min())
    rows, columns = int(lit_rows[-1]) + 1 - top, int(runs.stops.max()) - left
    factor = max(1, math.ceil(max(rows, columns) / most_px))
    band = max(1, _BAND_PX // columns // factor) * factor
    edges = np.arange(0, columns, factor)
    bands = []
    for row in range(0, rows, band):
        count = min(band, rows - row)
        painted = runs.window(row=top + row, column=left, rows=count, columns=columns).painted()
        down = np.add.reduceat(painted, np.arange(0, count, factor), axis=0, dtype=np.int64)
        bands.append(np.add.reduceat(down, edges, axis=1))
    heights = np.minimum(factor, rows - np.arange(0, rows, factor))
    widths = np.minimum(factor, columns - edges)
    means: NDArray[np.uint8] = np.rint(np.concatenate(bands) / np.outer(heights, widths)).astype(np.uint8)
    return means
