"""All rules over all layers in one pass: a placed mesh comes in, findings go out.

Layers are cut, covered and looked at in blocks, side by side; what compares layers follows in their order. Only as many
layers are held as the search for a floor looks down.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.components import Overlaps, overlaps_of
from mingyue.printing.findings.bodies import tell_tiny_bodies
from mingyue.printing.findings.channels import Pile, layers_searched, low_voids, tell_channels
from mingyue.printing.findings.empty import tell_empty_layers
from mingyue.printing.findings.finding import Finding
from mingyue.printing.findings.islands import islands, points_within, tell_islands
from mingyue.printing.findings.membranes import membranes, tell_membranes
from mingyue.printing.findings.overhangs import overhangs, tell_overhangs
from mingyue.printing.findings.pillars import Pillars, tell_pillars
from mingyue.printing.findings.seams import seam_crossings, tell_seam_crossings
from mingyue.printing.findings.seen import Seen, see
from mingyue.printing.findings.setting import Setting
from mingyue.printing.findings.spots import Spots, gathered
from mingyue.printing.findings.thin import (
    narrow_gaps,
    small_holes,
    tell_gaps,
    tell_holes,
    tell_pins,
    tell_walls,
    thin_pillars,
    thin_walls,
)
from mingyue.printing.findings.tree import Growth, things_of
from mingyue.printing.findings.voids import sealed, tell_cups, tell_voids
from mingyue.printing.layers import cover_corners
from mingyue.printing.meshes import Mesh
from mingyue.printing.portions import portions

# Layers cut together: enough to share the search for triangles, few enough to be held beside those of the window.
_BLOCK = 8
# Blocks that are made ahead of the one that is compared.
_AHEAD = 3
_CEILINGS_AHEAD = 8
_NONE = Overlaps(np.empty((0, 2), dtype=np.int32), np.empty(0, dtype=np.int64))

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
Teller = Callable[[Spots, Setting], Iterator[Finding]]
# Which rule tells the spots of which kind.
_TELLERS: dict[str, Teller] = {
    "thin_wall": tell_walls,
    "thin_pillar": tell_pins,
    "small_hole": tell_holes,
    "narrow_gap": tell_gaps,
    "island": tell_islands,
    "overhang": tell_overhangs,
    "closed_channel": tell_channels,
    "thin_membrane": tell_membranes,
    "seam_crossing": tell_seam_crossings,
    "suction_cup": tell_cups,
    "slender_pillar": tell_pillars,
}


@dataclass(slots=True)
class _Pass:
    """The way up: what rules have noticed so far, and what they must remember of the layers below."""

    setting: Setting
    noticed: dict[str, list[Spots]] = field(default_factory=lambda: {name: [] for name in _TELLERS})
    voids: Growth = field(default_factory=Growth)
    solids: Growth = field(default_factory=Growth)
    lit_px: list[int] = field(default_factory=list)
    occupied: list[int] = field(default_factory=list)
    area_px: list[float] = field(default_factory=list)
    below: Pile = field(default_factory=Pile)
    ceilings: list[Future[Spots]] = field(default_factory=list)

    def compare(self, under: Seen | None, seen: Seen, over: Seen | None, pillars: Pillars, executor: Executor) -> None:
        """Everything that rules say of a layer, given its neighbours."""
        setting, layer = self.setting, seen.layer
        lying, dark_over = _overlaps(under, seen)
        self.solids.add(things_of(seen.parts, layer, _points(seen)), lying)
        self.voids.add(
            things_of(seen.dark, layer, points_within(seen.dark, np.ones(seen.dark.count, np.bool_))), dark_over
        )
        pillars.add(seen.lights, overlaps_of(under.lights, seen.lights) if under else _NONE, layer)
        found, are_islands = islands(seen, under.solid if under else None, lying, setting)
        notice = self.noticed
        notice["island"].append(found)
        if under is not None:
            notice["overhang"].append(overhangs(seen.parts, are_islands, under.solid, layer, setting))
        self.ceilings.append(executor.submit(low_voids, seen.solid, self.below, layer, setting))
        notice["thin_membrane"].append(
            membranes(under.solid if under else None, seen.solid, over.solid if over else None, layer, setting)
        )
        notice["suction_cup"].append(sealed(self.voids, seen.dark, layer, setting))
        notice["narrow_gap"].append(narrow_gaps(under, seen, over))
        notice["thin_wall"].append(thin_walls(seen))
        notice["thin_pillar"].append(thin_pillars(seen))
        notice["small_hole"].append(small_holes(seen))
        notice["seam_crossing"].append(seam_crossings(seen))
        self.lit_px.append(seen.solid.lit_px)
        self.occupied.append(seen.occupied)
        self.area_px.append(seen.grey.area_px)
        self.below = self.below.higher(seen.solid, layer, most=layers_searched(setting))
        if len(self.ceilings) > _CEILINGS_AHEAD:  # each of them holds the layers below it
            notice["closed_channel"].append(self.ceilings.pop(0).result())

    def told(self, pillars: Pillars) -> Iterator[Finding]:
        """The findings."""
        self.noticed["closed_channel"] += [ceiling.result() for ceiling in self.ceilings]
        self.noticed["slender_pillar"].append(pillars.finish(len(self.lit_px)))
        for name, teller in _TELLERS.items():
            yield from teller(gathered([found for found in self.noticed[name] if len(found)]), self.setting)
        yield from tell_voids(self.voids, self.setting)
        yield from tell_tiny_bodies(self.solids, self.setting)
        yield from tell_empty_layers(self.lit_px, self.setting)


@dataclass(frozen=True, slots=True, eq=False)
class Surveyed:
    """occupied: (layers,) how many fields have light in each layer; volume_mm3: what the layers cover, as printed."""

    findings: list[Finding]
    occupied: NDArray[np.int64]
    volume_mm3: float


def survey(
    placed: Mesh, setting: Setting, *, progress: Progress | None = None, executor: Executor | None = None
) -> Surveyed:
    """All findings of the layers of a part. Raises OpenLayerError and InsideOutError as `cover_corners` does."""
    passed, pillars = _Pass(setting), Pillars(setting)
    under: Seen | None = None
    with ThreadPoolExecutor(2) as own:
        layers = _seen_layers(placed, setting, executor or own)
        seen = next(layers, None)
        while seen is not None:
            over = next(layers, None)
            passed.compare(under, seen, over, pillars, executor or own)
            under, seen = seen, over
            if progress is not None:
                progress(len(passed.lit_px), len(setting.table))
        found = list(passed.told(pillars))
    volume_px = float((np.array(passed.area_px) * setting.table.thickness_um).sum())
    return Surveyed(found, np.array(passed.occupied, dtype=np.int64), volume_px * setting.pixel_um**2 / 1e9)


def _seen_layers(placed: Mesh, setting: Setting, executor: Executor) -> Iterator[Seen]:
    """Every layer looked at, in order; a few blocks are made ahead."""
    waiting: deque[Future[list[Seen]]] = deque()
    for number, portion in enumerate(portions(placed, setting.canvas, setting.table.cut_um, layers=_BLOCK)):
        waiting.append(executor.submit(_see_block, portion, setting, number * _BLOCK))
        if len(waiting) > _AHEAD:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def _see_block(corners_px: Floats, setting: Setting, first: int) -> list[Seen]:
    canvas = setting.canvas
    covered = cover_corners(
        corners_px,
        setting.table.cut_um[first : first + _BLOCK],
        rows=canvas.rows,
        columns=canvas.columns,
    )
    return [see(first + place, grey, setting) for place, grey in enumerate(covered)]


def _overlaps(under: Seen | None, seen: Seen) -> tuple[Overlaps, Overlaps]:
    if under is None:
        return _NONE, _NONE
    return overlaps_of(under.parts, seen.parts), overlaps_of(under.dark, seen.dark)


def _points(seen: Seen) -> Floats:
    return points_within(seen.parts, np.ones(seen.parts.count, dtype=np.bool_))
