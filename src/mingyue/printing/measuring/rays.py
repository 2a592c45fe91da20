"""Straight lines on which somebody looks for where the solid begins or ends: starts and directions in, lengths out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rays:
    """starts_um (n, 3), directions (n, 3) of length 1; looked at every step_um, steps + 1 times from the start on."""

    starts_um: Floats
    directions: Floats
    step_um: float
    steps: int

    def __len__(self) -> int:
        return len(self.starts_um)

    @property
    def reach_um(self) -> float:
        return self.step_um * self.steps

    @property
    def points_um(self) -> Floats:
        """(n · (steps + 1), 3) where depths are wanted, ray by ray."""
        along = np.arange(self.steps + 1) * self.step_um
        return (self.starts_um[:, None, :] + along[:, None] * self.directions[:, None, :]).reshape(-1, 3)

    def by_ray(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """(n, steps + 1) of what was found at the points."""
        return values.reshape(len(self), self.steps + 1)


def lengths_um(rays: Rays, depth_um: Singles, *, of_solid: bool, fall_um: float) -> tuple[Floats, Flags]:
    """How far each ray runs in the solid, or in the void, before it leaves it: (n,) lengths, (n,) whether it left at all.

    depth_um: at `rays.points_um`, above 0 where solid. 0 where the ray does not even start in it; the whole reach where it
    never leaves. fall_um: D_p, over which depths are logarithms of doses; between two points the root of the dose is taken
    as straight, as elsewhere.
    """
    depth = np.asarray(rays.by_ray(depth_um), dtype=np.float64)
    root = np.expm1(np.minimum(depth / (2 * fall_um), 50.0)) * (1.0 if of_solid else -1.0)
    is_out = root <= 0
    left = is_out.any(axis=1)
    first = np.where(left, is_out.argmax(axis=1), rays.steps)
    before, each = np.maximum(first - 1, 0), np.arange(len(rays))
    inner, outer = root[each, before], root[each, first]
    share = np.where(inner > outer, inner / np.maximum(inner - outer, 1e-12), 1.0)
    lengths = np.where(left, (before + share) * rays.step_um, rays.reach_um)
    return np.where(first == 0, 0.0, lengths), np.asarray(left)
