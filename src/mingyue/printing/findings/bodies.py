"""Tiny loose bodies: what hangs together with nothing and is too small to be found again after washing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mingyue.printing.findings.finding import Finding, finding
from mingyue.printing.findings.setting import SLACK, Setting
from mingyue.printing.findings.tree import Growth, all_of


def tell_tiny_bodies(solids: Growth, setting: Setting) -> Iterator[Finding]:
    """Bodies below the limit in every direction, where the part has others that are not. measured: the longest side."""
    growing = [solids.growing] if solids.growing is not None and len(solids.growing) else []
    every = [*solids.ended(), *growing]
    if not every:
        return
    bodies, bounds = all_of(every), setting.bounds("tiny_body")
    bottom_um, thickness_um = setting.table.bottom_um, setting.table.thickness_um
    sides_px = (bodies.boxes_px[:, 2:] - bodies.boxes_px[:, :2]).max(axis=1)
    heights_um = bottom_um[bodies.last] + thickness_um[bodies.last] - bottom_um[bodies.first]
    longest_um = np.maximum(sides_px * setting.pixel_um, heights_um)
    tiny = longest_um <= bounds.outer / SLACK  # pixels and layers are whole: at the limit it may be smaller
    if tiny.all():
        return
    for place in np.flatnonzero(tiny):
        first, last = int(bodies.first[place]), int(bodies.last[place])
        yield finding(
            "tiny_body",
            "risk",
            layers=(first, last),
            box_um=setting.box_um(bodies.boxes_px[place], first, last),
            points_um=(setting.point_um(bodies.points_px[place], setting.middle_um(first)),),
            measured=float(longest_um[place]),
            limit=bounds.limit("risk"),
            unit=bounds.unit,
            source=bounds.source,
        )
