"""Crossings found by the tree are those that whole-number arithmetic finds by trying all pairs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingyue.printing.mending.crossings import crossing_pairs
from mingyue.printing.meshes import Mesh, joined

EVERYTHING = 10**6

# Whole numbers make exact contact common: half of a small soup's pairs touch without crossing.
corner = st.tuples(*[st.integers(-6, 6)] * 3)
soups = st.lists(st.tuples(corner, corner, corner), min_size=1, max_size=24)


def soup_of(triangles) -> Mesh:
    """Triangles that share no vertex, even where their corners are equal."""
    corners = np.array(triangles, dtype=np.float64).reshape(-1, 3)
    return Mesh(corners, np.arange(len(corners)).reshape(-1, 3))


def volume(a, b, c, d) -> int:
    u, v, w = ([int(x - y) for x, y in zip(k, d, strict=True)] for k in (a, b, c))
    across = (v[1] * w[2] - v[2] * w[1], v[2] * w[0] - v[0] * w[2], v[0] * w[1] - v[1] * w[0])
    return sum(x * y for x, y in zip(u, across, strict=True))


def pierces(p, q, triangle) -> bool:
    a, b, c = triangle
    turns = [volume(p, q, *edge) for edge in ((a, b), (b, c), (c, a))]
    same_turn = all(turn > 0 for turn in turns) or all(turn < 0 for turn in turns)
    return volume(a, b, c, p) * volume(a, b, c, q) < 0 and same_turn


def exact_pairs(triangles) -> set[tuple[int, int]]:
    def crosses(one, other):
        return any(pierces(one[k], one[k - 2], other) for k in range(3))

    numbered = itertools.combinations(enumerate(triangles), 2)
    return {(i, j) for (i, one), (j, other) in numbered if crosses(one, other) or crosses(other, one)}


def cube(low: float, high: float) -> Mesh:
    corners = np.array(list(itertools.product((low, high), repeat=3)))
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return Mesh(corners, np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))]))


@settings(max_examples=200)
@given(soups)
def test_the_tree_finds_exactly_the_pairs_that_whole_number_arithmetic_finds(triangles):
    found = crossing_pairs(soup_of(triangles), limit=EVERYTHING)

    assert len({tuple(pair) for pair in found.pairs.tolist()}) == found.count
    assert {tuple(pair) for pair in found.pairs.tolist()} == exact_pairs(triangles)


@given(soups, corner)
def test_moving_the_mesh_moves_the_places_and_changes_no_pair(triangles, offset):
    here = crossing_pairs(soup_of(triangles), limit=EVERYTHING)
    there = crossing_pairs(soup_of(triangles).moved(np.eye(3), np.array(offset, float)), limit=EVERYTHING)

    np.testing.assert_array_equal(there.pairs, here.pairs)
    np.testing.assert_allclose(there.places_um, here.places_um + offset, atol=1e-9)


@pytest.mark.parametrize("stretch", [1.0, 1e4])
def test_long_needles_find_each_pair_once_and_place_it_in_both_triangles(stretch):
    rng = np.random.default_rng(7)
    triangles = rng.integers(-40, 41, (150, 3, 3))
    triangles[:75, 1:] = triangles[:75, :1] + rng.integers(-2, 3, (75, 2, 3))  # small ones
    triangles[75:, 2] = triangles[75:, 1] + rng.integers(-1, 2, (75, 3))  # and needles, which are cut into slabs
    mesh = soup_of(triangles).moved(np.diag([stretch, 1, 1]), np.zeros(3))

    found = crossing_pairs(mesh, limit=EVERYTHING)

    expected = exact_pairs(triangles.tolist())
    assert len(expected) > 10
    assert sorted(map(tuple, found.pairs.tolist())) == sorted(expected)
    for which in range(2):
        corners = mesh.vertices_um[mesh.triangles[found.pairs[:, which]]]
        assert np.all(corners.min(axis=1) - 1e-6 * stretch <= found.places_um)
        assert np.all(found.places_um <= corners.max(axis=1) + 1e-6 * stretch)


def test_a_cube_through_the_face_of_another_crosses_it_in_that_face_only():
    low, high = cube(0, 10), cube(3, 7).moved(np.eye(3), np.array([0.5, 0.25, 5]))

    found = crossing_pairs(joined([low, high]), limit=EVERYTHING)

    assert found.count > 0
    assert set(found.places_um[:, 2]) == {10.0}
    assert set(found.pairs[:, 0]) <= set(range(12))
    assert set(found.pairs[:, 1]) <= set(range(12, 24))


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (cube(2, 8), "one inside the other"),
        (cube(10, 20), "a corner touches a corner"),
        (cube(0, 10).moved(np.eye(3), np.array([10.0, 0, 0])), "face on equal face"),
        (cube(0, 10).moved(np.eye(3), np.array([10.0, 3, 4])), "face on shifted face"),
        (cube(0, 10), "the same cube twice"),
        (cube(20, 30), "far apart"),
    ],
)
def test_touching_is_no_crossing(other, why):
    assert crossing_pairs(joined([cube(0, 10), other]), limit=EVERYTHING).count == 0, why


def test_triangles_that_share_a_vertex_are_not_tried():
    points = np.array([[0, 0, 0], [4, 0, 0], [0, 4, 0], [1, 1, -1], [1, 1, 1]], dtype=float)

    apart = Mesh(np.vstack([points, points[:1]]), np.array([[0, 1, 2], [5, 3, 4]]))
    joint = Mesh(points, np.array([[0, 1, 2], [0, 3, 4]]))

    assert crossing_pairs(apart, limit=9).count == 1
    assert crossing_pairs(joint, limit=9).count == 0


def test_counting_stops_at_the_limit_and_says_so():
    crossed = joined([cube(0, 10), cube(3, 13).moved(np.eye(3), np.array([0.5, 1.25, 2]))])
    everything = crossing_pairs(crossed, limit=EVERYTHING)

    some = crossing_pairs(crossed, limit=3)

    assert (some.count, some.hit_limit) == (3, True)
    assert len(some.pairs) == len(some.places_um) == 3
    np.testing.assert_array_equal(some.pairs, everything.pairs[:3])
    assert not everything.hit_limit


def test_a_limit_below_one_is_refused():
    with pytest.raises(ValueError, match="limit must be at least 1, got 0"):
        crossing_pairs(cube(0, 1), limit=0)


def test_no_triangles_cross_nowhere():
    assert crossing_pairs(Mesh(np.empty((0, 3)), np.empty((0, 3), dtype=np.int64)), limit=1).count == 0
