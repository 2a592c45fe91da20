"""How far a package's solid would be from its part: an evaluation that shares nothing with what bends masks.

A package is read with zipfile and PIL, each pixel is a square of 3 × 3 fine ones, light is blurred in float64 by what a
lens adds to that square, the surface is looked for on the fine grid, and distances go to the part's own mesh.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import manifold3d
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FINE = 3  # fine pixels along each side of a pixel
HEIGHTS = 3  # heights at which each layer's walls are looked at
SPACING_UM = 0.7  # between samples on the part's surface
MARGIN_UM = 12.0  # of a window whose surface is looked at, but not counted: distances may lead out of it
CUT_OFF_UM = 100.0  # a channel that is closed has no surface near: deviations are not followed further
_SQUARE_PX2 = 1 / 12  # variance of a square pixel


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What light and resin are taken to be. sigma_px: of a pixel's whole spot, its square included."""

    irradiance_mw_cm2: float
    depth_um: float
    threshold_mj_cm2: float
    sigma_px: float

    def times(
        self, *, irradiance: float = 1.0, depth: float = 1.0, threshold: float = 1.0, sigma: float = 1.0
    ) -> Assumed:
        """The same with factors."""
        return Assumed(
            irradiance_mw_cm2=self.irradiance_mw_cm2 * irradiance,
            depth_um=self.depth_um * depth,
            threshold_mj_cm2=self.threshold_mj_cm2 * threshold,
            sigma_px=self.sigma_px * sigma,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A window of the canvas in pixels; all layers."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True)
class Masks:
    """seconds: (layers, rows, columns) of full light; bottom_um, thickness_um: (layers,); corner_um: x, y, top left."""

    seconds: Floats
    bottom_um: Floats
    thickness_um: Floats
    pitch_um: float
    corner_um: tuple[float, float]


@dataclass(frozen=True)
class Points:
    """On a surface: at_um, outward: (n, 3); areas_um2: (n,) what each stands for."""

    at_um: Floats
    outward: Floats
    areas_um2: Floats

    def within(self, low_um: Floats, high_um: Floats) -> Points:
        kept = ((self.at_um >= low_um) & (self.at_um <= high_um)).all(axis=1)
        return Points(self.at_um[kept], self.outward[kept], self.areas_um2[kept])


@dataclass(frozen=True, slots=True)
class Verdict:
    """|deviation| in µm by area: from the solid to the part, from the part to the solid, and both together."""

    solid_p95: float
    part_p95: float
    p95: float
    most: float


def manifest_of(path: Path) -> dict[str, Any]:
    """manifest.json as it is."""
    with zipfile.ZipFile(path) as archive:
        return dict(json.loads(archive.read("manifest.json")))


def read_masks(path: Path, place: Place, *, only: list[int] | None = None) -> Masks:
    """What the first copy's fields show in a window, added up. only: these layers alone."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        canvas, layers = manifest["canvas"], manifest["layers"]
        layers = layers if only is None else [layers[layer] for layer in only]
        columns, rows = manifest["machine"]["field_px"]
        first: dict[tuple[int, int], int] = {}
        for index, field in enumerate(manifest["fields"]):
            first.setdefault((field["row_px"], field["column_px"]), index)
        out = np.zeros((len(layers), place.rows, place.columns))
        pictures: dict[int, Floats] = {}
        for k, layer in enumerate(layers):
            for field, mask, seconds in layer["exposures"]:
                top, left = manifest["fields"][field]["row_px"], manifest["fields"][field]["column_px"]
                if first[top, left] != field:
                    continue
                r0, r1 = max(place.row, top), min(place.row + place.rows, top + rows)
                c0, c1 = max(place.column, left), min(place.column + place.columns, left + columns)
                if r0 >= r1 or c0 >= c1:
                    continue
                if mask not in pictures:
                    pictures = {} if len(pictures) > 8 else pictures
                    image = Image.open(io.BytesIO(archive.read(manifest["masks"][mask]["path"]))).convert("L")
                    pictures[mask] = np.asarray(image, dtype=np.float64) / 255
                part = pictures[mask][r0 - top : r1 - top, c0 - left : c1 - left]
                out[k, r0 - place.row : r1 - place.row, c0 - place.column : c1 - place.column] += part * seconds
    return Masks(
        out,
        np.array([layer["bottom_um"] for layer in layers]),
        np.array([layer["thickness_um"] for layer in layers]),
        canvas["pitch_um"],
        (canvas["left_um"] + place.column * canvas["pitch_um"], canvas["top_um"] - place.row * canvas["pitch_um"]),
    )


def solid_points(masks: Masks, assumed: Assumed) -> Points:
    """The surface of what gels: faces that look down where the dose falls below the threshold, tops, and walls."""
    found = list(_solid(masks, assumed))
    at, outward, areas = (np.concatenate(parts) for parts in zip(*found, strict=True))
    x, y = masks.corner_um
    return Points(at * (1, -1, 1) + (x, y, 0.0), outward * (1, -1, 1), areas)


def logs(masks: Masks, assumed: Assumed) -> Iterator[tuple[int, Floats, Floats]]:
    """(layer, ln dose/threshold at its top, the same without its own light) on the fine grid, from the last layer down."""
    dose = np.zeros([side * FINE for side in masks.seconds.shape[1:]])
    lens_px = math.sqrt(max(assumed.sigma_px**2 - _SQUARE_PX2, 0.0))
    tops = masks.bottom_um + masks.thickness_um
    for k in range(len(tops) - 1, -1, -1):
        if k < len(tops) - 1:
            dose = dose * math.exp((tops[k] - tops[k + 1]) / assumed.depth_um)
        squares = np.kron(masks.seconds[k], np.ones((FINE, FINE))) * assumed.irradiance_mw_cm2
        own = ndimage.gaussian_filter(squares, lens_px * FINE, truncate=6.0) / assumed.threshold_mj_cm2
        before, dose = dose, dose + own
        yield k, np.log(np.maximum(dose, 1e-30)), np.log(np.maximum(before, 1e-30))


def _solid(masks: Masks, assumed: Assumed) -> Iterator[tuple[Floats, Floats, Floats]]:
    fine_um, depth_um = masks.pitch_um / FINE, assumed.depth_um
    tops = masks.bottom_um + masks.thickness_um
    for k, level, before in logs(masks, assumed):
        thickness = masks.thickness_um[k]
        down, right = np.gradient(level, fine_um)
        steep = np.sqrt(down**2 + right**2 + depth_um**-2)
        outward = np.stack([-right / steep, -down / steep, np.full_like(steep, -1 / depth_um) / steep], axis=-1)
        row, column = np.nonzero((level > 0) & (before <= 0))
        yield (
            _centres(row, column, np.full(len(row), tops[k]), fine_um),
            _upward(len(row)),
            np.full(len(row), fine_um**2),
        )
        if k:  # what lies on the platform has no face that looks down
            row, column = np.nonzero((level > 0) & (level * depth_um < thickness))
            z = tops[k] - level[row, column] * depth_um
            yield _centres(row, column, z, fine_um), outward[row, column], fine_um**2 * np.abs(outward[row, column, 2])
        for j in range(HEIGHTS):
            below = thickness * (j + 0.5) / HEIGHTS
            yield from _walls(level - below / depth_um, outward, tops[k] - below, fine_um, thickness / HEIGHTS)


def _walls(level: Floats, outward: Floats, z: float, fine_um: float, height_um: float) -> Iterator[tuple[Floats, ...]]:
    for axis in (0, 1):
        first, second = (np.take(level, range(a, level.shape[axis] + a - 1), axis=axis) for a in (0, 1))
        row, column = np.nonzero((first > 0) != (second > 0))
        a, b = first[row, column], second[row, column]
        at = _centres(row, column, np.full(len(row), z), fine_um)
        at[:, 1 - axis] += fine_um * a / (a - b)
        normal = outward[row, column]
        yield at, normal, fine_um * height_um * np.abs(normal[:, 1 - axis])


def _centres(row: Ints, column: Ints, z: Floats, fine_um: float) -> Floats:
    return np.stack([(column + 0.5) * fine_um, (row + 0.5) * fine_um, z], axis=1)


def _upward(count: int) -> Floats:
    return np.tile(np.array([0.0, 0.0, 1.0]), (count, 1))


def united(vertices_um: Floats, triangles: Ints) -> tuple[Floats, Ints]:
    """Bodies that overlap joined to one, by manifold3d, so that no surface lies inside."""
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]]])
    count = len(vertices_um)
    graph = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    bodies = []
    order = np.argsort(label[triangles[:, 0]], kind="stable")
    for some in np.split(order, np.flatnonzero(np.diff(label[triangles[order, 0]])) + 1):
        used, corners = np.unique(triangles[some], return_inverse=True)
        mesh = manifold3d.Mesh64(vertices_um[used], corners.reshape(-1, 3).astype(np.uint64))
        bodies.append(manifold3d.Manifold(mesh))
    whole = manifold3d.Manifold.batch_boolean(bodies, manifold3d.OpType.Add).to_mesh64()
    return np.asarray(whole.vert_properties)[:, :3].astype(np.float64), np.asarray(whole.tri_verts).astype(np.int64)


def part_points(vertices_um: Floats, triangles: Ints, low_um: Floats, high_um: Floats, *, seed: int = 0) -> Points:
    """Samples on a mesh within a box, as many as its area asks for; none on the platform."""
    corners = vertices_um[triangles]
    corners = _near(corners, low_um, high_um)
    while True:  # large triangles in halves, so that the box keeps few of them
        sides = np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2)
        large = sides.max(axis=1) > 20.0
        if not large.any():
            break
        some, which, here = corners[large], sides[large].argmax(axis=1), np.arange(int(large.sum()))
        a, b, c = (some[here, (which + step) % 3] for step in range(3))
        halves = [np.stack([a, (a + b) / 2, c], axis=1), np.stack([(a + b) / 2, b, c], axis=1)]
        corners = np.concatenate([corners[~large], _near(np.concatenate(halves), low_um, high_um)])
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    twice = np.linalg.norm(normal, axis=1)
    rng = np.random.default_rng(seed)
    of = np.repeat(np.arange(len(corners)), rng.poisson(twice / 2 / SPACING_UM**2))
    u = rng.random((len(of), 2))
    u = np.where(u.sum(axis=1, keepdims=True) > 1, 1 - u, u)
    a, b, c = (corners[of, k] for k in range(3))
    at = a + u[:, :1] * (b - a) + u[:, 1:] * (c - a)
    points = Points(at, normal[of] / twice[of, None], np.full(len(of), SPACING_UM**2))
    standing = (at[:, 2] < 0.5) & (points.outward[:, 2] < -0.5)
    return Points(at[~standing], points.outward[~standing], points.areas_um2[~standing]).within(low_um, high_um)


def _near(corners: Floats, low_um: Floats, high_um: Floats) -> Floats:
    return corners[((corners.max(axis=1) >= low_um) & (corners.min(axis=1) <= high_um)).all(axis=1)]


def distances_um(points: Points, others: Points) -> Floats:
    """(n,) from each point to the other surface: to the plane of its nearest sample where that is near, else to the sample.

    Not followed beyond CUT_OFF_UM.
    """
    if not len(others.at_um) or not len(points.at_um):
        return np.full(len(points.at_um), CUT_OFF_UM)
    far, nearest = cKDTree(others.at_um).query(points.at_um, workers=-1)
    plane = np.abs(np.einsum("ij,ij->i", points.at_um - others.at_um[nearest], others.outward[nearest]))
    return np.minimum(np.where(far < 3 * SPACING_UM, plane, far), CUT_OFF_UM)


def verdict(masks: Masks, assumed: Assumed, mesh: tuple[Floats, Ints]) -> tuple[Floats, Floats, Floats, Floats]:
    """Distances and areas: of the solid to the part, of the part to the solid; both counted within the margin only."""
    (x, y), (_, rows, columns) = masks.corner_um, masks.seconds.shape
    top = masks.bottom_um[-1] + masks.thickness_um[-1]
    low = np.array([x, y - rows * masks.pitch_um, -50.0])
    high = np.array([x + columns * masks.pitch_um, y, top + 50.0])
    inner = np.array([MARGIN_UM, MARGIN_UM, 0.0])
    part, solid = part_points(*mesh, low, high), solid_points(masks, assumed)
    part_in, solid_in = part.within(low + inner, high - inner), solid.within(low + inner, high - inner)
    return (
        distances_um(solid_in, part),
        solid_in.areas_um2,
        distances_um(part_in, solid),
        part_in.areas_um2,
    )


def summed_up(found: list[tuple[Floats, Floats, Floats, Floats]]) -> Verdict:
    """All windows together."""
    of_solid, solid_areas, of_part, part_areas = (np.concatenate(parts) for parts in zip(*found, strict=True))
    both, areas = np.concatenate([of_solid, of_part]), np.concatenate([solid_areas, part_areas])
    return Verdict(
        percentile(of_solid, solid_areas, 0.95),
        percentile(of_part, part_areas, 0.95),
        percentile(both, areas, 0.95),
        float(both.max()),
    )


def percentile(values: Floats, weights: Floats, share: float) -> float:
    """The value that this share of the weights does not exceed."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, share * reached[-1])])
