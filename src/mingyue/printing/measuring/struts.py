"""Was every strut printed, and how thick: lines of centres in, verdicts out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeGuard, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.measuring.designs import Design
from mingyue.printing.measuring.rays import Rays, lengths_um
from mingyue.printing.samples import Feature

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Where a strut's core is looked at: its centre, and this many points half-way out.
_RING = 6
# A cross-section is there when more than half of its core is.
_CORE_SHARE = 0.5
# Directions in which a cross-section's radius is measured.
_DIRECTIONS = 8
# How often on a radius it is looked, in pixels.
_STEP_PX = 0.6
# How far a radius is followed beyond the nominal one, in pixels; what is thicker has grown into something else.
_BEYOND_PX = 8


@runtime_checkable
class StrutLike(Protocol):
    """A feature that is a round bar along a line: (k, 3) points, part frame."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def axis_um(self) -> Floats: ...
    @property
    def radius_um(self) -> float: ...


@dataclass(frozen=True, slots=True)
class StrutVerdict:
    """printed: the solid goes through from end to end. broken_at_um: where it first does not, build frame.

    diameter_um: mean over all cross-sections and free directions, None where nothing of it is free.
    """

    name: str
    kind: str
    printed: bool
    broken_at_um: tuple[float, float, float] | None
    nominal_um: float
    diameter_um: float | None


@dataclass(frozen=True)
class StrutPlan:
    """Where to look. core_um: (cores, 1 + ring, 3), and core_of (cores,) whose they are, in order along each strut.

    rays: radii of cross-sections, and ray_of (rays,) whose they are.
    """

    struts: tuple[StrutLike, ...]
    radii_um: Floats
    core_um: Floats
    core_of: Ints
    rays: Rays
    ray_of: Ints

    @property
    def points_um(self) -> Floats:
        """(n, 3) where depths are wanted: cores, then rays."""
        return np.concatenate((self.core_um.reshape(-1, 3), self.rays.points_um))


def struts_of(features: Sequence[Feature]) -> tuple[StrutLike, ...]:
    """The features that are struts."""
    return tuple(feature for feature in features if _is_strut(feature))


def _is_strut(feature: object) -> TypeGuard[StrutLike]:
    return isinstance(feature, StrutLike)


def plan_struts(design: Design, *, pitch_um: float) -> StrutPlan | None:
    """Where to look at the struts of a design, None where it has none.

    Cores every two pixels along each strut, cross-sections every strut's radius or six pixels.
    """
    struts = struts_of(design.features)
    if not struts:
        return None
    cores, core_of, starts, directions, ray_of = [], [], [], [], []
    radii = np.array([strut.radius_um for strut in struts]) * design.scale
    for index, strut in enumerate(struts):
        line = design.placed(strut.axis_um)
        at, along = _stations(line, 2 * pitch_um)
        cores.append(np.concatenate((at[:, None], at[:, None] + radii[index] / 2 * _around(along, _RING)), axis=1))
        core_of.append(np.full(len(at), index))
        at, along = _stations(line, max(radii[index], 6 * pitch_um))
        around = _around(along, _DIRECTIONS)
        starts.append(np.repeat(at, _DIRECTIONS, axis=0))
        directions.append(around.reshape(-1, 3))
        ray_of.append(np.full(len(at) * _DIRECTIONS, index))
    reach_um = float(radii.max()) + _BEYOND_PX * pitch_um
    step_um = _STEP_PX * pitch_um
    rays = Rays(np.concatenate(starts), np.concatenate(directions), step_um, int(np.ceil(reach_um / step_um)))
    return StrutPlan(struts, radii, np.concatenate(cores), np.concatenate(core_of), rays, np.concatenate(ray_of))


def _stations(line_um: Floats, spacing_um: float) -> tuple[Floats, Floats]:
    """Points in the middles of equal pieces of a line, about so far apart, and the line's direction at each."""
    legs = np.diff(line_um, axis=0)
    lengths = np.linalg.norm(legs, axis=1)
    reach = np.concatenate(([0.0], np.cumsum(lengths)))
    count = max(1, round(reach[-1] / spacing_um))
    at = (np.arange(count) + 0.5) * reach[-1] / count
    leg = np.minimum(np.searchsorted(reach, at, side="right") - 1, len(legs) - 1)
    points = line_um[leg] + legs[leg] * ((at - reach[leg]) / lengths[leg])[:, None]
    return points, legs[leg] / lengths[leg][:, None]


def _around(along: Floats, count: int) -> Floats:
    """(n, count, 3) directions across each line, evenly around it."""
    helper = np.where(np.abs(along[:, 2:]) < 0.9, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
    one = np.cross(along, helper)
    one /= np.linalg.norm(one, axis=1, keepdims=True)
    other = np.cross(along, one)
    angles = 2 * np.pi * (np.arange(count) + 0.5) / count
    return np.asarray(np.cos(angles)[:, None] * one[:, None, :] + np.sin(angles)[:, None] * other[:, None, :])


def strut_verdicts(plan: StrutPlan, depth_um: Singles, free: Flags, *, fall_um: float) -> tuple[StrutVerdict, ...]:
    """A verdict for each strut, in order.

    depth_um: at plan.points_um; free: (rays,) which directions lead out of the design and not into another strut.
    fall_um: D_p.
    """
    cores = plan.core_um.shape[0] * plan.core_um.shape[1]
    there = (depth_um[:cores].reshape(plan.core_um.shape[:2]) > 0).mean(axis=1) > _CORE_SHARE
    broken = np.flatnonzero(~there)
    struts, first = np.unique(plan.core_of[broken], return_index=True)
    broken_at = dict(zip(struts.tolist(), broken[first].tolist(), strict=True))
    radius, _ = lengths_um(plan.rays, depth_um[cores:], of_solid=True, fall_um=fall_um)
    # A strut that grew into its neighbour is not measured further than the same way beyond each strut's own radius.
    radius = np.minimum(radius, plan.radii_um[plan.ray_of] + _BEYOND_PX / _STEP_PX * plan.rays.step_um)
    counts = np.bincount(plan.ray_of[free], minlength=len(plan.struts))
    sums = np.bincount(plan.ray_of[free], weights=radius[free], minlength=len(plan.struts))
    verdicts = []
    for index, strut in enumerate(plan.struts):
        core = broken_at.get(index)
        x, y, z = plan.core_um[core, 0].tolist() if core is not None else (0.0, 0.0, 0.0)
        diameter = float(2 * sums[index] / counts[index]) if counts[index] else None
        nominal = float(2 * plan.radii_um[index])
        verdicts.append(
            StrutVerdict(strut.name, strut.kind, core is None, None if core is None else (x, y, z), nominal, diameter)
        )
    return tuple(verdicts)
