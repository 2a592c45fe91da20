"""Which dose decides at a place, and what the doses of several places and parameter sets mean."""

from __future__ import annotations

import numpy as np
import pytest

from mingyue.printing.questions import QUESTIONS, extreme

SOLID, VOID = 255, 0


def block(*columns: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Doses and greys of (layers, 3, 3): a column of doses in the middle row, left to right; a negative one is void."""
    numbers = np.array(columns, dtype=np.float32).T
    doses = np.full((len(numbers), 3, 3), 99, dtype=np.float32)
    greys = np.full((len(numbers), 3, 3), SOLID, dtype=np.uint8)
    doses[:, 1], greys[:, 1] = np.abs(numbers), np.where(numbers < 0, VOID, SOLID)
    return doses, greys


def test_a_wall_is_as_good_as_its_brightest_pixel_and_a_gap_as_its_darkest() -> None:
    doses, greys = block([1, 5], [2, 6], [3, 7])

    assert extreme("solid", doses, greys, 0, 1.0) == 99
    assert extreme("void", doses, greys, 1, 1.0) == 5
    assert extreme("void", doses, greys, 1, 0.5) == 6


def test_below_a_ceiling_it_is_looked_down_to_the_floor_and_not_through_it() -> None:
    # From the lowest layer: a void below the floor, the floor, the channel of two layers, its ceiling.
    doses, greys = block([9, 9, 9, 9, 9], [-1, 8, -4, -6, 9], [9, 9, 9, 9, 9])

    assert extreme("ceiling", doses, greys, 4, 1.0) == 4


def test_beside_a_ceiling_nobody_looks_down() -> None:
    doses, greys = block([-1, -1, -1], [-5, -6, 9], [9, 9, 9])

    assert extreme("ceiling", doses, greys, 2, 1.0) == 5


def test_where_there_is_no_void_below_the_ceiling_there_is_no_answer() -> None:
    doses, greys = block([9, 9], [9, 9], [9, 9])

    assert np.isnan(extreme("ceiling", doses, greys, 1, 1.0))


def test_a_channel_is_looked_at_from_floor_to_roof_and_no_further() -> None:
    doses, greys = block([9] * 6, [-1, 8, -4, -6, 9, -2], [9] * 6)

    assert extreme("channel", doses, greys, 3, 1.0) == 4
    assert extreme("channel", doses, greys, 2, 1.0) == 4
    assert extreme("channel", doses, greys, 5, 1.0) == 2


def test_a_channel_narrower_than_a_pixel_is_looked_at_all_the_same() -> None:
    doses, greys = block([9, 9], [9, 5], [9, 9])

    assert extreme("channel", doses, greys, 1, 1.0) == 5


@pytest.mark.parametrize(
    ("kind", "ratios", "expected"),
    [
        ("thin_wall", [[2.0, 0.9], [2.0, 2.0], [2.0, 2.0]], [False, True]),  # broken in one place is broken
        ("narrow_channel", [[0.5, 1.0], [0.5, 0.5], [0.5, 0.5]], [False, True]),  # closed in one place is closed
        ("closed_channel", [[0.5, 1.0], [0.5, 0.5]], [False, True]),
        ("narrow_gap", [[1.5, 1.5], [0.5, 1.5], [0.5, 0.5]], [False, True]),  # half of the places, as gaps end
        ("small_hole", [[1.5, 0.5], [0.5, 0.5]], [True, False]),
    ],
)
def test_what_bears_a_warning_out(kind: str, ratios: list[list[float]], expected: list[bool]) -> None:
    assert QUESTIONS[kind].bears_out(np.array(ratios)).tolist() == expected
