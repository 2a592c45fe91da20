"""One pixel's light: as an independent program computes it, all of it there, and a bad spot refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.errors import BadInputError
from mingyue.printing.curing.optics import airy_blur, gaussian_blur, machine_blur, measured_blur, pixel_light
from mingyue.printing.profiles.machines import machine

# Irradiance over that in the middle at (row, column) · pitch / 2, by pir_optics 0.1.1 (BSD, needs Python 3.12):
# PixelIrradianceModel(0.365, 0.1, 7.6, 7.6, 0.92, nx=8190, dx=7.6·√0.92/201) and (0.385, 0.1, 7.6, 2.0, 0.92, nx=8190,
# dx=2·√0.92/101), so that its square of whole samples has exactly the side that is meant.
PIR_OPTICS = {
    (7.6, 365.0): [
        [1.0, 0.432056, 0.011149, 0.002816, 0.001115, 0.000552, 0.000311, 0.000191, 0.000126],
        [0.432056, 0.189795, 0.007914, 0.002337, 0.000989, 0.000504, 0.00029, 0.000182, 0.000121],
        [0.011149, 0.007914, 0.003416, 0.001482, 0.000747, 0.000416, 0.000253, 0.000165, 0.000113],
    ],
    (2.0, 385.0): [
        [1.0, 0.607926, 0.114543, 0.013689, 0.008944, 0.003146, 0.002326, 0.001197, 0.00092],
        [0.607926, 0.36385, 0.068564, 0.014007, 0.007488, 0.003188, 0.002134, 0.001207, 0.000874],
        [0.114543, 0.068564, 0.021033, 0.011726, 0.004725, 0.00317, 0.001666, 0.001221, 0.000753],
    ],
}


@pytest.mark.parametrize(("pitch_um", "wavelength_nm"), PIR_OPTICS)
def test_a_pixel_looks_as_pir_optics_says(pitch_um: float, wavelength_nm: float) -> None:
    at_um = np.arange(9) * pitch_um / 2

    light = pixel_light(at_um, pitch_um=pitch_um, numerical_aperture=0.1, wavelength_nm=wavelength_nm)

    expected = np.array(PIR_OPTICS[pitch_um, wavelength_nm])
    np.testing.assert_allclose(light[:3] / light[0, 0], expected, rtol=0.01, atol=1e-6)  # it is told to six digits
    np.testing.assert_allclose(light[:3] / light[0, 0], expected, rtol=0, atol=2e-5)


def test_the_taps_of_an_aperture_are_the_pixel_at_whole_pitches() -> None:
    blur = airy_blur(pitch_um=2.0, numerical_aperture=0.1, wavelength_nm=385.0)

    middle = blur.taps[8:, 8] / blur.taps[8, 8]
    np.testing.assert_allclose(middle[:5], np.array(PIR_OPTICS[2.0, 385.0])[0, ::2], rtol=0.01)
    assert blur.separable is None
    assert np.array_equal(blur.taps, blur.taps.T)
    assert np.array_equal(blur.taps, blur.taps[::-1])


def test_all_of_a_pixels_light_is_somewhere() -> None:
    at_um = (np.arange(401) - 200) * 0.5  # finer than the finest wave; 3.5 % lies in the rings beyond 100 µm at most

    light = pixel_light(at_um, pitch_um=7.6, numerical_aperture=0.1, wavelength_nm=365.0)

    assert 0.98 < light.sum() * 0.25 < 1.0


@given(st.floats(0.0, 16.0))
def test_a_gaussian_has_its_width_and_loses_no_light(sigma_px: float) -> None:
    blur = gaussian_blur(sigma_px)

    assert blur.taps.sum(dtype=np.float64) == pytest.approx(1.0, abs=1e-5)
    assert blur.separable is not None
    np.testing.assert_allclose(np.outer(blur.separable, blur.separable), blur.taps, rtol=1e-5, atol=1e-12)
    if sigma_px > 0.8:
        at = np.arange(len(blur.separable)) - blur.radius_px
        assert float((blur.separable * at**2).sum()) == pytest.approx(sigma_px**2, rel=0.01)


def test_a_measured_spot_keeps_its_shape_and_sheds_its_dark_border() -> None:
    spot = np.zeros((9, 9))
    spot[3:6, 3:6] = [[0.1, 0.5, 0.2], [0.0, 1.0, 0.7], [0.3, 0.1, 0.0]]

    blur = measured_blur(spot)

    np.testing.assert_allclose(blur.taps, spot[3:6, 3:6] / spot.sum(), rtol=1e-6)
    assert blur.separable is None


def test_a_measured_spot_that_is_a_product_is_found_out() -> None:
    assert measured_blur(gaussian_blur(1.2).taps).separable is not None


@pytest.mark.parametrize(
    "image", [np.ones((2, 2)), np.zeros((3, 3)), -np.ones((3, 3)), np.full((3, 3), np.nan), np.ones(3)]
)
def test_what_is_no_spot_is_refused(image: np.ndarray) -> None:
    with pytest.raises(BadInputError, match="is no spot of light"):
        measured_blur(image)


@pytest.mark.parametrize("sigma_px", [-1.0, np.nan, 17.0])
def test_a_blur_without_sense_is_refused(sigma_px: float) -> None:
    with pytest.raises(BadInputError, match="cannot be computed"):
        gaussian_blur(sigma_px)


def test_an_aperture_without_sense_is_refused() -> None:
    with pytest.raises(BadInputError, match="No light path has an aperture of 1.5"):
        airy_blur(pitch_um=2.0, numerical_aperture=1.5, wavelength_nm=385.0)


def test_a_machine_is_taken_at_its_aperture_then_its_spot_then_the_usual() -> None:
    from dataclasses import replace

    plain = machine("s230")
    with_spot = replace(plain, blur_sigma_um=3.0)
    with_lens = replace(with_spot, numerical_aperture=0.1)

    assert np.array_equal(machine_blur(plain).taps, gaussian_blur(0.36).taps)
    assert np.array_equal(machine_blur(with_spot).taps, gaussian_blur(1.5).taps)
    assert np.array_equal(machine_blur(with_lens).taps, gaussian_blur(1.5).taps)  # nobody knows the wavelength
    lens = airy_blur(pitch_um=2.0, numerical_aperture=0.1, wavelength_nm=385.0)
    assert np.array_equal(machine_blur(with_lens, wavelength_nm=385.0).taps, lens.taps)
