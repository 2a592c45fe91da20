"""A placed part stands in the middle of the platform, whatever was done to it before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.errors import BadInputError
from mingyue.printing.frames import Canvas, centred_canvas, place, rotation

angles = st.tuples(*[st.one_of(st.floats(-720, 720), st.sampled_from([0.0, 90.0, 180.0, -90.0]))] * 3)
CORNERS = np.array([[10.0, 20.0, 30.0], [14.0, 21.0, 36.0], [10.0, 25.0, 31.0], [12.0, 20.0, 33.0]])


def box_under(matrix: np.ndarray, origin: np.ndarray) -> np.ndarray:
    turned = (CORNERS - origin) @ matrix.T
    return np.stack([turned.min(axis=0), turned.max(axis=0)])


@given(angles, st.floats(0.01, 100))
def test_a_placed_part_stands_centred_on_the_platform(turns: tuple[float, float, float], scale: float) -> None:
    placement = place(CORNERS[0], box_under, scale=scale, rotate_deg=turns)

    placed = CORNERS @ np.array(placement.matrix).T + np.array(placement.offset_um)

    low, high = placed.min(axis=0), placed.max(axis=0)
    np.testing.assert_allclose(low[:2] + high[:2], 0.0, atol=1e-9 * scale * 100)
    assert low[2] == pytest.approx(0.0, abs=1e-9 * scale * 100)


@given(angles, st.floats(0.1, 1e5))
def test_fitting_makes_the_longest_side_exactly_so_long(turns: tuple[float, float, float], fit_um: float) -> None:
    placement = place(CORNERS[0], box_under, scale=3.0, fit_um=fit_um, rotate_deg=turns)

    placed = CORNERS @ np.array(placement.matrix).T

    assert np.ptp(placed, axis=0).max() == pytest.approx(fit_um, rel=1e-9)


@given(angles)
def test_a_rotation_keeps_lengths_and_hands(turns: tuple[float, float, float]) -> None:
    matrix = rotation(turns)

    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1.0)


def test_turns_are_anticlockwise_about_x_then_y_then_z() -> None:
    assert (rotation((90.0, 0.0, 0.0)) @ [0, 1, 0]).tolist() == [0, 0, 1]
    assert (rotation((0.0, 90.0, 0.0)) @ [0, 0, 1]).tolist() == [1, 0, 0]
    assert (rotation((0.0, 0.0, 90.0)) @ [1, 0, 0]).tolist() == [0, 1, 0]
    assert (rotation((90.0, 0.0, 90.0)) @ [0, 1, 0]).tolist() == [0, 0, 1]  # x first: y → z, and z stays


def test_row_0_is_at_y_max_and_column_0_at_x_min() -> None:
    canvas = centred_canvas(rows=100, columns=200, pitch_um=2.0)

    corners = canvas.to_px(np.array([[-200.0, 100.0, 5.0], [200.0, -100.0, 7.0]]))

    assert corners.tolist() == [[0.0, 0.0, 5.0], [200.0, 100.0, 7.0]]


def test_placing_on_a_canvas_leaves_the_points_alone() -> None:
    points = np.ones((1, 3))

    Canvas(2.0, 4, 4, 0.0, 0.0).to_px(points)

    assert points.tolist() == [[1.0, 1.0, 1.0]]


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")])
def test_a_senseless_scale_is_refused(scale: float) -> None:
    with pytest.raises(BadInputError, match="scale") as refusal:
        place(CORNERS[0], box_under, scale=scale)
    assert refusal.value.remedy
