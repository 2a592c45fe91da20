"""Directions that may point up, and the angles that make them do so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.frames import place, rotation
from mingyue.printing.orientations.directions import (
    angles_of,
    candidates,
    distinct,
    hull_points,
    nearby,
    spread,
    standing,
)
from tests.solids import ball, box

UNIT = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1)


@given(UNIT, st.floats(-180, 180))
def test_after_turning_by_its_angles_a_direction_points_up(direction: tuple[float, ...], turn: float) -> None:
    up = np.array(direction) / np.linalg.norm(direction)

    turned = rotation(angles_of(up, turn_deg=turn)) @ up

    np.testing.assert_allclose(turned, (0, 0, 1), atol=1e-6)


@given(UNIT)
def test_what_lies_lowest_along_a_direction_lies_lowest_once_the_part_is_placed(direction: tuple[float, ...]) -> None:
    up = np.array(direction) / np.linalg.norm(direction)
    part = box((10, 20, 30), (110, 70, 60))
    corners = part.vertices_um
    placement = place(corners[0], part.box_under, rotate_deg=angles_of(up, turn_deg=30.0))
    placed = corners @ np.array(placement.matrix).T + placement.offset_um

    np.testing.assert_allclose(placed[:, 2], corners @ up - (corners @ up).min(), atol=1e-4)


def test_axes_give_whole_quarter_turns() -> None:
    axes = [(0, 0, 1), (0, 0, -1), (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0)]

    angles = [angles_of(np.array(axis, dtype=float)) for axis in axes]

    assert all(angle % 90 == 0 for three in angles for angle in three)
    assert angles[0] == (0.0, 0.0, 0.0)
    for axis, three in zip(axes, angles, strict=True):
        assert np.array_equal(rotation(three) @ axis, (0, 0, 1))


def test_a_box_stands_on_its_six_faces_the_largest_first() -> None:
    ups = standing(box((0, 0, 0), (300, 200, 100)).vertices_um)

    assert sorted(map(tuple, np.round(ups, 9) + 0.0)) == sorted(
        [(0, 0, 1), (0, 0, -1), (0, 1, 0), (0, -1, 0), (1, 0, 0), (-1, 0, 0)]
    )
    assert np.abs(ups[:2, 2]).tolist() == [1, 1]


def test_a_wedge_stands_on_its_slope() -> None:
    corners = np.array([(0, 0, 0), (100, 0, 0), (0, 100, 0), (100, 100, 0), (0, 0, 100), (0, 100, 100)], dtype=float)

    slope = np.array([1, 0, 1]) / np.sqrt(2)

    assert np.abs(standing(corners) + slope).sum(axis=1).min() < 1e-9


@given(st.integers(10, 400))
def test_directions_are_unit_and_spread_evenly(count: int) -> None:
    ups = spread(count)

    np.testing.assert_allclose(np.linalg.norm(ups, axis=1), 1, rtol=1e-12)
    assert np.abs(ups.mean(axis=0)).max() < 2 / count
    nearest = np.sort(ups @ ups.T, axis=1)[:, -2]
    assert np.degrees(np.arccos(nearest)).min() > 0.7 * np.degrees(np.sqrt(4 * np.pi / count))


def test_the_part_as_it_is_comes_first_and_nothing_twice() -> None:
    ups = candidates(box((0, 0, 0), (300, 200, 100)).vertices_um, count=100)

    assert tuple(ups[0]) == (0, 0, 1)
    apart = np.degrees(np.arccos(np.clip(np.sort(ups @ ups.T, axis=1)[:, -2], -1, 1)))
    assert apart.min() > 0.99
    assert np.array_equal(distinct(np.concatenate([ups, ups])), ups)


def test_the_directions_around_one_are_tilted_by_the_angle() -> None:
    ups = spread(9)

    around = nearby(ups, angle_deg=4.0)

    assert len(around) == 72
    np.testing.assert_allclose(np.degrees(np.arccos((around @ ups.T).max(axis=1))), 4.0, rtol=1e-9)


@pytest.mark.parametrize("most", [10, 10**9])
def test_the_hull_of_many_points_is_that_of_those_farthest_out(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from mingyue.printing.orientations import directions

    monkeypatch.setattr(directions, "_MOST_HULL_POINTS", most)
    mesh = ball(radius_um=500, centre_um=(1e5, 0, 500), rings=12)

    hull = hull_points(mesh)

    assert np.abs(np.linalg.norm(hull - (1e5, 0, 500), axis=1) - 500).max() < 1e-6
    assert np.abs(np.ptp(hull, axis=0) - mesh.size_um).max() < 0.01 * 1000
