"""Size alone: what leaves the platform, and what looks like a wrong unit."""

from __future__ import annotations

from collections.abc import Iterator

from mingyue.phrases import Phrase, say
from mingyue.printing.findings.finding import Finding, Point, finding
from mingyue.printing.findings.limits import Bounds
from mingyue.printing.profiles.machines import Machine
from mingyue.units import UM_PER, LengthUnit

# A part that is so many times as large as the platform was not meant in this unit.
_TIMES_PLATFORM = 10.0
# Where nobody published a platform.
_LARGEST_PLATFORM_UM = 100_000.0


def tell_size(
    box_um: tuple[Point, Point], machine: Machine, smallest: Bounds, *, unit: LengthUnit
) -> Iterator[Finding]:
    """Findings of the part's box alone, build frame. smallest: the limit of wrong_unit; unit: in which it was read."""
    low, high = box_um
    sides = tuple(after - before for before, after in zip(low, high, strict=True))
    largest = machine.platform_um or (_LARGEST_PLATFORM_UM,) * 3
    if machine.platform_um is not None:
        yield from _outside(box_um, sides, machine.platform_um, machine)
    longest, room = max(sides), max(largest)
    if longest < smallest.outer or longest > _TIMES_PLATFORM * room:
        limit = smallest.outer if longest < smallest.outer else _TIMES_PLATFORM * room
        yield finding(
            "wrong_unit",
            "risk",
            box_um=box_um,
            measured=longest,
            limit=limit,
            unit="µm",
            source=smallest.source,
            message=say("the longest side is {side}: it looks like a wrong unit", side=length(longest)),
            remedy=_other_units(longest, smallest.outer, room, unit),
        )


def _outside(
    box_um: tuple[Point, Point], sides: tuple[float, ...], room_um: tuple[float, float, float], machine: Machine
) -> Iterator[Finding]:
    over = [(side / room, side, room, name) for side, room, name in zip(sides, room_um, "xyz", strict=True)]
    share, side, room, name = max(over)
    if share > 1 + 1e-6:
        yield finding(
            "outside_platform",
            "fails",
            box_um=box_um,
            measured=side,
            limit=room,
            unit="µm",
            source=machine.sources.get("platform_mm"),
            message=say(
                "{side} along {axis}; the platform takes {room}", side=length(side), axis=name, room=length(room)
            ),
        )


def length(um: float) -> str:
    """A length as people write it: nm, µm, mm or m."""
    for factor, name in ((1e-3, "nm"), (1.0, "µm"), (1e3, "mm"), (1e6, "m")):
        if um < 1000 * factor or name == "m":
            return f"{um / factor:.3g} {name}"
    raise AssertionError("metres have no end")


def _other_units(longest_um: float, smallest_um: float, room_um: float, unit: LengthUnit) -> Phrase:
    """In which units the part would be of a size that can be printed."""
    fitting = [name for name, um in UM_PER.items() if smallest_um <= longest_um / UM_PER[unit] * um <= room_um]
    return say(
        "Check --units: it was taken as {unit}; it would fit as {units}.", unit=unit, units=", ".join(fitting) or "–"
    )
