"""How a part is turned before it is laid on the platform: which turns there are, and what they are called."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mingyue.phrases import Phrase, say

Turn = tuple[float, float, float]
"""Degrees about x, then y, then z, of the part frame as the file has it."""

# A millionth of a degree moves nothing: a part of 100 mm by two nanometres.
_DIGITS = 6
# What is so near to lying on a side does: a tenth of a degree lifts 2 µm at a millimetre from the edge, a pixel or less.
_STRAIGHT_DEG = 0.1
_MOST_DEG = 360.0
_UM_PER_MM = 1000.0

# The side that lies below, by the axis of the part frame that points down there and its sign.
_SIDES: dict[tuple[int, int], Phrase] = {
    (2, -1): say("upright"),
    (2, 1): say("upside down"),
    (0, -1): say("on its left side"),
    (0, 1): say("on its right side"),
    (1, -1): say("on its front"),
    (1, 1): say("on its back"),
}


def why_not_turn(rotation: Sequence[float] | None) -> list[Phrase]:
    """Why these are no angles by which a part is turned."""
    if rotation is None:
        return []
    if len(rotation) != 3 or not all(math.isfinite(angle) and abs(angle) <= _MOST_DEG for angle in rotation):
        return [say("A part is turned by three angles from −360° to 360°: about x, then y, then z.")]
    return []


def turn_of(rotation: Sequence[float] | None) -> list[float] | None:
    """The one way of writing a turn down, above −180° and up to 180°; None where nothing is turned."""
    if rotation is None:
        return None
    angles = [_within_a_circle(angle) for angle in rotation]
    return angles if any(angles) else None


def _within_a_circle(angle: float) -> float:
    rounded = round(180.0 - (180.0 - float(angle)) % 360.0, _DIGITS)
    return 180.0 if rounded == -180.0 else rounded + 0.0  # and no zero below zero


def lying(rotation: Sequence[float] | None) -> Phrase:
    """How it lies, in words: a side where it lies on one, else how far it is tilted, and by which turn."""
    if rotation is None:
        return say("as uploaded")
    x, y, z = rotation
    down = down_of((x, y, z))
    axis = max(range(3), key=lambda each: abs(down[each]))
    sign = 1 if down[axis] > 0 else -1
    if math.degrees(math.acos(min(1.0, abs(down[axis])))) > _STRAIGHT_DEG:
        tilt = math.degrees(math.acos(max(-1.0, min(1.0, -down[2]))))
        return say("tilted by {tilt:.0f}° (turned by {x:g}°, {y:g}°, {z:g}°)", tilt=tilt, x=x, y=y, z=z)
    if z or (x and y):  # not the only way of lying on that side
        return say("{side} (turned by {x:g}°, {y:g}°, {z:g}°)", side=_SIDES[axis, sign], x=x, y=y, z=z)
    return _SIDES[axis, sign]


def lying_in_height(rotation: Sequence[float] | None, *, layers: int, layer_um: float) -> Phrase:
    """The same with how high it is then, to a layer; two ways of lying on a side are told apart by it."""
    if not layers:
        return lying(rotation)
    height_um = layers * layer_um
    if height_um < _UM_PER_MM:
        return say("{lying}, {height:.4g} µm high", lying=lying(rotation), height=height_um)
    return say("{lying}, {height:.4g} mm high", lying=lying(rotation), height=height_um / _UM_PER_MM)


def down_of(rotation: Turn) -> tuple[float, float, float]:
    """What points down on the platform, in the part frame: the last row of the turn, the other way round."""
    x, y, _ = (math.radians(angle) for angle in rotation)
    return math.sin(y), -math.cos(y) * math.sin(x), -math.cos(y) * math.cos(x)
