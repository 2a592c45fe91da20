"""Which gaps of the design grew together: lines across them in; bridged places, their widths and areas out."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.measuring.deviations import percentiles
from mingyue.printing.measuring.rays import Rays
from mingyue.printing.measuring.surfaces import SurfacePoints

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]
Point = tuple[float, float, float]

# Bridged points nearer to each other than so many times their mean distance are one bridge.
_LINK = 3.0


@dataclass(frozen=True, slots=True)
class BridgedGap:
    """A gap that is solid from one side to the other: how wide it should be there, how much wall is touched, and where."""

    width_um: float
    area_um2: float
    low_um: Point
    high_um: Point

    @property
    def centre_um(self) -> Point:
        x, y, z = ((low + high) / 2 for low, high in zip(self.low_um, self.high_um, strict=True))
        return x, y, z


def plan_gaps(surface: SurfacePoints, *, step_um: float, widest_um: float) -> Rays:
    """Lines from the design's surface outwards, across what may be a gap up to this width."""
    steps = max(2, round(widest_um / step_um))
    return Rays(surface.points_um, surface.normals.astype(np.float64), step_um, steps)


def bridged_gaps(
    surface: SurfacePoints, rays: Rays, covered: Flags, depth_um: Singles, *, is_outer: Flags
) -> tuple[BridgedGap, ...]:
    """The gaps whose lines are solid all the way to the design's next wall; the largest first.

    covered, depth_um: at rays.points_um; is_outer: (n,) which surface points are on the outside of the design.
    """
    wall = np.asarray(rays.by_ray(covered)).copy()
    solid = np.asarray(rays.by_ray(depth_um)) > 0
    wall[:, :2] = False  # pixels at the wall where the line begins are still half its own
    hits = wall.any(axis=1)
    reach = np.where(hits, wall.argmax(axis=1), 0)
    steps = np.arange(rays.steps + 1)
    is_bridged = is_outer & hits & (reach > 1) & (solid | (steps >= reach[:, None])).all(axis=1)
    chosen = np.flatnonzero(is_bridged)
    widths_um = reach[chosen] * rays.step_um
    # Seen from either side a bridge has the same middle.
    middles = rays.starts_um[chosen] + rays.directions[chosen] * widths_um[:, None] / 2
    return _clustered(replace(surface.chosen(chosen), points_um=middles), widths_um)


def _clustered(surface: SurfacePoints, widths_um: Floats) -> tuple[BridgedGap, ...]:
    if not len(surface):
        return ()
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    apart_um = float(np.sqrt(np.median(surface.areas_um2)))
    pairs = cKDTree(surface.points_um).query_pairs(_LINK * apart_um, output_type="ndarray")
    links = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(len(surface),) * 2)
    count, labels = connected_components(links, directed=False)
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(count + 1))
    made = [_bridge(surface.chosen(order[a:b]), widths_um[order[a:b]]) for a, b in itertools.pairwise(starts)]
    return tuple(sorted(made, key=lambda gap: -gap.area_um2))


def _bridge(surface: SurfacePoints, widths_um: Floats) -> BridgedGap:
    (width,) = percentiles(widths_um, surface.areas_um2.astype(np.float64), (50.0,))
    (x0, y0, z0), (x1, y1, z1) = surface.points_um.min(axis=0).tolist(), surface.points_um.max(axis=0).tolist()
    return BridgedGap(width, surface.area_um2, (x0, y0, z0), (x1, y1, z1))
