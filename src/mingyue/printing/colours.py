"""Deviations as colours that everybody can tell apart: micrometres in, colours and a legend out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # whoever wants no picture needs no Pillow
    from PIL import Image, ImageDraw, ImageFont

    _Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

Floats = NDArray[np.float64]
Colours = NDArray[np.uint8]

# From too small over right to too large. Blue and orange differ for every common kind of colour-blindness, and both grow
# darker away from the middle, so that a grey copy still shows how much. After F. Crameri's scientific colour maps (vik).
_STOPS = np.array(
    [
        (0, 18, 97), (10, 75, 136), (82, 143, 182), (168, 205, 221), (236, 236, 233),
        (238, 201, 160), (216, 140, 76), (160, 69, 15), (89, 0, 8),
    ],
    dtype=np.float64,
)  # fmt: skip
_PAPER, _INK = (250, 250, 247), (40, 44, 52)


def deviation_colours(deviation_um: NDArray[np.floating], *, limit_um: float) -> Colours:
    """(n, 3) uint8: dark blue at −limit and below, pale at 0, dark orange at +limit and above."""
    place = (np.clip(np.asarray(deviation_um, dtype=np.float64) / limit_um, -1, 1) + 1) / 2 * (len(_STOPS) - 1)
    stops = np.arange(len(_STOPS))
    return (
        np.stack([np.interp(place, stops, _STOPS[:, channel]) for channel in range(3)], axis=1).round().astype(np.uint8)
    )


def nice_limit(largest_um: float) -> float:
    """The next of 1, 2, 5, 10, … µm, so that a legend reads well."""
    decade = 10.0 ** np.floor(np.log10(max(largest_um, 1e-3)))
    return float(next(step * decade for step in (1, 2, 5, 10) if step * decade >= largest_um * (1 - 1e-9)))


def with_legend(picture: Image.Image, *, limit_um: float, tolerance_um: float) -> Image.Image:
    """The picture with a bar of colours at its right, numbers beside it, and brackets where the tolerance ends."""
    from PIL import Image, ImageDraw, ImageFont

    height, width = picture.height, 110
    sheet = Image.new("RGB", (picture.width + width, height), _PAPER)
    sheet.paste(picture, (0, 0))
    top, bottom, left = round(0.12 * height), round(0.88 * height), picture.width + 12
    values = np.linspace(limit_um, -limit_um, bottom - top)
    bar = np.broadcast_to(deviation_colours(values, limit_um=limit_um)[:, None, :], (bottom - top, 22, 3))
    sheet.paste(Image.fromarray(np.ascontiguousarray(bar)), (left, top))
    draw, size = ImageDraw.Draw(sheet), max(11, height // 55)
    font = ImageFont.load_default(size=size)
    _write_um(draw, left, round(top - 2.2 * size), font, size)

    def at(value: float) -> float:
        return top + (limit_um - value) / (2 * limit_um) * (bottom - top)

    for share in (1.0, 0.5, 0.0, -0.5, -1.0):
        y = at(share * limit_um)
        draw.line((left + 22, y, left + 28, y), fill=_INK)
        draw.text((left + 32, y - size / 2), f"{share * limit_um:+g}" if share else "0", fill=_INK, font=font)
    if tolerance_um < limit_um:
        for value in (tolerance_um, -tolerance_um):
            draw.line((left - 6, at(value), left + 22, at(value)), fill=_INK, width=2)
        draw.line((left - 6, at(tolerance_um), left - 6, at(-tolerance_um)), fill=_INK, width=2)
    return sheet


def _write_um(draw: ImageDraw.ImageDraw, left: float, top: float, font: _Font, size: int) -> None:
    """µm. The font that comes with the library has no letter µ; a u whose first stem goes on below the line is one."""
    draw.text((left, top), "um", fill=_INK, font=font)
    _, _, _, line = font.getbbox("u")
    inked = font.getmask("u").getbbox()
    first = left + (inked[0] if inked else 0)
    draw.rectangle(
        (first, top + line - size / 4, first + max(1, round(size / 12)) - 1, top + line + size / 4), fill=_INK
    )
