"""Slivers: parts of a layer that are only the rounding of a slope, told from islands by the grey light that joins them.

Where a strut leans, the edge of its next layer may be a pixel that is just half covered, while the pixels between it and
the strut are a little less than half covered. On the threshold it stands alone; on the projector grey light joins it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.components import Components, components_of
from mingyue.printing.runs import Runs

Flags = NDArray[np.bool_]

# What is larger, and wider than a pixel, would be missed.
_MOST_PX = 3


def are_slivers(parts: Components, grey: Runs, *, stands: Flags) -> Flags:
    """(count,) which parts are a pixel wide, or of three pixels at most, and hang by grey light on a part that stands.

    parts: of what is solid in a layer; grey: the layer as it is exposed; stands: (count,) which parts are carried.
    """
    sides = (parts.boxes_px[:, 2:] - parts.boxes_px[:, :2]).min(axis=1, initial=parts.runs.columns)
    small = ~stands & ((parts.lit_px <= _MOST_PX) | (sides == 1))
    if not small.any():
        return np.asarray(small)
    lights = components_of(grey)
    light_of = labels_at(lights, parts)
    holds = np.zeros(lights.count, dtype=np.bool_)
    holds[light_of[stands]] = True
    return np.asarray(small & holds[light_of])


def labels_at(whole: Components, pieces: Components) -> NDArray[np.int64]:
    """(pieces.count,) the component of the whole that each piece lies in. pieces: of a part of the whole's picture."""
    runs, part, first = whole.runs, pieces.runs, pieces.first_runs
    row = np.searchsorted(part.row_starts, first, side="right") - 1
    keys = np.repeat(np.arange(runs.rows), np.diff(runs.row_starts)) * np.int64(runs.columns) + runs.starts
    at = np.searchsorted(keys, row * np.int64(runs.columns) + part.starts[first], side="right") - 1
    return whole.labels[at].astype(np.int64)
