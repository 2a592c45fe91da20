"""Thin walls and pillars, narrow gaps and channels, small holes: widths in the plane of the layers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.findings.finding import Finding
from mingyue.printing.findings.seen import MOST_WIDENING, Compact, Seen
from mingyue.printing.findings.setting import SLACK, Setting
from mingyue.printing.findings.spots import Spots, by_layer, groups, spots
from mingyue.printing.findings.telling import told
from mingyue.printing.runs import Runs
from mingyue.printing.thickness import Stretches

# What is thin in a single layer is the top or the bottom of something round.
_FEWEST_LAYERS = 2
_ROOFED, _FLOORED = 1, 2


def thin_walls(seen: Seen) -> Spots:
    """Stretches of walls below the limit."""
    return _of_stretches(seen.layer, seen.walls)


def thin_pillars(seen: Seen) -> Spots:
    """Pillars below the limit."""
    return _of_compact(seen.layer, seen.pins)


def small_holes(seen: Seen) -> Spots:
    """Holes below the limit."""
    return _of_compact(seen.layer, seen.holes)


def narrow_gaps(below: Seen | None, seen: Seen, above: Seen | None) -> Spots:
    """Stretches of gaps below the limit; marks say whether they have a roof or a floor."""
    gaps = seen.gaps
    marks = np.zeros(len(gaps), dtype=np.int32)
    for other, mark in ((above, _ROOFED), (below, _FLOORED)):
        if other is not None:
            marks[are_lit(other.solid, gaps.points_px)] |= mark
    return spots(seen.layer, gaps.boxes_px, gaps.width_px, gaps.points_px, marks)


def are_lit(picture: Runs, points_px: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(p,) whether there is light at each (p, 2) u, v."""
    columns, rows = np.floor(points_px).astype(np.int64).T
    # The last run that starts at or left of the point, in the order of rows and columns.
    row_of = np.repeat(np.arange(picture.rows, dtype=np.int64), np.diff(picture.row_starts))
    width = picture.columns + 1
    place = np.searchsorted(row_of * width + picture.starts, rows * width + columns, side="right") - 1
    if not len(picture):
        return np.zeros(len(points_px), dtype=np.bool_)
    return np.asarray((place >= 0) & (row_of[place] == rows) & (picture.stops[place] > columns))


def tell_walls(found: Spots, setting: Setting) -> Iterator[Finding]:
    """Walls that are thin through several layers."""
    yield from _tell_small(found, setting, "thin_wall")


def tell_pins(found: Spots, setting: Setting) -> Iterator[Finding]:
    """Pillars that are thin through several layers; not the tips of needles."""
    yield from _tell_small(found, setting, "thin_pillar")


def tell_holes(found: Spots, setting: Setting) -> Iterator[Finding]:
    """Holes that are small through several layers; not the bottoms of funnels."""
    yield from _tell_small(found, setting, "small_hole")


def tell_gaps(found: Spots, setting: Setting) -> Iterator[Finding]:
    """Gaps; those with a roof and a floor are channels."""
    for group in groups(found):
        if is_narrow(group, setting):
            top, bottom = group.layers == group.layers[-1], group.layers == group.layers[0]
            roofed, floored = (group.marks[top] & _ROOFED).any(), (group.marks[bottom] & _FLOORED).any()
            kind = "narrow_channel" if roofed and floored else "narrow_gap"
            yield from _judged(group, setting, kind)


def _tell_small(found: Spots, setting: Setting, kind: str) -> Iterator[Finding]:
    for group in groups(found):
        if is_narrow(group, setting):
            yield from _judged(group, setting, kind)


def _judged(group: Spots, setting: Setting, kind: str) -> Iterator[Finding]:
    width_um = float(by_layer(group)[1].min()) * setting.pixel_um
    severity = setting.bounds(kind).of_small(width_um / SLACK)
    if severity is not None:
        yield told(group, setting, kind, severity, measured=width_um)


def is_narrow(group: Spots, setting: Setting) -> bool:
    """Whether it is thin through several layers and does not widen from layer to layer."""
    layers, widths = by_layer(group)
    if len(layers) < min(_FEWEST_LAYERS, len(setting.table)):
        return False
    height_px = float(setting.table.thickness_um[layers[0] : layers[-1] + 1].sum()) / setting.pixel_um
    half = max(1, len(widths) // 2)  # ends say little: a wall's foot stands in its fillet
    return bool(abs(np.median(widths[:half]) - np.median(widths[-half:])) <= MOST_WIDENING * height_px / 2)


def _of_stretches(layer: int, found: Stretches) -> Spots:
    return spots(layer, found.boxes_px, found.width_px, found.points_px)


def _of_compact(layer: int, found: Compact) -> Spots:
    return spots(layer, found.boxes_px, found.width_px, found.centres_px)
