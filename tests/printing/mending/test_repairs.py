"""What repair mends becomes solid, of a volume known beforehand; what it cannot mend it refuses."""

from __future__ import annotations

import itertools
from pathlib import Path

import manifold3d
import numpy as np
import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.mending.edges import is_closed
from mingyue.printing.mending.faults import find_faults, why_not_sliceable
from mingyue.printing.mending.repairs import RepairFailedError, repair
from mingyue.printing.meshes import EmptyMeshError, Mesh, joined

CORNERS = np.array(list(itertools.product((0.0, 10.0), repeat=3)))
QUADS = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
CUBE = Mesh(CORNERS, np.array([t for a, b, c, d in QUADS for t in ((a, b, c), (a, c, d))]))


def at(mesh: Mesh, *offset: float, scale: float = 1.0) -> Mesh:
    return mesh.moved(np.eye(3) * scale, np.array(offset or (0, 0, 0), float))


def inverted(mesh: Mesh) -> Mesh:
    return Mesh(mesh.vertices_um, mesh.triangles[:, ::-1])


def part(path: Path) -> Mesh:
    """The file in its own units, equal points welded."""
    loaded = trimesh.load(path, process=False, force="mesh")
    points, welded = np.unique(np.asarray(loaded.vertices, dtype=np.float64), axis=0, return_inverse=True)
    return Mesh(points, welded.reshape(-1)[loaded.faces])


def what_changed(mesh: Mesh) -> dict[str, int]:
    repaired = repair(mesh)
    assert why_not_sliceable(find_faults(repaired.mesh)) == []
    return {change.what: change.count for change in repaired.changes}


def test_a_sound_mesh_comes_back_as_it_is():
    pair = joined([CUBE, at(CUBE, 20, 0, 0)])

    for sound in (CUBE, pair):
        repaired = repair(sound)

        assert repaired.mesh is sound or np.array_equal(repaired.mesh.triangles, sound.triangles)
        assert np.array_equal(repaired.mesh.vertices_um, sound.vertices_um)
        assert repaired.changes == ()


@given(st.integers(0, 2**32 - 1))
def test_a_convex_hull_keeps_its_volume_whichever_faces_are_turned_or_one_is_lost(seed):
    rng = np.random.default_rng(seed)
    hull = manifold3d.Manifold.hull_points(rng.normal(size=(20, 3))).to_mesh64()
    whole = Mesh(np.array(hull.vert_properties), hull.tri_verts.astype(np.int64))
    turns = rng.random(len(whole.triangles)) < 0.5
    triangles = np.where(turns[:, None], whole.triangles[:, ::-1], whole.triangles)

    assert repair(whole).changes == ()
    assert repair(Mesh(whole.vertices_um, triangles)).volume_after_um3 == pytest.approx(whole.volume_um3)
    assert repair(Mesh(whole.vertices_um, triangles[1:])).volume_after_um3 == pytest.approx(whole.volume_um3)


def test_a_missing_wall_is_closed_with_the_corners_that_are_there():
    box = Mesh(CORNERS, CUBE.triangles[2:])

    repaired = repair(box)

    assert repaired.volume_after_um3 == pytest.approx(1000)
    np.testing.assert_array_equal(repaired.mesh.vertices_um, CORNERS)
    np.testing.assert_array_equal(repaired.mesh.triangles[:10], box.triangles)
    (change,) = repaired.changes
    assert (change.what, change.count, change.first_at_um) == ("closed flat holes", 1, (0, 0, 0))
    assert change.note == "4 edges, the widest hole 14.1 µm across"


def test_a_hole_around_a_corner_is_called_a_guess():
    (change,) = repair(Mesh(CORNERS, np.delete(CUBE.triangles, [0, 1, 4, 5], axis=0))).changes

    assert (change.what, change.count) == ("closed holes by a guess", 1)
    assert change.note == "6 edges, the widest hole 17.3 µm across"


def test_a_pipe_without_its_two_rings_is_closed_by_its_inner_and_outer_rims():
    cylinder = manifold3d.Manifold.cylinder
    pipe = (cylinder(50, 20, circular_segments=16) - cylinder(50, 10, circular_segments=16)).to_mesh64()
    mesh = Mesh(np.array(pipe.vert_properties), pipe.tri_verts.astype(np.int64))
    is_ring = np.ptp(mesh.vertices_um[mesh.triangles][:, :, 2], axis=1) == 0

    repaired = repair(Mesh(mesh.vertices_um, mesh.triangles[~is_ring]))

    assert [(change.what, change.count) for change in repaired.changes] == [("closed flat holes", 4)]
    assert repaired.volume_after_um3 == pytest.approx(mesh.volume_um3)


