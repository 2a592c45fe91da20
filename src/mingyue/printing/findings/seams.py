"""Thin features across the seam between two fields, where a stage that stands a little off tears them apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mingyue.printing.findings.finding import Finding
from mingyue.printing.findings.seen import Seen
from mingyue.printing.findings.setting import SLACK, Setting
from mingyue.printing.findings.spots import Spots, groups, spots
from mingyue.printing.findings.telling import told


def seam_crossings(seen: Seen) -> Spots:
    """What is thin where a seam crosses it. measured: its width in pixels."""
    width, u, v = seen.seams.T
    corners = np.stack([np.floor(v - width / 2), np.floor(u - width / 2), v + width / 2 + 1, u + width / 2 + 1], axis=1)
    return spots(seen.layer, np.maximum(corners, 0).astype(np.int32), width, seen.seams[:, 1:])


def tell_seam_crossings(found: Spots, setting: Setting) -> Iterator[Finding]:
    """Each feature once, through all layers in which it crosses the seam."""
    for group in groups(found):
        if len(np.unique(group.layers)) < min(2, len(setting.table)):
            continue  # the top or the bottom of something round
        width_um = float(np.median(group.measured)) * setting.pixel_um
        severity = setting.bounds("seam_crossing").of_small(width_um / SLACK)
        if severity is not None:
            yield told(group, setting, "seam_crossing", severity, measured=width_um)
