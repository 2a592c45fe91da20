"""STL: what is written is read, and what is broken is named."""

import numpy as np
import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mingyue.errors import BadInputError, FileFormatError, LimitError
from mingyue.printing.formats.limits import ReadLimits
from mingyue.printing.formats.stl import read_stl, read_stl_noted, write_stl
from mingyue.printing.meshes import Mesh

LIMITS = ReadLimits()
FACET = """\
facet normal 0 0 1
  outer loop
    vertex 0 0 0
    vertex 1 0 0
    vertex 0 1 0
  endloop
endfacet
"""
COUNTS = {
    "BAD_cube.stl": 11, "angle_block.STL": 704, "busted.STL": 3878, "diamond_tpms_21.stl": 4646,
    "empty_stl.stl": 0, "featuretype.STL": 3476, "octagonal_pocket.stl": 3262, "plate_holes.STL": 1252,
    "soup.stl": 100, "torus.STL": 8700, "unit_sphere.STL": 1280,
}  # fmt: skip


def read_text(tmp_path, text, **limits):
    path = tmp_path / "part.stl"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_stl_noted(path, unit="mm", limits=ReadLimits(**limits))


corners_mm = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 40), st.just(3), st.just(3)),
    elements=st.floats(-(2.0**100), 2.0**100, width=32),
)


@given(corners_mm=corners_mm)
def test_what_is_written_is_read_again_bit_by_bit(corners_mm, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "written.stl"
    corners_um = corners_mm.astype(np.float64) * 1000
    mesh = Mesh(corners_um.reshape(-1, 3), np.arange(3 * len(corners_um)).reshape(-1, 3))

    write_stl(mesh, path)
    again = read_stl(path, unit="mm", limits=LIMITS)

    np.testing.assert_array_equal(again.vertices_um[again.triangles], corners_um)
    assert len(again.vertices_um) == len(np.unique(again.vertices_um, axis=0))


@pytest.mark.parametrize(("unit", "scale"), [("mm", 1.0), ("um", 1000.0), ("inch", 1 / 25.4)])
def test_a_part_keeps_its_size_in_every_unit(tmp_path, unit, scale):
    box = trimesh.creation.box((1, 2, 3))
    write_stl(Mesh(box.vertices * 1000, box.faces), tmp_path / "box.stl", unit=unit)

    stored = trimesh.load(tmp_path / "box.stl")
    np.testing.assert_allclose(stored.extents, np.array([1, 2, 3]) * scale, rtol=1e-6)
    np.testing.assert_allclose(stored.face_normals, box.face_normals, atol=1e-6)
    mesh = read_stl(tmp_path / "box.stl", unit=unit, limits=LIMITS)
    np.testing.assert_allclose(mesh.size_um, [1000, 2000, 3000], rtol=1e-6)
    assert mesh.vertices_um.shape == (8, 3)


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_every_triangle_of_a_real_file_is_there(data_dir, name, count):
    mesh = read_stl(data_dir / "parts" / name, unit="mm", limits=LIMITS)

    assert len(mesh.triangles) == count
    if count:
        theirs = trimesh.load(data_dir / "parts" / name, process=False)
        np.testing.assert_allclose(mesh.vertices_um[mesh.triangles], theirs.triangles * 1000, rtol=1e-12)


def test_text_and_binary_of_one_part_are_one_mesh(tmp_path, data_dir):
    theirs = trimesh.load(data_dir / "parts" / "busted.STL")
    theirs.export(tmp_path / "text.stl", file_type="stl_ascii")
    theirs.export(tmp_path / "binary.stl")

    text = read_stl(tmp_path / "text.stl", unit="mm", limits=LIMITS)
    binary = read_stl(tmp_path / "binary.stl", unit="mm", limits=LIMITS)

    np.testing.assert_allclose(
        text.vertices_um[text.triangles], binary.vertices_um[binary.triangles], rtol=1e-5, atol=1e-2
    )


def test_a_text_file_may_shout_and_hold_several_solids_with_long_names(tmp_path):
    solids = f"solid left arm, 2nd\n{FACET}endsolid left arm, 2nd\nsolid\n{FACET}{FACET}endsolid\n"

    mesh, notes = read_text(tmp_path, "\ufeff" + solids.upper().replace("\n", "\r\n"))

    assert (len(mesh.triangles), len(mesh.vertices_um), notes) == (3, 3, ())


def test_a_text_file_longer_than_one_block_is_read_across_its_cuts(tmp_path):
    facet = FACET.replace("vertex 0 1 0", "vertex 0 1 {}")
    text = "solid x\n" + "".join(facet.format(k) for k in range(20_000)) + "endsolid x"

    mesh, notes = read_text(tmp_path, text)

    np.testing.assert_array_equal(mesh.vertices_um[mesh.triangles[:, 2], 2], 1000.0 * np.arange(20_000))
    assert notes == ()


def test_an_error_in_a_text_file_names_the_line_even_after_many_blocks(tmp_path):
    text = "solid x\n" + FACET * 20_000 + FACET.replace("vertex 1 0 0", "vertex 1 o 0") + FACET

    with pytest.raises(FileFormatError, match=r"Line 140,005 of part.stl .* found 'o'"):
        read_text(tmp_path, text)


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (FACET.replace("endloop", "vertex 1 1 1\nendloop"), 7),
        (FACET.replace("    vertex 0 1 0\n", ""), 6),
        (FACET.replace("endfacet\n", ""), 7),
        (FACET + "facet normal 0 0 1\n", 9),
    ],
)
def test_a_facet_that_is_no_triangle_is_refused_with_its_line(tmp_path, broken, line):
    with pytest.raises(FileFormatError, match=f"Line {line} of"):
        read_text(tmp_path, f"solid x\n{broken}endsolid x\nsolid y\n{FACET}endsolid y\n")


