"""Beams become closed tubes and balls of the right volume."""

import numpy as np
import trimesh
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.formats.lattices import RADIUS_ERROR, SIDES, Lattice, lattice_mesh

NO_BALLS = {"balls": np.empty(0, dtype=np.int64), "ball_radii": np.empty(0)}
NO_BEAMS = {"beams": np.empty((0, 2), dtype=np.int64), "radii": np.empty((0, 2))}
POLYGON_AREA = 0.5 * SIDES * np.sin(2 * np.pi / SIDES)  # of radius one

directions = st.tuples(*[st.floats(-5, 5)] * 3).filter(lambda way: np.linalg.norm(way) > 1e-3)


@given(directions, st.floats(0.1, 10), st.floats(0.1, 10))
def test_a_beam_in_any_direction_is_a_closed_cone_of_exact_volume(way, first, last):
    nodes = np.array([[1.0, 2, 3], np.add([1, 2, 3], way)])
    lattice = Lattice(nodes, np.array([[0, 1]]), np.array([[first, last]]), **NO_BALLS)

    mesh = lattice_mesh(lattice)

    length = np.linalg.norm(way)
    expected = POLYGON_AREA * length * (first**2 + first * last + last**2) / 3
    np.testing.assert_allclose(mesh.volume_um3, expected, rtol=1e-9)
    assert trimesh.Trimesh(mesh.vertices_um, mesh.triangles, process=False).is_watertight
    assert len(mesh.triangles) == lattice.triangle_count


def test_balls_are_closed_and_keep_within_the_promised_error():
    nodes = np.array([[0.0, 0, 0], [10, 0, 0]])
    lattice = Lattice(nodes, **NO_BEAMS, balls=np.array([1, 0]), ball_radii=np.array([2.0, 3.0]))

    mesh = lattice_mesh(lattice)

    solid = trimesh.Trimesh(mesh.vertices_um, mesh.triangles, process=False)
    assert solid.is_watertight
    assert solid.body_count == 2
    assert len(mesh.triangles) == lattice.triangle_count
    np.testing.assert_allclose(mesh.box_um, [[-3, -3, -3], [12, 3, 3]], atol=1e-12)
    whole = 4 / 3 * np.pi * (2**3 + 3**3)
    assert (1 - 4 * RADIUS_ERROR) * whole < mesh.volume_um3 < whole
