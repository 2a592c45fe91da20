"""OBJ: points and polygons, and nothing else."""

import numpy as np
import pytest
import trimesh

from mingyue.errors import FileFormatError, LimitError
from mingyue.printing.formats.limits import ReadLimits
from mingyue.printing.formats.obj import read_obj, read_obj_noted

SQUARE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"


def read_text(tmp_path, text, **limits):
    (tmp_path / "part.obj").write_text(text)
    return read_obj_noted(tmp_path / "part.obj", unit="mm", limits=ReadLimits(**limits))


def test_a_real_file_is_the_mesh_that_another_reader_finds(data_dir):
    mesh = read_obj(data_dir / "parts" / "fandisk.obj", unit="mm", limits=ReadLimits())
    theirs = trimesh.load(data_dir / "parts" / "fandisk.obj", process=False)

    assert mesh.triangles.shape == (5750, 3)
    np.testing.assert_allclose(mesh.vertices_um[mesh.triangles], theirs.triangles * 1000, rtol=1e-12)


@pytest.mark.parametrize("face", ["f 1 2 3 4", "f 1/1 2/2 3/3 4/4", "f 1//9 2//9 3//9 4//9", "f -4 -3 -2 -1"])
def test_a_square_becomes_two_triangles_however_it_is_written(tmp_path, face):
    mesh, notes = read_text(tmp_path, f"# a\nvn 0 0 1\n{SQUARE}{face}\nv 9 9 9\n")

    np.testing.assert_array_equal(mesh.vertices_um[mesh.triangles][:, :, :2] / 1000, [
        [[0, 0], [1, 0], [1, 1]], [[0, 0], [1, 1], [0, 1]],
    ])  # fmt: skip
    assert notes == ()


def test_negative_indices_count_back_from_the_line_they_stand_in(tmp_path):
    mesh, _ = read_text(tmp_path, "v 0 0 0\nv 1 0 0\nv 0 1 0\nf -3 -2 -1\nv 0 0 5\nf -4 -3 -1\n")

    assert mesh.vertices_um[mesh.triangles[0]].max() == 1000
    assert mesh.vertices_um[mesh.triangles[1]].max() == 5000


def test_points_that_a_seam_doubles_are_welded(tmp_path):
    mesh, _ = read_text(tmp_path, f"{SQUARE}{SQUARE}f 1 2 3\nf 5 7 8\n")

    assert len(mesh.vertices_um) == 4
    np.testing.assert_array_equal(mesh.triangles, [[0, 1, 2], [0, 2, 3]])


def test_lines_and_points_are_noted_as_left_out(tmp_path):
    _, notes = read_text(tmp_path, f"{SQUARE}f 1 2 3\nl 1 2\nhello\n")

    assert notes == (
        "Lines beginning with `l` are no surface and were ignored.",
        "1 lines of unknown kind were ignored.",
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("f 1 2 77", "triangle 1 uses point 77, but there are 4 points"),
        ("f 1 2 0", "Line 5 .* index 0 is out of range"),
        ("f 1 2 -9", "Line 5 .* index -9 is out of range after 4 points"),
        (f"f 1 2 {10**30}", "out of range"),
        ("f 1 2", "Line 5 .* at least three corners"),
        ("f 1 2 x", "Line 5 .* whole numbers"),
        ("v 1 2", "Line 5 .* three numbers"),
        ("v 1 2 z", "Line 5 .* three numbers"),
        ("v nan 0 0\nf 1 2 5", "point 5 is not of finite numbers; triangle 1 uses"),
        ("v 1e308 0 0\nf 1 2 5", "point 5 is not of finite numbers"),
        ("surf 0 1 0 1 1 2", "Line 5 .* curved surfaces"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, line, message):
    with pytest.raises(FileFormatError, match=message) as caught:
        read_text(tmp_path, f"{SQUARE}{line}\n")
    assert "3MF" in caught.value.remedy


def test_too_many_triangles_and_points_are_refused(tmp_path):
    with pytest.raises(LimitError, match="2 triangles, more than 1"):
        read_text(tmp_path, "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\nf 3 2 1\n", max_triangles=1)
    with pytest.raises(LimitError, match="3 triangles, more than 2"):
        read_text(tmp_path, f"{SQUARE}f 1 2 3 4 1\n", max_triangles=2)
    with pytest.raises(LimitError, match="4 points, more than 3"):
        read_text(tmp_path, SQUARE, max_triangles=1)
