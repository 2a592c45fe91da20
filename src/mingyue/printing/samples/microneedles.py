"""An array of blunt cones on a plate, as skin patches have."""

from __future__ import annotations

from dataclasses import dataclass

from mingyue.phrases import say
from mingyue.printing.samples.sample import Detail, Sample, require
from mingyue.printing.samples.solids import CIRCLE_SIDES, box, meshed, rod, united


@dataclass(frozen=True, slots=True)
class Microneedles:
    """How many needles a side, and every size in µm."""

    count: int = 25
    pitch_um: float = 400.0
    height_um: float = 600.0
    base_radius_um: float = 75.0
    tip_radius_um: float = 5.0
    plate_edge_um: float = 10_000.0
    plate_thickness_um: float = 200.0
    sides: int = CIRCLE_SIDES


def microneedles(parameters: Microneedles | None = None) -> Sample:
    """One closed solid: the plate, and the needles centred on it; features row by row.

    Raises SampleParameterError where needles would touch each other or stand over the plate's edge.
    """
    p = parameters or Microneedles()
    margin = (p.plate_edge_um - (p.count - 1) * p.pitch_um) / 2
    require(
        p.count >= 1 and margin > p.base_radius_um > p.tip_radius_um > 0 and p.pitch_um > 2 * p.base_radius_um,
        say(
            "{count} × {count} needles of radius {radius:g} µm at a pitch of {pitch:g} µm "
            "do not fit a plate of {plate:g} µm.",
            count=p.count,
            radius=p.base_radius_um,
            pitch=p.pitch_um,
            plate=p.plate_edge_um,
        ),
        remedy=say("Take fewer needles, a pitch_um above 2 · base_radius_um, or a larger plate_edge_um."),
    )
    places = [margin + k * p.pitch_um for k in range(p.count)]
    centres = [(x, y) for y in places for x in places]
    plate = box((0.0, 0.0, 0.0), (p.plate_edge_um, p.plate_edge_um, p.plate_thickness_um))
    needles = [
        rod(
            centre,
            2 * p.base_radius_um,
            top_diameter_um=2 * p.tip_radius_um,
            bottom_um=p.plate_thickness_um,
            top_um=p.plate_thickness_um + p.height_um,
            sides=p.sides,
        )
        for centre in centres
    ]
    features = tuple(_needle(p, number, *centre) for number, centre in enumerate(centres))
    return Sample("microneedles", meshed(united([plate, *needles])), features)


def _needle(p: Microneedles, number: int, x: float, y: float) -> Detail:
    r, bottom = p.base_radius_um, p.plate_thickness_um
    return Detail(
        f"needle-{number // p.count}-{number % p.count}",
        "needle",
        (x - r, y - r, bottom),
        (x + r, y + r, bottom + p.height_um),
        {"height": p.height_um, "base diameter": 2 * r, "tip diameter": 2 * p.tip_radius_um},
    )
