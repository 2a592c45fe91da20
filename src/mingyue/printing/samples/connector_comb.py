"""Rows of square pins on a bar, most of them off the pixel grid, so that part-covered pixels are the rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mingyue.phrases import say
from mingyue.printing.meshes import Mesh, joined
from mingyue.printing.samples.sample import Detail, Point, Sample, require

# A box's corner k lies high along x, y, z where its bits 4, 2, 1 are set; anticlockwise seen from outside.
_CORNERS = np.array([[k >> 2 & 1, k >> 1 & 1, k & 1] for k in range(8)])
_FACES = np.array(
    [
        *[(0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5)],  # x low, x high
        *[(0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6)],  # y low, y high
        *[(0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3)],  # z low, z high
    ]
)


@dataclass(frozen=True, slots=True)
class ConnectorComb:
    """How many pins, and every size in µm. No pitch is a multiple of a 2 µm pixel; 3.84 × 2.16 mm hold it."""

    rows: int = 5
    pins_per_row: int = 60
    pin_um: float = 10.0
    pin_height_um: float = 100.0
    pitch_um: float = 60.7
    row_pitch_um: float = 300.3
    margin_um: float = 50.0
    bar_height_um: float = 100.0
    root_um: float = 20.0


def connector_comb(parameters: ConnectorComb | None = None) -> Sample:
    """The bar, and each pin as a box of its own, its root sunk into the bar; features row by row.

    Bodies overlap at the roots, so the mesh's signed volume counts a root twice.
    Raises SampleParameterError where pins would touch each other or stick through the bar.
    """
    p = parameters or ConnectorComb()
    require(
        min(p.rows, p.pins_per_row) >= 1 and min(p.pitch_um, p.row_pitch_um) > p.pin_um > 0,
        say(
            "Pins of {pin:g} µm at pitches of {pitch:g} and {row_pitch:g} µm touch each other.",
            pin=p.pin_um,
            pitch=p.pitch_um,
            row_pitch=p.row_pitch_um,
        ),
        remedy=say("Take pitches larger than pin_um, and at least one pin."),
    )
    require(
        0 < p.root_um < p.bar_height_um,
        say("Roots of {root:g} µm do not end inside a bar of {bar:g} µm.", root=p.root_um, bar=p.bar_height_um),
        remedy=say("Take a root_um between 0 and bar_height_um."),
    )
    pins = tuple(_pin(p, row, column) for row in range(p.rows) for column in range(p.pins_per_row))
    bodies = [_box((0.0, 0.0, 0.0), _bar(p))]
    bodies += [_box((*pin.low_um[:2], pin.low_um[2] - p.root_um), pin.high_um) for pin in pins]
    return Sample("connector_comb", joined(bodies), pins)


def _bar(p: ConnectorComb) -> Point:
    length = 2 * p.margin_um + (p.pins_per_row - 1) * p.pitch_um + p.pin_um
    width = 2 * p.margin_um + (p.rows - 1) * p.row_pitch_um + p.pin_um
    return length, width, p.bar_height_um


def _pin(p: ConnectorComb, row: int, column: int) -> Detail:
    x, y = p.margin_um + column * p.pitch_um, p.margin_um + row * p.row_pitch_um
    return Detail(
        f"pin-{row}-{column}",
        "pin",
        (x, y, p.bar_height_um),
        (x + p.pin_um, y + p.pin_um, p.bar_height_um + p.pin_height_um),
        {"width": p.pin_um, "depth": p.pin_um, "height": p.pin_height_um},
    )


def _box(low: Point, high: Point) -> Mesh:
    return Mesh(np.where(_CORNERS, high, low), _FACES)
