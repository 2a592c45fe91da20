"""Faults are counted as they are built in, whatever the order of triangles."""

from __future__ import annotations

import dataclasses
import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.mending.edges import OpenMeshError, is_closed, require_closed
from mingyue.printing.mending.faults import (
    Fault,
    find_faults,
    why_not_sliceable,
)
from mingyue.printing.meshes import EmptyMeshError, Mesh, joined

CORNERS = np.array(list(itertools.product((0.0, 10.0), repeat=3)))
QUADS = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
CUBE = Mesh(CORNERS, np.array([t for a, b, c, d in QUADS for t in ((a, b, c), (a, c, d))]))
FAULTS = [f.name for f in dataclasses.fields(find_faults(CUBE)) if f.type == "Fault"]


def at(mesh: Mesh, *offset: float, scale: float = 1.0) -> Mesh:
    return mesh.moved(np.eye(3) * scale, np.array(offset or (0, 0, 0), float))


def inverted(mesh: Mesh) -> Mesh:
    return Mesh(mesh.vertices_um, mesh.triangles[:, ::-1])


def without(mesh: Mesh, *faces: int) -> Mesh:
    return Mesh(mesh.vertices_um, np.delete(mesh.triangles, faces, axis=0))


def with_turned(mesh: Mesh, *faces: int) -> Mesh:
    triangles = mesh.triangles.copy()
    triangles[list(faces)] = triangles[list(faces), ::-1]
    return Mesh(mesh.vertices_um, triangles)


def counts(mesh: Mesh) -> dict[str, int]:
    """What is wrong, by name; what is not wrong is left out."""
    report = find_faults(mesh)
    return {name: getattr(report, name).count for name in FAULTS if getattr(report, name).count}


def test_a_cube_has_no_fault_and_is_measured():
    report = find_faults(CUBE, crossings=True)

    assert counts(CUBE) == {}
    assert report.is_solid
    assert why_not_sliceable(report) == []
    assert (report.triangles, report.vertices, report.bodies) == (12, 8, 1)
    assert report.size_um == (10, 10, 10)
    assert (report.volume_um3, report.area_um2) == (1000, 600)
    assert report.crossing_pairs == Fault()
    assert find_faults(CUBE).crossing_pairs is None


def test_a_missing_face_leaves_three_open_edges_around_one_hole():
    report = find_faults(without(CUBE, 11))

    assert counts(without(CUBE, 11)) == {"open_edges": 3, "unbalanced_edges": 3}
    assert report.open_loops == 1
    assert report.largest_hole_um == pytest.approx(10 * np.sqrt(2))
    assert not report.is_solid


def test_two_missing_walls_are_two_holes_and_the_first_is_the_lowest():
    pair = joined([at(CUBE, 0, 0, 5), at(without(CUBE, 0, 1, 2, 3), 30, 0, 0, scale=2)])
    report = find_faults(pair)

    assert report.open_edges == Fault(8, (30, 10, 0))
    assert report.open_loops == 2
    assert report.largest_hole_um == pytest.approx(20 * np.sqrt(2))
    assert report.bodies == 2


def test_a_turned_face_disagrees_along_three_edges_and_one_turn_would_mend_it():
    report = find_faults(with_turned(CUBE, 4))

    assert counts(with_turned(CUBE, 4)) == {"flipped_edges": 3, "unbalanced_edges": 3}
    assert report.faces_to_turn == 1
    assert not report.is_solid


def test_a_moebius_strip_is_open_and_its_rim_is_one_loop():
    report = find_faults(moebius())

    assert report.open_loops == 1
    assert report.flipped_edges.count == 1
    assert report.faces_to_turn == 0  # turning helps nowhere


