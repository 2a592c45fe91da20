"""The fast way from light to dose equals the plain one and a convolution in float64, however it is cut up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from mingyue.printing.curing.optics import Blur, gaussian_blur, measured_blur
from mingyue.printing.kernels import exposing_plain
from mingyue.printing.kernels.exposing import expose, laid_taps, light_shape
from mingyue.printing.kernels.solid_rows import solid_rows

LOPSIDED = measured_blur(np.arange(1.0, 26.0).reshape(5, 5) ** 2)
BLURS = [gaussian_blur(0.0), gaussian_blur(0.36), gaussian_blur(0.7), gaussian_blur(1.5), gaussian_blur(5.0), LOPSIDED]


def laid(light: np.ndarray, radius: int) -> np.ndarray:
    """The light with dark around it, as the fast way wants it."""
    rows, columns = light.shape
    padded = np.zeros(light_shape(rows, columns, radius), dtype=np.float32)
    padded[radius : radius + rows, radius : radius + columns] = light
    return padded


def exposed(light: np.ndarray, blur: Blur, before: np.ndarray, decay: float, **settings: object) -> np.ndarray:
    after = np.empty_like(before)
    taps = laid_taps(blur.taps, blur.separable, gain=2.0)
    expose(laid(light, blur.radius_px), taps, blur.radius_px, decay=decay, before=before, after=after, **settings)
    return after


@given(st.integers(0, 2**32), st.sampled_from(BLURS), st.integers(1, 60), st.integers(1, 500), st.floats(0.0, 1.0))
def test_fast_equals_direct_convolution_in_float64(seed: int, blur: Blur, rows: int, columns: int, dark: float) -> None:
    rng = np.random.default_rng(seed)
    light = rng.random((rows, columns), dtype=np.float32)
    light[:, : int(dark * columns)] = 0  # whole cells without light are passed over
    before = rng.random((rows, columns), dtype=np.float32)

    found = exposed(light, blur, before, 0.75)

    blurred = ndimage.convolve(light.astype(np.float64), blur.taps.astype(np.float64), mode="constant")
    np.testing.assert_allclose(found, 2 * blurred + 0.75 * before.astype(np.float64), rtol=0, atol=1e-5)


def test_fast_equals_direct_convolution_over_several_pieces_of_columns() -> None:
    light = np.random.default_rng(2).random((9, 9000), dtype=np.float32)

    found = exposed(light, BLURS[3], np.zeros_like(light), 0.0)

    blurred = ndimage.convolve(light.astype(np.float64), BLURS[3].taps.astype(np.float64), mode="constant")
    np.testing.assert_allclose(found, 2 * blurred, rtol=0, atol=1e-5)


@pytest.mark.parametrize("blur", BLURS)
def test_plain_arrays_give_the_same(blur: Blur) -> None:
    rng = np.random.default_rng(3)
    light, decays = rng.random((4, 23, 31), dtype=np.float32), np.array([0.5, 0.9, 0.25, 0.0], dtype=np.float32)

    dose = np.zeros((23, 31), dtype=np.float32)
    for layer, expected in exposing_plain.doses(light, blur.taps, decays, gain=2.0, xp=np):
        dose = exposed(light[layer], blur, dose, float(decays[layer]))
        np.testing.assert_allclose(dose, expected, rtol=1e-5, atol=1e-6)


@given(st.lists(st.integers(0, 41), max_size=3).map(sorted))
def test_rows_may_be_shared_out_in_any_way(cuts: list[int]) -> None:
    rng = np.random.default_rng(4)
    light, before = (rng.random((41, 230), dtype=np.float32) for _ in range(2))
    whole = exposed(light, BLURS[3], before, 0.5)

    parts = np.empty_like(whole)
    for first, after in zip([0, *cuts], [*cuts, 41], strict=True):
        expose(laid(light, 6), laid_taps(BLURS[3].taps, BLURS[3].separable, gain=2.0), 6, decay=0.5, before=before,
               after=parts, rows=(first, after))  # fmt: skip

    np.testing.assert_allclose(parts, whole, rtol=5e-7)  # sums are rounded by where a row lies in a strip


def test_in_place_equals_apart_and_solid_is_what_reaches_the_threshold() -> None:
    rng = np.random.default_rng(6)
    light, dose = (rng.random((37, 211), dtype=np.float32) for _ in range(2))
    apart = exposed(light, BLURS[3], dose, 0.5)

    solid = np.empty(dose.shape, dtype=np.uint8)
    taps = laid_taps(BLURS[3].taps, BLURS[3].separable, gain=2.0)
    expose(laid(light, 6), taps, 6, decay=0.5, after=dose, threshold=1.2, solid=solid)

    assert np.array_equal(dose, apart)
    assert np.array_equal(solid, apart >= np.float32(1.2))
    assert 0 < solid.mean() < 1


@given(st.integers(0, 2**32), st.integers(1, 9), st.integers(1, 90), st.floats(0.0, 1.0))
def test_solid_rows_are_the_pixels_that_reach_the_threshold(seed: int, rows: int, columns: int, share: float) -> None:
    dose = np.repeat(np.random.default_rng(seed).random((rows, columns), dtype=np.float32), 7, axis=1)

    row_starts, starts, stops = solid_rows(dose, share)

    painted = np.zeros(dose.shape, dtype=np.bool_)
    for row in range(rows):
        for i in range(row_starts[row], row_starts[row + 1]):
            assert starts[i] < stops[i]
            assert not painted[row, starts[i] - 1 if starts[i] else 0] or starts[i] == 0  # neighbours never touch
            painted[row, starts[i] : stops[i]] = True
    assert np.array_equal(painted, dose >= np.float32(share))
    assert row_starts[-1] == len(starts)


def test_more_runs_than_room_was_brought_for_are_found() -> None:
    dose = np.zeros((2, 200), dtype=np.float32)
    dose[:, ::2] = 1.0

    assert solid_rows(dose, 0.5)[0].tolist() == [0, 100, 200]
