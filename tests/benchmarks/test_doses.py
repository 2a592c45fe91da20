"""The benchmark of doses compares ways that do the same, and judges by what it found."""

from __future__ import annotations

import numpy as np

from benchmarks.doses import GAUSSIAN, Row, _by_opencv, _by_scipy, _ours, judged, measured, page


def test_all_ways_make_the_same_dose() -> None:
    light = np.random.default_rng(1).integers(0, 256, (96, 96)).astype(np.float32)
    planes = []
    for way in ("ours", "scipy", "opencv"):
        dose, solid = np.full_like(light, 50), np.zeros(light.shape, dtype=np.uint8)
        if way == "ours":
            _ours(light, GAUSSIAN, dose, solid)()
        else:
            (_by_scipy if way == "scipy" else _by_opencv)(light, dose, solid)
        planes.append((dose, solid))

    for dose, solid in planes:
        np.testing.assert_allclose(dose, planes[1][0], rtol=1e-4)
        assert np.array_equal(solid, dose >= 100)


def test_the_page_has_a_line_for_each_way() -> None:
    rows = measured(64, rounds=1)

    text = "\n".join(page({"CPU": "some"}, rows))

    assert all(f"| {row.way} | 64² |" in text for row in rows)


def test_what_is_missed_is_said() -> None:
    rows = [Row("filter", 8, 499.0), Row("the same, 13 × 13", 8, 100.0), Row("scipy", 8, 50.0)]

    assert [met for _, _, met in judged(rows)] == ["**no**", "yes", "yes"]
