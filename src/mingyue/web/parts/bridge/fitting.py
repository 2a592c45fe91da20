"""Which resin goes with which machine, and how thick its layers are where nobody says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from mingyue.phrases import Phrase, say
from mingyue.printing.profiles.machines import Machine, machines
from mingyue.printing.profiles.resins import Resin, resins

# Half the width of a light-emitting diode's line: light so far from a resin's stated wavelength is the same to it.
_ALIKE_NM = 10.0
_USUAL_LAYER_UM = 5.0
_MOST_PIXELS_A_LAYER = 1.0  # a layer as thick as a pixel is wide keeps voxels whole, where the machine is a coarse one


@dataclass(frozen=True, slots=True)
class Way:
    """A machine's and a resin's names in the engine, and what fits them."""

    machine: str
    resin: str
    pixel_um: float
    layer_um: float


@cache
def _machines() -> dict[str, Machine]:
    return machines()


@cache
def _resins() -> dict[str, Resin]:
    return resins()


def pixel_um(machine: str) -> float | None:
    """How fine it prints; None for what the engine does not know."""
    known = _machines().get(machine)
    return None if known is None else known.pixel_um


def layer_range_um(machine: str) -> tuple[float, float] | None:
    """Its thinnest and thickest layer, where somebody stated them."""
    known = _machines().get(machine)
    return None if known is None else known.layer_um


def usual_layer_um(machine: str) -> float:
    """How thick layers are where nobody says: a few micrometres, or as thick as the machine's pixels are wide."""
    known = _machines()[machine]
    wanted = max(_USUAL_LAYER_UM, _MOST_PIXELS_A_LAYER * known.pixel_um)
    if known.layer_um is None:
        return wanted
    return min(max(wanted, known.layer_um[0]), known.layer_um[1])


def why_not(machine: str, resin: str, *, layer_um: float | None = None) -> list[Phrase]:
    """Why this machine does not print this resin, in such layers."""
    known, liquid = _machines().get(machine), _resins().get(resin)
    reasons = []
    if known is None:
        reasons.append(say("This machine does not print."))
    if liquid is None:
        reasons.append(say("Nothing is known of how this resin cures."))
    if known is None or liquid is None:
        return reasons
    if known.wavelength_nm and liquid.wavelength_nm and abs(known.wavelength_nm - liquid.wavelength_nm) > _ALIKE_NM:
        reasons.append(
            say(
                "The machine shines at {light:g} nm, and the resin is known at {known:g} nm.",
                light=known.wavelength_nm, known=liquid.wavelength_nm,
            )
        )  # fmt: skip
    if layer_um is not None:
        unfit = known.why_layer_unfit(layer_um) if 0 < layer_um < 1000 else say("such layers cannot be printed")
        reasons += [say("{why}.", why=unfit)] if unfit else []
    return reasons


def ways(pairs: Iterable[tuple[str, str]]) -> list[Way | None]:
    """For each machine and resin the way of making, or None where they do not go together."""
    return [
        None if why_not(machine, resin) else Way(machine, resin, _machines()[machine].pixel_um, usual_layer_um(machine))
        for machine, resin in pairs
    ]
