"""3MF: units, transforms and components come out as one mesh, and what cannot be shown is noted."""

import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest

from mingyue.errors import FileFormatError, LimitError
from mingyue.printing.formats.limits import ReadLimits
from mingyue.printing.formats.threemf import read_3mf
from tests.printing.formats.archives import (
    CORE,
    LATTICE,
    TETRAHEDRON,
    components,
    item,
    model,
    thing,
    write_3mf,
)

SIXTH = 1e9 / 6


def read(tmp_path, resources, build, *, unit="millimeter", namespaces="", **limits):
    path = write_3mf(tmp_path / "part.3mf", model(resources, build, unit=unit, namespaces=namespaces))
    return read_3mf(path, limits=ReadLimits(**limits))


@pytest.mark.parametrize(
    ("name", "count", "unit", "offset"),
    [
        ("box.3mf", 12, "mm", 0), ("counterX.3MF", 8080, "mm", 1), ("dodeca_chain_loop.3mf", 7680, "mm", 0),
        ("featuretype.3MF", 2208, "inch", 0), ("sphere.3mf", 2880, "mm", 10), ("torus.3mf", 2200, "mm", 0),
    ],
)  # fmt: skip
def test_a_real_file_gives_every_triangle_that_its_xml_holds(data_dir, name, count, unit, offset):
    found = read_3mf(data_dir / "parts" / name, limits=ReadLimits())
    with zipfile.ZipFile(data_dir / "parts" / name) as archive:
        tree = ElementTree.fromstring(archive.read("3D/3dmodel.model"))
    points = np.array([[float(tag.get(axis)) for axis in "xyz"] for tag in tree.iter(f"{{{CORE}}}vertex")])
    corners = [[int(tag.get(end)) for end in ("v1", "v2", "v3")] for tag in tree.iter(f"{{{CORE}}}triangle")]
    um = {"mm": 1000.0, "inch": 25_400.0}[unit]

    assert (len(found.mesh.triangles), found.unit, found.notes) == (count, unit, ())
    np.testing.assert_array_equal(found.mesh.triangles, corners)
    np.testing.assert_allclose(found.mesh.vertices_um, (points + offset) * um, rtol=1e-6, atol=0.05)


@pytest.mark.parametrize(
    ("word", "unit", "um"),
    [
        ("micron", "um", 1), ("millimeter", "mm", 1e3), ("centimeter", "cm", 1e4), ("meter", "m", 1e6),
        ("inch", "inch", 25_400), ("foot", "ft", 304_800),
    ],
)  # fmt: skip
def test_every_unit_of_the_format_is_known(tmp_path, word, unit, um):
    found = read(tmp_path, thing(1, TETRAHEDRON), item(1), unit=word)

    assert found.unit == unit
    np.testing.assert_array_equal(found.mesh.size_um, [um] * 3)


def test_a_unit_that_nobody_knows_is_refused_and_not_taken_for_millimetres(tmp_path):
    with pytest.raises(FileFormatError, match="its unit is none that 3MF knows"):
        read(tmp_path, thing(1, TETRAHEDRON), item(1), unit="lightyear")


def test_transforms_apply_from_the_innermost_outwards(tmp_path):
    turn = "0 1 0 -1 0 0 0 0 1 0 0 0"  # x becomes y, y becomes -x
    shift = "1 0 0 0 1 0 0 0 1 10 20 30"
    found = read(tmp_path, thing(1, TETRAHEDRON) + thing(2, components(1, transform=shift)), item(2, turn))

    np.testing.assert_array_equal(found.mesh.box_um, np.array([[-21, 10, 30], [-20, 11, 31]]) * 1000)


def test_several_items_and_components_are_joined(tmp_path):
    resources = thing(1, TETRAHEDRON) + thing(2, components(1, 1)) + thing(3, components(2, 1, 2))
    found = read(tmp_path, resources, item(3) + item(1, "2 0 0 0 2 0 0 0 2 5 0 0"))

    assert len(found.mesh.triangles) == 6 * 4
    np.testing.assert_allclose(found.mesh.volume_um3, (5 + 8) * SIXTH)


