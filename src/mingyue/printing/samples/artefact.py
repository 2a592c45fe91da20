"""A plate of graded pins, holes, slots, ribs, steps, a ramp, a ring and a star, to measure a machine by.

In the style of the geometric artefacts of ISO/ASTM 52902, at micro scale; it claims no conformity with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mingyue.phrases import say
from mingyue.printing.samples.sample import Detail, Sample, require
from mingyue.printing.samples.solids import Solid, box, cut, meshed, prism, rod, united

PLATE_UM = (3000.0, 2000.0, 200.0)
_TOP = PLATE_UM[2]
# What stands on the plate starts inside it, and a cut ends outside it, so that no two faces fall together.
_ROOT = _TOP / 2
_OVER = 50.0
_RING_SIDES = 256  # corners 0.01 % off the circle: the ring is there to show roundness


@dataclass(frozen=True, slots=True)
class Artefact:
    """Sizes in µm, each tuple in the order of the row on the plate. The plate itself is 3 × 2 × 0.2 mm."""

    diameters_um: tuple[float, ...] = (10.0, 15.0, 20.0, 30.0, 40.0, 60.0, 80.0, 100.0)
    widths_um: tuple[float, ...] = (4.0, 8.0, 12.0, 16.0, 24.0, 40.0, 60.0)
    steps_um: tuple[float, ...] = (2.0, 4.0, 6.0, 10.0, 20.0, 40.0)
    ramp_rise_um: float = 100.0
    ring_um: tuple[float, float] = (500.0, 300.0)
    star_arms: int = 12


class _Made(NamedTuple):
    detail: Detail
    solid: Solid
    empty: bool = False


def artefact(parameters: Artefact | None = None) -> Sample:
    """The plate with everything on it, one closed solid. A hole's or slot's box is the empty space itself.

    Raises SampleParameterError where a row does not fit its place on the plate.
    """
    p = parameters or Artefact()
    _check(p)
    made = [*_pins(p), *_holes(p), *_ribs(p), *_slots(p), *_stairs(p), _ramp(p), *_ring(p), *_star(p)]
    plate = box((0.0, 0.0, 0.0), PLATE_UM)
    standing = united([plate, *(m.solid for m in made if not m.empty)])
    solid = cut(standing, [m.solid for m in made if m.empty])
    return Sample("artefact", meshed(solid), tuple(m.detail for m in made))


def _check(p: Artefact) -> None:
    rows = (p.diameters_um, 8, 180.0), (p.widths_um, 7, 120.0), (p.steps_um, 8, 60.0)
    fits = all(len(row) <= most and all(0 < size <= widest for size in row) for row, most, widest in rows)
    outer, inner = p.ring_um
    require(
        fits and 0 < inner < outer <= 600 and 0 < p.ramp_rise_um <= 300 and 3 <= p.star_arms <= 36,
        say("The artefact's rows do not fit their places on the plate."),
        remedy=say(
            "Take at most 8 diameters up to 180 µm, 7 widths up to 120 µm, 8 steps up to 60 µm, a ring "
            "up to 600 µm with a smaller bore, a rise up to 300 µm and 3 to 36 arms."
        ),
    )


def _pins(p: Artefact) -> Iterator[_Made]:
    """Row at the back; ten diameters tall at most, so that the thinnest still stands."""
    for k, d in enumerate(p.diameters_um):
        x, y, top = 150.0 + 200.0 * k, 1850.0, _TOP + min(10 * d, 200.0)
        detail = _round(f"pin-{d:g}", "pin", (x, y), (_TOP, top), {"diameter": d, "height": top - _TOP})
        yield _Made(detail, rod((x, y), d, bottom_um=_ROOT, top_um=top))


def _holes(p: Artefact) -> Iterator[_Made]:
    for k, d in enumerate(p.diameters_um):
        x, y = 150.0 + 200.0 * k, 1620.0
        detail = _round(f"hole-{d:g}", "hole", (x, y), (0.0, _TOP), {"diameter": d, "depth": _TOP})
        yield _Made(detail, rod((x, y), d, bottom_um=-_OVER, top_um=_TOP + _OVER), empty=True)


def _ribs(p: Artefact) -> Iterator[_Made]:
    for k, w in enumerate(p.widths_um):
        x, top = 150.0 + 220.0 * k, _TOP + 100.0
        low, high = (x - w / 2, 1100.0, _TOP), (x + w / 2, 1450.0, top)
        detail = Detail(f"rib-{w:g}", "rib", low, high, {"width": w, "length": 350.0, "height": 100.0})
        yield _Made(detail, box((low[0], low[1], _ROOT), high))


def _slots(p: Artefact) -> Iterator[_Made]:
    for k, w in enumerate(p.widths_um):
        x = 150.0 + 220.0 * k
        low, high = (x - w / 2, 650.0, _TOP - 100.0), (x + w / 2, 1000.0, _TOP)
        detail = Detail(f"slot-{w:g}", "slot", low, high, {"width": w, "length": 350.0, "depth": 100.0})
        yield _Made(detail, box(low, (high[0], high[1], _TOP + _OVER)), empty=True)


def _stairs(p: Artefact) -> Iterator[_Made]:
    """Treads of 150 × 300 µm, each one step above the last."""
    top = _TOP
    for k, step in enumerate(p.steps_um):
        top += step
        low, high = (100.0 + 150.0 * k, 100.0, _TOP), (250.0 + 150.0 * k, 400.0, top)
        detail = Detail(f"step-{k}", "step", low, high, {"step": step, "height": top - _TOP})
        yield _Made(detail, box((low[0], low[1], _ROOT), high))


def _ramp(p: Artefact) -> _Made:
    """600 µm long along x, from the plate's top to its full rise."""
    low, high = (1400.0, 100.0, _TOP), (2000.0, 400.0, _TOP + p.ramp_rise_um)
    side = [(low[0], _ROOT), (high[0], _ROOT), (high[0], high[2]), (low[0], _TOP)]
    wedge = prism(side, bottom_um=-high[1], top_um=-low[1]).rotate((90.0, 0.0, 0.0))
    return _Made(Detail("ramp", "ramp", low, high, {"rise": p.ramp_rise_um, "run": high[0] - low[0]}), wedge)


