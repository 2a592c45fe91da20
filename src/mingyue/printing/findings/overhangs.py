"""Unsupported overhangs: what of a layer is farther from the layer below than cured resin carries itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.components import Components, beyond_reach, components_of
from mingyue.printing.findings.finding import Finding
from mingyue.printing.findings.islands import first_points
from mingyue.printing.findings.setting import Setting
from mingyue.printing.findings.spots import Spots, groups, spots
from mingyue.printing.findings.telling import told
from mingyue.printing.runs import Runs

# Of each hanging piece so many runs, from its first row to its last, are asked how far they are from what carries.
_ASKED = 6
# A few pixels beyond the reach are the rounding of slopes.
_FEWEST_PX = 4


def hanging(parts: Components, are_islands: NDArray[np.bool_], below: Runs, *, reach_px: float) -> Components:
    """The pieces of a layer beyond reach of the layer below; islands are left out."""
    layer = parts.only(~are_islands) if are_islands.any() else parts.runs
    return components_of(beyond_reach(layer, below, reach_px=reach_px))


def overhangs(parts: Components, are_islands: NDArray[np.bool_], below: Runs, layer: int, setting: Setting) -> Spots:
    """The overhangs of a layer. measured: how far the farthest place asked is from the layer below, in pixels."""
    reach_px = setting.bounds("overhang").outer / setting.pixel_um
    pieces = hanging(parts, are_islands, below, reach_px=reach_px)
    large = np.flatnonzero(pieces.lit_px >= _FEWEST_PX) if layer > 0 else np.empty(0, dtype=np.int64)
    far, points = np.empty(len(large)), np.empty((len(large), 2))
    order = np.argsort(pieces.labels, kind="stable")
    starts = np.searchsorted(pieces.labels[order], np.arange(pieces.count + 1))
    for k, piece in enumerate(large):
        runs = order[starts[piece] : starts[piece + 1]]
        asked = _ends_and_middles(pieces.runs, runs[np.unique(np.linspace(0, len(runs) - 1, _ASKED).astype(np.int64))])
        distances = [distance_px(below, u, v) for u, v in asked]
        far[k], points[k] = max(distances), asked[int(np.argmax(distances))]
    return spots(layer, pieces.boxes_px[large], np.maximum(far, reach_px), points)


def _ends_and_middles(runs: Runs, places: NDArray[np.int64]) -> NDArray[np.float64]:
    """(3 r, 2) u and v of pixels of these runs: the first, the middle one and the last of each."""
    middles = first_points(runs, places)
    first, last = middles.copy(), middles.copy()
    first[:, 0], last[:, 0] = runs.starts[places] + 0.5, runs.stops[places] - 0.5
    return np.concatenate([middles, first, last])


def distance_px(picture: Runs, u: float, v: float) -> float:
    """How far the middle of a pixel is from the next lit one."""
    rows = np.repeat(np.arange(picture.rows), np.diff(picture.row_starts)) + 0.5
    across = np.maximum(np.maximum(picture.starts + 0.5 - u, u - (picture.stops - 0.5)), 0.0)
    return float(np.hypot(across, rows - v).min(initial=np.inf))


def tell_overhangs(found: Spots, setting: Setting) -> Iterator[Finding]:
    """Overhangs of one layer and of those right above it are one."""
    for group in groups(found):
        reach_um = float(group.measured.max()) * setting.pixel_um
        if np.isfinite(reach_um):
            yield told(group, setting, "overhang", "risk", measured=reach_um)
