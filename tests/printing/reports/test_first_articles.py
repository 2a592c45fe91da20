"""Lines of a first-article table: a verdict that the whole band must agree to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.reports.first_articles import Line, Verdict, feature_lines, whole_part, worst_first
from mingyue.printing.reports.report import PrintReport


def line(
    predicted: float | None, low: float | None = None, high: float | None = None, tolerance: float | None = 2.0
) -> Line:
    return Line("pin", "width", "µm", 20.0, predicted, low, high, tolerance)


@pytest.mark.parametrize(
    ("predicted", "low", "high", "verdict"),
    [
        (21.0, None, None, "pass"),
        (22.0, None, None, "pass"),
        (22.1, None, None, "fail"),
        (None, None, None, "fail"),
        (21.0, 20.0, 22.0, "pass"),
        (21.0, 20.0, 22.5, "risk"),
        (22.5, 21.0, 24.0, "risk"),
        (24.0, 23.0, 25.0, "fail"),
        (16.0, 15.0, 17.0, "fail"),
        (20.0, 10.0, 30.0, "risk"),
        (30.0, 10.0, 30.0, "risk"),
    ],
)
def test_a_line_passes_where_all_of_its_band_does(
    predicted: float | None, low: float | None, high: float | None, verdict: Verdict
) -> None:
    assert line(predicted, low, high).verdict == verdict


def test_where_nothing_is_asked_there_is_no_verdict() -> None:
    assert line(99.0, tolerance=None).verdict is None


@given(st.lists(st.floats(0, 40) | st.none(), max_size=30), st.integers(0, 12))
def test_the_worst_are_kept_in_their_order(sizes: list[float | None], most: int) -> None:
    lines = [Line(str(k), "width", "µm", 20.0, size, None, None, 2.0) for k, size in enumerate(sizes)]

    kept = worst_first(lines, most=most)

    assert len(kept) == min(most, len(lines))
    assert [int(one.thing) for one in kept] == sorted(int(one.thing) for one in kept)
    left = [one for one in lines if one not in kept]
    fails = [one.verdict == "fail" for one in kept]
    assert all(fails) or not any(one.verdict == "fail" for one in left)


def test_every_size_of_every_feature_has_a_line_with_its_band(report: PrintReport) -> None:
    lines = feature_lines(report.prediction)
    there = [place for place in report.prediction.places if place.there]
    missing = [place for place in report.prediction.places if not place.there]

    assert len(lines) == sum(len(place.sizes_um) for place in there) + len(missing)
    assert all(one.verdict == "fail" for one in lines if one.predicted is None)
    for one in lines:
        if one.predicted is not None:
            assert one.low is not None
            assert one.high is not None
            assert one.low <= one.predicted <= one.high


def test_the_whole_part_is_compared_with_its_masks(report: PrintReport) -> None:
    surface, *_, volume = whole_part(report.prediction, masks_mm3=report.masks_mm3)

    assert surface.predicted == report.prediction.figures["deviation_um.abs_p95"]
    assert (surface.nominal, surface.tolerance) == (0.0, 2.0)
    assert volume.nominal == pytest.approx((100 * 60 * 12 + 2 * 40 * 60 * 28) * 1e-9, rel=1e-6)
    assert volume.predicted == report.prediction.volume_mm3
    assert volume.verdict is None
