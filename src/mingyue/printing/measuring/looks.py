"""Where a print is looked at: a design and its window in; points on its surface, struts, features and gaps out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.curing.lights import Light, Window
from mingyue.printing.measuring.contours import contour_surface
from mingyue.printing.measuring.designs import Design
from mingyue.printing.measuring.gaps import plan_gaps
from mingyue.printing.measuring.measures import MeasurePlan, plan_measures
from mingyue.printing.measuring.rays import Rays
from mingyue.printing.measuring.sides import DesignSides
from mingyue.printing.measuring.slices import window_canvas
from mingyue.printing.measuring.struts import StrutPlan, plan_struts
from mingyue.printing.measuring.surfaces import SurfacePoints, centres, just_outside, no_points, sampled, together
from mingyue.printing.samples import Feature

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Of meshes with more triangles than this the samples lie so close that they need no help from triangles without one.
_MOST_SMALL = 2_000_000
# One of so many samples looks across what may be a gap.
_GAP_EVERY = 5


@dataclass(frozen=True)
class Look:
    """surface: samples of the design, some perhaps inside of other bodies; triangle: on which each lies, None without mesh.

    outside_um: a point just outside of each sample, which tells whether the sample is on the outside. small, small_triangle:
    the middles of triangles on which no sample lies. bars, places: struts
    and named places; None where there are none. gap_of: the samples from which the gap rays start. marks_um: (m, 3)
    further points, build frame.
    """

    surface: SurfacePoints
    triangle: Ints | None
    outside_um: Floats
    small: SurfacePoints
    small_triangle: Ints
    bars: StrutPlan | None
    places: MeasurePlan | None
    gap_of: Ints
    gaps: Rays
    marks_um: Floats
    pitch_um: float
    layer_um: float

    @property
    def gap_surface(self) -> SurfacePoints:
        """(rays,) the samples from which the gap rays start."""
        return self.surface.thinned(_GAP_EVERY)

    @property
    def near_um(self) -> Floats:
        """(samples + marks, 3) the points that want to know how far the solid's surface is."""
        return np.concatenate((self.surface.points_um, self.marks_um))

    def depth_points(self) -> dict[str, Floats]:
        """Where depths are wanted, by name."""
        points = {"surface": self.near_um, "gaps": self.gaps.points_um}
        if self.bars is not None:
            points["bars"] = self.bars.points_um
        if self.places is not None:
            points["places"] = self.places.points_um
        return points

    def cover_points(self) -> dict[str, Floats]:
        """Where it matters what the design covers, by name."""
        points = {"surface": self.outside_um, "gaps": self.gaps.points_um, "small": self._outside_um(self.small)}
        if self.bars is not None:
            rays = self.bars.rays
            ends = rays.starts_um + self.bars.radii_um[self.bars.ray_of][:, None] * rays.directions
            points["bars"] = just_outside(ends, rays.directions, pitch_um=self.pitch_um, layer_um=self.layer_um)
        if self.places is not None:
            points["places"] = self.places.points_um
        return points

    def _outside_um(self, surface: SurfacePoints) -> Floats:
        return just_outside(surface.points_um, surface.normals, pitch_um=self.pitch_um, layer_um=self.layer_um)

    def thinned(self, every: int) -> Look:
        """The same with one of so many samples, and without gaps; for trials."""
        few = slice(every // 2, None, every)
        none = Rays(np.empty((0, 3)), np.empty((0, 3)), self.gaps.step_um, self.gaps.steps)
        return Look(
            self.surface.thinned(every),
            None if self.triangle is None else self.triangle[few],
            self.outside_um[few],
            no_points(),
            self.small_triangle[:0],
            self.bars,
            self.places,
            self.gap_of[:0],
            none,
            self.marks_um[:0],
            self.pitch_um,
            self.layer_um,
        )


def look_at(
    design: Design, light: Light, window: Window, *, samples: int, widest_gap_um: float, marks_um: Floats | None = None
) -> Look:
    """Where to look at a print of the design: so many samples of its surface within the window, and all named places.

    marks_um: (m, 3) further points that want to know their deviation, such as corners to be coloured.
    """
    pitch_um, layer_um = light.pitch_um, float(np.max(light.thickness_um))
    triangle: Ints | None = None
    small, small_triangle = no_points(), np.empty(0, dtype=np.int64)
    if design.mesh is None:
        surface = contour_surface(light, window, most=samples)
    else:
        surface, triangle = sampled(design.mesh, samples)
        inside = _within(surface.points_um, light, window)
        surface, triangle = surface.chosen(inside), triangle[inside]
        if len(design.mesh.triangles) <= _MOST_SMALL:
            small_triangle = np.setdiff1d(np.arange(len(design.mesh.triangles)), triangle)
            small = centres(design.mesh, small_triangle)
    design = replace(design, features=tuple(one for one in design.features if _holds(one, design, light, window)))
    gap_of = np.arange(_GAP_EVERY // 2, len(surface), _GAP_EVERY)
    return Look(
        surface,
        triangle,
        just_outside(surface.points_um, surface.normals, pitch_um=pitch_um, layer_um=layer_um),
        small,
        small_triangle,
        plan_struts(design, pitch_um=pitch_um),
        plan_measures(design, pitch_um=pitch_um, tops_um=np.asarray(light.bottom_um) + np.asarray(light.thickness_um)),
        gap_of,
        plan_gaps(surface.thinned(_GAP_EVERY), step_um=pitch_um, widest_um=widest_gap_um),
        np.empty((0, 3)) if marks_um is None else marks_um,
        pitch_um,
        layer_um,
    )


def _within(points_um: Floats, light: Light, window: Window) -> Flags:
    """Which points lie in the window: its pixels and its layers."""
    places = window_canvas(light, window).to_px(points_um)
    # What stands out above the last layer, if only by the rounding of a file, belongs to it.
    is_last = window.after_layer == len(light.bottom_um)
    low = float(light.bottom_um[window.first_layer]) if window.first_layer else -np.inf
    high = np.inf if is_last else float(light.bottom_um[window.after_layer])
    return np.asarray(
        (places[:, 0] >= 0) & (places[:, 0] < window.columns) & (places[:, 1] >= 0) & (places[:, 1] < window.rows)
        & (places[:, 2] >= low) & (places[:, 2] <= high)
    )  # fmt: skip


def _holds(feature: Feature, design: Design, light: Light, window: Window) -> bool:
    """Whether a feature lies wholly in the window."""
    low, high = np.array(feature.low_um), np.array(feature.high_um)
    corners = np.array([[(low, high)[k >> axis & 1][axis] for axis in range(3)] for k in range(8)])
    placed = design.placed(corners)
    placed[:, 2] = np.clip(placed[:, 2], 0.0, float(light.bottom_um[-1] + light.thickness_um[-1]))
    return bool(_within(placed, light, window).all())


def sides_of(look: Look, design: Design, outer: Flags, small_outer: Flags, *, reach_um: float) -> DesignSides:
    """The design's surface, to ask how far outside of it points are.

    outer, small_outer: which samples, and which middles of triangles without one, are on the outside.
    """
    surface, triangle = look.surface.chosen(outer), None
    if look.triangle is not None:
        surface = together((surface, look.small.chosen(small_outer)))
        triangle = np.concatenate((look.triangle[outer], look.small_triangle[small_outer]))
    return DesignSides(surface, mesh=design.mesh, triangle=triangle, half_layer_um=look.layer_um / 2, reach_um=reach_um)
