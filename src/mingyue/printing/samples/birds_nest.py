"""The bird's nest: a stadium bowl woven of several hundred struts, slightly larger than a match head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mingyue.phrases import say
from mingyue.printing.meshes import Mesh, joined
from mingyue.printing.samples.sample import Point, Sample, require
from mingyue.printing.samples.tubes import tube
from mingyue.printing.samples.woven_bowl import (
    OPENING,
    ROOF_RADIUS,
    ROOF_START,
    Bowl,
    Floats,
    roof_height,
    swing,
)

Kind = Literal["facade", "ring", "roof", "foot", "web"]

# Threads nearer to the centre than this meet the foot; the foot's radius is 0.80.
_NEARNESS = {"second": (0.15, 0.76), "facade twig": (0.05, 0.78), "roof twig": (OPENING, 0.74)}
# A facade strut runs on over the shoulder by this share of the height, so that it overlaps its roof strut.
_OVERLAP = 0.02
# With fewer, most twigs cross no two columns and are left out.
_FEWEST_COLUMNS = 12
_DENSE = 240


@dataclass(frozen=True, slots=True)
class BirdsNest:
    """Overall size in µm; how many threads of each order; radii in µm; seed of the irregular ones."""

    length_um: float = 4000.0
    width_um: float = 3300.0
    height_um: float = 1600.0
    saddle: float = 0.22
    column_count: int = 24
    second_count: int = 40
    facade_twig_count: int = 110
    roof_twig_count: int = 60
    thickest_um: float = 30.0
    thinnest_um: float = 10.0
    step_um: float = 60.0
    sides: int = 12
    seed: int = 2008


@dataclass(frozen=True, slots=True, eq=False)
class Strut:
    """One tube. axis_um: (k, 3) float64, the line of centres; where endless, its last point is its first."""

    id: int
    kind: Kind
    axis_um: Floats
    radius_um: float

    def __post_init__(self) -> None:
        self.axis_um.setflags(write=False)  # frozen is only skin-deep for arrays

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.id}"

    @property
    def length_um(self) -> float:
        return float(np.linalg.norm(np.diff(self.axis_um, axis=0), axis=1).sum())

    @property
    def low_um(self) -> Point:
        x, y, z = (self.axis_um.min(axis=0) - self.radius_um).tolist()
        return x, y, max(z, 0.0)

    @property
    def high_um(self) -> Point:
        x, y, z = (self.axis_um.max(axis=0) + self.radius_um).tolist()
        return x, y, z

    @property
    def nominal_um(self) -> Mapping[str, float]:
        return {"diameter": 2 * self.radius_um, "length": self.length_um}


def birds_nest(parameters: BirdsNest | None = None) -> Sample:
    """The nest, and its struts as features, in the order of the mesh's bodies.

    Every strut is one closed tube and they overlap. What would lie under the plate is pressed flat on it,
    so that the foot adheres. Raises SampleParameterError where the sizes leave no room for the struts.
    """
    p = parameters or BirdsNest()
    require(
        0 < p.thinnest_um <= p.thickest_um and min(p.length_um, p.width_um, p.height_um) > 20 * p.thickest_um,
        say(
            "Struts of {strut:g} µm do not weave a nest of {length:g} × {width:g} × {height:g} µm.",
            strut=2 * p.thickest_um,
            length=p.length_um,
            width=p.width_um,
            height=p.height_um,
        ),
        remedy=say("Make the nest larger, or thickest_um smaller and thinnest_um not larger than it."),
    )
    require(
        p.column_count >= _FEWEST_COLUMNS and p.sides >= 3 and p.step_um > 0 and 0 <= p.saddle < 1,
        say(
            "{columns} columns, {sides} sides, steps of {step:g} µm and a saddle of {saddle:g} weave no nest.",
            columns=p.column_count,
            sides=p.sides,
            step=p.step_um,
            saddle=p.saddle,
        ),
        remedy=say(
            "Take at least {fewest} columns and 3 sides, a step above 0, a saddle from 0 to 1.",
            fewest=_FEWEST_COLUMNS,
        ),
    )
    struts = tuple(
        Strut(number, kind, _evenly(line, p.step_um), radius) for number, (kind, line, radius) in enumerate(_woven(p))
    )
    return Sample("birds_nest", joined([_standing(strut, p.sides) for strut in struts]), struts)


def _standing(strut: Strut, sides: int) -> Mesh:
    body = tube(strut.axis_um, radius_um=strut.radius_um, sides=sides)
    return Mesh(np.maximum(body.vertices_um, (-np.inf, -np.inf, 0.0)), body.triangles)


def _evenly(line: Floats, step_um: float) -> Floats:
    """The line's points at even distances of about step_um, its ends kept."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    wanted = np.linspace(0, along[-1], max(1, round(along[-1] / step_um)) + 1)
    even = np.stack([np.interp(wanted, along, line[:, axis]) for axis in range(3)], axis=1)
    even[[0, -1]] = line[[0, -1]]
    return even