def test_faces_that_disagree_are_turned():
    triangles = CUBE.triangles.copy()
    triangles[[2, 7]] = triangles[[2, 7], ::-1]

    assert what_changed(Mesh(CORNERS, triangles)) == {"turned faces that disagreed with their neighbours": 2}


def test_an_inside_out_cube_is_turned_and_a_cavity_stays():
    hollow = joined([CUBE, inverted(at(CUBE, 3, 3, 3, scale=0.3))])

    assert what_changed(inverted(CUBE)) == {"turned bodies that were inside out": 1}
    assert what_changed(hollow) == {}
    assert what_changed(inverted(hollow)) == {"turned bodies that were inside out": 2}
    assert repair(inverted(hollow)).volume_after_um3 == pytest.approx(1000 - 27)
    assert repair(hollow).volume_after_um3 == pytest.approx(1000 - 27)


def test_overlapping_cubes_become_one_body():
    repaired = repair(joined([CUBE, at(CUBE, 5, 4, 3)]))

    assert [(change.what, change.count) for change in repaired.changes] == [("united overlapping bodies", 2)]
    assert repaired.volume_before_um3 == pytest.approx(2000)
    assert repaired.volume_after_um3 == pytest.approx(2000 - 5 * 6 * 7, rel=1e-12)
    report = find_faults(repaired.mesh, crossings=True)
    assert report.bodies == 1
    assert report.crossing_pairs is not None
    assert report.crossing_pairs.count == 0


def test_a_cavity_is_filled_only_where_another_body_reaches_into_it():
    hollow = joined([at(CUBE, scale=10), inverted(at(CUBE, 20, 20, 20, scale=6))])
    pin = at(CUBE, 45, 45, 70, scale=2)  # 10 of its 20 µm of height stand in the cavity

    repaired = repair(joined([hollow, pin]))

    assert repaired.volume_after_um3 == pytest.approx(100**3 - 60**3 + 20 * 20 * 10, rel=1e-12)


def test_a_cube_told_twice_is_one_cube():
    twice = Mesh(CORNERS, np.vstack([CUBE.triangles, CUBE.triangles[:, [1, 2, 0]]]))

    assert what_changed(twice) == {"dropped doubled faces": 12}
    assert repair(twice).volume_after_um3 == pytest.approx(1000)


def test_a_sheet_told_from_both_sides_keeps_one():
    both = Mesh(CORNERS, np.vstack([CUBE.triangles, CUBE.triangles[:, ::-1]]))

    assert repair(both).volume_after_um3 == pytest.approx(1000)
    assert find_faults(repair(both).mesh).triangles == 12


def test_a_wall_between_two_rooms_goes():
    rooms = joined([CUBE, at(CUBE, 10, 0, 0)])
    points, welded = np.unique(rooms.vertices_um, axis=0, return_inverse=True)
    triangles = welded.reshape(-1)[rooms.triangles]

    repaired = repair(Mesh(points, triangles))

    assert repaired.volume_after_um3 == pytest.approx(2000)
    assert is_closed(repaired.mesh)


def test_a_face_with_two_equal_corners_is_dropped_and_a_flat_one_kept():
    on_edge = Mesh(np.vstack([CORNERS, [[0, 0, 5]]]), CUBE.triangles)
    seam = np.array([[0, 1, 8]])
    split = np.vstack([CUBE.triangles[1:], [[0, 8, 3]], [[8, 1, 3]]])  # face 0 is 0 1 3, cut at vertex 8

    repaired = repair(Mesh(on_edge.vertices_um, np.vstack([split, seam, [[3, 3, 1]]])))

    assert [(change.what, change.count) for change in repaired.changes] == [("dropped faces with two equal corners", 1)]
    assert repaired.volume_after_um3 == pytest.approx(1000)


def test_seams_apart_by_float32_rounding_are_welded_and_wider_ones_are_not():
    near = CORNERS + np.where(CORNERS[:, :1] > 5, 1e-7, 0)
    halves = Mesh(np.vstack([CORNERS, near]), np.vstack([CUBE.triangles[:6], CUBE.triangles[6:] + 8]))

    assert list(what_changed(halves)) == ["welded open vertices"]
    assert repair(halves).volume_after_um3 == pytest.approx(1000, rel=1e-6)
    apart = Mesh(np.vstack([CORNERS, near + 1e-3]), halves.triangles)
    assert "welded open vertices" not in what_changed(apart)


