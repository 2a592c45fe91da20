"""A blur between pixel centres: an even plate stays even, slopes are slopes."""

from __future__ import annotations

import numpy as np
import pytest

from mingyue.printing.compensation.spots import MIDDLE, PHASES, phases_px, spot_of
from mingyue.printing.curing.optics import Blur, airy_blur, gaussian_blur

BLURS = pytest.mark.parametrize(
    "blur",
    [gaussian_blur(0.36), gaussian_blur(1.5), airy_blur(pitch_um=2.0, numerical_aperture=0.2, wavelength_nm=385.0)],
    ids=["narrow", "wide", "airy"],
)


@BLURS
def test_an_even_plate_is_evenly_lit_between_the_pixels_too(blur: Blur) -> None:
    spot = spot_of(blur)

    np.testing.assert_allclose(spot.taps.sum(axis=(2, 3)), 1.0, atol=1e-5)
    np.testing.assert_allclose(spot.by_row.sum(axis=(2, 3)), 0.0, atol=1e-4)
    assert spot.taps.min() >= 0


@BLURS
def test_at_a_pixel_centre_light_is_what_the_blur_says(blur: Blur) -> None:
    np.testing.assert_allclose(spot_of(blur).taps[MIDDLE, MIDDLE], blur.taps, atol=1e-6)


def test_a_gaussian_is_a_gaussian_everywhere() -> None:
    spot = spot_of(gaussian_blur(1.2))
    at = np.arange(-spot.radius_px, spot.radius_px + 1)[None] - phases_px()[:, None]
    row = np.exp(-0.5 * (at / 1.2) ** 2)
    row /= row.sum(axis=1, keepdims=True)

    np.testing.assert_allclose(spot.taps, np.einsum("pi,qj->pqij", row, row), atol=1e-6)


@BLURS
def test_slopes_are_how_taps_change_from_phase_to_phase(blur: Blur) -> None:
    spot = spot_of(blur)
    step = 1.0 / (PHASES - 1)

    for taps, slopes, axis in ((spot.taps, spot.by_row, 0), (spot.taps, spot.by_column, 1)):
        change = np.diff(taps, axis=axis)
        mean = (np.take(slopes, range(1, PHASES), axis) + np.take(slopes, range(PHASES - 1), axis)) / 2
        np.testing.assert_allclose(change, mean * step, atol=1e-2 * np.abs(slopes).max())


def test_no_blur_is_the_nearest_pixel() -> None:
    spot = spot_of(gaussian_blur(0.0))

    assert spot.radius_px == 0
    assert (spot.taps == 1).all()