@dataclass(frozen=True, slots=True)
class _Thread:
    """A taut thread: straight over the roof, `nearness` from the centre, then down on both sides."""

    bowl: Bowl
    angle: float
    nearness: float

    @property
    def reach(self) -> float:
        """How far its straight run goes on each side of the point nearest to the centre."""
        return float(np.sqrt(ROOF_RADIUS**2 - self.nearness**2))

    def facade(self, side: int, heights: Floats, depth: float = 0.0) -> Floats:
        return self.bowl.place(self.facade_angle(side, heights), heights, depth)

    def facade_angle(self, side: int, heights: Floats) -> Floats:
        turned = np.arctan2(self.reach, self.nearness) + swing(self.nearness, heights)
        angles: Floats = self.angle + side * turned
        return angles

    def roof(self, runs: Floats, depth: float = 0.0) -> Floats:
        radii: Floats = np.hypot(self.nearness, runs)
        return self.bowl.place(self.angle + np.arctan2(runs, self.nearness), roof_height(radii), depth)


_Line = tuple[Kind, Floats, float]
_WALL = np.linspace(0, ROOF_START + _OVERLAP, _DENSE)


def _woven(p: BirdsNest) -> Iterator[_Line]:
    """Every strut as kind, dense line and radius: foot, columns, rings, then the irregular ones."""
    rng = np.random.default_rng(p.seed)
    r = p.thickest_um
    bowl = Bowl(p.length_um / 2 - r, p.width_um / 2 - r, 0.65 * r, p.height_um - r, p.saddle)
    columns = [_Thread(bowl, angle, OPENING) for angle in _around(p.column_count)]
    yield from _rings(bowl, p)
    for column in columns:
        yield from _truss(column, p)
    yield from _second_threads(bowl, p, rng)
    yield from _facade_twigs(bowl, columns, p, rng)
    yield from _roof_twigs(bowl, columns, p, rng)


def _around(count: int) -> Floats:
    return 2 * np.pi * np.arange(count) / count


def _rings(bowl: Bowl, p: BirdsNest) -> Iterator[_Line]:
    """A foot of five rings side by side, the opening's two rims, and one ring inside the wall."""
    angles = np.linspace(0, 2 * np.pi, 4 * _DENSE)
    foot = [("foot", 0.0, depth, 1.0) for depth in np.linspace(-0.25, 1.25, 5)]
    rims = [("ring", 1.0, 0.0, 1.0), ("ring", 1.0, 1.0, 1.0), ("ring", 0.3, 1.0, 0.5)]
    for kind, height, depth, share in foot + rims:
        line = bowl.place(angles, np.full(len(angles), height), depth)
        line[-1] = line[0]
        yield ("foot" if kind == "foot" else "ring"), line, share * p.thickest_um


def _truss(column: _Thread, p: BirdsNest) -> Iterator[_Line]:
    """One column: an outer and an inner thread, and webs that zigzag between them."""
    runs = np.linspace(-column.reach, column.reach, _DENSE)
    for depth, radius in ((0.0, 0.92 * p.thickest_um), (1.0, 0.65 * p.thickest_um)):
        for side in (-1, 1):
            yield "facade", column.facade(side, _WALL, depth), radius
        yield "roof", column.roof(runs, depth), radius
    nodes = np.linspace(0.1, ROOF_START, 4)
    for side in (-1, 1):
        yield from _zigzag(column.facade(side, nodes), column.facade(side, nodes, 1.0), p)
    runs = np.linspace(-column.reach, column.reach, 8)
    yield from _zigzag(column.roof(runs), column.roof(runs, 1.0), p)


