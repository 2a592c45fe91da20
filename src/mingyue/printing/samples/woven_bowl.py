"""The surface that the nest is woven on (leaning walls, a shoulder, a saddle roof) and its taut threads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Where the height on the profile (0 at the foot, 1 at the opening) passes from wall to shoulder to roof.
WALL_END = 0.45
ROOF_START = 0.65

# The profile's three corners (radius, height), as shares of the greatest radius and of the greatest height:
# foot, where wall and roof would meet, opening. Real: 0.55 of the radius is open, walls lean out by 13°.
_CORNERS = np.array([[0.80, 0.0], [1.05, 1.0], [0.50, 1.0]])
# How far the inner skin lies from the outer one at these corners.
_INNER_SHIFT = np.array([[0.055, 0.0], [0.075, 0.085], [0.0, 0.085]])
# The shoulder is a parabola that leaves wall and roof at this share of their length from the corner.
_SHOULDER = 0.42
# A nest's height as a share of its half length, near enough for threads to be taut on it.
_STOUTNESS = 0.7
_PROFILE_STEPS = 2000


def profile(height: Floats, *, depth: float = 0.0) -> Floats:
    """(n, 2): radius and z share at heights 0..1; depth 0 is the outer skin, 1 the inner."""
    foot, corner, edge = _CORNERS - depth * _INNER_SHIFT
    wall_top, roof_start = corner + _SHOULDER * (foot - corner), corner + _SHOULDER * (edge - corner)
    h = np.asarray(height, dtype=np.float64)[:, None]
    s = (h - WALL_END) / (ROOF_START - WALL_END)
    wall = foot + h / WALL_END * (wall_top - foot)
    shoulder = (1 - s) ** 2 * wall_top + 2 * s * (1 - s) * corner + s**2 * roof_start
    roof = roof_start + (h - ROOF_START) / (1 - ROOF_START) * (edge - roof_start)
    points: Floats = np.where(h < WALL_END, wall, np.where(h < ROOF_START, shoulder, roof))
    return points


OPENING = float(_CORNERS[2, 0])
ROOF_RADIUS = float(profile(np.array([ROOF_START]))[0, 0])
_FINE = np.linspace(0, 1, _PROFILE_STEPS + 1)
_WIDEST = float(profile(_FINE)[:, 0].max())


@dataclass(frozen=True, slots=True)
class Bowl:
    """Half axes and height of the outer skin, µm; saddle: how much the roof rises to its sides, 0 = flat."""

    half_length_um: float
    half_width_um: float
    foot_um: float
    top_um: float
    saddle: float

    def place(self, angle: Floats, height: Floats, depth: float = 0.0) -> Floats:
        """(n, 3) µm: points on the skin at angles (rad from +x) and heights 0..1."""
        radius, z = profile(height, depth=depth).T
        x, y = radius / _WIDEST * np.cos(angle), radius / _WIDEST * np.sin(angle)
        lifted = z * (1 + self.saddle * (y**2 - x**2)) / self._highest()
        return np.stack(
            [
                self.half_length_um * x,
                self.half_width_um * y,
                self.foot_um + (self.top_um - self.foot_um) * lifted,
            ],
            axis=-1,
        )

    def _highest(self) -> float:
        radius, z = profile(_FINE).T
        return float((z * (1 + self.saddle * (radius / _WIDEST) ** 2)).max())


def swing(nearness: float, height: Floats) -> Floats:
    """How far round a taut thread has gone at heights below the roof, in rad, 0 where the roof starts.

    A taut thread is a geodesic: radius · sin(angle to the meridian) stays what it is, here `nearness`:
    the distance at which its straight run over the roof passes the centre, less than the foot's radius.

    Source: Clairaut's relation for surfaces of revolution.
    """
    radius, z = profile(_FINE).T
    below = np.flatnonzero(radius <= nearness)
    end = int(below[0]) if len(below) else len(_FINE)
    radius, z = radius[:end], z[:end]
    along = np.sqrt(radius**2 - nearness**2)
    # Averaging `along`, not the radius, keeps each step exact on the flat roof.
    turns = nearness * np.hypot(np.diff(radius), _STOUTNESS * np.diff(z)) * 4
    turns /= (radius[1:] + radius[:-1]) * (along[1:] + along[:-1])
    total = np.concatenate([[0.0], np.cumsum(turns)])
    left: Floats = np.interp(ROOF_START, _FINE[:end], total) - np.interp(height, _FINE[:end], total)
    return left


def roof_height(radius: Floats) -> Floats:
    """The height on the profile at which the roof has this radius."""
    return ROOF_START + (ROOF_RADIUS - radius) / (ROOF_RADIUS - OPENING) * (1 - ROOF_START)
