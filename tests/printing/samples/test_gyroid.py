import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from mingyue.printing.samples.gyroid import Gyroid, gyroid
from mingyue.printing.samples.sample import SampleParameterError

# The gyroid's area and integrated curvature in a unit cell: its genus there is 5, so 2π·χ = -16π.
AREA_PER_CELL = 3.0915
CURVATURE_PER_CELL = -16 * np.pi


def body_count(mesh):
    ends = mesh.triangles[:, [0, 1, 1, 2]].reshape(-1, 2)
    size = len(mesh.vertices_um)
    links = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))
    return connected_components(links, directed=False)[0]


@pytest.mark.parametrize("wall_um", [20.0, 60.0, 100.0])
def test_a_sheet_holds_what_steiner_says_of_its_wall(wall_um):
    wall = wall_um / 500
    share = AREA_PER_CELL * wall + CURVATURE_PER_CELL * wall**3 / 12

    lattice = gyroid(Gyroid(edge_um=500, step_um=6.25, wall_um=wall_um))

    assert lattice.mesh.volume_um3 / 500**3 == pytest.approx(share, rel=0.003)


def test_the_skeleton_at_level_zero_fills_half_of_the_cube():
    lattice = gyroid(Gyroid(edge_um=1000, style="skeleton"))

    assert lattice.mesh.volume_um3 / 1000**3 == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize("style", ["sheet", "skeleton"])
def test_the_cube_is_one_body_and_exact_at_its_faces(style):
    mesh = gyroid(Gyroid(style=style)).mesh

    np.testing.assert_array_equal(mesh.box_um, ((0, 0, 0), (1500, 1500, 1500)))
    assert body_count(mesh) == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (Gyroid(step_um=100), "cannot draw cells of 500 µm"),
        (Gyroid(wall_um=300), "A wall of 300 µm does not fit"),
        (Gyroid(style="skeleton", level=1.45), "no longer one lattice"),
    ],
)
def test_parameters_that_make_no_lattice_are_refused(wrong, message):
    with pytest.raises(SampleParameterError, match=message):
        gyroid(wrong)
