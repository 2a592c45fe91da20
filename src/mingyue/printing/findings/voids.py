"""Resin that cannot get out: enclosed voids, voids that only the platform closes, and cups that pull at the film."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mingyue.printing.components import Components
from mingyue.printing.findings.finding import Finding, finding
from mingyue.printing.findings.setting import Setting
from mingyue.printing.findings.spots import Spots, gathered, groups, spots
from mingyue.printing.findings.telling import told
from mingyue.printing.findings.tree import Growth, Things


def sealed(voids: Growth, dark: Components, layer: int, setting: Setting) -> Spots:
    """Voids that the film seals while this layer is printed: no way leads out of them yet, and they are large enough.

    measured: the smaller of height and width (the side of a square of the same area), in µm.
    """
    things = voids.growing
    if things is None or things.outside.all():
        return gathered([])
    area = np.bincount(voids.owners, weights=dark.lit_px.astype(np.float64), minlength=len(things))
    bottom_um = setting.table.bottom_um
    height_um = bottom_um[layer] + setting.table.thickness_um[layer] - bottom_um[things.first]
    size_um = np.minimum(np.sqrt(area) * setting.pixel_um, height_um)
    chosen = ~things.outside & (size_um > setting.bounds("suction_cup").outer)
    return spots(layer, things.boxes_px[chosen], size_um[chosen], things.points_px[chosen])


def tell_cups(found: Spots, setting: Setting) -> Iterator[Finding]:
    """Each cup once, through all layers in which it is sealed."""
    for group in groups(found):
        yield told(group, setting, "suction_cup", "risk", measured=float(group.measured.max()))


def tell_voids(voids: Growth, setting: Setting) -> Iterator[Finding]:
    """Voids that are closed for good, and those that open to the platform alone. measured: width in µm, as for cups."""
    for things in voids.ended():
        closed = np.flatnonzero(~things.outside)
        for place in closed:
            kind = "trapped_resin" if things.first[place] == 0 else "enclosed_void"
            width_um = float(np.sqrt(things.widest_px[place])) * setting.pixel_um
            severity = setting.bounds(kind).of_large(width_um)
            if severity is not None:
                yield _of_thing(things, int(place), setting, kind, width_um)


def _of_thing(things: Things, place: int, setting: Setting, kind: str, measured: float) -> Finding:
    bounds = setting.bounds(kind)
    first, last = int(things.first[place]), int(things.last[place])
    return finding(
        kind,
        "risk",
        layers=(first, last),
        box_um=setting.box_um(things.boxes_px[place], first, last),
        points_um=(setting.point_um(things.points_px[place], setting.middle_um(first)),),
        measured=measured,
        limit=bounds.limit("risk"),
        unit=bounds.unit,
        source=bounds.source,
    )
