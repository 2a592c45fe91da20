"""What the virtual print can be asked: a finding comes in, the places to look at go out; light there becomes a verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.findings.finding import Finding, Predicted
from mingyue.printing.findings.setting import Setting

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Look = Literal["void", "solid", "channel", "ceiling"]

# So many places of a finding are looked at; its ends, which say little, only where there are no others.
_PLACES = 3
# So far around a place of a sheet or of a ceiling it is looked at: such a place may lie at its border.
_AROUND_PX = 4
# What is thin is thinner than this; a limit of one's own may be anything.
_MOST_RADIUS_PX = 16
_HALF = 128
# A channel is looked at so far up and down; one that rises through the part would make a window of all of it.
_MOST_LAYERS = 40
# Heights that are equal but for this are.
_ROUNDING_UM = 1e-6
# What lies flat, and is measured in height.
_FLAT = ("thin_membrane", "closed_channel")


@dataclass(frozen=True, slots=True)
class Question:
    """look: at what. void: the darkest pixel at the top of the layer, where a gap gets most light; channel: the darkest from
    floor to roof; ceiling: the darkest from the ceiling down to a floor; solid: the brightest pixel at the bottom of the
    layer, where a wall gets least. So what is called open has a pixel and a layer that stay open, at the least.

    warned_of, refuted_by: what is predicted if the warning is right, and if not. one_is_enough: one place decides, as one
    closes a channel; else half of them do, as a gap under a roof ends in cured resin.
    """

    look: Look
    warned_of: Predicted
    refuted_by: Predicted
    one_is_enough: bool

    def bears_out(self, ratios: Floats) -> Flags:
        """(sets,) whether it is as warned. ratios: (places, sets) how many times what gels the resin they get."""
        warned = ratios < 1 if self.look == "solid" else ratios >= 1
        share = warned.mean(axis=0)
        return np.asarray(share > 0 if self.one_is_enough else share >= 0.5)

    def left_in_layer(self, depths: float) -> float:
        """What of the dose at the top of a layer counts, where it is so many penetration depths thick."""
        return math.exp(-depths) if self.look == "solid" else 1.0


QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        "thin_wall": Question("solid", "lost", "comes_out", True),
        "thin_pillar": Question("solid", "lost", "comes_out", True),
        "thin_membrane": Question("solid", "lost", "comes_out", True),
        "small_hole": Question("void", "closes", "stays_open", False),
        "narrow_gap": Question("void", "bridges", "stays_open", False),
        "narrow_channel": Question("channel", "closes", "stays_open", True),
        "closed_channel": Question("ceiling", "closes", "stays_open", True),
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """A pixel of the canvas in the layer `at`, how far around it is looked, and from which layer to which."""

    row: int
    column: int
    radius_px: float
    first: int
    at: int
    last: int

    @property
    def layers(self) -> int:
        return self.last - self.first + 1


def places_of(found: Finding, setting: Setting) -> tuple[Place, ...]:
    """Where to look: at a few of the finding's points, evenly through its layers."""
    if found.layers is None or found.measured is None:
        return ()
    inner = found.points_um[1:-1] or found.points_um
    chosen = np.unique(np.linspace(0, len(inner) - 1, min(_PLACES, len(inner))).round().astype(int))
    around = _AROUND_PX if found.kind in _FLAT else found.measured / setting.pixel_um / 2 + 0.5
    places = []
    for u_px, v_px, z_um in setting.canvas.to_px(np.array([inner[place] for place in chosen]).reshape(-1, 3)):
        at = int(np.abs(setting.table.cut_um - z_um).argmin())
        first, last = _looked(found, at, setting)
        places.append(Place(math.floor(v_px), math.floor(u_px), min(around, _MOST_RADIUS_PX), first, at, last))
    return tuple(dict.fromkeys(places))


def _looked(found: Finding, at: int, setting: Setting) -> tuple[int, int]:
    """The layers in which a channel may go up and down at a place; elsewhere that of the place alone."""
    look = QUESTIONS[found.kind].look
    if look == "ceiling":
        deepest_um = setting.table.bottom_um[at] - (found.measured or 0.0)
        return min(at, int(np.searchsorted(setting.table.bottom_um, deepest_um - _ROUNDING_UM))), at
    if look == "channel" and found.layers is not None:
        return max(found.layers[0], at - _MOST_LAYERS), min(found.layers[1], at + _MOST_LAYERS)
    return at, at


def extreme(look: Look, doses: NDArray[np.float32], greys: NDArray[np.uint8], at: int, radius_px: float) -> float:
    """The dose that decides; nan where there is no void below the ceiling.

    doses, greys: (layers, side, side), the place in the middle of the layer `at`.
    """
    away = np.arange(doses.shape[1]) - doses.shape[1] // 2
    near = away[:, None] ** 2 + away[None, :] ** 2 <= radius_px**2
    if look in ("void", "solid"):
        return float(doses[at, near].max() if look == "solid" else doses[at, near].min())
    void = greys < _HALF
    if look == "channel":
        within = np.concatenate([_down(void[:at], void[at]), _up(void[at:])])
    else:
        near &= ~void[at]
        within = _down(void[:at], np.ones_like(near))
    found = doses[: len(within)][within & near]
    if not len(found):  # a channel narrower than a pixel
        return float(doses[at, near].min()) if look == "channel" else math.nan
    return float(found.min())


def _up(void: Flags) -> Flags:
    """(layers, rows, columns) what hangs together from the lowest layer on."""
    return np.asarray(np.logical_and.accumulate(void, axis=0))


def _down(void: Flags, begin: Flags) -> Flags:
    """(layers, rows, columns) what hangs together from the pixels above the highest layer on."""
    return _up(np.concatenate([begin[None], void[::-1]]))[:0:-1]
