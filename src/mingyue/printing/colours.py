"""Deviations as colours that everybody can tell apart: micrometres in, colours, a legend and finer triangles out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mingyue.printing.meshes import Mesh

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
# What a triangle may be divided into at most, all together: a few hundred megabytes.
MOST_TRIANGLES = 4_000_000


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
    height, width = picture.height, 110
    sheet = Image.new("RGB", (picture.width + width, height), _PAPER)
    sheet.paste(picture, (0, 0))
    top, bottom, left = round(0.12 * height), round(0.88 * height), picture.width + 12
    values = np.linspace(limit_um, -limit_um, bottom - top)
    bar = np.broadcast_to(deviation_colours(values, limit_um=limit_um)[:, None, :], (bottom - top, 22, 3))
    sheet.paste(Image.fromarray(np.ascontiguousarray(bar)), (left, top))
    draw, size = ImageDraw.Draw(sheet), max(11, height // 55)
    font = ImageFont.load_default(size=size)
    draw.text((left, top - 2.2 * size), "µm", fill=_INK, font=font)

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


def divided(mesh: Mesh, *, longest_um: float) -> Mesh:
    """The same surface with triangles no longer than this, so that colours at corners show what is between them.

    Triangles are halved across their longest edge; an edge that two share is halved for both, so nothing tears. It stops
    before MOST_TRIANGLES.
    """
    vertices, triangles = mesh.vertices_um, mesh.triangles
    while True:
        edges = np.linalg.norm(vertices[triangles] - vertices[np.roll(triangles, -1, axis=1)], axis=2)
        is_long = edges > longest_um
        if not is_long.any() or len(triangles) + 2 * int(is_long.sum()) > MOST_TRIANGLES:
            return Mesh(vertices, triangles)
        vertices, triangles = _halved(vertices, triangles, is_long)


def _halved(
    vertices: Floats, triangles: NDArray[np.int64], is_long: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.int64]]:
    """Each long edge gets a corner in its middle, and each triangle is divided at its new corners."""
    ends = np.sort(np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=2), axis=2)
    unique, place = np.unique(ends[is_long], axis=0, return_inverse=True)
    middles = np.full(triangles.shape, -1, dtype=np.int64)
    middles[is_long] = place.reshape(-1) + len(vertices)
    vertices = np.concatenate((vertices, vertices[unique].mean(axis=1)))
    made = [triangles[~is_long.any(axis=1)]]
    for count in (1, 2, 3):
        chosen = is_long.sum(axis=1) == count
        # Turned so that the first edge is long, and with two the third is not.
        first = np.argmax(is_long[chosen] & ~np.roll(is_long[chosen], 1, axis=1), axis=1) if count == 2 else None
        turn = np.argmax(is_long[chosen], axis=1) if first is None else first
        index = (turn[:, None] + np.arange(3)) % 3
        (a, b, c) = np.take_along_axis(triangles[chosen], index, axis=1).T
        (ab, bc, ca) = np.take_along_axis(middles[chosen], index, axis=1).T
        pieces = {
            1: ((a, ab, c), (ab, b, c)),
            2: ((ab, b, bc), (a, ab, bc), (a, bc, c)),
            3: ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)),
        }[count]
        made += [np.stack(piece, axis=1) for piece in pieces]
    return vertices, np.concatenate(made)
