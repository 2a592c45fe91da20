"""Islands: parts of a layer that begin in the resin, with nothing or next to nothing below them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.components import Components, Overlaps, beyond_reach
from mingyue.printing.findings.finding import Finding
from mingyue.printing.findings.seen import Seen
from mingyue.printing.findings.setting import Setting
from mingyue.printing.findings.spots import Spots, spots
from mingyue.printing.findings.telling import told
from mingyue.printing.runs import Runs
from mingyue.printing.slivers import are_slivers


def carried_px(parts: Components, overlaps: Overlaps) -> NDArray[np.int64]:
    """(count,) how many pixels of each part of a layer lie on the layer below."""
    shared = np.bincount(overlaps.pairs[:, 1], weights=overlaps.shared_px, minlength=parts.count)
    return np.asarray(shared.astype(np.int64))


def are_islands(
    parts: Components, overlaps: Overlaps, *, share: float, reach_px: float, least_px: float = 1.0
) -> NDArray[np.bool_]:
    """(count,) which parts lie on less than so many pixels, or less than that share of their area.

    Of what is larger than the square of the reach only that square must be carried: a roof on four walls is no island;
    what of it hangs too far out is an overhang.
    """
    wanted = share * np.minimum(parts.lit_px, reach_px**2)
    return np.asarray(carried_px(parts, overlaps) < np.maximum(least_px, wanted))


def stand_on_legs(parts: Components, weak: NDArray[np.bool_], below: Runs, *, reach_px: float) -> NDArray[np.bool_]:
    """(count,) which of the weak parts lie on few pixels, but on the right ones, as a table does on its legs.

    No pixel of such a part is farther than the reach from what of it lies on the layer below, and its centre of gravity,
    where the film pulls, is between those places: nothing of it is a lever. weak: (count,), each lies on something.
    """
    found = np.zeros(parts.count, dtype=np.bool_)
    for number in np.flatnonzero(weak):
        part = parts.only(np.arange(parts.count) == number)
        legs = beyond_reach(part, beyond_reach(part, below, reach_px=0), reach_px=0)
        is_near = not len(beyond_reach(part, legs, reach_px=reach_px))
        found[number] = is_near and _is_between(parts.centres_px[number], legs)
    return found


def _is_between(place_px: NDArray[np.float64], legs: Runs) -> bool:
    """Whether a place (u, v) is within the convex hull of what is lit: seen from there, no half-plane is free of it."""
    row = np.repeat(np.arange(legs.rows), np.diff(legs.row_starts))
    u, v = np.concatenate([legs.starts, legs.stops]), np.concatenate([row, row])
    corners = np.stack([np.concatenate([u, u]), np.concatenate([v, v + 1])], axis=1) - place_px
    angles = np.sort(np.arctan2(corners[:, 1], corners[:, 0]))
    gaps = np.diff(np.append(angles, angles[0] + 2 * np.pi))
    return bool(gaps.max() <= np.pi)


def islands(seen: Seen, below: Runs | None, overlaps: Overlaps, setting: Setting) -> tuple[Spots, NDArray[np.bool_]]:
    """The islands of a layer, and which parts they are; slivers and what stands on legs are none, but may be overhangs.

    measured: how many pixels carry it; marks: its own pixels.
    """
    parts, layer = seen.parts, seen.layer
    reach_px, least_px = setting.bounds("overhang").outer / setting.pixel_um, setting.bounds("island").outer
    found = are_islands(
        parts, overlaps, share=setting.bounds("weak_island").outer, reach_px=reach_px, least_px=least_px
    )
    if below is None:
        found[:] = False  # it lies on the platform
    else:
        found &= ~are_slivers(parts, seen.grey, stands=~found)
        is_weak = found & (carried_px(parts, overlaps) >= max(1.0, least_px))
        found &= ~stand_on_legs(parts, is_weak, below, reach_px=reach_px)
    carried = carried_px(parts, overlaps)[found].astype(np.float64)
    return spots(
        layer, parts.boxes_px[found], carried, points_within(parts, found), parts.lit_px[found].astype(np.int32)
    ), found


def points_within(parts: Components, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(c, 2) u and v of a place within each of the chosen parts: in its first row, on the surface."""
    return first_points(parts.runs, parts.first_runs[chosen])


def first_points(runs: Runs, places: NDArray[np.int64]) -> NDArray[np.float64]:
    """(c, 2) u and v of the middles of these runs."""
    rows = np.searchsorted(runs.row_starts, places, side="right") - 1
    middles = (runs.starts[places] + runs.stops[places]) // 2 + 0.5
    return np.stack([middles, rows + 0.5], axis=1)


def tell_islands(found: Spots, setting: Setting) -> Iterator[Finding]:
    """Each island by itself: those that next to nothing carries fail."""
    least = setting.bounds("island")
    for place in range(len(found)):
        one = found.only(np.array([place]))
        carried_share = float(one.measured[0]) / max(1, int(one.marks[0]))
        severity = least.of_small(float(one.measured[0]))
        if severity is not None:
            yield told(one, setting, "island", severity, measured=float(one.measured[0]))
        else:
            yield told(one, setting, "weak_island", "risk", measured=carried_share)
