"""Equal points become one vertex; nothing else changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mingyue.printing import welds
from mingyue.printing.welds import weld_um

few_values = st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e-300, 3.0e8])
points = hnp.arrays(np.float64, st.tuples(st.integers(0, 60), st.just(3)), elements=few_values)


def is_a_weld(points_um, vertices, inverse):
    np.testing.assert_array_equal(vertices[inverse], points_um)
    distinct, firsts = np.unique(points_um + 0.0, axis=0, return_index=True)
    np.testing.assert_array_equal(vertices, points_um[np.sort(firsts)])
    return len(vertices) == len(distinct)


@given(points)
def test_vertices_are_the_distinct_points_in_the_order_they_appear(points_um):
    assert is_a_weld(points_um, *weld_um(points_um))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_hundred_thousand_corners_become_their_own_vertices(dtype):
    rng = np.random.default_rng(7)
    points_um = rng.normal(size=(20_000, 3)).astype(dtype)[rng.integers(0, 20_000, 100_000)]

    vertices, inverse = weld_um(points_um)

    assert vertices.dtype == dtype
    assert is_a_weld(points_um, vertices, inverse)


def test_points_that_share_a_hash_are_still_told_apart(monkeypatch):
    monkeypatch.setattr(welds, "_hashes", lambda points: np.zeros(len(points), dtype=np.uint64))
    points_um = np.random.default_rng(3).integers(0, 3, (200, 3)).astype(np.float64)

    vertices, inverse = weld_um(points_um)

    assert len(vertices) == 27
    assert is_a_weld(points_um, vertices, inverse)


def test_the_two_zeros_are_one_point():
    vertices, inverse = weld_um(np.array([[0.0, 0.0, 1.0], [-0.0, 0.0, 1.0]]))

    assert vertices.tolist() == [[0.0, 0.0, 1.0]]
    assert inverse.tolist() == [0, 0]
