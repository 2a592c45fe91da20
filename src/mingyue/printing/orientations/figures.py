"""Facets and hull become figures: what each way of laying the part costs, for hundreds of ways at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.fields import ROUNDING_PX
from mingyue.printing.frames import rotation
from mingyue.printing.layers import SLIVER_UM
from mingyue.printing.meshes import Mesh
from mingyue.printing.orientations.directions import angles_of
from mingyue.printing.orientations.facets import Facets
from mingyue.printing.profiles.machines import Machine

Floats = NDArray[np.float64]

# A face nearer to level than this shows no steps, and one that low rests on the platform.
_LEVEL_DEG = 1.0
# Turns about z that are tried, from 0 up to half a turn.
_TURNS_DEG = np.arange(0.0, 180.0, 5.0)
_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What a part is laid for. steepest_deg: faces that hang flatter than this against the platform need supports.

    least_contact: share of its mean section that a part must have on the platform to stand. exposure_s, move_s, recoat_s:
    of a field; from one to the next; of a layer.
    """

    machine: Machine
    layer_um: float
    steepest_deg: float
    least_contact: float
    exposure_s: float
    move_s: float
    recoat_s: float


@dataclass(frozen=True, eq=False)
class Figures:
    """One entry a way of laying the part, (c,) each; supported and cusp in the part's size, turn_deg about z last.

    supported_um2: area that hangs flatter than it carries itself, seen from below, what lies on the platform not counted;
    a part that stands on next to nothing must be lifted and hung by necks, which counts its mean section as well.
    contact_um2: what lies on the platform. fields: of the rectangle around the part; is_fit: the platform takes it.
    exposures: fields of all layers; cusp_um: height of steps, mean over the (marked) surface; slenderness: height by the
    shorter side of the rectangle around the part.
    """

    ups: Floats
    turn_deg: Floats
    supported_um2: Floats
    contact_um2: Floats
    height_um: Floats
    layers: NDArray[np.int64]
    fields: NDArray[np.int64]
    exposures: NDArray[np.int64]
    cusp_um: Floats
    slenderness: Floats
    is_fit: NDArray[np.bool_]

    def time_s(self, demands: Demands) -> Floats:
        """(c,) seconds of the print: each field exposed and reached, each layer recoated."""
        return self.exposures * (demands.exposure_s + demands.move_s) + self.layers * demands.recoat_s


def figures_of(mesh: Mesh, facets: Facets, hull: Floats, ups: Floats, demands: Demands) -> Figures:
    """Figures of laying the part so that each of (c, 3) directions points up.

    hull: (h, 3), see `hull_points`. Exact but for facets that straddle a limit. Fields are those of the rectangle around
    the part, in the turn about z that needs the fewest, and of those the smallest rectangle.
    """
    origin = hull.mean(axis=0)
    points = hull - origin
    below = (points @ ups.T).min(axis=0)
    height = (points @ ups.T).max(axis=0) - below
    hanging, cusp = _of_facets(facets, ups, demands)
    contact = _contact(mesh, facets, ups, below + ups @ origin, demands.layer_um)
    turn, width, depth = _rectangles(points, ups, demands.machine)
    section = abs(mesh.volume_um3) / np.maximum(height, 1e-9)
    hung = np.where(contact < demands.least_contact * section, section, 0.0)
    layers = np.maximum(1, np.ceil((height - SLIVER_UM) / demands.layer_um)).astype(np.int64)
    count = _field_count(width, depth, demands.machine)
    room = demands.machine.platform_um or (math.inf,) * 3
    return Figures(
        ups=ups,
        turn_deg=turn,
        supported_um2=np.maximum(0.0, hanging - contact) + hung,
        contact_um2=contact,
        height_um=height,
        layers=layers,
        fields=count,
        exposures=count * layers,
        cusp_um=cusp,
        slenderness=height / np.maximum(np.minimum(width, depth), 1e-9),
        is_fit=np.all(
            [side <= most * (1 + 1e-6) for side, most in zip((width, depth, height), room, strict=True)], axis=0
        ),
    )


