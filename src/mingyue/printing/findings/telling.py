"""A group of spots becomes a finding."""

from __future__ import annotations

import numpy as np

from mingyue.printing.findings.finding import Finding, Point, Severity, finding
from mingyue.printing.findings.setting import Setting
from mingyue.printing.findings.spots import Spots, box_of

# As many places say where a long thing runs.
_POINTS = 5


def told(
    group: Spots,
    setting: Setting,
    kind: str,
    severity: Severity,
    *,
    measured: float,
    first: int | None = None,
) -> Finding:
    """The finding of a group. measured: in the unit of the limit of its kind; first: where it begins, if below the group."""
    bounds = setting.bounds(kind)
    first, last = int(group.layers[0]) if first is None else first, int(group.layers[-1])
    return finding(
        kind,
        severity,
        layers=(first, last),
        box_um=setting.box_um(box_of(group), first, last),
        points_um=points_of(group, setting),
        measured=measured,
        limit=bounds.limit(severity),
        unit=bounds.unit,
        source=bounds.source,
    )


def points_of(group: Spots, setting: Setting) -> tuple[Point, ...]:
    """A few places of a group, build frame, evenly through its layers."""
    chosen = np.unique(np.linspace(0, len(group) - 1, min(_POINTS, len(group))).round().astype(int))
    return tuple(
        setting.point_um(group.points_px[place], setting.middle_um(int(group.layers[place]))) for place in chosen
    )