def test_a_facet_may_spread_over_more_than_a_block_of_blank_lines(tmp_path):
    blank = "\n" * (600 << 10)  # two of these fill a block of 1 MiB, so that some blocks hold less than a facet

    text = "solid x\n" + FACET.replace("\n", "\n" + blank) + "endsolid x\n"

    mesh, _ = read_text(tmp_path, text, max_text_line_bytes=1 << 20)

    assert len(mesh.triangles) == 1
    with pytest.raises(FileFormatError, match="found blanks without end"):
        read_text(tmp_path, text)


def test_a_text_file_without_its_last_line_is_read_with_a_note(tmp_path):
    mesh, notes = read_text(tmp_path, "solid x\n" + FACET)

    assert len(mesh.triangles) == 1
    assert notes == ("The file ends without `endsolid`: its end may be missing.",)


def test_a_text_file_cut_inside_a_facet_is_refused(tmp_path):
    with pytest.raises(FileFormatError, match=r"Line 5 .* inside a facet"):
        read_text(tmp_path, "solid x\n" + FACET[:60])


def test_a_binary_file_that_begins_with_solid_is_known_by_its_size(tmp_path):
    facet = np.zeros(1, dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    facet["corners"] = [[[0, 0, 0], [1, 0, 0], [0, 1, 0]]]
    content = b"solid".ljust(80) + (1).to_bytes(4, "little") + facet.tobytes()

    mesh, notes = read_text(tmp_path, content)
    assert (len(mesh.triangles), notes) == (1, ())
    mesh, notes = read_text(tmp_path, content + b"tail")
    assert (len(mesh.triangles), notes) == (1, ("4 bytes after the last triangle were ignored.",))


def test_too_many_triangles_are_refused_in_text_and_binary(tmp_path):
    with pytest.raises(LimitError, match="2 triangles, more than 1") as caught:
        read_text(tmp_path, "solid x\n" + 2 * FACET + "endsolid x", max_triangles=1)
    assert "max_triangles" in caught.value.remedy
    with pytest.raises(LimitError, match="2 triangles, more than 1"):
        read_text(tmp_path, bytes(80) + (2).to_bytes(4, "little") + bytes(100), max_triangles=1)


def test_a_mesh_that_is_not_finite_is_not_written_and_nothing_is_left(tmp_path):
    mesh = Mesh(np.array([[0, 0, 0], [1, 0, 0], [0, np.nan, 0]]), np.array([[0, 1, 2]]))

    with pytest.raises(BadInputError, match="not finite"):
        write_stl(mesh, tmp_path / "part.stl")

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_replaced_is_left_alone(tmp_path):
    (tmp_path / "part.stl").mkdir()
    mesh = Mesh(np.eye(3), np.array([[0, 1, 2]]))

    with pytest.raises(BadInputError, match=r"part\.stl cannot be written"):
        write_stl(mesh, tmp_path / "part.stl")

    assert [path.name for path in tmp_path.iterdir()] == ["part.stl"]