def _ring(p: Artefact) -> Iterator[_Made]:
    """A boss and, through it and the plate, its bore: both should be round and share one centre."""
    centre, top = (2500.0, 1500.0), _TOP + 150.0
    outer, inner = p.ring_um
    boss = _round("boss", "boss", centre, (_TOP, top), {"diameter": outer, "height": 150.0})
    yield _Made(boss, rod(centre, outer, bottom_um=_ROOT, top_um=top, sides=_RING_SIDES))
    bore = _round("bore", "bore", centre, (0.0, top), {"diameter": inner, "depth": top})
    yield _Made(bore, rod(centre, inner, bottom_um=-_OVER, top_um=top + _OVER, sides=_RING_SIDES), empty=True)


def _star(p: Artefact) -> Iterator[_Made]:
    """Arms that narrow towards the centre, as wide as their gaps: where they merge, resolution ends."""
    centre, near, far, top = np.array([2500.0, 600.0]), 40.0, 350.0, _TOP + 50.0
    for k in range(p.star_arms):
        angles = np.pi / p.star_arms * np.array([2 * k - 0.5, 2 * k + 0.5])
        rays = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        outline = centre + np.stack([near * rays[0], far * rays[0], far * rays[1], near * rays[1]])
        (x0, y0), (x1, y1) = outline.min(axis=0).tolist(), outline.max(axis=0).tolist()
        chord = 2 * np.sin(np.pi / p.star_arms / 2)
        nominal = {
            "inner width": float(near * chord),
            "outer width": float(far * chord),
            "height": top - _TOP,
        }
        detail = Detail(f"arm-{k}", "arm", (x0, y0, _TOP), (x1, y1, top), nominal)
        yield _Made(detail, prism([tuple(point) for point in outline.tolist()], bottom_um=_ROOT, top_um=top))


def _round(
    name: str,
    kind: str,
    centre: tuple[float, float],
    z: tuple[float, float],
    nominal: dict[str, float],
) -> Detail:
    """The detail of an upright cylinder; its diameter is among the nominals."""
    (x, y), r, (bottom, top) = centre, nominal["diameter"] / 2, z
    return Detail(name, kind, (x - r, y - r, bottom), (x + r, y + r, top), nominal)
