"""Any file becomes a part or an error that says what to do."""

import hashlib
import os
import shutil

import numpy as np
import pytest

from mingyue.errors import BadInputError, FileFormatError, LimitError, UnitsUnknownError
from mingyue.printing.formats.limits import ReadLimits
from mingyue.printing.formats.parts import read_part
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.meshes import EmptyMeshError, Mesh
from tests.printing.formats.archives import TETRAHEDRON, item, model, thing, write_3mf

TRIANGLES = {
    "BAD_cube.stl": 11, "angle_block.STL": 704, "beam_lattice_pyramid.3mf": 217_444,
    "beam_lattice_voronoi.3mf": 824_404, "box.3mf": 12, "bunny.ply": 16_301, "busted.STL": 3878,
    "counterX.3MF": 8080, "diamond_tpms_21.stl": 4646, "dodeca_chain_loop.3mf": 7680, "empty_stl.stl": None,
    "fandisk.obj": 5750, "featuretype.3MF": 2208, "featuretype.STEP": None, "featuretype.STL": 3476,
    "multibody.stl": 32, "octagonal_pocket.stl": 3262, "plate_holes.STL": 1252, "soup.stl": 100,
    "sphere.3mf": 2880, "sphere_sliced.3mf": 89_492, "torus_sliced.3mf": 21_448, "torus.3mf": 2200, "torus.STL": 8700,
    "unit_sphere.STL": 1280,
}  # fmt: skip


def box(tmp_path, size_um):
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)]) * size_um
    faces = ["013", "032", "467", "475", "045", "051", "237", "276", "026", "064", "157", "173"]
    triangles = np.array([[int(corner) for corner in face] for face in faces])
    write_stl(Mesh(corners, triangles), tmp_path / "box.stl")
    return tmp_path / "box.stl"


def test_every_file_of_the_collection_is_counted_here(data_dir):
    assert {path.name for path in (data_dir / "parts").iterdir()} == set(TRIANGLES)


@pytest.mark.parametrize("name", TRIANGLES)
def test_a_real_file_is_a_part_or_an_error_with_a_remedy(data_dir, name):
    path = data_dir / "parts" / name
    kind = path.suffix[1:].lower()
    unit = None if kind == "3mf" else "mm"
    if TRIANGLES[name] is None:
        with pytest.raises(BadInputError) as caught:
            read_part(path, unit=unit)
        assert len(caught.value.remedy) > 20
        return
    part = read_part(path, unit=unit)
    assert len(part.mesh.triangles) == TRIANGLES[name]
    assert (part.format, part.name, part.unit_is_from_file) == (kind, name, kind == "3mf")
    assert part.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert np.isfinite(part.mesh.vertices_um).all()


@pytest.mark.parametrize("name", ["bunny.ply", "fandisk.obj", "torus.STL", "multibody.stl", "torus.3mf"])
def test_content_decides_before_the_name_does(data_dir, tmp_path, name):
    copy = tmp_path / "part.step"
    shutil.copyfile(data_dir / "parts" / name, copy)
    if name.endswith("obj"):
        copy = copy.rename(tmp_path / "part")

    part = read_part(copy, unit=None if name.endswith("3mf") else "mm")

    assert part.format == name.rsplit(".")[-1].lower()
    assert len(part.mesh.triangles) == TRIANGLES[name]


def test_without_a_unit_the_error_shows_the_size_and_asks(tmp_path):
    with pytest.raises(UnitsUnknownError) as caught:
        read_part(box(tmp_path, np.array([1000, 2000, 3])), unit=None)

    assert str(caught.value) == ("box.stl is 1.00 × 2.00 × 0.003, but STL files do not say of what: mm, µm, or inch?")
    assert "--units mm" in caught.value.remedy


def test_a_unit_scales_the_part(tmp_path):
    path = box(tmp_path, np.array([1000, 2000, 3000]))

    np.testing.assert_array_equal(read_part(path, unit="inch").mesh.size_um, [25_400, 50_800, 76_200])
    np.testing.assert_array_equal(read_part(path, unit="um").mesh.size_um, [1, 2, 3])


def test_a_unit_that_contradicts_the_file_is_refused_and_one_that_agrees_is_not(tmp_path):
    path = write_3mf(tmp_path / "part.3mf", model(thing(1, TETRAHEDRON), item(1), unit="inch"))

    with pytest.raises(BadInputError, match="says that its unit is inch, not mm"):
        read_part(path, unit="mm")
    assert read_part(path, unit="inch") is not None
    assert read_part(path, unit=None).unit == "inch"


@pytest.mark.parametrize(
    ("name", "content", "message", "kind"),
    [
        ("part.stl", b"", "part.stl is empty", FileFormatError),
        ("part.stl", b"solid x\nendsolid x\n", "has no triangles", EmptyMeshError),
        ("part.ply", b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
                     b"property float z\nend_header\n0 0 0\n", "has no triangles", EmptyMeshError),
        ("part.obj", b"v 0 0 0\n", "has no triangles", EmptyMeshError),
        ("part.STP", b"hello", "STEP and its like are not read yet", FileFormatError),
        ("part", b"ISO-10303-21;\nHEADER;", "STEP and its like are not read yet", FileFormatError),
        ("part.gcode", b"G1 X0", "no format known here", FileFormatError),
        ("part.ply", b"G1 X0", "begins with a line `ply`", FileFormatError),
        ("part.3mf", b"G1 X0", "damaged archive", FileFormatError),
    ],
)  # fmt: skip
def test_a_file_that_is_no_part_is_refused_and_says_why(tmp_path, name, content, message, kind):
    (tmp_path / name).write_bytes(content)

    for unit in ("mm", None):
        with pytest.raises(kind, match=message) as caught:
            read_part(tmp_path / name, unit=unit)
        assert caught.value.remedy
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_is_no_ordinary_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.stl")

    for path, message in [
        ("none.stl", "cannot be opened"),
        (".", "not an ordinary"),
        ("pipe.stl", "not an ordinary"),
    ]:
        with pytest.raises(BadInputError, match=message) as caught:
            read_part(tmp_path / path, unit="mm")
        assert caught.value.remedy


def test_a_file_over_the_size_limit_is_refused_unread(tmp_path):
    path = box(tmp_path, np.ones(3))

    with pytest.raises(LimitError, match="684 bytes, more than 683"):
        read_part(path, unit="mm", limits=ReadLimits(max_file_bytes=683))
    assert read_part(path, unit="mm", limits=ReadLimits(max_file_bytes=684)) is not None