def moebius(count: int = 12) -> Mesh:
    turn = np.arange(count) / count * 2 * np.pi
    rim = np.array([[np.cos(turn), np.sin(turn), 0 * turn]])
    out = np.array([np.cos(turn) * np.cos(turn / 2), np.sin(turn) * np.cos(turn / 2), np.sin(turn / 2)])
    points = np.concatenate([rim[0] * 100 - out * 20, rim[0] * 100 + out * 20], axis=1).T
    k = np.arange(count)
    a, b, c, d = k, k + count, (k + 1) % count, (k + 1) % count + count
    c, d = np.where(k == count - 1, d, c), np.where(k == count - 1, c, d)
    return Mesh(points, np.concatenate([np.column_stack([a, b, c]), np.column_stack([b, d, c])]))


def test_an_inside_out_cube_is_told_and_a_cavity_is_not():
    cavity = inverted(at(CUBE, 3, 3, 3, scale=0.3))

    assert counts(inverted(CUBE)) == {"inside_out_bodies": 1}
    assert not find_faults(inverted(CUBE)).is_solid
    assert counts(joined([CUBE, cavity])) == {}
    assert find_faults(joined([CUBE, cavity])).volume_um3 == pytest.approx(1000 - 27)
    assert counts(joined([CUBE, at(cavity, 50, 0, 0)])) == {"inside_out_bodies": 1}


def test_a_body_inside_out_in_the_hollow_of_another_is_no_cavity():
    hollow = joined([at(CUBE, scale=10), inverted(at(CUBE, 20, 20, 20, scale=6))])

    report = find_faults(joined([hollow, inverted(at(CUBE, 45, 45, 45))]))

    assert report.inside_out_bodies == Fault(1, (45, 45, 45))


def test_a_hollow_body_all_inside_out_is_wrong_twice():
    hollow = joined([CUBE, inverted(at(CUBE, 3, 3, 3, scale=0.3))])

    assert counts(inverted(hollow)) == {"inside_out_bodies": 2}


def test_an_inside_out_body_beside_a_good_one_is_a_reason_not_to_slice():
    report = find_faults(joined([at(CUBE, scale=2), inverted(at(CUBE, 50, 0, 0))]))

    assert report.is_solid
    assert [reason.message for reason in why_not_sliceable(report)] == [
        "1 bodies are inside out and would print as nothing, the first at (50.0, 0.0, 0.0) µm."
    ]


def test_degenerate_faces_are_those_with_equal_corners_or_no_area():
    points = np.vstack([CORNERS, [[0, 0, 5], [0, 0, 5 + 1e-7]]])
    flat = np.array([[0, 8, 1], [0, 0, 1]])

    report = find_faults(Mesh(points, np.vstack([CUBE.triangles, flat])))

    assert report.degenerate_faces.count == 2
    assert report.degenerate_faces.first_at_um == pytest.approx((0, 0, 10 / 3))


def test_a_thin_but_real_needle_is_not_degenerate():
    needle = Mesh(np.array([[0, 0, 0], [10_000, 0, 0], [10_000, 0.01, 0]]), np.array([[0, 1, 2]]))

    assert find_faults(needle).degenerate_faces == Fault()


def test_a_repeated_face_counts_once_for_each_repeat_in_whichever_order():
    extra = np.array([CUBE.triangles[3], CUBE.triangles[3][[1, 2, 0]], CUBE.triangles[3][::-1]])

    report = find_faults(Mesh(CORNERS, np.vstack([CUBE.triangles, extra])))

    assert report.duplicate_faces.count == 3


def test_two_cubes_that_share_an_edge_are_nonmanifold_there_but_solid():
    triangles = at(CUBE, 10, 10, 0).triangles + 8
    mesh = Mesh(np.vstack([CORNERS, at(CUBE, 10, 10, 0).vertices_um]), np.vstack([CUBE.triangles, triangles]))
    points, welded = np.unique(mesh.vertices_um, axis=0, return_inverse=True)
    touching = Mesh(points, welded.reshape(-1)[mesh.triangles])

    assert counts(touching) == {"nonmanifold_edges": 1}
    assert find_faults(touching).nonmanifold_edges.first_at_um == (10, 10, 5)
    assert find_faults(touching).is_solid
    assert why_not_sliceable(find_faults(touching)) == []


