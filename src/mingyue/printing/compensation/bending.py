"""One window's masks bent: greys and the light from above in, the greys of its core and what was changed out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.compensation.columns import Columns
from mingyue.printing.compensation.descents import descend, felt, moving_pixels, room_of, settle
from mingyue.printing.compensation.spots import Spot
from mingyue.printing.compensation.surfaces import FULL, ON, Surface, guards_of, surface_of, together
from mingyue.printing.compensation.tallies import Stage, Tally
from mingyue.printing.kernels import shining

Greys = NDArray[np.uint8]
Singles = NDArray[np.float32]


# After so many sweeps contours lie within some hundredths of a micrometre of where light alone can bring them.
_SWEEPS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Bending:
    """How masks are bent. steps: of the optimisation at most, 0 for none; strength: 0 … 1, how much of the way to go;
    bulk_um: no pixel gets more light than cures so deep; None: what is far from any surface stays as it is.
    """

    spot: Spot
    pitch_um: float
    steps: int = 12
    strength: float = 1.0
    bulk_um: float | None = None


@dataclass(frozen=True, slots=True)
class Core:
    """The part of a window that is kept: the rest is there so that this comes out right."""

    layer: int
    rows: slice
    columns: slice

    def of(self, window: Greys) -> Greys:
        """That part of an array of the window."""
        return window[self.layer :, self.rows, self.columns]


@dataclass(frozen=True, slots=True)
class Bent:
    """greys: (layers, rows, columns) of the core; light: (rows, columns) unblurred, at the top of its lowest layer."""

    greys: Greys
    light: Singles
    tally: Tally


def bend(greys: Greys, columns: Columns, core: Core, how: Bending) -> Bent:
    """Thin what is over voids, draw borders back, then optimise. greys: (layers, rows, columns) of the whole window."""
    tally = Tally(windows=1)
    margin_px = how.spot.radius_px
    ways_um = shining.ways_down(greys, columns.thickness_um.astype(np.float32))
    thinned, light = shining.thinned(
        greys,
        ways_um,
        columns.gains,
        columns.decays,
        columns.above,
        depth=columns.depth_um,
        most_depths=math.inf if how.bulk_um is None else how.bulk_um / columns.depth_um,
    )
    design = greys.astype(np.float32) / np.float32(FULL)
    surface = surface_of(greys, columns, pitch_um=how.pitch_um, margin_px=margin_px)
    moving = moving_pixels(design, thinned, surface, how.spot)
    room = room_of(greys, ways_um, light, depth_um=columns.depth_um)
    guards = guards_of(greys, light, room.least, moving, pitch_um=how.pitch_um, margin_px=margin_px)
    watched = together(surface, guards)
    drawn, moving = settle(thinned, moving, watched, room, columns, spot=how.spot, sweeps=_SWEEPS)
    found = descend(drawn, moving, watched, columns, spot=how.spot, pitch_um=how.pitch_um, steps=how.steps)
    tally.steps = max(len(found.losses) - 1, 0)
    bent = _as_greys((design + how.strength * (found.shares - design)).astype(np.float32))
    here = surface.those(_in_core(surface, core) & (surface.sides == ON))
    stages = (greys, _as_greys(thinned), _as_greys(drawn), bent)
    _count(tally, stages, here, columns, core, how=how)
    final = columns.shine(bent.astype(np.float32) / np.float32(FULL), out=light)
    return Bent(core.of(bent).copy(), final[core.layer, core.rows, core.columns].copy(), tally)


def _as_greys(shares: Singles) -> Greys:
    return np.rint(shares * FULL).astype(np.uint8)


def _in_core(surface: Surface, core: Core) -> NDArray[np.bool_]:
    layer, row, column = surface.places[:, 0], surface.places[:, 1], surface.places[:, 2]
    return np.asarray(
        (layer >= core.layer)
        & (row >= core.rows.start)
        & (row < core.rows.stop)
        & (column >= core.columns.start)
        & (column < core.columns.stop)
    )


def _count(
    tally: Tally, stages: tuple[Greys, ...], surface: Surface, columns: Columns, core: Core, *, how: Bending
) -> None:
    """What each method changed in the core, and the deviations that are predicted after it."""
    changes = (tally.thinned, tally.drawn_back, tally.optimised)
    for before, after, count in zip(stages[:-1], stages[1:], changes, strict=True):
        count.add(core.of(before), core.of(after))
    names: tuple[Stage, ...] = ("before", "thinned", "drawn_back", "optimised")
    for name, greys in zip(names, stages, strict=True):
        light = columns.shine(greys.astype(np.float32) / np.float32(FULL))
        now = felt(light, surface, how.spot, depth_um=columns.depth_um, pitch_um=how.pitch_um)
        tally.histograms[name].add(now.deviations_um, surface.areas_um2)