def _zigzag(outer: Floats, inner: Floats, p: BirdsNest) -> Iterator[_Line]:
    for k in range(len(outer) - 1):
        start, end = (outer, inner) if k % 2 == 0 else (inner, outer)
        yield "web", np.stack([start[k], end[k + 1]]), 1.1 * p.thinnest_um


def _radius(p: BirdsNest, rng: np.random.Generator, low: float, high: float) -> float:
    """A radius between two shares of the way from the thinnest to the thickest."""
    return p.thinnest_um + rng.uniform(low, high) * (p.thickest_um - p.thinnest_um)


def _second_threads(bowl: Bowl, p: BirdsNest, rng: np.random.Generator) -> Iterator[_Line]:
    """Whole threads between the columns; those that would pass over the opening end at its rim."""
    for angle in _around(p.second_count):
        thread = _Thread(bowl, angle + rng.uniform(-0.07, 0.07), rng.uniform(*_NEARNESS["second"]))
        radius = _radius(p, rng, 0.2, 0.6)
        over = thread.nearness >= OPENING
        sides = (-1, 1) if over else (int(rng.choice((-1, 1))),)
        for side in sides:
            yield "facade", thread.facade(side, _WALL), radius
        start = -thread.reach if over else sides[0] * np.sqrt(OPENING**2 - thread.nearness**2)
        end = thread.reach if over else sides[0] * thread.reach
        yield "roof", thread.roof(np.linspace(start, end, _DENSE)), radius


def _facade_twigs(bowl: Bowl, columns: list[_Thread], p: BirdsNest, rng: np.random.Generator) -> Iterator[_Line]:
    """Pieces of thread on the wall, each from one column that it crosses to another."""
    down = columns[0].facade_angle(1, _WALL) - columns[0].angle
    spacing = 2 * np.pi / len(columns)
    for angle in _around(p.facade_twig_count):
        thread = _Thread(bowl, angle + rng.uniform(-0.05, 0.05), rng.uniform(*_NEARNESS["facade twig"]))
        side = int(rng.choice((-1, 1)))
        turned = thread.facade_angle(side, _WALL)
        met = [np.flatnonzero(np.diff(np.floor((turned + sign * down) / spacing))) for sign in (-1, 1)]
        ends = _window(np.unique(np.concatenate(met)), rng)
        if ends:
            line = thread.facade(side, np.linspace(_WALL[ends[0]], _WALL[ends[1]], _DENSE))
            yield "facade", line, _radius(p, rng, 0, 0.4)


def _roof_twigs(bowl: Bowl, columns: list[_Thread], p: BirdsNest, rng: np.random.Generator) -> Iterator[_Line]:
    """Pieces of thread on the roof, each from one column that it crosses to another."""
    for angle in _around(p.roof_twig_count):
        thread = _Thread(bowl, angle + rng.uniform(-0.05, 0.05), rng.uniform(*_NEARNESS["roof twig"]))
        between = thread.angle - np.array([column.angle for column in columns])
        met = (thread.nearness * np.cos(between) - OPENING) / np.sin(between)
        met = np.sort(met[np.abs(met) <= thread.reach])
        ends = _window(np.arange(len(met)), rng)
        if ends:
            yield (
                "roof",
                thread.roof(np.linspace(met[ends[0]], met[ends[1]], _DENSE)),
                _radius(p, rng, 0, 0.4),
            )


def _window(met: np.ndarray, rng: np.random.Generator) -> tuple[int, int] | None:
    """Two of the crossings, at least two apart where there are so many; None where there are no two."""
    if len(met) < 2:
        return None
    first = int(rng.integers(0, max(1, len(met) - 2)))
    last = int(rng.integers(min(first + 2, len(met) - 1), len(met)))
    return int(met[first]), int(met[last])