def test_an_inner_wall_that_no_face_pairs_is_torn():
    wall = np.array([[0, 1, 7]])

    mesh = Mesh(CORNERS, np.vstack([CUBE.triangles, wall]))

    assert not find_faults(mesh).is_solid
    assert any("join more than two faces" in reason.message for reason in why_not_sliceable(find_faults(mesh)))


def test_an_unwelded_cube_is_open_everywhere():
    loose = Mesh(CORNERS[CUBE.triangles.ravel()], np.arange(36).reshape(-1, 3))

    assert counts(loose) == {"open_edges": 36, "unbalanced_edges": 36}
    assert find_faults(loose).bodies == 12


def test_crossing_cubes_are_counted_when_asked():
    report = find_faults(joined([CUBE, at(CUBE, 5, 4, 3)]), crossings=True)

    assert report.crossing_pairs is not None
    assert report.crossing_pairs.count == 12
    assert report.is_solid  # overlapping bodies still have a winding number


@given(
    st.permutations(range(24)),
    st.permutations(range(16)),
    st.sets(st.integers(0, 23)),
    st.sets(st.integers(0, 23)),
)
def test_the_order_of_triangles_and_vertices_tells_nothing(faces, vertices, turned, missing):
    broken = without(with_turned(joined([CUBE, at(CUBE, 5, 4, 3)]), *turned), *list(missing)[:20])
    faces = [face for face in faces if face < len(broken.triangles)]
    vertices = np.array(vertices)
    points = np.empty_like(broken.vertices_um)
    points[vertices] = broken.vertices_um

    shuffled = find_faults(Mesh(points, vertices[broken.triangles[faces]]))

    expected = find_faults(broken)
    assert shuffled.volume_um3 == pytest.approx(expected.volume_um3)
    assert dataclasses.replace(shuffled, volume_um3=0, area_um2=0) == dataclasses.replace(
        expected, volume_um3=0, area_um2=0
    )


@given(st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11), max_size=11))
def test_the_fast_answer_is_the_slow_one(turned, missing):
    mesh = without(with_turned(CUBE, *turned), *missing)

    assert is_closed(mesh) == (find_faults(mesh).unbalanced_edges.count == 0)


def test_a_build_of_an_open_mesh_is_refused_with_count_place_and_remedy():
    with pytest.raises(OpenMeshError) as caught:
        require_closed(without(CUBE, 11))

    assert caught.value.open_edges == 3
    assert caught.value.first_at_um == find_faults(without(CUBE, 11)).unbalanced_edges.first_at_um
    assert caught.value.message == (
        "The mesh has 3 edges that are open or whose faces disagree about the outside, "
        "the first at (0.0, 5.0, 10.0) µm."
    )
    assert "mingyue repair" in caught.value.remedy
    require_closed(CUBE)


def test_every_reason_says_what_where_and_what_to_do():
    reasons = why_not_sliceable(find_faults(with_turned(without(CUBE, 11), 0)))

    assert [reason.message for reason in reasons] == [
        "3 edges are open, in 1 holes, the largest 14.1 µm across, the first at (0.0, 5.0, 10.0) µm.",
        "at 2 edges the neighbours disagree which side is outside, the first at (0.0, 0.0, 5.0) µm.",
    ]
    assert all("mingyue repair" in reason.remedy for reason in reasons)


def test_a_sheet_on_its_own_back_encloses_nothing():
    sheet = Mesh(CORNERS[:3], np.array([[0, 1, 2], [0, 2, 1]]))

    assert [reason.message for reason in why_not_sliceable(find_faults(sheet))] == ["the surface encloses nothing."]


def test_the_report_is_plain_json():
    report = find_faults(without(CUBE, 11), crossings=True)

    told = json.loads(json.dumps(report.to_json()))

    assert told["open_edges"] == {"count": 3, "first_at_um": list(report.open_edges.first_at_um)}
    assert told["is_solid"] is False
    assert told["size_um"] == [10, 10, 10]


def test_no_triangles_are_refused():
    with pytest.raises(EmptyMeshError):
        find_faults(Mesh(CORNERS, np.empty((0, 3), dtype=np.int64)))
