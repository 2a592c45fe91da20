"""The loops that look at solids say the same as their plain references."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.curing.doses import Cure
from mingyue.printing.curing.optics import gaussian_blur
from mingyue.printing.frames import Canvas
from mingyue.printing.kernels import solid_reference as reference
from mingyue.printing.kernels.compiled import entry
from mingyue.printing.measuring.probes import NEVER_LIT, depth_at
from mingyue.printing.measuring.slices import Slice, skin
from tests.solids import box

CURE = Cure(irradiance_mw_cm2=1.0, penetration_depth_um=7.0, critical_dose_mj_cm2=1.3, blur=gaussian_blur(0.0))
LIMITS = {"threshold": 1.3, "depth_um": 7.0, "thickness_um": 5.0}


def slice_of(seed: int, *, rows: int = 9, columns: int = 11, layer: int = 4) -> Slice:
    """A layer of random doses about the threshold, some of them 0, with doses above it that are consistent."""
    rng = np.random.default_rng(seed)
    fall = math.exp(-5.0 / 7.0)
    above = np.where(rng.random((rows, columns)) < 0.5, 0.0, rng.uniform(0, 6, (rows, columns))).astype(np.float32)
    own = np.where(rng.random((rows, columns)) < 0.4, 0.0, rng.uniform(0, 4, (rows, columns)))
    here = (own + above * fall).astype(np.float32)
    return Slice(layer, 25.0, 5.0, here, above, fall, Canvas(2.0, rows, columns, -3.0, 40.0), CURE)


@given(st.integers(0, 10_000))
def test_walls_roofs_and_floors_are_where_the_reference_has_them(seed: int) -> None:
    piece = slice_of(seed)
    roofs, solid = reference.floors_and_roofs(piece.above, piece.here, fall_above=piece.fall_above, **LIMITS)
    floors = (solid > 0) & (solid < 5.0)
    crossings = reference.wall_crossings(piece.here, **LIMITS)

    found, volume_um3 = skin(piece)

    at_wall = found.points_um[:, 2] == 22.5
    walls = found.points_um[at_wall & (found.halves_um == 1.0)]
    expected = sorted((-3 + (column + 0.5) * 2, 40 - (row + 0.5) * 2) for row, column in crossings)
    nearest = [min(math.dist(one, point) for point in walls[:, :2]) for one in expected]
    assert max(nearest, default=0.0) < 1e-4
    assert len(found) == len(crossings) + roofs.sum() + floors.sum()
    assert volume_um3 == pytest.approx(4.0 * solid.sum(), rel=1e-5)
    heights = np.sort(found.points_um[found.points_um[:, 2] < 25.0][:, 2])
    assert np.allclose(
        heights, np.sort(np.concatenate((25.0 - solid[floors], np.full(len(crossings), 22.5)))), atol=1e-4
    )
    assert np.allclose(np.linalg.norm(found.normals, axis=1), 1.0, atol=1e-5)


def test_normals_look_out_of_the_solid() -> None:
    piece = slice_of(3, rows=20, columns=20)

    found, _ = skin(piece)
    inside = (found.points_um[:, 2] < 25.0) & (np.abs(found.normals[:, :2]).max(axis=1) > 0.1)
    one, other = (
        depth_at(piece, found.points_um[inside] + side * 0.02 * found.normals[inside]) for side in (-1.0, 1.0)
    )

    assert len(one) > 50
    assert (one > other).all()


def test_the_shares_of_area_add_up_to_the_area() -> None:
    rows = columns = 60
    # A cylinder lying along x, of radius 40 µm: its lower half, in layers.
    across = (np.arange(rows) + 0.5 - rows / 2)[:, None] * 2.0 * np.ones(columns)
    depth = np.where(np.abs(across) < 40, np.sqrt(np.maximum(1600 - across**2, 0.0)), -5.0)
    cure = Cure(irradiance_mw_cm2=1.0, penetration_depth_um=60.0, critical_dose_mj_cm2=1.0, blur=gaussian_blur(0.0))
    above, area_um2, volume_um3 = np.zeros((rows, columns), dtype=np.float32), 0.0, 0.0

    for layer in range(20):
        here = np.exp((depth - 2.0 * layer) / 60.0).astype(np.float32)
        fall = math.exp(-2.0 / 60.0)
        piece = Slice(3, 100.0 - 2.0 * layer, 2.0, here, above, fall, Canvas(2.0, rows, columns, 0.0, 0.0), cure)
        found, volume = skin(piece)
        area_um2 += float(found.areas_um2[found.normals[:, 2] < 0.999].sum())
        volume_um3 += volume
        above = here

    length_um = columns * 2.0
    assert area_um2 == pytest.approx(math.pi * 40 * length_um, rel=0.03)
    assert volume_um3 == pytest.approx(math.pi * 1600 / 2 * length_um, rel=0.01)


def test_every_other_line_finds_the_same_area() -> None:
    piece = slice_of(5, rows=200, columns=200)

    all_of_it, some_of_it = skin(piece)[0], skin(piece, step=2)[0]

    assert len(some_of_it) < 0.45 * len(all_of_it)
    assert some_of_it.area_um2 == pytest.approx(all_of_it.area_um2, rel=0.05)


@given(st.integers(0, 10_000))
def test_twice_the_light_is_half_the_threshold(seed: int) -> None:
    piece = slice_of(seed)
    brighter = Slice(4, 25.0, 5.0, piece.here * 2, piece.above * 2, piece.fall_above, piece.canvas, CURE)

    one, other = skin(piece, gain=2.0), skin(brighter)

    assert one[1] == pytest.approx(other[1], rel=1e-4)
    assert len(one[0]) == pytest.approx(len(other[0]), abs=2)  # a pixel may lie on the threshold


@given(st.integers(0, 10_000), st.floats(0.0, 11.0), st.floats(0.0, 9.0), st.floats(20.0, 25.0))
def test_depths_are_those_of_the_reference(seed: int, u: float, v: float, z: float) -> None:
    piece = slice_of(seed)
    point = np.array([[-3.0 + 2 * u, 40.0 - 2 * v, z]])

    (found,) = depth_at(piece, point)
    expected = reference.depth_at(piece.here, np.array([u, v, z]), threshold=1.3, depth_um=7.0, top_um=25.0)

    assert found == (NEVER_LIT if expected is None else pytest.approx(expected, abs=0.02))


@given(st.integers(0, 10_000))
def test_distances_to_triangles_are_those_of_the_reference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners, point = rng.uniform(-1, 1, (3, 3)), rng.uniform(-2, 2, 3)
    distance = np.empty(1)

    entry("closest")(point[None], corners.reshape(1, 9), np.zeros((1, 1), dtype=np.int64), distance)

    expected = reference.triangle_distance(point, corners)
    assert abs(distance[0]) <= expected + 1e-9
    assert abs(distance[0]) == pytest.approx(expected, abs=0.02)
    above = np.dot(point - corners[0], np.cross(corners[1] - corners[0], corners[2] - corners[0]))
    assert distance[0] * above >= 0


def test_a_box_knows_its_inside_near_edges_and_corners_too() -> None:
    mesh = box((-1, -1, -1), (1, 1, 1))
    points = np.random.default_rng(7).uniform(-1.6, 1.6, (2000, 3))
    all_of_them = np.broadcast_to(np.arange(12), (len(points), 12)).astype(np.int64)
    distance = np.empty(len(points))

    corners = np.ascontiguousarray(mesh.vertices_um[mesh.triangles].reshape(-1, 9))
    entry("closest")(points, corners, np.ascontiguousarray(all_of_them), distance)

    beyond = np.abs(points) - 1.0
    expected = np.linalg.norm(np.maximum(beyond, 0.0), axis=1) + np.minimum(beyond.max(axis=1), 0.0)
    assert np.allclose(distance, expected, atol=1e-9)
