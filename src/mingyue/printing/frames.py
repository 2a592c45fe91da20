"""Where a part is: the part, build and projector frames, and the way between them.

    part frame              build frame                      projector frame (canvas)
    as the file has it      on the platform                  what is exposed

    z                       z                                (0, 0) ──────── u, columns ─▶
    │  y                    │  y                               │  ┌───┬───┬───┐
    │ ╱       scale,        │ ╱          ÷ pixel pitch,        │  │0,0│0,1│0,2│  row 0 lies at y max
    │╱        rotate,       │╱           y turned over         v  ├───┼───┼───┤  column 0 at x min
    └────── x ──────────▶   ⊙────── x  ──────────────▶       rows │1,0│1,1│1,2│
    µm        centre        µm                                 │  └───┴───┴───┘
              on the        origin: middle of the              ▼  pixel (i, j) covers [j, j+1) × [i, i+1),
              platform      platform, z = 0 on it                 its centre is at the half integers

All right-handed but the last, which is a picture. Layer k covers z in [k·h, (k+1)·h).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say

Floats = NDArray[np.float64]
Vector = tuple[float, float, float]

# Heights are rounded to the picometre, so that a face which lies in a cutting plane does so in every placement, and not
# above or below it by the rounding of a multiplication.
_HEIGHT_DIGITS = 6


@dataclass(frozen=True)
class Placement:
    """Part frame → build frame: x_build = matrix · x_part + offset.

    matrix: 3 × 3 rows, rotation times one scale; offset_um: (3,).
    """

    matrix: tuple[Vector, Vector, Vector]
    offset_um: Vector


BoxUnder = Callable[[Floats, Floats], Floats]
"""The box (2, 3), lowest and highest, of what is placed under matrix · (point − origin)."""


def place(
    low_um: Floats,
    box_under: BoxUnder,
    *,
    scale: float = 1.0,
    fit_um: float | None = None,
    rotate_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Placement:
    """Scale, turn about x, then y, then z, and stand the part in the middle of the platform.

    low_um: (3,) a corner near the part, so that turning loses no digits; box_under: of the part, see `Mesh.box_under`.
    fit_um: the longest side after turning, applied on top of the scale.
    """
    if not (math.isfinite(scale) and scale > 0):
        raise BadInputError(
            say("A scale of {scale} makes no part.", scale=scale), remedy=say("Give a scale above 0, such as 0.5.")
        )
    if fit_um is not None and not (math.isfinite(fit_um) and fit_um > 0):
        raise BadInputError(
            say("A part cannot be fitted to {size} mm.", size=fit_um / 1e3), remedy=say("Give a size above 0 mm.")
        )
    if not all(math.isfinite(angle) for angle in rotate_deg):
        raise BadInputError(
            say("Angles of {angles} turn nothing.", angles=rotate_deg),
            remedy=say("Give three finite angles in degrees."),
        )
    matrix = scale * rotation(rotate_deg)
    low, high = box_under(matrix, low_um)
    if fit_um is not None:
        ratio = fit_um / float((high - low).max())
        matrix, low, high = matrix * ratio, low * ratio, high * ratio
    offset = -matrix @ low_um - np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return Placement((_vector(matrix[0]), _vector(matrix[1]), _vector(matrix[2])), _vector(offset))


def _vector(numbers: Floats) -> Vector:
    return float(numbers[0]), float(numbers[1]), float(numbers[2])


def rotation(rotate_deg: tuple[float, float, float]) -> Floats:
    """(3, 3): first about x, then y, then z. Quarter turns are exact, so that boxes stay on the pixel grid."""
    matrix = np.eye(3)
    for axis, angle in enumerate(rotate_deg):
        quarters = round(angle / 90)
        if angle == 90 * quarters:
            cosine, sine = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[quarters % 4]
        else:
            cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        turn = np.eye(3)
        j, k = (axis + 1) % 3, (axis + 2) % 3
        turn[j, j] = turn[k, k] = cosine
        turn[j, k], turn[k, j] = -sine, sine
        matrix = turn @ matrix
    return matrix


@dataclass(frozen=True, slots=True)
class Canvas:
    """A rectangle of projector pixels on the platform: its size, and where its top left corner is, build frame."""

    pitch_um: float
    rows: int
    columns: int
    left_um: float
    top_um: float

    def to_px(self, points_um: Floats) -> Floats:
        """(n, 3) build frame → (n, 3) as (u px, v px, z µm)."""
        placed = np.array(points_um, dtype=np.float64, copy=True)
        placed[:, 0] = (placed[:, 0] - self.left_um) / self.pitch_um
        placed[:, 1] = (self.top_um - placed[:, 1]) / self.pitch_um
        placed[:, 2] = np.round(placed[:, 2], _HEIGHT_DIGITS)
        return placed


def centred_canvas(*, rows: int, columns: int, pitch_um: float) -> Canvas:
    """A canvas in the middle of the platform."""
    return Canvas(pitch_um, rows, columns, -columns * pitch_um / 2, rows * pitch_um / 2)
