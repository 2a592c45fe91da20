"""Channels predicted to close: voids so low that the light which makes their ceiling cures what is below it.

Below each new ceiling the layers are searched downwards for a floor. A ceiling whose void gets higher and higher to one
side is a wedge, not a channel: there the ceiling grows thicker, but nothing closes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.components import Components, beyond_reach, components_of, dark_of, overlaps_of, union_of
from mingyue.printing.findings.finding import Finding
from mingyue.printing.findings.islands import points_within
from mingyue.printing.findings.setting import Setting
from mingyue.printing.findings.spots import Spots, gathered, groups, spots
from mingyue.printing.findings.telling import told
from mingyue.printing.kernels.compiled import entry
from mingyue.printing.runs import FULL, Runs

Places = NDArray[np.int32]

# A smaller ceiling is the corner between two struts that cross: what cures there is a fillet.
_FEWEST_PX = 64
# A ceiling so wide in a single layer is flat, whatever it joins at its side.
_FLAT_PX = 8
# So many layers beyond the limit a void is still followed, to see a wedge as one.
_BEYOND = 4
# A void narrower than this is the rounding of a slope; where it is a channel, it is a narrow one, see `thin`.
_WIDE_PX = 3
_FLAT, _OPEN, _WIDE = 1, 2, 4
_EIGHT = 8


def layers_searched(setting: Setting) -> int:
    """How many layers below a ceiling are searched for a floor."""
    return int(setting.bounds("closed_channel").outer / float(setting.table.thickness_um.min())) + _BEYOND


@dataclass(frozen=True, slots=True, eq=False)
class Pile:
    """The layers below, the nearest first, and the unions of each eight of them: most pieces pass eight layers at once.

    layers: at most as many as are searched; unions: of the layers first … first + 7, by `first`, a multiple of eight.
    """

    layers: tuple[Runs, ...] = ()
    unions: Mapping[int, Runs] = field(default_factory=dict)

    def higher(self, solid: Runs, layer: int, *, most: int) -> Pile:
        """The pile of the layer above this one."""
        layers = (solid, *self.layers)[:most]
        unions = {first: union for first, union in self.unions.items() if first > layer - most}
        if (layer + 1) % _EIGHT == 0 and len(layers) >= _EIGHT:
            unions[layer + 1 - _EIGHT] = reduce(union_of, layers[:_EIGHT])
        return Pile(layers, unions)


def low_voids(solid: Runs, below: Pile, layer: int, setting: Setting) -> Spots:
    """Ceilings of a layer over low voids. measured: height in µm.

    marks: the area in pixels times eight; plus 1 where the ceiling is flat and wide; plus 2 where the void is not low any
    more, which makes a wedge of what it touches; plus 4 where it is more than the rounding of a slope.
    """
    if len(below.layers) < 2:
        return gathered([])
    limit_um, bottom_um = setting.bounds("closed_channel").outer, setting.table.bottom_um
    low: list[tuple[Places, float]] = []
    high: list[tuple[Places, float]] = []
    for met, floor in _floors(pieces_of(beyond_reach(solid, below.layers[0], reach_px=0)), below, layer):
        height_um = float(bottom_um[layer] - bottom_um[floor + 1])
        (low if height_um < limit_um else high).append((met, height_um))
    return gathered([*_spots(layer, low, solid, 0), *_spots(layer, high, solid, _OPEN)])


def _floors(pieces: Places, below: Pile, layer: int) -> Iterator[tuple[Places, int]]:
    """What of the pieces meets a floor, and in which layer."""
    floor, lowest = layer - 2, layer - len(below.layers)
    while len(pieces) and floor >= lowest:
        first = floor + 1 - _EIGHT
        union = below.unions.get(first)
        if union is None or first < lowest:
            met, pieces = meet_floor(pieces, below.layers[layer - 1 - floor])
            if len(met):
                yield met, floor
            floor -= 1
            continue
        within, pieces = meet_floor(pieces, union)
        for inner in range(floor, first - 1, -1):
            if not len(within):
                break
            met, within = meet_floor(within, below.layers[layer - 1 - inner])
            if len(met):
                yield met, inner
        floor = first - 1


def pieces_of(picture: Runs) -> Places:
    """(p, 3) row, first column and column after of each run."""
    rows = np.repeat(np.arange(picture.rows, dtype=np.int32), np.diff(picture.row_starts))
    return np.stack([rows, picture.starts, picture.stops], axis=1)


def meet_floor(pieces: Places, under: Runs) -> tuple[Places, Places]:
    """What of (p, 3) pieces lies over a layer, and what does not; both in the order of rows and columns."""
    room = len(pieces) + len(under) + 1
    met, left = np.empty((room, 3), dtype=np.int32), np.empty((room, 3), dtype=np.int32)
    counts = np.zeros(2, dtype=np.int64)
    if entry("meet_floor")(pieces, under.row_starts, under.starts, under.stops, met, left, counts) < 0:
        raise AssertionError("a piece falls into more parts than the layer below has runs")
    return met[: counts[0]].copy(), left[: counts[1]].copy()


def _spots(layer: int, met: list[tuple[Places, float]], like: Runs, mark: int) -> Iterator[Spots]:
    """The components of what was met, with the mean height of each."""
    if not met:
        return
    pieces = np.concatenate([some for some, _ in met])
    heights = np.concatenate([np.full(len(some), height) for some, height in met])
    order = np.lexsort((pieces[:, 1], pieces[:, 0]))
    pieces, heights = pieces[order], heights[order]
    found = components_of(_picture(pieces, like))
    area = (pieces[:, 2] - pieces[:, 1]).astype(np.float64)
    sums = np.bincount(found.labels, weights=area * heights, minlength=found.count)
    marks = 8 * found.lit_px.astype(np.int32) + mark + _FLAT * fit(found, _FLAT_PX) + _WIDE * fit(found, _WIDE_PX)
    everything = np.ones(found.count, dtype=np.bool_)
    yield spots(layer, found.boxes_px, sums / found.lit_px, points_within(found, everything), marks)


def _picture(pieces: Places, like: Runs) -> Runs:
    counts = np.bincount(pieces[:, 0], minlength=like.rows)
    row_starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    values = np.full(len(pieces), FULL, dtype=np.uint8)
    return Runs(like.rows, like.columns, row_starts, pieces[:, 1].copy(), pieces[:, 2].copy(), values)


def fit(found: Components, width_px: int) -> Places:
    """(count,) 1 where a square of that width fits in, about."""
    fits = np.zeros(found.count, dtype=np.int32)
    sides = (found.boxes_px[:, 2:] - found.boxes_px[:, :2]).min(axis=1)
    large = (sides >= width_px) & (found.lit_px >= width_px**2)
    if large.any():
        asked = found.only(large)
        core = beyond_reach(asked, dark_of(asked), reach_px=width_px / 2 - 0.5)
        fits[overlaps_of(found, components_of(core)).pairs[:, 0]] = 1
    return fits


def tell_channels(found: Spots, setting: Setting) -> Iterator[Finding]:
    """Voids that are low wherever they are, and ceilings that are flat over a low void."""
    bounds = setting.bounds("closed_channel")
    for group in groups(found):
        is_open, is_flat = group.marks & _OPEN > 0, group.marks & _FLAT > 0
        chosen = ~is_open & is_flat if is_open.any() else ~is_open
        if int((group.marks[chosen] // 8).sum()) < _FEWEST_PX or not (group.marks[chosen] & _WIDE).any():
            continue
        low = group.only(chosen)
        height_um = float(low.measured.max())
        severity = bounds.of_small(height_um)
        if severity is not None:
            floor = int(
                np.searchsorted(setting.table.bottom_um, setting.table.bottom_um[low.layers[0]] - height_um - 1e-6)
            )
            yield told(low, setting, "closed_channel", severity, measured=height_um, first=floor)
