"""Named places measured: features and their nominal sizes in; what came out of width, height, diameter and roundness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.measuring.designs import Design
from mingyue.printing.measuring.rays import Rays, lengths_um
from mingyue.printing.samples import Feature

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

# Kinds that are empty space; all others are solid.
VOIDS = frozenset({"channel", "hole", "slot", "bore", "gap"})
# Lines across a feature: through its middle, and a quarter of its size off it to each side.
_LINES = ((0.0, 0.0), (0.25, 0.0), (-0.25, 0.0), (0.0, 0.25), (0.0, -0.25))
_HEIGHTS = (-0.25, 0.0, 0.25)
_SPOKES = 24
# Where it is looked whether a feature is there: along its longest side, and across.
_STATIONS = 25
_ACROSS = (-0.3, 0.0, 0.3)
# A size is followed this much further than the design goes, in pixels.
_BEYOND_PX = 24
_LINEAR = ("width", "height", "depth", "length")


@dataclass(frozen=True, slots=True)
class Measured:
    """One feature. there: a space goes through from end to end, more than half of a solid is there.

    sizes_um: what was measured, by the name of the dimension.

    roundness_um: largest less smallest radius about the circle that fits best, None where it is not round.
    """

    name: str
    kind: str
    there: bool
    nominal_um: Mapping[str, float]
    sizes_um: Mapping[str, float]
    roundness_um: float | None

    @property
    def is_void(self) -> bool:
        """Whether it is empty space."""
        return self.kind in VOIDS


@dataclass(frozen=True, slots=True)
class _Task:
    """Rays first … after of the plan measure one dimension of one feature; halves: its half size for each ray."""

    feature: int
    dimension: str
    first: int
    after: int
    half_um: float


@dataclass(frozen=True)
class MeasurePlan:
    """Where to look. cores_um: (features, stations, points, 3)."""

    features: tuple[Feature, ...]
    scale: float
    cores_um: Floats
    rays: Rays
    tasks: tuple[_Task, ...]
    tops_um: Floats

    @property
    def points_um(self) -> Floats:
        """(n, 3) where depths and cover are wanted: cores, then rays."""
        return np.concatenate((self.cores_um.reshape(-1, 3), self.rays.points_um))


def plan_measures(design: Design, *, pitch_um: float, tops_um: Floats) -> MeasurePlan | None:
    """Lines and points for all features that are boxes or round; None where there are none, or they stand askew.

    tops_um: (layers,) where layers end.
    """
    matrix = np.array(design.placement.matrix) / design.scale
    features = tuple(feature for feature in design.features if not hasattr(feature, "axis_um"))
    if not features or np.abs(matrix - np.eye(3)).max() > 1e-9:
        return None
    tasks: list[_Task] = []
    starts: list[Floats] = []
    directions: list[Floats] = []
    cores, reach_um = [], 0.0
    for index, feature in enumerate(features):
        low, high = design.placed(np.array([feature.low_um, feature.high_um]))
        cores.append(_cores(low, high, is_round="diameter" in feature.nominal_um))
        for dimension, at, towards, half in _lines(feature, low, high, design.scale):
            first = sum(len(some) for some in starts)
            tasks.append(_Task(index, dimension, first, first + len(at), half))
            starts.append(at)
            directions.append(towards)
            reach_um = max(reach_um, half)
    if not tasks:
        return None
    step_um = pitch_um / 2
    steps = int(np.ceil((reach_um + _BEYOND_PX * pitch_um) / step_um))
    rays = Rays(np.concatenate(starts), np.concatenate(directions), step_um, steps)
    return MeasurePlan(features, design.scale, np.stack(cores), rays, tuple(tasks), tops_um)


def _cores(low: Floats, high: Floats, *, is_round: bool) -> Floats:
    """(stations, points, 3): along the longest side, or the height of what is round, and across it."""
    size, middle = high - low, (low + high) / 2
    longest = 2 if is_round else int(np.argmax(size))
    one, other = (axis for axis in range(3) if axis != longest)
    cores = np.broadcast_to(middle, (_STATIONS, len(_ACROSS) ** 2, 3)).copy()
    cores[:, :, longest] = (low[longest] + size[longest] * np.linspace(0.02, 0.98, _STATIONS))[:, None]
    across = np.array([(a, b) for a in _ACROSS for b in _ACROSS])
    cores[:, :, one] += across[:, 0] * size[one]
    cores[:, :, other] += across[:, 1] * size[other]
    return cores


def _lines(feature: Feature, low: Floats, high: Floats, scale: float) -> Iterator[tuple[str, Floats, Floats, float]]:
    """Dimension, starts, directions and half the size, for each dimension that can be measured straight."""
    size, middle = high - low, (low + high) / 2
    for dimension, nominal in feature.nominal_um.items():
        if dimension == "diameter":
            yield (dimension, *_spokes(middle, size), nominal * scale / 2)
        elif dimension in _LINEAR:
            axis = _axis_of(dimension, nominal * scale, size)
            if axis is not None:
                yield (dimension, *_pairs(middle, size, axis), nominal * scale / 2)


def _axis_of(dimension: str, nominal_um: float, size: Floats) -> int | None:
    """Along which axis a dimension lies: of those along which the box is as large, the most likely one."""
    order = {"width": (0, 1), "length": (1, 0), "height": (2,), "depth": (2, 1)}[dimension]
    return next((axis for axis in order if abs(size[axis] - nominal_um) < 1e-6 * max(nominal_um, 1.0)), None)


def _pairs(middle: Floats, size: Floats, axis: int) -> tuple[Floats, Floats]:
    """Lines both ways along an axis."""
    one, other = (each for each in range(3) if each != axis)
    starts = np.repeat(np.broadcast_to(middle, (len(_LINES), 3)), 2, axis=0).copy()
    offsets = np.repeat(np.array(_LINES), 2, axis=0)
    starts[:, one] += offsets[:, 0] * size[one]
    starts[:, other] += offsets[:, 1] * size[other]
    directions = np.zeros_like(starts)
    directions[0::2, axis], directions[1::2, axis] = 1.0, -1.0
    return starts, directions


def _spokes(middle: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Lines outwards in three planes."""
    angles = 2 * np.pi * np.arange(_SPOKES) / _SPOKES
    wheel = np.stack([np.cos(angles), np.sin(angles), np.zeros(_SPOKES)], axis=1)
    hubs = middle + np.array([(0.0, 0.0, height * size[2]) for height in _HEIGHTS])
    return np.repeat(hubs, _SPOKES, axis=0), np.tile(wheel, (len(_HEIGHTS), 1))


