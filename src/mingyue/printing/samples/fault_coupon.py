"""A plate with 60 planted faults of 15 kinds, and beside each of them the same thing done well enough.

Every kind has a column; four rows hold faults just beyond the limit, four rows what keeps it by a fifth. The limits are
those of data/limits.toml for pixels of 2 µm, layers of 5 µm and a resin of 6.5 µm penetration depth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from mingyue.printing.samples.sample import Point, Sample
from mingyue.printing.samples.solids import Solid, box, cut, meshed, rod, united

CELL_UM = 240.0
PLATE_UM = 40.0
_ROWS = 4
_CIRCLE = 48


@dataclass(frozen=True, slots=True)
class Planted:
    """What is in a cell of the coupon. size_um: what is too small or too large; is_fault: or kept by a fifth.

    low_um, high_um: corners of what was added, or else cut out, part frame.
    """

    name: str
    kind: str
    low_um: Point
    high_um: Point
    size_um: float
    is_fault: bool

    @property
    def nominal_um(self) -> Mapping[str, float]:
        return {"size": self.size_um}


@dataclass(frozen=True, slots=True)
class _Cell:
    """What a maker gives: what is added to the plate and what is cut out of everything, about (0, 0), plate top at z = 0."""

    added: tuple[Solid, ...] = ()
    removed: tuple[Solid, ...] = ()


_Maker = Callable[[float, int], _Cell]


def fault_coupon() -> Sample:
    """The coupon: features in the order of kinds, faults before what is done well."""
    planted: list[Planted] = []
    added = [box((0.0, 0.0, 0.0), ((len(_KINDS) - 1) * CELL_UM, 2 * _ROWS * CELL_UM, PLATE_UM))]
    removed = []
    for column, (kind, (maker, sizes, good_sizes)) in enumerate(_KINDS.items()):
        for row, size in enumerate((*sizes, *good_sizes)):
            cell = maker(size, row)
            centre = ((column + 0.5) * CELL_UM, (row + 0.5) * CELL_UM, PLATE_UM)
            added += [solid.translate(centre) for solid in cell.added]
            removed += [solid.translate(centre) for solid in cell.removed]
            low, high = _box_of([solid.translate(centre) for solid in cell.added or cell.removed])
            is_fault = row < _ROWS
            name = f"{kind}-{row % _ROWS + 1}-{'fault' if is_fault else 'good'}"
            planted.append(Planted(name, kind, low, high, size, is_fault))
    return Sample("fault_coupon", meshed(cut(united(added), removed)), tuple(planted))


def _box_of(solids: list[Solid]) -> tuple[Point, Point]:
    boxes = np.array([solid.bounding_box() for solid in solids])
    x, y, z = boxes[:, :3].min(axis=0).tolist()
    x_high, y_high, z_high = boxes[:, 3:].max(axis=0).tolist()
    return (x, y, max(z, 0.0)), (x_high, y_high, z_high)


def _bar(width: float, length: float, height: float, angle_deg: float = 0.0, *, aside: float = 0.0) -> Solid:
    """An upright wall; its length runs along y at 0°. aside: how far its middle is moved across."""
    return box((aside - width / 2, -length / 2, 0.0), (aside + width / 2, length / 2, height)).rotate((0, 0, angle_deg))


def _block(size: float, height: float, *, bottom: float = 0.0) -> Solid:
    return box((-size / 2, -size / 2, bottom), (size / 2, size / 2, bottom + height))


def _thin_wall(width: float, row: int) -> _Cell:
    return _Cell(added=(_bar(width, 100.0, 30.0, (0.0, 30.0, 45.0, 90.0)[row % 4]),))


def _thin_pillar(width: float, row: int) -> _Cell:
    if row % 2:
        return _Cell(added=(_bar(width, width, 30.0, (0.0, 45.0)[row // 2 % 2]),))
    return _Cell(added=(rod((0.0, 0.0), width, bottom_um=0.0, top_um=30.0, sides=_CIRCLE),))


def _thin_membrane(thickness: float, row: int) -> _Cell:
    span = (40.0, 50.0, 60.0, 80.0)[row % 4]
    walls = tuple(_bar(20.0, 160.0, 60.0, aside=side * (span / 2 + 10.0)) for side in (-1, 1))
    sheet = box((-span / 2 - 20.0, -80.0, 60.0), (span / 2 + 20.0, 80.0, 60.0 + thickness))
    return _Cell(added=(*walls, sheet))


def _small_hole(width: float, row: int) -> _Cell:
    hole = rod((0.0, 0.0), width, bottom_um=20.0, top_um=80.0, sides=_CIRCLE)
    if row % 2:
        hole = _bar(width, width, 60.0, (0.0, 45.0)[row // 2 % 2]).translate((0, 0, 20))
    return _Cell(added=(_block(100.0, 60.0),), removed=(hole,))


def _narrow_gap(width: float, row: int) -> _Cell:
    angle = (0.0, 20.0, 45.0, 90.0)[row % 4]
    return _Cell(added=tuple(_bar(40.0, 120.0, 40.0, angle, aside=side * (width / 2 + 20.0)) for side in (-1, 1)))


def _closed_channel(height: float, _: int) -> _Cell:
    return _Cell(added=(_block(140.0, 100.0),), removed=(box((-20.0, -80.0, 20.0), (20.0, 80.0, 20.0 + height)),))


def _narrow_channel(width: float, _: int) -> _Cell:
    return _Cell(added=(_block(140.0, 100.0),), removed=(box((-width / 2, -80.0, 20.0), (width / 2, 80.0, 80.0)),))


def _slender_pillar(height: float, row: int) -> _Cell:
    if row % 2:
        return _Cell(added=(_bar(10.0, 10.0, height),))
    return _Cell(added=(rod((0.0, 0.0), 10.0, bottom_um=0.0, top_um=height, sides=_CIRCLE),))


def _island(length: float, row: int) -> _Cell:
    """A gate from whose beam a block hangs down; done well, 150 µm long, it reaches the plate."""
    posts = tuple(_bar(20.0, 40.0, 140.0, aside=side * 70.0) for side in (-1, 1))
    beam = box((-80.0, -20.0, 140.0), (80.0, 20.0, 160.0))
    size = (30.0, 34.0, 40.0, 44.0)[row % 4]
    return _Cell(added=(*posts, beam, _block(size, length, bottom=150.0 - length)))


def _weak_island(width: float, _: int) -> _Cell:
    wall = box((-20.0, -20.0, 0.0), (-20.0 + width, 20.0, 60.0))
    return _Cell(added=(wall, _block(40.0, 20.0, bottom=60.0)))


def _overhang(reach: float, row: int) -> _Cell:
    post = box((-80.0, -30.0, 0.0), (-40.0, 30.0, 70.0))
    arm = box((-80.0, -30.0, 60.0), (-40.0 + reach, 30.0, 80.0))
    turned = (0, 0, 90 * (row % 4))
    return _Cell(added=(post.rotate(turned), arm.rotate(turned)))


def _trapped_resin(width: float, row: int) -> _Cell:
    void = _block(width, 20.0, bottom=-PLATE_UM)
    drain = rod((0.0, 0.0), 0.8 * width, bottom_um=-30.0, top_um=10.0, sides=_CIRCLE)
    return _Cell(removed=(void,) if row < _ROWS else (void, drain))


def _enclosed_void(width: float, row: int) -> _Cell:
    void = _block(width, 45.0, bottom=20.0)
    drain = box((0.0, -15.0, 20.0), (80.0, 15.0, 65.0))
    return _Cell(added=(_block(120.0, 100.0),), removed=(void,) if row < _ROWS else (void, drain))


def _suction_cup(width: float, row: int) -> _Cell:
    tube = cut(_block(width + 40.0, 130.0), [_block(width, 140.0)])
    vent = box((0.0, -20.0, 0.0), (100.0, 20.0, 60.0))
    return _Cell(added=(cut(tube, [vent]) if row == 2 * _ROWS - 1 else tube,))


def _tiny_body(size: float, row: int) -> _Cell:
    if row % 2:
        return _Cell(added=(rod((0.0, 0.0), size, bottom_um=-PLATE_UM, top_um=size - PLATE_UM, sides=_CIRCLE),))
    return _Cell(added=(_block(size, size, bottom=-PLATE_UM),))


# Kind → maker, sizes beyond the limit, sizes that keep it by a fifth.
_KINDS: Mapping[str, tuple[_Maker, tuple[float, ...], tuple[float, ...]]] = {
    "thin_wall": (_thin_wall, (3.0, 3.4, 3.6, 3.8), (4.8, 4.8, 4.8, 4.8)),
    "thin_pillar": (_thin_pillar, (3.0, 3.4, 3.8, 3.6), (4.8, 4.8, 4.8, 4.8)),
    "thin_membrane": (_thin_membrane, (5.0, 5.0, 5.0, 7.0), (12.0, 12.0, 13.0, 15.0)),
    "small_hole": (_small_hole, (6.0, 7.0, 7.6, 7.2), (9.6, 9.6, 9.6, 9.6)),
    "narrow_gap": (_narrow_gap, (7.0, 7.6, 11.0, 11.6), (14.4, 14.4, 14.4, 14.4)),
    "closed_channel": (_closed_channel, (15.0, 20.0, 30.0, 35.0), (45.0, 45.0, 50.0, 60.0)),
    "narrow_channel": (_narrow_channel, (5.0, 6.0, 7.0, 7.6), (9.6, 9.6, 10.0, 11.0)),
    "slender_pillar": (_slender_pillar, (220.0, 225.0, 240.0, 230.0), (165.0, 165.0, 150.0, 140.0)),
    "island": (_island, (90.0, 80.0, 70.0, 50.0), (150.0, 150.0, 150.0, 150.0)),
    "weak_island": (_weak_island, (5.0, 6.0, 7.0, 8.0), (12.0, 14.0, 16.0, 20.0)),
    "overhang": (_overhang, (54.0, 60.0, 70.0, 90.0), (40.0, 41.0, 30.0, 20.0)),
    "trapped_resin": (_trapped_resin, (14.0, 20.0, 40.0, 60.0), (20.0, 30.0, 40.0, 60.0)),
    "enclosed_void": (_enclosed_void, (14.0, 20.0, 40.0, 60.0), (30.0, 40.0, 50.0, 60.0)),
    "suction_cup": (_suction_cup, (106.0, 110.0, 120.0, 150.0), (60.0, 70.0, 82.0, 120.0)),
    "tiny_body": (_tiny_body, (10.0, 14.0, 18.0, 19.0), (24.0, 25.0, 30.0, 40.0)),
}
