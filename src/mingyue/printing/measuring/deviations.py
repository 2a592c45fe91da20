"""How far a print is from its design: signed distances and areas in, figures out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]

# A face whose normal is within 60° of the vertical is a floor or a roof, else a wall.
FACING = 0.5
_BINS = 60


@dataclass(frozen=True, slots=True)
class Spread:
    """Signed deviations in µm over a surface, weighted by area; positive where the print stands out.

    within: share of the surface whose deviation is within the tolerance.
    """

    p5: float
    p50: float
    p95: float
    mean: float
    abs_p95: float
    abs_max: float
    within: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """edges_um: (bins + 1,) float64; shares: (bins,) float64 of the surface, what lies beyond counts in the outermost."""

    edges_um: Floats
    shares: Floats


@dataclass(frozen=True, slots=True)
class Deviations:
    """of_design: over the design's surface; of_solid: the other way, over what came out.

    xy_um, up_um, down_um: mean deviation of walls, of faces that look up, and down; None where there are none.
    cut_off_um: deviations were not followed beyond this.
    """

    of_design: Spread
    of_solid: Spread
    xy_um: float | None
    up_um: float | None
    down_um: float | None
    histogram: Histogram
    cut_off_um: float

    @property
    def abs_max_um(self) -> float:
        """The largest in either direction: the Hausdorff distance, up to the cut-off."""
        return max(self.of_design.abs_max, self.of_solid.abs_max)


def spread(deviation_um: Singles, areas_um2: Singles, *, tolerance_um: float) -> Spread:
    """Figures of a distribution. deviation_um, areas_um2: (n,), at least one."""
    values, weights = deviation_um.astype(np.float64), areas_um2.astype(np.float64)
    p5, p50, p95 = percentiles(values, weights, (5.0, 50.0, 95.0))
    (abs_p95,) = percentiles(np.abs(values), weights, (95.0,))
    return Spread(
        p5=p5,
        p50=p50,
        p95=p95,
        mean=float(np.average(values, weights=weights)),
        abs_p95=abs_p95,
        abs_max=float(np.abs(values).max()),
        within=float(weights[np.abs(values) <= tolerance_um].sum() / weights.sum()),
    )


def percentiles(values: Floats, weights: Floats, wanted: tuple[float, ...]) -> tuple[float, ...]:
    """The values below which so many per cent of the weight lie, in the middle of each value's own weight."""
    order = np.argsort(values, kind="stable")
    reach = np.cumsum(weights[order])
    middle = (reach - weights[order] / 2) / reach[-1]
    return tuple(float(np.interp(percent / 100, middle, values[order])) for percent in wanted)


def mean_over(deviation_um: Singles, areas_um2: Singles, chosen: Flags) -> float | None:
    """Mean of some of a surface, None where nothing is chosen."""
    if not chosen.any():
        return None
    return float(np.average(deviation_um[chosen], weights=areas_um2[chosen]))


def histogram(deviation_um: Singles, areas_um2: Singles) -> Histogram:
    """Bins of one round width about 0 that hold all but the outermost half per cent on either side."""
    values, weights = deviation_um.astype(np.float64), areas_um2.astype(np.float64)
    low, high = percentiles(values, weights, (0.5, 99.5))
    width = _round_up(max(high, -low, 1e-3) * 2 / _BINS)
    edges: Floats = width * np.arange(-_BINS // 2, _BINS // 2 + 1, dtype=np.float64)
    counted, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges, weights=weights)
    return Histogram(edges, counted / weights.sum())


def _round_up(width: float) -> float:
    """The next of 1, 2, 5, 10, …"""
    decade = 10.0 ** np.floor(np.log10(width))
    return float(next(step * decade for step in (1, 2, 5, 10) if step * decade >= width * (1 - 1e-12)))


def facing(normals: Singles) -> tuple[Flags, Flags, Flags]:
    """Which faces are walls, which look up, which look down."""
    up, down = normals[:, 2] > FACING, normals[:, 2] < -FACING
    return ~(up | down), up, down


def deviations_of(
    deviation_um: Singles,
    normals: Singles,
    areas_um2: Singles,
    *,
    solid_um: Singles,
    solid_areas_um2: Singles,
    tolerance_um: float,
    cut_off_um: float,
) -> Deviations:
    """All figures. deviation_um, normals, areas_um2: of the design's surface; solid_um, solid_areas_um2: the other way."""
    walls, up, down = facing(normals)
    return Deviations(
        of_design=spread(deviation_um, areas_um2, tolerance_um=tolerance_um),
        of_solid=spread(solid_um, solid_areas_um2, tolerance_um=tolerance_um),
        xy_um=mean_over(deviation_um, areas_um2, walls),
        up_um=mean_over(deviation_um, areas_um2, up),
        down_um=mean_over(deviation_um, areas_um2, down),
        histogram=histogram(deviation_um, areas_um2),
        cut_off_um=cut_off_um,
    )
