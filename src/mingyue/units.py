"""Lengths from outside become micrometres here, and nowhere else."""

from __future__ import annotations

from typing import Final, Literal, get_args

LengthUnit = Literal["nm", "um", "mm", "cm", "m", "inch", "ft"]

UM_PER: Final[dict[LengthUnit, float]] = {
    "nm": 1e-3,
    "um": 1.0,
    "mm": 1e3,
    "cm": 1e4,
    "m": 1e6,
    "inch": 25_400.0,
    "ft": 304_800.0,
}

# What people write, beside the names above.
_SPELLINGS: Final[dict[str, LengthUnit]] = {
    "µm": "um",
    "μm": "um",
    "micron": "um",
    "micrometer": "um",
    "micrometre": "um",
    "微米": "um",
    "millimeter": "mm",
    "millimetre": "mm",
    "毫米": "mm",
    "centimeter": "cm",
    "centimetre": "cm",
    "meter": "m",
    "metre": "m",
    "in": "inch",
    "inches": "inch",
    "foot": "ft",
    "feet": "ft",
    "nanometer": "nm",
    "nanometre": "nm",
}


def length_unit(text: str) -> LengthUnit | None:
    """The unit that a person or a file means by this text, or None where we do not know it."""
    word = text.strip().lower()
    for name in get_args(LengthUnit):
        if word == name:
            return name  # type: ignore[no-any-return]
    return _SPELLINGS.get(word)
