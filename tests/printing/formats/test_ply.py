"""PLY: text, both byte orders, lists of any length."""

import struct

import numpy as np
import pytest
import trimesh

from mingyue.errors import FileFormatError, LimitError
from mingyue.printing.formats.limits import ReadLimits
from mingyue.printing.formats.ply import read_ply, read_ply_noted

POINTS = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (2, 2, 0)]
FACES = [(0, 1, 2), (0, 1, 2, 3), (0, 2, 4), (0, 1, 4, 2, 3), (1, 2, 3)]
TRIANGLES = [(0, 1, 2), (0, 1, 2), (0, 2, 3), (0, 2, 4), (0, 1, 4), (0, 4, 2), (0, 2, 3), (1, 2, 3)]


def header(form, *, index="vertex_indices"):
    return (
        f"ply\nformat {form} 1.0\ncomment by hand\nelement vertex {len(POINTS)}\nproperty uchar red\n"
        "property float x\nproperty double y\nproperty float z\nelement tag 2\nproperty short a\n"
        f"property list uchar int b\nelement face {len(FACES)}\nproperty list uchar float quality\n"
        f"property list uchar int {index}\nproperty uchar flag\nend_header\n"
    ).encode()


def packed(order):
    content = b"".join(struct.pack(f"{order}Bfdf", 7, *point) for point in POINTS)
    content += struct.pack(f"{order}hB", 1, 0) + struct.pack(f"{order}hBii", 1, 2, 8, 9)
    for face in FACES:
        content += struct.pack(f"{order}Bf", 1, 0.5) + struct.pack(f"{order}B{len(face)}iB", len(face), *face, 3)
    return content


def written():
    lines = ["7 " + " ".join(map(str, point)) for point in POINTS] + ["1 0", "", "1 2 8 9"]
    lines += [f"1 .5 {len(face)} {' '.join(map(str, face))} 3" for face in FACES]
    return "\n".join(lines).encode()


def read(tmp_path, content, **limits):
    (tmp_path / "part.ply").write_bytes(content)
    return read_ply_noted(tmp_path / "part.ply", unit="um", limits=ReadLimits(**limits))


CONTENTS = {
    "ascii": header("ascii") + written(),
    "ascii with other line ends": (header("ascii") + written()).replace(b"\n", b"\r\n"),
    "little endian": header("binary_little_endian") + packed("<"),
    "big endian": header("binary_big_endian", index="vertex_index") + packed(">"),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_the_same_polygons_are_the_same_mesh_in_every_form(tmp_path, content):
    mesh, notes = read(tmp_path, content)

    np.testing.assert_array_equal(mesh.vertices_um, POINTS)
    np.testing.assert_array_equal(mesh.triangles, TRIANGLES)
    assert notes == ("Elements named 'tag' are not read and were ignored.",)


def test_a_real_scan_is_the_mesh_that_another_reader_finds(data_dir):
    mesh = read_ply(data_dir / "parts" / "bunny.ply", unit="mm", limits=ReadLimits())
    theirs = trimesh.load(data_dir / "parts" / "bunny.ply", process=False)

    assert mesh.triangles.shape == (16301, 3)
    np.testing.assert_allclose(mesh.vertices_um[mesh.triangles], theirs.triangles * 1000, rtol=1e-6)


@pytest.mark.parametrize("encoding", ["ascii", "binary"])
def test_a_part_of_many_batches_comes_through_whole(tmp_path, encoding):
    ball = trimesh.creation.icosphere(subdivisions=6)
    ball.export(tmp_path / "ball.ply", encoding=encoding)

    mesh = read_ply(tmp_path / "ball.ply", unit="um", limits=ReadLimits())

    np.testing.assert_allclose(mesh.vertices_um[mesh.triangles], ball.triangles, atol=1e-7)


@pytest.mark.parametrize("name", CONTENTS)
def test_a_file_cut_short_anywhere_is_refused(tmp_path, name):
    content = CONTENTS[name]
    end = content.index(b"end_header")
    whole = len(content) - (2 if name.startswith("ascii") else 0)  # the last flag of text is never looked at

    for length in range(0, whole, 3):
        with pytest.raises(FileFormatError):
            read(tmp_path, content[: length or 1])
    assert 0 < end < whole


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"element vertex 5", b"element vertex 4000000000", "promises 4,000,000,000 × vertex"),
        (b"element face 5", b"element face 4000000000", "4,000,000,000 × face"),
        (b"element face 5", b"element face -5", "line 12 of the header is not understood"),
        (b"element tag 2", b"element tag 9999999999999", "9,999,999,999,999 × tag"),
        (b"property float x", b"property float u", "lack x, y or z"),
        (b"uchar int vertex_indices", b"uchar int wheels", "no list of vertex indices"),
        (b"uchar int vertex_indices", b"float int vertex_indices", "not understood"),
        (b"format ascii 1.0\n", b"", "does not say whether"),
        (b"7 0 0 0\n", b"7 0 0 nan\n", "point 1 is not of finite numbers; triangle 1 uses"),
        (b"7 0 0 0\n", b"7 0 zero 0\n", "line 17 should be a vertex"),
        (b"1 .5 3 1 2 3 3", b"1 .5 3 1 2 33 3", "triangle 8 uses point 34, but there are 5 points"),
        (b"1 .5 3 1 2 3 3", b"1 .5 3 1 2 -1 3", "triangle 8 uses point 0, but"),
        (b"1 .5 3 1 2 3 3", b"1 .5 9 1 2 3 3", "line 29 should be a face"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, old, new, message):
    content = CONTENTS["ascii"]
    assert old in content

    with pytest.raises(FileFormatError, match=message) as caught:
        read(tmp_path, content.replace(old, new))
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["ascii", "little endian", "big endian"])
def test_limits_count_the_triangles_inside_the_polygons(tmp_path, name):
    mesh, _ = read(tmp_path, CONTENTS[name], max_triangles=8)
    assert len(mesh.triangles) == 8
    with pytest.raises(LimitError, match="8 triangles, more than 7"):
        read(tmp_path, CONTENTS[name], max_triangles=7)
    with pytest.raises(LimitError, match="5 points, more than 3"):
        read(tmp_path, CONTENTS[name], max_triangles=1)
