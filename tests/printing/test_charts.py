"""Drawings are whole XML, need nothing else, and put each number where it belongs."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from mingyue.phrases import chinese
from mingyue.printing.charts import Frame, log_ticks, ticks, working_curve_svg
from mingyue.printing.profiles.working_curves import Measurement, WorkingCurve, fit_working_curve


def curve(*, outlier: bool = False) -> WorkingCurve:
    doses = np.geomspace(8.0, 240.0, 12)
    depths = 40 * np.log(doses / 12) + np.tile([0.5, -0.5], 6) + (np.arange(12) == 7) * (40 * outlier)
    return fit_working_curve(
        [Measurement(float(e), max(float(c), 0.0), is_limit=bool(c <= 0)) for e, c in zip(doses, depths, strict=True)]
    )


def test_every_measurement_is_drawn_once_by_its_kind() -> None:
    drawn = ElementTree.fromstring(working_curve_svg(curve(outlier=True)))
    space = "{http://www.w3.org/2000/svg}"

    circles = drawn.findall(f"{space}circle")
    triangles = [path for path in drawn.iter(f"{space}path") if path.get("fill") == "white"]
    crosses = [path for path in drawn.iter(f"{space}path") if path.get("stroke") == "#b3261e"]

    assert (len(circles), len(triangles), len(crosses)) == (9, 2, 1)
    assert drawn.findtext(f"{space}title") == "Working curve"


def test_the_drawing_speaks_chinese_and_asks_nobody_for_anything() -> None:
    drawn = working_curve_svg(curve(), language="zh")

    assert chinese()["cured depth, µm"] in drawn
    assert "cured depth" not in drawn
    assert re.findall(r"(?:href|src|url|@import)", drawn) == []
    assert [found for found in re.findall(r"https?://[^\"]+", drawn) if found != "http://www.w3.org/2000/svg"] == []


def test_numbers_lie_where_they_belong() -> None:
    frame = Frame(200, 100, (1.0, 100.0), (0.0, 10.0), is_log=True, left=10, right=10, top=10, bottom=10)

    assert (frame.x(1.0), frame.x(10.0), frame.x(100.0)) == pytest.approx((10.0, 100.0, 190.0))
    assert (frame.y(0.0), frame.y(10.0)) == (90.0, 10.0)
    assert frame.path([1.0, 100.0], [0.0, 10.0]) == "10.00,90.00 190.00,10.00"


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [
        (0.0, 12.0, [0, 2, 4, 6, 8, 10, 12]),
        (-0.3, 0.3, [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]),
        (7, 8.1, [7, 7.2, 7.4, 7.6, 7.8, 8]),
    ],
)
def test_marks_are_round_numbers(low: float, high: float, marks: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(marks)


def test_marks_by_powers_of_ten_thin_out_over_a_wide_range() -> None:
    assert log_ticks(7.0, 300.0) == [10, 20, 50, 100, 200]
    assert log_ticks(1e-3, 1e3) == [10.0**power for power in range(-3, 4)]
    assert all(math.isfinite(mark) for mark in log_ticks(1e-12, 1e12))
