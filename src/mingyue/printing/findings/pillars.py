"""Slender pillars: what goes up through the layers by itself, far higher than it is thick, and bends when the film peels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.components import Components, Overlaps
from mingyue.printing.findings.finding import Finding
from mingyue.printing.findings.setting import Setting
from mingyue.printing.findings.spots import Spots, gathered, spots
from mingyue.printing.findings.telling import told

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A pillar keeps its area from layer to layer but for this factor; where it widens more, it stands on something.
_WIDENS = 1.5
# What is longer in the plane than so many times its thickness is a wall.
_COMPACT = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class _Chains:
    """One for each component of the latest layer: since when it goes up alone, how long that is, how thick on average."""

    first: Ints
    length_um: Floats
    thickness_sum_um: Floats
    feet_px: Floats
    boxes_px: NDArray[np.int32]


@dataclass(slots=True)
class Pillars:
    """found: spots of pillars that have ended, measured as length by thickness."""

    setting: Setting
    chains: _Chains | None = None
    parts: Components | None = None
    found: list[Spots] = field(default_factory=list)

    def add(self, parts: Components, overlaps: Overlaps, layer: int) -> None:
        """Go up a layer."""
        here, before, below = self._beginning(parts, layer), self.chains, self.parts
        if before is not None and below is not None:
            low, high = _alone(overlaps, below, parts)
            self._end(np.setdiff1d(np.arange(below.count), low), layer - 1)
            moved_um = (parts.centres_px[high] - below.centres_px[low]) * self.setting.pixel_um
            step_um = np.hypot(np.hypot(*moved_um.T), float(self.setting.table.thickness_um[layer]))
            here.first[high], here.feet_px[high] = before.first[low], before.feet_px[low]
            here.length_um[high] = before.length_um[low] + step_um
            here.thickness_sum_um[high] += before.thickness_sum_um[low]
            here.boxes_px[high, :2] = np.minimum(here.boxes_px[high, :2], before.boxes_px[low, :2])
            here.boxes_px[high, 2:] = np.maximum(here.boxes_px[high, 2:], before.boxes_px[low, 2:])
        self.chains, self.parts = here, parts

    def finish(self, layers: int) -> Spots:
        """All pillars, those that reach the top included."""
        if self.parts is not None:
            self._end(np.arange(self.parts.count), layers - 1)
        return gathered(self.found)

    def _beginning(self, parts: Components, layer: int) -> _Chains:
        count = parts.count
        thickness_um = parts.thickness_px * self.setting.pixel_um
        return _Chains(
            first=np.full(count, layer, dtype=np.int64),
            length_um=np.full(count, float(self.setting.table.thickness_um[layer])),
            thickness_sum_um=thickness_um,
            feet_px=parts.centres_px.copy(),
            boxes_px=parts.boxes_px.copy(),
        )

    def _end(self, which: Ints, last: int) -> None:
        """Keep those of these chains that are slender."""
        chains = self.chains
        if chains is None or not len(which):
            return
        layers = last - chains.first[which] + 1
        mean_um = np.maximum(chains.thickness_sum_um[which] / layers, self.setting.pixel_um)
        ratio = chains.length_um[which] / mean_um
        slender = ratio > self.setting.bounds("slender_pillar").outer
        kept = which[slender]
        if len(kept):
            self.found.append(
                spots(
                    last,
                    chains.boxes_px[kept],
                    ratio[slender],
                    chains.feet_px[kept],
                    chains.first[kept].astype(np.int32),
                )
            )


def _alone(overlaps: Overlaps, below: Components, above: Components) -> tuple[Ints, Ints]:
    """Pairs of components that lie over each other and over nothing else, and are about equally large."""
    low, high = overlaps.pairs.T
    single = (np.bincount(low, minlength=below.count)[low] == 1) & (np.bincount(high, minlength=above.count)[high] == 1)
    ratio = above.lit_px[high] / np.maximum(1, below.lit_px[low])
    is_pillar = above.length_px[high] <= _COMPACT * above.thickness_px[high]
    chosen = single & is_pillar & (ratio < _WIDENS) & (ratio > 1 / _WIDENS)
    return low[chosen].astype(np.int64), high[chosen].astype(np.int64)


def tell_pillars(found: Spots, setting: Setting) -> Iterator[Finding]:
    """Each pillar by itself. marks of the spots: the first layer."""
    for place in range(len(found)):
        one = found.only(np.array([place]))
        foot = spots(int(one.marks[0]), one.boxes_px, one.measured, one.points_px)
        yield told(gathered([foot, one]), setting, "slender_pillar", "risk", measured=float(one.measured[0]))
