"""Branches, pegs and feet become bodies: closed surfaces that overlap where they meet. The slicer unites them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.meshes import Mesh
from mingyue.printing.supports.necks import Neck
from mingyue.printing.supports.rooms import STEPS, Room
from mingyue.printing.supports.trees import Branch, into_parent

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A neck of four pixels is no rounder with more.
_SIDES = 10
# A foot is so many times as wide as what stands on it, and as high as it is wider.
FOOT = 2.0


def lofted(points_um: Floats, radii_um: Floats, *, sides: int = _SIDES) -> Mesh:
    """A closed body around a line that goes down: level rings, each of the area of its circle, and flat ends.

    points_um: (k, 3), z strictly falling; radii_um: (k,) of the level section, which is what a layer shows.
    """
    turn = 2 * np.pi / sides
    around = turn * np.arange(sides)
    ring = math.sqrt(turn / math.sin(turn)) * np.stack([np.cos(around), np.sin(around), np.zeros(sides)], axis=1)
    rings = points_um[:, None] + radii_um[:, None, None] * ring
    corner, last = np.arange(sides), len(points_um) * sides
    after = (corner + 1) % sides
    walls = [
        np.concatenate([np.stack([k + corner, k + sides + corner, k + sides + after], axis=1),
                        np.stack([k + corner, k + sides + after, k + after], axis=1)])
        for k in range(0, last - sides, sides)
    ]  # fmt: skip
    top = np.stack([np.full(sides, last), corner, after], axis=1)
    bottom = np.stack([np.full(sides, last + 1), last - sides + after, last - sides + corner], axis=1)
    vertices = np.concatenate([rings.reshape(-1, 3), points_um[[0, -1]]])
    return Mesh(vertices, np.concatenate([*walls, top, bottom]))


def bodies_of(necks: Sequence[Neck], branches: Sequence[Branch], room: Room, *, into_part_um: float) -> Iterator[Mesh]:
    """The bodies of all supports. into_part_um: how far a neck goes into the part, so that the two are one."""
    for neck in necks:
        if neck.start is None:
            yield from _peg(neck, into_part_um)
    for branch in branches:
        yield _branch(branch, branches, necks, room, into_part_um)
        if branch.parent is None:
            yield foot_of(
                room.points(np.array(branch.path[-1:]))[0], branch.radii_um[-1], free_um=_free_um(branch, room)
            )


def _peg(neck: Neck, into_part_um: float) -> Iterator[Mesh]:
    """A straight support, thicker in the middle where it is long enough; on the part it ends in a neck as well."""
    tip, thin = neck.tip_um, neck.diameter_um / 2
    height = float(tip[2] - neck.foot_um)
    taper = min(height / 3, 2 * neck.diameter_um)
    heights = [tip[2] + into_part_um, tip[2], tip[2] - taper]
    radii = [thin, thin, neck.radius_um]
    if neck.foot == "part":
        heights += [neck.foot_um + taper, neck.foot_um, neck.foot_um - into_part_um]
        radii += [neck.radius_um, thin, thin]
    else:
        heights.append(0.0)
        radii.append(neck.radius_um)
    points = np.stack([np.full(len(heights), tip[0]), np.full(len(heights), tip[1]), heights], axis=1)
    yield lofted(points, np.array(radii))


def _branch(branch: Branch, branches: Sequence[Branch], necks: Sequence[Neck], room: Room, into_part_um: float) -> Mesh:
    kept = straightened(branch, room)
    points = room.points(np.array(branch.path)[kept])
    radii = np.array(branch.radii_um)[kept]
    neck = necks[branch.necks[0]]
    thin = neck.diameter_um / 2
    tip = np.stack([neck.tip_um + np.array([0.0, 0.0, into_part_um]), neck.tip_um])
    end = points[-1:] * (1.0, 1.0, 0.0) if branch.parent is None else _within(branch, branches[branch.parent], room)
    return lofted(np.concatenate([tip, points, end]), np.concatenate([[thin, thin], radii, radii[-1:]]))


def _within(branch: Branch, parent: Branch, room: Room) -> Floats:
    """(1, 3) a place in the middle of the parent, below where the branch meets it; on the platform, if that is near."""
    met = parent.path[0][0] - branch.path[-1][0]
    further = min(met + into_parent(room), len(parent.path) - 1)
    if further > met:
        return room.points(np.array(parent.path[further : further + 1]))
    return room.points(np.array(branch.path[-1:])) * (1.0, 1.0, 0.0)


def _free_um(branch: Branch, room: Room) -> float:
    """How wide a foot may be."""
    slab, row, column = branch.path[-1]
    return float(room.bare[slab, row, column]) / STEPS * room.cell_um - room.clearance_um


def foot_of(place_um: Floats, radius_um: float, *, free_um: float) -> Mesh:
    """A cone on the platform around the end of a branch, where there is room for it."""
    wide = max(radius_um, min(FOOT * radius_um, free_um))
    high = max(wide - radius_um, radius_um / 4)
    points = np.array([[place_um[0], place_um[1], high], [place_um[0], place_um[1], 0.0]])
    return lofted(points, np.array([radius_um, wide]))


def straightened(branch: Branch, room: Room) -> Ints:
    """Which steps of a branch are kept, so that straight pieces between them keep as much room as its own steps do."""
    path, radii = np.array(branch.path), np.array(branch.radii_um)
    borders = sorted({0, len(path) - 1, *(min(step, len(path) - 1) for step in branch.fixed)})
    kept = [0]
    for border in borders[1:]:
        while kept[-1] < border:
            ahead = border - kept[-1]
            while ahead > 1 and not _is_clear(path, radii, kept[-1], kept[-1] + ahead, room):
                ahead //= 2
            kept.append(kept[-1] + ahead)
    return np.array(kept)


def _is_clear(path: Ints, radii: Floats, first: int, last: int, room: Room) -> bool:
    share = np.arange(1, last - first) / (last - first)
    cells = np.rint(path[first] + share[:, None] * (path[last] - path[first])).astype(np.int64)
    radius = radii[first] + share * (radii[last] - radii[first])
    return bool((radius <= room.radius_um(cells) + 1e-9).all())
