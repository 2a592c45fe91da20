"""Lines through points that may lie below a limit: intervals keep their promise, and without limits they are Fieller's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mingyue.printing.profiles import censored_lines as lines

Floats = NDArray[np.float64]
DRAWS = 1000
SLOPE, CROSSING = 40.0, math.log(12.0)


def draws(count: int, *, sd: float, first: float, last: float, seed: int) -> tuple[Floats, Floats]:
    """(count,) logarithms of doses from first to last critical doses; (DRAWS, count) depths with noise."""
    x = CROSSING + np.linspace(math.log(first), math.log(last), count)
    noise = np.random.default_rng(seed).standard_normal((DRAWS, count))
    return x, SLOPE * (x - CROSSING) + sd * noise


def share_that_covers(intervals: Floats, truth: float) -> float:
    return float(((intervals[:, 0] <= truth) & (truth <= intervals[:, 1])).mean())


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize(
    ("count", "sd", "first", "limits"),
    [(8, 3.0, 1.5, 0.0), (4, 3.0, 1.5, 0.0), (12, 3.0, 0.4, 3.0), (12, 8.0, 0.4, 3.0)],
    ids=["eight depths", "four depths", "three below gelation", "rough"],
)
def test_intervals_cover_the_truth_as_often_as_they_say(
    count: int, sd: float, first: float, limits: float, level: float
) -> None:
    x, y = draws(count, sd=sd, first=first, last=20.0, seed=20261125)
    below = (y <= 0) & (limits > 0)

    fitted = lines.fit(lines.points(x, np.where(below, 0.0, y), below=below))
    slopes = lines.slope_interval(fitted, level=level)
    crossings = lines.crossing_interval(fitted, level=level)

    chance = 4 * math.sqrt(level * (1 - level) / DRAWS)  # four standard errors of a share among a thousand
    assert below.sum() / DRAWS == pytest.approx(limits, abs=0.2)
    assert share_that_covers(slopes, SLOPE) == pytest.approx(level, abs=chance)
    assert share_that_covers(crossings, CROSSING) == pytest.approx(level, abs=chance)
    assert (slopes[:, 0] < fitted.slope).all()
    assert (crossings[:, 1] > fitted.crossing).all()


def test_zeros_taken_for_depths_would_bend_the_line_and_limits_do_not() -> None:
    x, y = draws(14, sd=3.0, first=0.1, last=20.0, seed=7)
    found = np.maximum(y, 0.0)

    honest = lines.fit(lines.points(x, found, below=y <= 0))
    naive = lines.fit(lines.points(x, found))

    error = float(honest.slope.std()) / math.sqrt(DRAWS)
    assert honest.slope.mean() == pytest.approx(SLOPE, abs=4 * error)
    assert naive.slope.mean() < SLOPE - 8


def fieller(x: Floats, y: Floats, t: float) -> tuple[float, float]:
    """Where the line through n points may cross zero, from the textbook's quadratic equation."""
    n, middle = len(x), x.mean()
    sxx = ((x - middle) ** 2).sum()
    b = ((x - middle) * y).sum() / sxx
    s2 = ((y - y.mean() - b * (x - middle)) ** 2).sum() / (n - 2)
    # (ȳ + b·d)² ≤ t² s² (1/n + d²/sxx) in d = crossing − x̄
    first, second, third = b * b - t * t * s2 / sxx, 2 * b * y.mean(), y.mean() ** 2 - t * t * s2 / n
    root = math.sqrt(second * second - 4 * first * third)
    return middle + (-second - root) / (2 * first), middle + (-second + root) / (2 * first)


@given(seed=st.integers(0, 10_000), count=st.integers(4, 20))
def test_without_limits_the_interval_is_fiellers_and_the_line_least_squares(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(0, 3, count)) + np.arange(count) * 1e-3
    y = 50 * (x - 0.5) + 4 * rng.standard_normal(count)

    fitted = lines.fit(lines.points(x, y))
    low, high = fieller(x, y, float(lines.t_quantile(count - 2.0, level=0.9)))

    slope, intercept = np.polyfit(x, y, 1)
    np.testing.assert_allclose((fitted.slope[0], fitted.intercept[0]), (slope, intercept), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(lines.crossing_interval(fitted, level=0.9)[0], (low, high), rtol=0, atol=1e-6)
    spread = math.sqrt(((y - intercept - slope * x) ** 2).sum() / (count - 2) / ((x - x.mean()) ** 2).sum())
    half = float(lines.t_quantile(count - 2.0, level=0.9)) * spread
    np.testing.assert_allclose(lines.slope_interval(fitted, level=0.9)[0], (slope - half, slope + half), atol=1e-6)
    assert fitted.slope_se[0] == pytest.approx(spread, rel=1e-6)


def test_a_limit_far_above_the_line_says_nothing_and_a_point_without_weight_neither() -> None:
    x, y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.1, 0.9, 2.2, 2.9])

    alone = lines.fit(lines.points(x, y))
    with_limit = lines.fit(lines.points(np.append(x, 1.5), np.append(y, 1e4), below=np.array([False] * 4 + [True])))
    without = lines.fit(
        lines.points(np.append(x, 1.5), np.append(y, -50.0), weight=np.array([1.0, 1.0, 1.0, 1.0, 0.0]))
    )

    for other in (with_limit, without):
        np.testing.assert_allclose((other.slope, other.crossing), (alone.slope, alone.crossing), rtol=1e-7, atol=1e-9)


def test_where_the_slope_may_be_none_the_crossing_may_be_anywhere() -> None:
    fitted = lines.fit(lines.points(np.array([0.0, 1.0, 2.0, 3.0]), np.array([5.0, 3.0, 6.0, 4.5])))

    low, high = lines.crossing_interval(fitted, level=0.95)[0]

    assert math.isinf(low) or math.isinf(high)


def test_points_exactly_on_a_line_leave_no_doubt() -> None:
    x = np.array([1.0, 2.0, 4.0])

    fitted = lines.fit(lines.points(x, 3 * (x - 0.25)))

    np.testing.assert_allclose(lines.crossing_interval(fitted, level=0.95), [[0.25, 0.25]], atol=1e-6)
    np.testing.assert_allclose(lines.slope_interval(fitted, level=0.95), [[3.0, 3.0]], atol=1e-6)


def test_weights_count_as_repeated_points() -> None:
    x, y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.1, 0.8, 2.3, 2.9])

    weighted = lines.fit(lines.points(x, y, weight=np.array([3.0, 1.0, 1.0, 2.0])))
    repeated = lines.fit(lines.points(np.repeat(x, [3, 1, 1, 2]), np.repeat(y, [3, 1, 1, 2])))

    np.testing.assert_allclose((weighted.slope, weighted.crossing), (repeated.slope, repeated.crossing), atol=1e-9)
