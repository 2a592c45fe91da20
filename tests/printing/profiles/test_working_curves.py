"""Working curves from measurements: known truths come back, what is odd is named, what cannot be said is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingyue.errors import BadInputError
from mingyue.printing.profiles.resins import cure_depth_um
from mingyue.printing.profiles.working_curves import (
    MOST_MEASUREMENTS,
    CurveUndeterminedError,
    Interval,
    Measurement,
    fit_working_curve,
)

DOSES = np.geomspace(8.0, 240.0, 12)


def measured(depth_um: float, dose_mj_cm2: float, *, sd_um: float = 0.0, seed: int = 0) -> list[Measurement]:
    """Depths at twelve doses for this penetration depth and critical dose; below gelation nothing is found."""
    depths = depth_um * np.log(DOSES / dose_mj_cm2) + sd_um * np.random.default_rng(seed).standard_normal(len(DOSES))
    return [
        Measurement(float(dose), max(float(depth), 0.0), is_limit=bool(depth <= 0), line=line)
        for line, (dose, depth) in enumerate(zip(DOSES, depths, strict=True), start=2)
    ]


def scaled(rows: list[Measurement], *, dose: float = 1.0, depth: float = 1.0) -> list[Measurement]:
    return [replace(row, dose_mj_cm2=row.dose_mj_cm2 * dose, depth_um=row.depth_um * depth) for row in rows]


@pytest.mark.parametrize(
    ("penetration_um", "critical_mj_cm2", "dose_mj_cm2", "depth_um"),
    [(170.0, 5.0, 10.0, 117.8), (42.0, 18.3, 50.0, 42.2), (350.0, 6.87, 20.0, 374.0)],
)
def test_the_published_arithmetic_comes_back_from_a_fit(
    penetration_um: float, critical_mj_cm2: float, dose_mj_cm2: float, depth_um: float
) -> None:
    curve = fit_working_curve(measured(penetration_um, critical_mj_cm2))

    assert curve.penetration_depth_um == pytest.approx(penetration_um, rel=1e-6)
    assert curve.critical_dose_mj_cm2 == pytest.approx(critical_mj_cm2, rel=1e-6)
    assert float(curve.depth_um(np.array([dose_mj_cm2]))[0]) == pytest.approx(depth_um, abs=0.05)
    known = cure_depth_um(dose_mj_cm2, critical_dose_mj_cm2=critical_mj_cm2, penetration_depth_um=penetration_um)
    assert float(known) == pytest.approx(depth_um, abs=0.05)


def test_doubling_the_dose_adds_the_penetration_depth_times_ln_2() -> None:
    curve = fit_working_curve(measured(40.0, 12.0, sd_um=2.0))

    once, twice = curve.depth_um(np.array([50.0, 100.0]))

    assert twice - once == pytest.approx(curve.penetration_depth_um * np.log(2), rel=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), dose=st.floats(0.01, 100.0), depth=st.floats(0.1, 10.0))
def test_other_units_scale_the_answer_and_change_nothing_else(seed: int, dose: float, depth: float) -> None:
    rows = measured(40.0, 12.0, sd_um=2.0, seed=seed)

    curve, other = fit_working_curve(rows), fit_working_curve(scaled(rows, dose=dose, depth=depth))

    assert other.penetration_depth_um == pytest.approx(depth * curve.penetration_depth_um, rel=1e-6)
    assert other.critical_dose_mj_cm2 == pytest.approx(dose * curve.critical_dose_mj_cm2, rel=1e-6)
    low, high = other.critical_dose_interval_mj_cm2.low, other.critical_dose_interval_mj_cm2.high
    assert Interval(low / dose, high / dose) == Interval(
        pytest.approx(curve.critical_dose_interval_mj_cm2.low, rel=1e-6),  # type: ignore[arg-type]
        pytest.approx(curve.critical_dose_interval_mj_cm2.high, rel=1e-6),  # type: ignore[arg-type]
    )
    assert [judged.is_outlier for judged in other.measured] == [judged.is_outlier for judged in curve.measured]


def test_two_outliers_do_not_hide_each_other_and_leave_only_when_told() -> None:
    rows = measured(40.0, 12.0, sd_um=1.0, seed=5)
    for k in (5, 8):
        rows[k] = replace(rows[k], depth_um=rows[k].depth_um + 40.0)

    kept, dropped = fit_working_curve(rows), fit_working_curve(rows, drop_outliers=True)

    assert [judged.measurement.line for judged in kept.outliers] == [7, 10]
    assert not any(judged.is_left_out for judged in kept.measured)
    assert [judged.measurement.line for judged in dropped.measured if judged.is_left_out] == [7, 10]
    assert (kept.depths, dropped.depths) == (10, 8)
    assert abs(dropped.penetration_depth_um - 40.0) < 2.0 < abs(kept.scatter_um - 1.0)


def test_a_pad_that_should_have_gelled_and_was_not_found_is_an_outlier() -> None:
    rows = measured(40.0, 12.0, sd_um=1.0, seed=5)
    rows[9] = replace(rows[9], depth_um=0.0, is_limit=True)

    (outlier,) = fit_working_curve(rows).outliers

    assert outlier.measurement.line == 11
    assert outlier.studentised is not None
    assert outlier.studentised < -10
    assert outlier.residual_um == -outlier.fitted_um


def test_of_harmless_curves_about_one_in_twenty_has_an_outlier() -> None:
    found = [bool(fit_working_curve(measured(40.0, 12.0, sd_um=2.0, seed=seed)).outliers) for seed in range(60)]

    assert 0 < sum(found) <= 9  # 3 are expected; more than 9 comes once in a thousand


def test_readings_of_one_piece_are_averaged_and_do_not_narrow_the_interval() -> None:
    rows = [replace(row, piece="a") for row in measured(40.0, 12.0, sd_um=2.0)]
    twice = [replace(row, depth_um=max(row.depth_um + shift, 0.0)) for row in rows for shift in (-0.5, 0.5)]

    once = fit_working_curve([row for row in rows if not row.is_limit])
    averaged = fit_working_curve([row for row in twice if not row.is_limit])

    assert averaged.depths == once.depths
    assert averaged.penetration_depth_um == pytest.approx(once.penetration_depth_um, rel=1e-9)
    assert averaged.penetration_depth_interval_um.low == pytest.approx(once.penetration_depth_interval_um.low)


def test_stated_deviations_weigh_the_points_but_their_common_size_does_not_matter() -> None:
    rows = measured(40.0, 12.0, sd_um=2.0)
    stated = [replace(row, sd_um=1.0 + 0.2 * k) for k, row in enumerate(rows)]
    tenfold = [replace(row, sd_um=10 * (row.sd_um or 0)) for row in stated]

    plain, weighted, again = (fit_working_curve(some) for some in (rows, stated, tenfold))

    assert (plain.is_weighted, weighted.is_weighted) == (False, True)
    assert weighted.penetration_depth_um != pytest.approx(plain.penetration_depth_um, rel=1e-4)
    assert again.penetration_depth_interval_um.high == pytest.approx(weighted.penetration_depth_interval_um.high)
    assert again.scatter_um == pytest.approx(weighted.scatter_um / 10)


def test_a_bent_curve_is_told_from_a_straight_one() -> None:
    rows = [row for row in measured(40.0, 5.0, sd_um=1.0) if not row.is_limit]
    bent = [replace(row, depth_um=row.depth_um - 0.004 * row.depth_um**2) for row in rows]

    straight_p, bent_p = fit_working_curve(rows).curvature_p, fit_working_curve(bent).curvature_p

    assert straight_p is not None
    assert bent_p is not None
    assert bent_p < 1e-4 < straight_p


def test_the_band_holds_the_curve_and_is_narrowest_amid_the_points() -> None:
    curve = fit_working_curve(measured(40.0, 5.0, sd_um=2.0))
    doses = np.geomspace(8.0, 240.0, 50)

    low, high = curve.band_um(doses)

    assert (low <= curve.depth_um(doses)).all()
    assert (curve.depth_um(doses) <= high).all()
    assert 0.3 < np.argmin(high - low) / len(doses) < 0.7


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "0 depths at 0 doses"),
        ([Measurement(10.0, 5.0), Measurement(20.0, 9.0)], "2 depths at 2 doses"),
        ([Measurement(10.0, 5.0)] * 4, "4 depths at 1 doses"),
        ([Measurement(10.0, 0.0, is_limit=True)] * 9, "0 depths at 0 doses"),
        ([Measurement(10.0, 50.0), Measurement(20.0, 40.0), Measurement(40.0, 31.0)], "do not grow with the dose"),
        ([Measurement(10.0, 50.0), Measurement(20.0, 20.0), Measurement(40.0, 60.0)], "do not grow with the dose"),
    ],
)
def test_what_makes_no_curve_is_refused_with_a_remedy(rows: list[Measurement], says: str) -> None:
    with pytest.raises(CurveUndeterminedError, match=says) as refused:
        fit_working_curve(rows)

    assert refused.value.remedy.startswith("Measure")


@pytest.mark.parametrize("level", [0.0, 0.49, 1.0, float("nan")])
def test_a_level_that_is_none_is_refused(level: float) -> None:
    with pytest.raises(BadInputError, match="level of confidence"):
        fit_working_curve(measured(40.0, 12.0), level=level)


def test_more_measurements_than_anybody_makes_are_refused() -> None:
    rows = [Measurement(10.0 + k, 5.0 + k) for k in range(MOST_MEASUREMENTS + 1)]

    with pytest.raises(BadInputError, match="1,001 measurements"):
        fit_working_curve(rows)
