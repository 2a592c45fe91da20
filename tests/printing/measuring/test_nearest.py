"""Points find the nearest surface though it comes by in slabs, and the design's surface though only samples are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.measuring.nearest import NearestSurface, patch_distance_um
from mingyue.printing.measuring.sides import DesignSides
from mingyue.printing.measuring.surfaces import SurfacePoints, centres, sampled, together
from tests.solids import ball, box


def cloud(points: np.ndarray) -> SurfacePoints:
    """Points without any room about them."""
    normals = np.tile(np.array([0.0, 0.0, 1.0], dtype=np.float32), (len(points), 1))
    none = np.zeros(len(points), dtype=np.float32)
    return SurfacePoints(points, normals, none + 1, none)


@given(st.integers(0, 10_000), st.sampled_from([7.0, 25.0, 400.0]))
def test_slabs_give_what_all_at_once_would(seed: int, reach_um: float) -> None:
    rng = np.random.default_rng(seed)
    asking, surface = rng.uniform(0, 100, (40, 3)), rng.uniform(0, 100, (30, 3))
    surface[:, 2] = np.sort(np.round(surface[:, 2] / 5) * 5)[::-1]
    near = NearestSurface(asking, reach_um=reach_um, half_um=(0.0, 0.0))

    for height in np.unique(surface[:, 2])[::-1]:
        near.add(cloud(surface[surface[:, 2] == height]), middle_um=float(height))
    near.finish()

    apart = np.linalg.norm(asking[:, None] - surface[None], axis=2).min(axis=1)
    assert near.distance_um == pytest.approx(np.minimum(apart, reach_um), rel=0.021)
    # What is not found at once is far, and far is good to two per cent.


def test_where_no_surface_comes_by_the_reach_is_said() -> None:
    near = NearestSurface(np.zeros((3, 3)), reach_um=50.0, half_um=(1.0, 1.0))

    near.finish()

    assert near.distance_um.tolist() == [50.0, 50.0, 50.0]


def test_a_patch_is_flat_and_ends() -> None:
    point = SurfacePoints(
        np.zeros((3, 3)),
        np.array([(0.0, 0.0, 1.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)], dtype=np.float32),
        np.ones(3, dtype=np.float32),
        np.full(3, 2.0, dtype=np.float32),
    )
    asking = np.array([(1.5, -2.0, 3.0), (6.0, 0.0, 3.0), (3.0, 0.0, 5.0)])

    assert patch_distance_um(asking, point, half_layer_um=1.0) == pytest.approx([3.0, 5.0, 5.0])


@pytest.mark.parametrize("count", [500, 5000])
def test_samples_stand_for_equal_areas_and_lie_on_the_surface(count: int) -> None:
    mesh = box((0, 0, 0), (40, 20, 10))

    points, triangle = sampled(mesh, count)

    assert points.area_um2 == pytest.approx(2 * (800 + 400 + 200), rel=1e-5)
    top = points.normals[:, 2] > 0.5
    assert top.sum() / count == pytest.approx(800 / 2800, abs=2 / count)
    assert np.abs(points.points_um[top, 2] - 10.0).max() < 1e-9
    assert (np.diff(triangle) >= 0).all()
    # Even within a face: the middle of it is the mean.
    assert points.points_um[top].mean(axis=0) == pytest.approx([20, 10, 10], abs=0.5)


def test_the_same_mesh_gives_the_same_samples() -> None:
    one, other = (sampled(ball(radius_um=9.0, centre_um=(1, 2, 3), rings=9), 777)[0] for _ in range(2))

    assert np.array_equal(one.points_um, other.points_um)


def test_a_ball_is_left_by_as_much_as_one_goes_outwards() -> None:
    mesh = ball(radius_um=40.0, centre_um=(0.0, 0.0, 0.0), rings=90)
    some, triangle = sampled(mesh, 4000)
    others = np.setdiff1d(np.arange(len(mesh.triangles)), triangle)
    surface, triangle = together((some, centres(mesh, others))), np.concatenate((triangle, others))
    sides = DesignSides(surface, mesh=mesh, triangle=triangle, half_layer_um=1.0, reach_um=30.0)
    outwards = np.random.default_rng(1).normal(size=(300, 3))
    outwards /= np.linalg.norm(outwards, axis=1, keepdims=True)

    for radius, expected in ((43.7, 3.7), (38.2, -1.8), (90.0, 30.0), (40.0, 0.0)):
        assert sides.signed_um(radius * outwards) == pytest.approx(np.full(300, expected), abs=0.06)