def joined_figures(first: Figures, second: Figures) -> Figures:
    """The figures of both, in order."""
    names = [entry.name for entry in fields(Figures)]
    return Figures(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in names))


def _of_facets(facets: Facets, ups: Floats, demands: Demands) -> tuple[Floats, Floats]:
    """Area that hangs too flat, seen from below, and mean height of the steps on what is marked."""
    hanging, cusp = np.empty(len(ups)), np.empty(len(ups))
    flattest, level = -math.cos(math.radians(demands.steepest_deg)), math.cos(math.radians(_LEVEL_DEG))
    marked = max(float(facets.marked_um2.sum()), 1e-300)
    for begin in range(0, len(ups), _AT_ONCE):
        some = slice(begin, begin + _AT_ONCE)
        looks_up = facets.normals @ ups[some].T
        hanging[some] = -(facets.areas_um2 @ np.where(looks_up < flattest, looks_up, 0.0))
        steep = np.abs(looks_up)
        cusp[some] = demands.layer_um * (facets.marked_um2 @ np.where(steep > level, 0.0, steep)) / marked
    return hanging, cusp


def _contact(mesh: Mesh, facets: Facets, ups: Floats, below_um: Floats, layer_um: float) -> Floats:
    """(c,) area of triangles that lie level within half a layer of the lowest point."""
    contact = np.zeros(len(ups))
    level = math.cos(math.radians(_LEVEL_DEG))
    for begin in range(0, len(ups), _AT_ONCE):
        is_down = facets.normals @ ups[begin : begin + _AT_ONCE].T < -level
        for k in np.flatnonzero(is_down.any(axis=0)):
            way = begin + int(k)
            pieces = [facets.order[facets.starts[f] : facets.starts[f + 1]] for f in np.flatnonzero(is_down[:, k])]
            contact[way] = _level_area(mesh, np.concatenate(pieces), ups[way], below_um[way] + layer_um / 2)
    return contact


def _level_area(mesh: Mesh, triangles: NDArray[np.int64], up: Floats, highest_um: float) -> float:
    corners = mesh.vertices_um[mesh.triangles[triangles]]
    low = corners[(corners @ up < highest_um).all(axis=1)]
    vectors = np.cross(low[:, 1] - low[:, 0], low[:, 2] - low[:, 0]) / 2
    return max(0.0, float(-(vectors @ up).sum()))


def _rectangles(points: Floats, ups: Floats, machine: Machine) -> tuple[Floats, Floats, Floats]:
    """(c,) each: turn about z in degrees, width and depth of the rectangle around the part in it."""
    turn, width, depth = np.empty(len(ups)), np.empty(len(ups)), np.empty(len(ups))
    for way, up in enumerate(ups):
        flat = points @ rotation(angles_of(up))[:2].T
        turn[way], width[way], depth[way] = best_turn(flat, _TURNS_DEG, machine)
    return turn, width, depth


def best_turn(flat: Floats, turns_deg: Floats, machine: Machine) -> tuple[float, float, float]:
    """Of these turns the one with the fewest fields, then the smallest rectangle, then the first; its width and depth.

    flat: (h, 2) the hull seen from above.
    """
    angles = np.radians(turns_deg)
    cosine, sine = np.cos(angles), np.sin(angles)
    x = np.outer(cosine, flat[:, 0]) - np.outer(sine, flat[:, 1])
    y = np.outer(sine, flat[:, 0]) + np.outer(cosine, flat[:, 1])
    width, depth = np.ptp(x, axis=1), np.ptp(y, axis=1)
    area = width * depth
    smallest = np.floor(
        area / max(float(area.min()), 1e-300) * 100
    )  # to a percent, so that equal ones keep their order
    best = int(np.lexsort((smallest, _field_count(width, depth, machine)))[0])
    return float(turns_deg[best]), float(width[best]), float(depth[best])


def _field_count(width_um: Floats, depth_um: Floats, machine: Machine) -> NDArray[np.int64]:
    across, down = (
        np.maximum(1, np.ceil((side / machine.pixel_um - ROUNDING_PX) / side_px))
        for side, side_px in zip((width_um, depth_um), machine.field_px, strict=True)
    )
    return (across * down).astype(np.int64)
