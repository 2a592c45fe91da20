"""Doses keep the laws of light: they add, fall off with depth, and a window is the same part of the whole."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from mingyue.errors import BadInputError
from mingyue.printing.curing.doses import Cure, dose_planes
from mingyue.printing.curing.lights import MaskStack, Window
from mingyue.printing.curing.optics import Blur, gaussian_blur, measured_blur

LOPSIDED = measured_blur(np.array([[0.1, 0.5, 0.2], [0.0, 1.0, 0.7], [0.3, 0.1, 0.05]]))
SHARES = np.random.default_rng(8).random((6, 45, 60)).astype(np.float32)
THICKNESS_UM = np.array([4.0, 5.0, 5.0, 7.0, 5.0, 2.0])


def cure(blur: Blur, **other: float) -> Cure:
    numbers = {"irradiance_mw_cm2": 33.0, "penetration_depth_um": 9.5, "critical_dose_mj_cm2": 5.0}
    return Cure(**numbers | other, blur=blur)


def stack(shares: np.ndarray = SHARES, exposure_s: float = 0.4) -> MaskStack:
    return MaskStack(shares, pitch_um=2.0, thickness_um=THICKNESS_UM, exposure_s=exposure_s)


@pytest.mark.parametrize("blur", [gaussian_blur(0.36), gaussian_blur(1.5), LOPSIDED])
def test_a_dose_is_the_sum_of_all_light_that_comes_through(blur: Blur) -> None:
    tops = np.cumsum(THICKNESS_UM)
    each = [
        33.0 * 0.4 * ndimage.convolve(share.astype(np.float64), blur.taps.astype(np.float64), mode="constant")
        for share in SHARES
    ]

    planes = list(dose_planes(stack(), cure(blur)))

    assert [plane.layer for plane in planes] == [5, 4, 3, 2, 1, 0]
    for plane in planes:
        direct = sum(each[k] * math.exp((tops[plane.layer] - tops[k]) / 9.5) for k in range(plane.layer, 6))
        np.testing.assert_allclose(plane.dose, direct, rtol=0, atol=1e-4 * direct.max())


@given(st.integers(0, 44), st.integers(0, 59), st.data(), st.sampled_from([gaussian_blur(1.5), LOPSIDED]))
def test_a_window_is_the_same_part_of_the_whole(row: int, column: int, data: st.DataObject, blur: Blur) -> None:
    rows, columns = data.draw(st.integers(1, 45 - row)), data.draw(st.integers(1, 60 - column))
    first = data.draw(st.integers(0, 5))
    window = Window(row, column, rows, columns, first, data.draw(st.integers(first + 1, 6)))
    whole = {plane.layer: plane.dose for plane in dose_planes(stack(), cure(blur), threads=1)}

    planes = list(dose_planes(stack(), cure(blur), window, threads=3))

    assert [plane.layer for plane in planes] == list(range(window.after_layer - 1, first - 1, -1))
    for plane in planes:
        expected = whole[plane.layer][row : row + rows, column : column + columns]
        np.testing.assert_allclose(plane.dose, expected, rtol=1e-6)


def test_doses_add() -> None:
    one, other = SHARES * np.float32(0.3), SHARES[::-1] * np.float32(0.6)

    planes = [list(dose_planes(stack(shares), cure(gaussian_blur(0.7)))) for shares in (one, other, one + other)]

    for a, b, both in zip(*planes, strict=True):
        np.testing.assert_allclose(a.dose + b.dose, both.dose, rtol=2e-6)


@given(st.floats(1.0, 100.0), st.floats(0.5, 500.0))
def test_doubling_the_dose_adds_penetration_depth_times_ln_2(seconds: float, depth_um: float) -> None:
    lit = MaskStack(np.ones((1, 3, 3), dtype=np.float32), pitch_um=2.0, thickness_um=5.0, exposure_s=seconds)
    twice = MaskStack(np.ones((1, 3, 3), dtype=np.float32), pitch_um=2.0, thickness_um=5.0, exposure_s=2 * seconds)
    resin = cure(gaussian_blur(0.36), penetration_depth_um=depth_um)

    (once,), (double,) = dose_planes(lit, resin), dose_planes(twice, resin)

    deeper = resin.depth_um(double.dose) - resin.depth_um(once.dose)
    np.testing.assert_allclose(deeper, depth_um * math.log(2), rtol=1e-5)


def test_oxygen_takes_its_dose_first() -> None:
    plain, starved = cure(LOPSIDED), cure(LOPSIDED, induction_dose_mj_cm2=5.0)

    assert starved.threshold_mj_cm2 == 10.0
    assert float(plain.depth_um(20.0) - starved.depth_um(20.0)) == pytest.approx(9.5 * math.log(2))


def test_dark_resin_stays_liquid() -> None:
    assert cure(LOPSIDED).depth_um(np.zeros(2)).tolist() == [-math.inf, -math.inf]


@pytest.mark.parametrize("wrong", ["irradiance_mw_cm2", "penetration_depth_um", "critical_dose_mj_cm2"])
@pytest.mark.parametrize("number", [0.0, -1.0, math.nan, math.inf])
def test_a_cure_without_sense_is_refused(wrong: str, number: float) -> None:
    with pytest.raises(BadInputError, match="cures nothing"):
        cure(LOPSIDED, **{wrong: number})
