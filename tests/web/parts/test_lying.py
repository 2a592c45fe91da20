"""A turn is written down in one way, and called by what lies below."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.phrases import in_language
from mingyue.printing.frames import rotation as matrix_of
from mingyue.web.parts.lying import down_of, lying, lying_in_height, turn_of, why_not_turn

angles = st.one_of(st.floats(-360, 360), st.sampled_from([0.0, -0.0, 90.0, -90.0, 180.0, -180.0, 270.0, 360.0, -360.0]))
turns = st.tuples(angles, angles, angles)


@given(turns)
def test_a_turn_written_down_turns_the_same(turn: tuple[float, float, float]) -> None:
    written = turn_of(turn)

    again = (0.0, 0.0, 0.0) if written is None else (written[0], written[1], written[2])
    np.testing.assert_allclose(matrix_of(again), matrix_of(turn), atol=1e-7)
    assert turn_of(written) == written
    assert all(-180 < angle <= 180 for angle in again)
    assert all(math.copysign(1, angle) == 1 for angle in again if angle == 0)


@given(turns)
def test_a_whole_turn_more_is_the_same_turn(turn: tuple[float, float, float]) -> None:
    once, more = (turn_of(one) or [0, 0, 0] for one in (turn, tuple(angle + 360 for angle in turn)))

    np.testing.assert_allclose(matrix_of(tuple(once)), matrix_of(tuple(more)), atol=1e-7)


@given(turns)
def test_what_lies_below_is_what_the_engine_turns_down(turn: tuple[float, float, float]) -> None:
    np.testing.assert_allclose(matrix_of(turn) @ down_of(turn), [0, 0, -1], atol=1e-12)


@pytest.mark.parametrize(
    ("rotation", "said"),
    [
        (None, "as uploaded"),
        ([180.0, 0.0, 0.0], "upside down"),
        ([0.0, 180.0, 0.0], "upside down"),
        ([90.0, 0.0, 0.0], "on its front"),
        ([-90.0, 0.0, 0.0], "on its back"),
        ([0.0, 90.0, 0.0], "on its right side"),
        ([0.0, -90.0, 0.0], "on its left side"),
        ([0.0, 0.0, 90.0], "upright (turned by 0°, 0°, 90°)"),
        ([90.0, 0.0, 45.0], "on its front (turned by 90°, 0°, 45°)"),
        ([30.0, 0.0, 0.0], "tilted by 30° (turned by 30°, 0°, 0°)"),
        ([150.0, 0.0, 0.0], "tilted by 150° (turned by 150°, 0°, 0°)"),
    ],
)
def test_ways_of_lying_are_told_apart_by_their_names(rotation: list[float] | None, said: str) -> None:
    assert lying(rotation) == said


def test_how_high_it_is_then_is_said_in_the_unit_that_suits() -> None:
    assert lying_in_height([180.0, 0.0, 0.0], layers=240, layer_um=5.0) == "upside down, 1.2 mm high"
    assert lying_in_height(None, layers=40, layer_um=5.0) == "as uploaded, 200 µm high"
    assert lying_in_height(None, layers=0, layer_um=5.0) == "as uploaded"
    assert in_language(lying_in_height([90.0, 0.0, 0.0], layers=40, layer_um=5.0), "zh") == "正面朝下，高 200 µm"


@pytest.mark.parametrize("wrong", [[], [1.0, 2.0], [0.0] * 4, [361.0, 0.0, 0.0], [0.0, float("nan"), 0.0]])
def test_what_is_no_turn_is_refused(wrong: list[float]) -> None:
    assert why_not_turn(wrong) == ["A part is turned by three angles from −360° to 360°: about x, then y, then z."]
    assert why_not_turn([360, -360, 0]) == why_not_turn(None) == []
