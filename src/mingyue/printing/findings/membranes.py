"""Thin membranes: sheets of a single layer with resin above and below."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mingyue.printing.components import beyond_reach, components_of, dark_of, overlaps_of
from mingyue.printing.findings.finding import Finding
from mingyue.printing.findings.islands import points_within
from mingyue.printing.findings.setting import Setting
from mingyue.printing.findings.spots import Spots, gathered, groups, spots
from mingyue.printing.findings.telling import told
from mingyue.printing.runs import Runs

# A strip narrower than so many times its thickness is the rim of something thicker: a wedge of less than 18°.
_RIM = 3.0


def membranes(below: Runs | None, solid: Runs, above: Runs | None, layer: int, setting: Setting) -> Spots:
    """What of a layer has nothing above nor below it, and is wider than a rim. The platform is no resin.

    measured: its thickness in µm.
    """
    if below is None or not len(solid):
        return gathered([])
    alone = beyond_reach(solid, below, reach_px=0)
    if above is not None:
        alone = beyond_reach(alone, above, reach_px=0)
    thickness_um = float(setting.table.thickness_um[layer])
    wide_px = max(2.0, _RIM * setting.bounds("thin_membrane").outer / setting.pixel_um / 2)
    core = beyond_reach(alone, dark_of(alone), reach_px=wide_px)
    if not len(core):
        return gathered([])
    sheets = components_of(alone)
    wide = np.zeros(sheets.count, dtype=np.bool_)
    wide[overlaps_of(sheets, components_of(core)).pairs[:, 0]] = True
    boxes = sheets.boxes_px[wide]
    return spots(layer, boxes, np.full(len(boxes), thickness_um), points_within(sheets, wide))


def tell_membranes(found: Spots, setting: Setting) -> Iterator[Finding]:
    """Each sheet; sheets that touch are one."""
    bounds = setting.bounds("thin_membrane")
    for group in groups(found):
        thickness_um = float(group.measured.min())
        severity = bounds.of_small(thickness_um)
        if severity is not None:
            yield told(group, setting, "thin_membrane", severity, measured=thickness_um)
