"""The laws of light through columns: fast as clear, back as there, and the same doses as the virtual print."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mingyue.printing.compensation.columns import columns_of
from mingyue.printing.compensation.spots import MIDDLE, PHASES, Spot, spot_of
from mingyue.printing.curing.doses import Cure, dose_planes
from mingyue.printing.curing.lights import MaskStack
from mingyue.printing.curing.optics import airy_blur, gaussian_blur
from mingyue.printing.kernels import shining, shining_reference

SHAPE = (4, 9, 8)
SPOTS = pytest.mark.parametrize(
    "spot",
    [
        spot_of(gaussian_blur(0.36)),
        spot_of(gaussian_blur(1.0)),
        spot_of(gaussian_blur(0.0)),
        spot_of(airy_blur(pitch_um=2.0, numerical_aperture=0.15, wavelength_nm=385.0)),
    ],
    ids=["gaussian", "wide", "none", "airy"],
)
seeds = st.integers(0, 2**32 - 1)


def some(rng: np.random.Generator, *shape: int) -> NDArray[np.float32]:
    return rng.random(shape, dtype=np.float32)


def some_places(rng: np.random.Generator, count: int = 30) -> NDArray[np.int32]:
    sides = np.array([*SHAPE, PHASES, PHASES])
    return (rng.random((count, 5)) * sides).astype(np.int32)


def close(found: NDArray[np.floating], wanted: NDArray[np.floating]) -> None:
    np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-6)


@SPOTS
@given(seed=seeds)
def test_fast_kernels_say_what_the_clear_ones_say(spot: Spot, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shares, gains, decays, above = some(rng, *SHAPE), some(rng, 4) + 1, some(rng, 4), some(rng, 9, 8)
    places, numbers = some_places(rng), some(rng, 30)

    light = shining.shine(shares, gains, decays, above)
    close(light, shining_reference.shine(shares, gains, decays, above))
    close(shining.returned(shares.copy(), gains, decays), shining_reference.returned(shares, gains, decays))
    taps = (spot.taps, spot.by_row, spot.by_column)
    for found, wanted in zip(
        shining.looked_at(light, places, numbers, *taps),
        shining_reference.looked_at(light, places, numbers, *taps),
        strict=True,
    ):
        np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-4)
    back = shining.looked_back(places, numbers, 2 * numbers, spot.taps, out=(light.copy(), light.copy()))
    wanted = shining_reference.looked_back(places, numbers, spot.taps, SHAPE)
    close(back[0], wanted)
    close(back[1], 2 * wanted)


@given(seeds, st.sampled_from([np.inf, 0.7]))
def test_fast_masks_to_start_from_are_the_clear_ones(seed: int, most_depths: float) -> None:
    rng = np.random.default_rng(seed)
    greys = rng.choice([0, 0, 60, 128, 200, 255, 255], SHAPE).astype(np.uint8)
    gains, decays, above = some(rng, 4) + 1, some(rng, 4), some(rng, 9, 8)
    thickness = some(rng, 4) + 1

    ways = shining.ways_down(greys, thickness)
    close(ways, shining_reference.ways_down(greys, thickness))
    asked = (greys, ways, gains, decays, above)
    shares, light = shining.thinned(*asked, depth=3.0, most_depths=most_depths)
    clear = shining_reference.thinned(*asked, depth=3.0, most_depths=most_depths)
    for found, wanted in zip((shares, light), clear, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)
    back, curve, least = 4 * some(rng, *SHAPE) - 2, some(rng, *SHAPE), some(rng, *SHAPE)
    room = {"least": least, "most": least + some(rng, *SHAPE)}
    moving, light = some(rng, *SHAPE) > 0.5, 3 * some(rng, *SHAPE)
    asked_for, moves, ways_to_go = shining_reference.asked(light, back, curve, moving, gains, **room)
    modes = shining.asked(light, back, curve, moving, gains, **room)
    close(light, asked_for)
    assert np.array_equal(moving, moves)
    assert np.array_equal(modes, ways_to_go)
    clear = shining_reference.settled(light, modes, gains, decays, above, shares=shares)
    light = shining.settled(light, modes, gains, decays, above, shares=shares)
    for found, wanted in zip((shares, light), clear, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


@SPOTS
@given(seed=seeds)
def test_the_way_back_is_the_transpose_of_the_way_there(spot: Spot, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shares, gains, decays = some(rng, *SHAPE), some(rng, 4), some(rng, 4)
    places, weights, numbers = some_places(rng), some(rng, 30), some(rng, 30)

    light = shining.shine(shares, gains, decays, np.zeros(SHAPE[1:], dtype=np.float32))
    there, _ = shining.looked_at(light, places, weights, spot.taps, spot.by_row, spot.by_column)
    room = np.empty_like(shares), np.empty_like(shares)
    back, _ = shining.looked_back(places, numbers * weights, numbers, spot.taps, out=room)
    back = shining.returned(back, gains, decays)

    forth = np.dot(there.astype(np.float64), numbers)
    assert np.vdot(shares.astype(np.float64), back) == pytest.approx(forth, rel=1e-6, abs=1e-6)


@given(seeds)
def test_at_pixel_centres_the_doses_are_those_of_the_virtual_print(seed: int) -> None:
    rng = np.random.default_rng(seed)
    thickness, seconds = 1 + 4 * rng.random(4), rng.random(4)
    cure = Cure(
        irradiance_mw_cm2=33.0, penetration_depth_um=9.0, critical_dose_mj_cm2=8.0, induction_dose_mj_cm2=1.0,
        blur=gaussian_blur(0.8),
    )  # fmt: skip
    shares = some(rng, *SHAPE)
    light = MaskStack(shares, pitch_um=2.0, thickness_um=thickness, exposure_s=seconds)
    columns = columns_of(
        cure,
        bottom_um=light.bottom_um,
        thickness_um=thickness,
        seconds=seconds,
        above=np.zeros(SHAPE[1:], dtype=np.float32),
        next_um=5.0,
    )
    spot = spot_of(cure.blur)
    places = np.array([(k, row, column, MIDDLE, MIDDLE) for k, row, column in np.ndindex(SHAPE)], dtype=np.int32)

    doses, _ = shining.looked_at(
        columns.shine(shares), places, np.ones(len(places), dtype=np.float32), spot.taps, spot.by_row, spot.by_column
    )

    for plane in dose_planes(light, cure):
        felt = doses.reshape(SHAPE)[plane.layer] * cure.threshold_mj_cm2
        np.testing.assert_allclose(felt, plane.dose, rtol=1e-4, atol=1e-5)