def measured(plan: MeasurePlan, depth_um: Singles, covered: Flags, *, fall_um: float) -> tuple[Measured, ...]:
    """What came out of each feature, in order. depth_um, covered: of print and design at plan.points_um.

    A side is measured where the design itself ends there; where it goes on, as a pin does in its plate, the design's place
    is taken. A feature that is not there, or not where its sizes say, has no sizes. fall_um: D_p.
    """
    cores = int(np.prod(plan.cores_um.shape[:3]))
    is_void = np.array([feature.kind in VOIDS for feature in plan.features])
    came_out = (depth_um[:cores].reshape(plan.cores_um.shape[:3]) > 0) != is_void[:, None, None]
    wanted = covered[:cores].reshape(plan.cores_um.shape[:3]) != is_void[:, None, None]
    stations = came_out.any(axis=2) | ~wanted.any(axis=2)
    there = np.where(is_void, stations.all(axis=1), stations.mean(axis=1) > 0.5)
    found: list[dict[str, float]] = [{} for _ in plan.features]
    roundness: list[float | None] = [None for _ in plan.features]
    solid, void = (
        _both_lengths(plan, depth_um[cores:], covered[cores:], of_solid=kind, fall_um=fall_um) for kind in (True, False)
    )
    for task in plan.tasks:
        lengths, designed = (values[task.first : task.after] for values in (void if is_void[task.feature] else solid))
        ends = np.abs(designed - task.half_um) <= _agrees_um(plan.rays)
        if not there[task.feature] or not ends.any():
            continue
        if task.dimension == "diameter":
            wheel = np.where(ends, lengths, np.nan).reshape(len(_HEIGHTS), _SPOKES)
            size, out_of_round = _circle(wheel, plan.rays.directions[task.first : task.first + _SPOKES])
            roundness[task.feature] = out_of_round
        else:
            halves = np.where(ends, lengths, task.half_um)
            size = float(np.median(halves[0::2] + halves[1::2]))
        if np.isfinite(size):
            found[task.feature][task.dimension] = size
    return tuple(
        Measured(
            feature.name,
            feature.kind,
            bool(there[index]),
            {name: nominal * plan.scale for name, nominal in feature.nominal_um.items()},
            found[index],
            roundness[index],
        )
        for index, feature in enumerate(plan.features)
    )


def _agrees_um(rays: Rays) -> float:
    """The cover is known by pixels and layers only: two pixels either way."""
    return 8 * rays.step_um


def _both_lengths(
    plan: MeasurePlan, depth_um: Singles, covered: Flags, *, of_solid: bool, fall_um: float
) -> tuple[Floats, Floats]:
    """Of each ray what came out, and what was meant."""
    rays, meant = plan.rays, np.where(covered, np.float32(1.0), np.float32(-1.0))
    came_out, left = lengths_um(rays, depth_um, of_solid=of_solid, fall_um=fall_um)
    wanted, _ = lengths_um(rays, meant, of_solid=of_solid, fall_um=1e3)
    # Roofs lie where layers end, and nowhere between.
    upwards = rays.directions[:, 2] if of_solid else -rays.directions[:, 2]
    roofs = np.flatnonzero(left & (upwards > 1 - 1e-9) & (came_out > 0))
    ends = rays.starts_um[roofs, 2] + rays.directions[roofs, 2] * came_out[roofs]
    top = plan.tops_um[np.argmin(np.abs(plan.tops_um[:, None] - ends), axis=0)] if len(roofs) else ends
    came_out[roofs] = np.abs(np.where(np.abs(top - ends) <= rays.step_um, top, ends) - rays.starts_um[roofs, 2])
    return came_out, wanted


def _circle(wheels: Floats, directions: Floats) -> tuple[float, float]:
    """Diameter of the circle that fits best, mean over the wheels, and the worst difference of radii about it."""
    diameters, differences = [], []
    for radii in wheels:
        known = np.isfinite(radii)
        if known.sum() < _SPOKES // 2:
            continue
        points = radii[known, None] * directions[known, :2]
        # x² + y² = 2 a x + 2 b y + c: linear in the centre.
        fit = np.linalg.lstsq(np.column_stack((2 * points, np.ones(len(points)))), (points**2).sum(axis=1), rcond=None)[
            0
        ]
        about = np.linalg.norm(points - fit[:2], axis=1)
        diameters.append(2 * float(about.mean()))
        differences.append(float(about.max() - about.min()))
    return (float(np.mean(diameters)), max(differences)) if diameters else (float("nan"), 0.0)


def worst(found: Sequence[Measured]) -> float | None:
    """The largest difference from nominal among all sizes, None where there are none."""
    apart = [abs(size - one.nominal_um[name]) for one in found for name, size in one.sizes_um.items()]
    return max(apart, default=None)