@pytest.mark.parametrize("inner", ["1 0 0 0 1 0 0 0 1 0 0 0", "1 0 0 0 1 0 0 0 -1 0 0 0"])
@pytest.mark.parametrize("outer", ["1 0 0 0 1 0 0 0 1 0 0 0", "0 1 0 1 0 0 0 0 1 0 0 0"])
def test_a_mirrored_part_keeps_its_outside_outside(tmp_path, inner, outer):
    found = read(tmp_path, thing(1, TETRAHEDRON) + thing(2, components(1, transform=inner)), item(2, outer))

    np.testing.assert_allclose(found.mesh.volume_um3, SIXTH)


def test_objects_of_other_types_are_left_out_with_a_note(tmp_path):
    resources = thing(1, TETRAHEDRON) + thing(2, TETRAHEDRON, kind="support")
    found = read(tmp_path, resources, item(1) + item(2) + item(2))

    assert len(found.mesh.triangles) == 4
    assert found.notes == ("An object of type support was left out. (2 times)",)


def test_an_empty_build_is_refused(tmp_path):
    with pytest.raises(FileFormatError, match="has no part on its build platform") as caught:
        read(tmp_path, thing(1, TETRAHEDRON), "")
    assert "Place the part" in caught.value.remedy


def test_triangles_are_counted_through_all_instances_before_they_are_made(tmp_path):
    resources = thing(1, TETRAHEDRON) + thing(2, components(*[1] * 10)) + thing(3, components(*[2] * 10))

    assert len(read(tmp_path, resources, item(3), max_triangles=400).mesh.triangles) == 400
    with pytest.raises(LimitError, match="holds 400 triangles, more than 399"):
        read(tmp_path, resources, item(3), max_triangles=399)


def beams(options="", beam_options="", balls=""):
    nodes = "".join(f'<vertex x="{x}" y="0" z="0"/>' for x in (0, 10, 10.001))
    return (
        f"<mesh><vertices>{nodes}</vertices><triangles/>"
        f'<b:beamlattice radius="1" minlength="0.01" {options}><b:beams>'
        f'<b:beam v1="0" v2="1" {beam_options}/>'
        f'<b:beam v1="1" v2="2"/></b:beams>{balls}</b:beamlattice></mesh>'
    )


def test_beams_become_tubes_with_a_ball_at_round_ends_and_none_at_flat_ends(tmp_path):
    namespaces = f'{LATTICE} requiredextensions="b"'
    round_ends = read(tmp_path, thing(1, beams()), item(1), namespaces=namespaces)
    flat_ends = read(tmp_path, thing(1, beams('cap="butt"')), item(1), namespaces=namespaces)
    one_round = read(tmp_path, thing(1, beams('cap="butt"', 'cap1="sphere"')), item(1), namespaces=namespaces)

    np.testing.assert_allclose(round_ends.mesh.size_um, [12_000, 2000, 2000], rtol=1e-6)
    np.testing.assert_allclose(flat_ends.mesh.box_um, [[0, -1000, -1000], [10_000, 1000, 1000]], atol=1e-6)
    np.testing.assert_allclose(one_round.mesh.size_um, [11_000, 2000, 2000], rtol=1e-6)
    assert round_ends.notes[-2:] == (
        "Object number 1: 1 beams became tubes of 32 sides, up to 0.5% thinner than round ones.",
        "Object number 1: 1 beams shorter than the file's least length were left out.",
    )


def test_real_lattices_are_closed_tubes_and_missing_clips_are_noted(data_dir):
    pyramid = read_3mf(data_dir / "parts" / "beam_lattice_pyramid.3mf", limits=ReadLimits())
    voronoi = read_3mf(data_dir / "parts" / "beam_lattice_voronoi.3mf", limits=ReadLimits())

    assert pyramid.notes[0].startswith("Object Pyramid Lattice: 391 beams became tubes")
    assert len(pyramid.mesh.triangles) == 391 * 124 + 176 * 960
    edges = np.sort(pyramid.mesh.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    assert set(np.unique(edges, axis=0, return_counts=True)[1]) == {2}
    assert any("clipped by another mesh, and were not" in note for note in voronoi.notes)


def test_too_many_beams_are_refused_before_tubes_are_made(tmp_path):
    with pytest.raises(LimitError, match="248 triangles, more than 200"):
        read(tmp_path, thing(1, beams()), item(1), namespaces=LATTICE, max_triangles=200)