def test_a_moebius_strip_is_refused():
    k, count = np.arange(12), 12
    turn = k / count * 2 * np.pi
    rim = 100 * np.column_stack([np.cos(turn), np.sin(turn), 0 * turn])
    out = np.column_stack([np.cos(turn) * np.cos(turn / 2), np.sin(turn) * np.cos(turn / 2), np.sin(turn / 2)])
    a, b, c, d = k, k + count, (k + 1) % count, (k + 1) % count + count
    c, d = np.where(k == count - 1, d, c), np.where(k == count - 1, c, d)
    strip = Mesh(
        np.vstack([rim - 20 * out, rim + 20 * out]),
        np.vstack([np.column_stack([a, b, c]), np.column_stack([b, d, c])]),
    )

    with pytest.raises(
        RepairFailedError, match="24 faces form a surface with one side only, like a Möbius strip"
    ) as caught:
        repair(strip)

    assert caught.value.remedy == "Give the strip a thickness in the program that made it."


def test_a_cavity_that_reaches_out_of_its_body_is_refused():
    cube = manifold3d.Manifold.cube
    frame = (cube((100, 100, 100)) - cube((60, 60, 100)).translate((20, 20, 0))).to_mesh64()
    around = Mesh(np.array(frame.vert_properties), frame.tri_verts.astype(np.int64))
    core = at(CUBE, 40, 40, 40, scale=2)
    reaching = inverted(CUBE.moved(np.diag([1.0, 1.0, 2.0]), np.array([45.0, 45.0, 38.0])))

    with pytest.raises(RepairFailedError, match="a cavity reaches out of the body that it is in"):
        repair(joined([around, core, reaching]))


def test_no_triangles_are_refused():
    with pytest.raises(EmptyMeshError):
        repair(Mesh(CORNERS, np.empty((0, 3), dtype=np.int64)))


def test_the_input_is_never_altered():
    broken = joined([Mesh(CORNERS, CUBE.triangles[1:, ::-1]), at(CUBE, 5, 4, 3)])  # turned, closed, united
    vertices, triangles = broken.vertices_um.copy(), broken.triangles.copy()

    repair(broken)

    np.testing.assert_array_equal(broken.vertices_um, vertices)
    np.testing.assert_array_equal(broken.triangles, triangles)


def test_the_open_bunny_is_closed_around_its_own_vertices(data_dir):
    bunny = part(data_dir / "parts" / "bunny.ply")
    assert not is_closed(bunny)

    repaired = repair(bunny)

    np.testing.assert_array_equal(repaired.mesh.vertices_um, bunny.vertices_um)
    assert {change.what: change.count for change in repaired.changes} == {
        "dropped doubled faces": 162,
        "closed holes by a guess": 5,
    }
    hull = manifold3d.Manifold.hull_points(bunny.vertices_um).volume()
    assert 0.5 * hull < repaired.volume_after_um3 < hull
    assert why_not_sliceable(find_faults(repaired.mesh)) == []


@pytest.mark.parametrize(
    ("name", "changes", "volume"),
    [
        ("BAD_cube.stl", {"closed flat holes": 1}, 125.0),
        ("angle_block.STL", {"welded open vertices": 46}, 1.1455225),
        ("featuretype.STL", {"welded open vertices": 288}, 11.6277334),
        ("octagonal_pocket.stl", {"welded open vertices": 27}, 2.50352877e-4),
        ("busted.STL", {}, 526.448910),
        (
            "multibody.stl",
            {"turned faces that disagreed with their neighbours": 6, "turned bodies that were inside out": 2},
            7.42322055e-3,
        ),
    ],
)
def test_files_by_others_become_solid(data_dir, name, changes, volume):
    mesh = part(data_dir / "parts" / name)

    assert what_changed(mesh) == changes
    assert repair(mesh).volume_after_um3 == pytest.approx(volume, rel=1e-6)


def test_a_soup_of_loose_triangles_is_refused(data_dir):
    with pytest.raises(RepairFailedError, match="none of its 100 pieces encloses a volume") as caught:
        repair(part(data_dir / "parts" / "soup.stl"))

    assert caught.value.remedy == "Export the part again as a solid body, not as loose faces."


def test_more_bodies_than_can_be_joined_in_a_while_stay_as_they_are() -> None:
    row = joined([Mesh(CUBE.vertices_um + np.array([5.0 * k, 0, 0]), CUBE.triangles) for k in range(65)])

    left, united = repair(row), repair(row, unite_all=True)

    assert np.array_equal(left.mesh.vertices_um, row.vertices_um)
    assert np.array_equal(left.mesh.triangles, row.triangles)
    assert [(str(change.what), change.count) for change in left.changes] == [("left bodies as they are", 65)]
    assert united.mesh.volume_um3 == pytest.approx((64 * 5 + 10) * 100)
