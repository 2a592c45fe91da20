"""A soup of triangles as an STL file has them is, to the last bit, the mesh of their vertices: nobody can tell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.chain import BuildSettings, build
from mingyue.printing.formats.limits import ReadLimits
from mingyue.printing.formats.parts import Part, read_part
from mingyue.printing.formats.stl import read_stl_noted, write_stl
from mingyue.printing.frames import centred_canvas, rotation
from mingyue.printing.kernels import threads
from mingyue.printing.meshes import Mesh, PlacedMesh, Soup
from mingyue.printing.pictures import drawn_mesh
from mingyue.printing.portions import portions
from mingyue.printing.profiles.machines import machine
from mingyue.printing.profiles.resins import resin
from mingyue.units import UM_PER
from tests.solids import ball

CANVAS = centred_canvas(rows=70, columns=80, pitch_um=1.0)
BALL = ball(radius_um=40, centre_um=(0, 0, 40), rings=20)


def soup_of(mesh: Mesh, *, scale: float) -> Soup:
    return Soup((mesh.vertices_um[mesh.triangles].reshape(-1, 9) / scale).astype(np.float32), scale)


def plain(soup: Soup) -> Mesh:
    """The same as vertices and indices, made without the soup's own help."""
    return Mesh(
        soup.surface.corners.astype(np.float64).reshape(-1, 3) * soup.surface.scale,
        np.arange(3 * soup.surface.count).reshape(-1, 3),
    )


@given(
    st.integers(0, 10**6),
    st.sampled_from([1.0, 1e3, 25.4e3]),
    st.tuples(*[st.sampled_from([0.0, 90.0, 33.0])] * 3),
    st.booleans(),
)
def test_a_soup_is_placed_sliced_and_drawn_as_its_mesh(
    seed: int, scale: float, turns: tuple[float, float, float], shared: bool
) -> None:
    rng = np.random.default_rng(seed)
    soup = Soup(rng.normal(0, 30.0 / scale, (150, 9)).astype(np.float32), scale)
    mesh = plain(soup)
    matrix, offset = rng.uniform(0.5, 2.0) * rotation(turns), rng.normal(0, 10.0, 3)
    with pytest.MonkeyPatch.context() as patch:
        if shared:
            patch.setattr(threads, "_LEAST", 10)
            patch.setattr(threads, "processors", lambda: 5)
        one, other = PlacedMesh(soup, matrix, offset), PlacedMesh(mesh, matrix, offset)

        np.testing.assert_array_equal(soup.box_um, mesh.box_um)
        np.testing.assert_array_equal(soup.box_under(matrix, offset), mesh.box_under(matrix, offset))
        np.testing.assert_array_equal(one.box_um, other.box_um)
        assert [portion.tolist() for portion in portions(one, CANVAS, np.array([-9.0, 0.0, 9.0]), layers=2)] == [
            portion.tolist() for portion in portions(other, CANVAS, np.array([-9.0, 0.0, 9.0]), layers=2)
        ]
        np.testing.assert_array_equal(
            drawn_mesh(one, width_px=40, height_px=30), drawn_mesh(other, width_px=40, height_px=30)
        )
    assert soup.is_closed is mesh.is_closed is False
    assert "vertices_um" not in vars(soup)  # nobody has asked for them
    assert "triangles" not in vars(soup)
    np.testing.assert_array_equal(soup.vertices_um, mesh.vertices_um)
    np.testing.assert_array_equal(soup.triangles, mesh.triangles)
    assert soup.sha256 == mesh.sha256
    with pytest.raises(ValueError, match="read-only"):
        soup.vertices_um[0] = 0.0


def test_a_soup_closes_where_corners_in_one_place_differ_in_the_sign_of_zero() -> None:
    soup = soup_of(BALL, scale=1e3)
    corners = soup.surface.corners.copy()
    zeros = np.argwhere(corners == 0.0)
    assert len(zeros) > 1
    corners[tuple(zeros[::2].T)] = -0.0

    assert soup.is_closed
    assert Soup(corners, 1e3).is_closed
    assert not Soup(corners[1:].copy(), 1e3).is_closed


@pytest.mark.parametrize("unit", ["um", "mm", "inch"])
def test_a_file_read_as_soup_is_the_one_that_was_welded(tmp_path: Path, unit: str) -> None:
    write_stl(BALL, tmp_path / "ball.stl", unit=unit)

    soup, notes = read_stl_noted(tmp_path / "ball.stl", unit=unit, limits=ReadLimits(), welded=False)
    welded, _ = read_stl_noted(tmp_path / "ball.stl", unit=unit, limits=ReadLimits())

    assert isinstance(soup, Soup)
    assert notes == ()
    assert soup.surface.scale == UM_PER[unit]
    np.testing.assert_array_equal(soup.vertices_um[soup.triangles], welded.vertices_um[welded.triangles])


def test_a_build_makes_the_same_package_of_a_soup_and_never_its_vertices(tmp_path: Path) -> None:
    write_stl(BALL, tmp_path / "ball.stl", unit="mm")
    settings = BuildSettings(machine=machine("s230"), resin=resin("pr48-385"), field_px=(64, 64), exposure_s=1.0)
    part = read_part(tmp_path / "ball.stl", unit="mm", welded=False)
    assert isinstance(part.mesh, Soup)

    build(part, settings, package=tmp_path / "soup.zip")

    assert not {"vertices_um", "triangles"} & set(vars(part.mesh))
    same = Part(plain(part.mesh), part.format, part.unit, part.unit_is_from_file, part.sha256, part.name, part.notes)
    build(same, settings, package=tmp_path / "mesh.zip")
    assert (tmp_path / "soup.zip").read_bytes() == (tmp_path / "mesh.zip").read_bytes()
