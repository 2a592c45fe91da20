"""Points on a part become necks: where each begins to be a branch, or why it cannot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.supports.rooms import STEPS, Room

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Foot = Literal["platform", "part"]


@dataclass(frozen=True, slots=True, eq=False)
class Neck:
    """Where a support touches the part. Build frame, µm.

    tip_um: (3,) the middle of the neck, on the underside of `layer`; diameter_um: there. start: (3,) int64, the cell
    where the branch begins; radius_um: that of the branch there. A neck whose start is None goes straight down to
    foot_um: the platform, or the part, where it has a neck of its own.
    """

    tip_um: Floats
    layer: int
    diameter_um: float
    start: Ints | None
    radius_um: float
    foot: Foot
    foot_um: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NeckShape:
    """diameter_um: where it touches; length_um: from there to the branch; radius_um: of the branch; slope_deg: of both.

    slenderness: height of a branch by its diameter at the foot, if there is room for it.
    """

    diameter_um: float
    length_um: float
    radius_um: float
    slope_deg: float
    slenderness: float


def neck_at(tip_um: Floats, *, layer: int, room: Room, shape: NeckShape) -> Neck | None:
    """The neck that begins at this point and gets to the platform; None where no way is free.

    tip_um: (3,) on the underside of the part. Of the free places the neck's length below it the one nearest to straight
    below is taken; where the branch does not fit, a thinner one, down to the neck's own diameter.
    """
    if tip_um[2] <= shape.length_um + 2 * room.cell_um:
        return _peg(tip_um, layer, room, shape)
    length_um = shape.length_um
    for share in (1.0, 0.75, 0.5, 0.3):
        found = _start(tip_um, room, shape, length_um * share)
        if found is not None:
            start, radius_um = found
            return Neck(tip_um, layer, shape.diameter_um, start, radius_um, "platform")
    return None


def _peg(tip_um: Floats, layer: int, room: Room, shape: NeckShape) -> Neck | None:
    """A straight peg to the platform, which is near, where nothing is in its way."""
    radius_um = _straight_radius(tip_um, 0.0, room, shape)
    return None if radius_um is None else Neck(tip_um, layer, shape.diameter_um, None, radius_um, "platform")


def _straight_radius(tip_um: Floats, foot_um: float, room: Room, shape: NeckShape) -> float | None:
    """How thick a straight support from the foot to the tip may be; None where not even the neck fits."""
    _, row, column = room.cells(tip_um[None])[0]
    first, last = math.ceil(foot_um / room.cell_um - 1e-6), int(tip_um[2] / room.cell_um - 1e-6)
    between = room.bare[first:last, row, column]  # the cells of tip and foot may hold some of the part
    widest = shape.radius_um if not len(between) else float(between.min()) / STEPS * room.cell_um - _GAP * room.cell_um
    return min(shape.radius_um, widest) if widest >= shape.diameter_um / 2 else None


# A neck stays this far from the part beside it, in cells; a branch keeps the whole clearance.
_GAP = 0.25
# A pin is so many times as long as it is thick at most, where there is room for it: 20 by its diameter.
_PIN = 40.0


def _start(tip_um: Floats, room: Room, shape: NeckShape, length_um: float) -> tuple[Ints, float] | None:
    """The cell where the branch begins, and its radius there."""
    top = room.cells(tip_um[None])[0]
    slab = int((tip_um[2] - length_um) / room.cell_um)
    wide = int((tip_um[2] - (slab + 0.5) * room.cell_um) * math.tan(math.radians(shape.slope_deg)) / room.cell_um)
    cells = _around(top, slab, wide, room)
    ways = room.ways[tuple(cells.T)]
    for least in _wishes(float(tip_um[2]), room, shape):
        for cell in cells[ways >= least]:
            if _is_free(tip_um, cell, room, shape):
                return cell, min(shape.radius_um, least / STEPS * room.cell_um)
    return None


def _wishes(height_um: float, room: Room, shape: NeckShape) -> list[int]:
    """How much room the way down should have, in the unit of `Room.ways`: for the height, then less, at last for a neck."""
    thin = max(1, room.steps(shape.diameter_um / 2))
    wanted = min(255, max(room.steps(shape.radius_um), room.steps(height_um / (2 * shape.slenderness))))
    return sorted(
        {wanted, (3 * wanted + thin) // 4, (wanted + thin) // 2, (wanted + 3 * thin) // 4, thin}, reverse=True
    )


def _around(top: Ints, slab: int, wide: int, room: Room) -> Ints:
    """(n, 3) cells of a slab around the column of `top`, the nearest first."""
    row, column = (side.ravel() for side in np.mgrid[-wide : wide + 1, -wide : wide + 1])
    order = np.argsort(row**2 + column**2, kind="stable")
    cells = np.stack([np.full(len(order), slab), top[1] + row[order], top[2] + column[order]], axis=1)
    inside = (cells >= 0) & (cells < np.array(room.bare.shape))
    return np.asarray(cells[inside.all(axis=1) & ((row**2 + column**2)[order] <= wide**2)])


def _is_free(tip_um: Floats, cell: Ints, room: Room, shape: NeckShape) -> bool:
    """Whether the neck from the tip to the middle of the cell passes nothing of the part."""
    end = room.points(cell[None])[0]
    slabs = np.arange(int(cell[0]) + 1, int(tip_um[2] / room.cell_um - 1e-6))
    if not len(slabs):
        return True
    share = ((slabs + 0.5) * room.cell_um - end[2]) / (tip_um[2] - end[2])
    points = end + share[:, None] * (tip_um - end)
    radius = shape.radius_um + share * (shape.diameter_um / 2 - shape.radius_um)
    bare = room.bare[tuple(room.cells(points).T)] / STEPS * room.cell_um
    return bool((bare >= np.minimum(radius, shape.diameter_um) + _GAP * room.cell_um).all())


def pin_at(tip_um: Floats, *, layer: int, below_um: float, room: Room, shape: NeckShape) -> Neck | None:
    """A straight pin down to the part itself, where its surface is at `below_um`; None where something is in between.

    Within the length of a neck from its ends it may touch what is beside it: so narrow a corner bridges in any case.
    """
    middle_um = tip_um - np.array([0.0, 0.0, shape.length_um])
    radius_um = shape.diameter_um / 2
    if middle_um[2] > below_um + shape.length_um:
        free_um = _straight_radius(middle_um, below_um + shape.length_um, room, shape)
        if free_um is None:
            return None
        radius_um = min(free_um, max(radius_um, (float(tip_um[2]) - below_um) / _PIN))
    return Neck(tip_um, layer, shape.diameter_um, None, radius_um, "part", below_um)
