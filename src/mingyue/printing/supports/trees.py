"""Necks become branches: all go down slab by slab, lean towards their neighbours, and go on as one where they meet.

Every step stays where the way to the platform is free (`rooms`), so no branch ends in a pocket; and none is thicker than
its way further down, so no trunk stands on an ankle. The order is that of the
slabs, from the top; within one, that of the necks: the same necks make the same trees.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.supports.necks import Neck
from mingyue.printing.supports.rooms import STEPS, Room

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Branches look for a neighbour this far at most, in cells, and at most by this share of their height: joining must save
# more than leaning over costs.
_HORIZON_CELLS = 60
_HORIZON_SHARE = 0.7
# Branches whose middles are no farther apart than this, in cells, are one.
_MEETING = 1.5
# How far a branch goes out of its way for room that it lacks, against the square of the distance to where it leans.
_NARROW = 8.0
# So many steps below where they meet the one has run into the other: a slope that layers can follow.
_INTO_PARENT = 3
_MOVES = np.array([(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)])


@dataclass(slots=True, eq=False)
class Branch:
    """A way down. path: slab, row, column of each step, from the top; radii_um: at each. necks: those it began with.

    parent: the branch it ends in; None: it ends on the platform. met: the slab where another
    ended in it last; fixed: steps that others end at. least: in the unit of `Room.ways`; top: the slab of its highest neck.
    """

    path: list[tuple[int, int, int]]
    radii_um: list[float]
    necks: list[int]
    least: int
    top: int
    met: int
    parent: int | None = None
    tips: int = 1
    fixed: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeShape:
    """joins: whether branches may meet; radius_um: of one that carries one neck; its section grows with the necks, until
    it is trunk_um thick; slenderness: height by diameter; tips: necks that a trunk carries at most."""

    joins: bool
    radius_um: float
    trunk_um: float
    slenderness: float
    tips: int


def grow(necks: Sequence[Neck], room: Room, shape: TreeShape) -> list[Branch]:
    """The branches of all necks that have a start."""
    branches: list[Branch] = []
    waiting = sorted(
        (number for number, neck in enumerate(necks) if neck.start is not None),
        key=lambda number: (-int(_start_of(necks[number])[0]), number),
    )
    alive: list[int] = []
    place = 0
    for slab in range(room.slabs - 1, -1, -1):
        while place < len(waiting) and int(_start_of(necks[waiting[place]])[0]) == slab:
            alive.append(len(branches))
            branches.append(_begun(waiting[place], necks[waiting[place]], room))
            place += 1
        alive = _joined(alive, branches, room, shape) if shape.joins else alive
        if slab:
            _step(alive, branches, room, shape)
    return branches


def into_parent(room: Room) -> int:
    """Slabs between where a branch meets another and where it ends in its middle."""
    return _INTO_PARENT * room.stride


def _start_of(neck: Neck) -> Ints:
    assert neck.start is not None
    return neck.start


def _begun(number: int, neck: Neck, room: Room) -> Branch:
    slab, row, column = (int(index) for index in _start_of(neck))
    least = max(1, int(neck.radius_um / room.cell_um * STEPS))
    return Branch([(slab, row, column)], [neck.radius_um], [number], least, slab, slab + into_parent(room))


def _joined(alive: list[int], branches: list[Branch], room: Room, shape: TreeShape) -> list[int]:
    """Those that have not met another in this slab; the one that carries more goes on.

    Who has just met one meets no other before the two have become one, so that every end lies where it was put.
    """
    from scipy.spatial import cKDTree

    free = [number for number in alive if branches[number].path[-1][0] <= branches[number].met - into_parent(room)]
    if len(free) < 2:
        return alive
    places = np.array([branches[number].path[-1][1:] for number in free], dtype=np.float64)
    gone: set[int] = set()
    taken: set[int] = set()
    pairs = cKDTree(places).query_pairs(_MEETING, output_type="ndarray")
    for one, other in pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]:
        first, second = free[one], free[other]
        if first in taken or second in taken or branches[first].tips + branches[second].tips > shape.tips:
            continue
        stays, ends = (first, second) if branches[first].tips >= branches[second].tips else (second, first)
        _end_in(branches, ends, stays, into_parent(room))
        taken |= {first, second}
        gone.add(ends)
    return [number for number in alive if number not in gone]


def _end_in(branches: list[Branch], ends: int, stays: int, into: int) -> None:
    ending, staying = branches[ends], branches[stays]
    staying.tips += ending.tips
    staying.least = min(staying.least, ending.least)
    staying.top = max(staying.top, ending.top)
    staying.met = staying.path[-1][0]
    staying.fixed.add(len(staying.path) - 1 + into)
    ending.parent = stays


def _step(alive: list[int], branches: list[Branch], room: Room, shape: TreeShape) -> None:
    """Move all branches one slab down."""
    if not alive:
        return
    here = np.array([branches[number].path[-1] for number in alive], dtype=np.int64)
    target = _targets(here, [branches[number] for number in alive], shape) if shape.joins else here[:, 1:].astype(float)
    slab = int(here[0, 0]) - 1
    moves = _MOVES if (slab + 1) % room.stride == 0 else _MOVES[:1]
    steps = here[:, None, 1:] + moves[None]
    inside = ((steps >= 0) & (steps < np.array(room.bare.shape[1:]))).all(axis=2)
    at = np.clip(steps, 0, np.array(room.bare.shape[1:]) - 1)
    ways = room.ways[slab, at[..., 0], at[..., 1]]
    least = np.array([branches[number].least for number in alive])
    wanted = np.array([_wanted_um(branches[number], slab, room, shape) for number in alive])
    narrow = np.maximum(0.0, wanted[:, None] / room.cell_um - ways / STEPS)
    cost = ((steps - target[:, None]) ** 2).sum(axis=2) + 0.3 * (moves**2).sum(axis=1) + _NARROW * narrow**2
    cost = np.where(inside & (ways >= least[:, None]), cost, np.inf)
    best = np.argmin(cost, axis=1)
    for k, number in enumerate(alive):
        row, column = (int(index) for index in steps[k, best[k]])
        free_um = max(float(ways[k, best[k]]), least[k]) / STEPS * room.cell_um
        branches[number].path.append((slab, row, column))
        branches[number].radii_um.append(min(float(wanted[k]), free_um))


def _wanted_um(branch: Branch, slab: int, room: Room, shape: TreeShape) -> float:
    """The radius that what a branch carries and its height ask for; there may be less room."""
    by_load = min(shape.radius_um * math.sqrt(branch.tips), shape.trunk_um / 2)
    return max(by_load, (branch.top - slab) * room.cell_um / (2 * shape.slenderness))


def _targets(here: Ints, branches: Sequence[Branch], shape: TreeShape) -> Floats:
    """(n, 2) where each branch leans to: its nearest neighbour that it may still meet, else straight down."""
    from scipy.spatial import cKDTree

    places = here[:, 1:].astype(np.float64)
    if len(places) < 2:
        return places
    count = min(6, len(places))
    far, near = cKDTree(places).query(places, k=count)
    tips = np.array([branch.tips for branch in branches])
    horizon = min(_HORIZON_CELLS, math.ceil(_HORIZON_SHARE * int(here[0, 0])))
    allowed = (far <= horizon) & (tips[near] + tips[:, None] <= shape.tips)
    allowed[near == np.arange(len(places))[:, None]] = False
    first = np.argmax(allowed, axis=1)
    chosen = near[np.arange(len(places)), first]
    return np.where(allowed.any(axis=1)[:, None], places[chosen], places)
