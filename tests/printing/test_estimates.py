"""Time follows the fields that have light, not the layers; every band has a lower and an upper end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.estimates import estimate, read_times
from mingyue.printing.findings.seen import occupied
from mingyue.printing.profiles.sourced import ProfileError
from mingyue.printing.runs import from_picture

TIMES = read_times()
counts = st.lists(st.integers(0, 9), min_size=1, max_size=20)


def taken(fields: list[int], **settings: float) -> tuple[float, float]:
    known = {"volume_mm3": 1.0, "exposure_s": 0.5, "findings": 0} | settings
    return estimate(np.array(fields), times=TIMES, **known).printing_s  # type: ignore[arg-type]


@given(counts)
def test_a_band_has_its_lower_end_first(fields: list[int]) -> None:
    low, high = taken(fields)

    assert 0 <= low <= high


@given(counts, counts)
def test_layers_add_up(some: list[int], others: list[int]) -> None:
    whole = np.array(taken([*some, *others]))

    np.testing.assert_allclose(whole, np.array(taken(some)) + taken(others), atol=1e-9)


def test_twice_the_fields_take_longer_and_dark_layers_nothing() -> None:
    assert taken([0, 0]) == (0.0, 0.0)
    assert taken([4] * 10) > taken([2] * 10) > taken([1] * 10)
    assert taken([1] * 10) == pytest.approx((10 * (0.5 + TIMES.recoat_s[0]), 10 * (0.5 + TIMES.recoat_s[1])))


def test_resin_and_handling_are_bands_too() -> None:
    made = estimate(np.array([1, 2, 3]), volume_mm3=2.0, exposure_s=1.0, findings=10, times=TIMES)

    assert (made.exposures, made.most_fields) == (6, 3)
    assert made.resin_mm3 == pytest.approx((2.2, 4.0))
    assert made.handling_s == pytest.approx((600 + 10 * 30, 3600 + 10 * 180))
    assert made.source.mark == "assumed"


def test_a_field_is_occupied_where_it_has_light() -> None:
    picture = np.zeros((6, 8), dtype=np.uint8)
    picture[1, 3:5], picture[5, 0] = 255, 20
    quarters = ((0, 0, 3, 4), (0, 4, 3, 8), (3, 0, 6, 4), (3, 4, 6, 8))

    assert occupied(from_picture(picture), quarters) == 3


def test_times_of_ones_own_win_and_odd_ones_are_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[times]\nrecoat_s = [8.0, 7.0]\nsource = "our log of June"\nmark = "measured"\n')
    assert (read_times(own).recoat_s, read_times(own).source.mark) == ((7.0, 8.0), "measured")

    own.write_text("[other]\nrecoat_s = [1.0, 2.0]\n")
    with pytest.raises(ProfileError, match="more than times"):
        read_times(own)
    own.write_text("[times]\nrecoat = [1.0, 2.0]\n")
    with pytest.raises(ProfileError, match="not a key"):
        read_times(own)
