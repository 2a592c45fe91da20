"""A layer looked at: everything that rules ask of a layer by itself, worked out once, so that layers can go side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.components import Components, components_of, negative_of
from mingyue.printing.findings.setting import SLACK, Setting
from mingyue.printing.runs import Runs
from mingyue.printing.thickness import Stretches, thin_along_rows, thin_stretches, turned

Floats = NDArray[np.float64]
Places = NDArray[np.int32]

# A wall is a wall where it is at least so many times as long as the limit of its width; else it is a corner.
_WALL_LENGTHS, _GAP_LENGTHS = 3.0, 2.0
# By how much a wall may widen, by its length: beyond it is a wedge, half an angle of 4°, and thin only at its tip.
MOST_WIDENING = 0.15
# So far to both sides of a seam a wall must be thin: a seam may nick the corner of a block.
_SEAM_ROWS = 4
# What is not much longer than wide is a pillar or a hole; else it is a wall or a gap.
_COMPACT = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Compact:
    """Pillars or holes in a layer: boxes_px (n, 4); width_px (n,), see `Components.thickness_px`; centres_px (n, 2) u, v."""

    boxes_px: Places
    width_px: Floats
    centres_px: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """grey: as it is exposed; solid: what is at least half covered. parts, dark: the components of what is solid, and is not;
    lights: of what gets any light.

    walls, gaps: stretches that are thin; pins, holes: what is thin and compact, a hole being closed all around.
    seams: (s, 3) width in px, u and v, of what is solid where a seam crosses it. occupied: how many fields have light.
    """

    layer: int
    grey: Runs
    solid: Runs
    parts: Components
    lights: Components
    dark: Components
    walls: Stretches
    gaps: Stretches
    pins: Compact
    holes: Compact
    seams: Floats
    occupied: int


def see(layer: int, grey: Runs, setting: Setting) -> Seen:
    """Look at a layer."""
    pixel_um = setting.pixel_um
    solid = grey.binary()
    on_its_side, lights = turned(grey), components_of(grey)
    return Seen(
        layer=layer,
        grey=grey,
        solid=solid,
        parts=components_of(solid),
        lights=lights,
        dark=components_of(negative_of(solid)),
        walls=_straight(grey, on_its_side, setting.bounds("thin_wall").outer / pixel_um, of_void=False),
        gaps=_straight(grey, on_its_side, setting.bounds("narrow_gap").outer / pixel_um, of_void=True),
        pins=_compact(lights, setting.bounds("thin_pillar").outer / pixel_um),
        holes=_compact(components_of(negative_of(grey)), setting.bounds("small_hole").outer / pixel_um),
        seams=_at_seams(grey, on_its_side, setting),
        occupied=occupied(grey, setting.fields_px),
    )


def _straight(grey: Runs, on_its_side: Runs, limit_px: float, *, of_void: bool) -> Stretches:
    found = thin_stretches(
        grey,
        on_its_side,
        limit_px=SLACK * limit_px,
        least_px=(_GAP_LENGTHS if of_void else _WALL_LENGTHS) * limit_px,
        of_void=of_void,
    )
    return found.only(found.change_px <= MOST_WIDENING * found.length_px)


def _compact(components: Components, limit_px: float) -> Compact:
    """What is thinner than the limit and not much longer; not what lies at the border, where the picture ends."""
    boxes = components.boxes_px
    sides = boxes[:, 2:] - boxes[:, :2]
    inside = (boxes[:, :2] > 0).all(axis=1) & (boxes[:, 2:] < (components.runs.rows, components.runs.columns)).all(
        axis=1
    )
    small = np.flatnonzero(inside & (sides.max(axis=1, initial=0) <= _COMPACT * limit_px + 3))
    width, length = components.thickness_px[small], components.length_px[small]
    thin = (width < SLACK * limit_px) & (length <= _COMPACT * np.maximum(width, 1.0))
    return Compact(boxes[small[thin]], width[thin], components.centres_px[small[thin]])


def _at_seams(grey: Runs, on_its_side: Runs, setting: Setting) -> Floats:
    """What is thinner than the limit on both sides of a seam: (s, 3)."""
    limit_px = SLACK * setting.bounds("seam_crossing").outer / setting.pixel_um
    found = [_across(grey, row, limit_px) for row in setting.seam_rows]
    found += [_across(on_its_side, column, limit_px)[:, [0, 2, 1]] for column in setting.seam_columns]
    return np.concatenate([np.empty((0, 3)), *found])


def _across(picture: Runs, row: int, limit_px: float) -> Floats:
    """(s, 3) width, column and row of walls that are thin at the border above a row, and a few rows to both sides of it."""
    first, after = row - _SEAM_ROWS, row + _SEAM_ROWS
    if first < 0 or after > picture.rows:
        return np.empty((0, 3))
    beside = picture.window(row=first, column=0, rows=after - first, columns=picture.columns)
    found = thin_along_rows(beside, limit_px=limit_px, least_px=2.0 * _SEAM_ROWS - 0.5)
    found = found.only(found.change_px <= MOST_WIDENING * found.length_px)
    return np.stack([found.width_px, found.points_px[:, 0], np.full(len(found), float(row))], axis=1)


def occupied(grey: Runs, fields_px: Sequence[tuple[int, int, int, int]]) -> int:
    """How many of the fields have light. fields_px: first row and column, row and column after, of each."""
    count = 0
    for row, column, row_after, column_after in fields_px:
        some = slice(grey.row_starts[row], grey.row_starts[row_after])
        count += bool(((grey.starts[some] < column_after) & (grey.stops[some] > column)).any())
    return count
