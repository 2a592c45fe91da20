"""What the virtual print says of channels and seams, which nobody told it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mingyue.printing.curing.doses import Cure, dose_planes
from mingyue.printing.curing.lights import MaskStack, Window, whole
from mingyue.printing.curing.optics import gaussian_blur
from tests.printing.curing.test_lights import grid_of, light_of, package_of

# PEGDA with 2 % NPS: h_a 9.5 µm, layers of 10 µm (Gong 2015, 2017).
# One exposure gels two layers, so that each holds on to the one below.
H_A_UM, LAYER_UM, REACH_LAYERS = 9.5, 10.0, 2.0
FLOOR, ROOF = 6, 20


def open_um(
    width_um: float,
    layers: int,
    *,
    pitch_um: float = 7.6,
    aside_px: float = 0.0,
    reach_layers: float = REACH_LAYERS,
) -> float:
    """How high a long closed channel of that many layers stays open where it is highest."""
    columns = 41
    middle_um = (columns / 2 + aside_px) * pitch_um
    borders = np.arange(columns + 1) * pitch_um
    within = np.clip(borders, middle_um - width_um / 2, middle_um + width_um / 2)
    shares = np.ones((FLOOR + layers + ROOF, 9, columns), dtype=np.float32)
    shares[FLOOR : FLOOR + layers] = 1 - np.diff(within) / pitch_um
    light = MaskStack(shares, pitch_um=pitch_um, thickness_um=LAYER_UM, exposure_s=1.0)
    cure = Cure(
        irradiance_mw_cm2=math.exp(reach_layers * LAYER_UM / H_A_UM),
        penetration_depth_um=H_A_UM,
        critical_dose_mj_cm2=1.0,
        blur=gaussian_blur(0.36),
    )
    window = Window(4, 0, 1, columns, FLOOR, FLOOR + layers)
    solid = sum(np.clip(cure.depth_um(plane.dose[0]), 0, LAYER_UM) for plane in dose_planes(light, cure, window))
    return float((layers * LAYER_UM - solid).max())


def test_a_roof_comes_down_by_its_reach_and_by_what_comes_through_it() -> None:
    # E at its underside over E_c: e^(reach / h_a) · e^(−h / h_a) / (1 − e^(−h / h_a)); the dose falls by e in each h_a.
    through = -math.log(1 - math.exp(-LAYER_UM / H_A_UM))
    down_um = (REACH_LAYERS - 1) * LAYER_UM + H_A_UM * through

    assert open_um(150.0, 6) == pytest.approx(6 * LAYER_UM - down_um, abs=1e-3)
    assert open_um(150.0, 1) == 0.0
    assert open_um(150.0, 2) > 0


@pytest.mark.parametrize(
    ("reach_layers", "height_h_a", "width_px"), [(2, 2.1, 1), (3, 3.2, 2), (4, 4.2, 3), (5, 5.3, 3)]
)
def test_the_smallest_channel_grows_with_the_exposure_and_passes_what_gong_2015_found(
    reach_layers: int, height_h_a: float, width_px: int
) -> None:
    def is_open(width_um: float, layers: int) -> bool:
        return open_um(width_um, layers, aside_px=(width_um / 7.6 + 1) % 2 / 2, reach_layers=reach_layers) > 0

    layers = next(layers for layers in range(1, 12) if is_open(300.0, layers))
    width = next(width for width in range(1, 12) if is_open(7.6 * width, layers))

    assert layers * LAYER_UM / H_A_UM == pytest.approx(height_h_a, abs=0.06)
    assert width == width_px


@pytest.mark.parametrize("aside_px", np.arange(0, 1, 0.1))
def test_the_channel_of_18_by_20_um_stays_open_on_pixels_of_7_6_um_wherever_it_lies(aside_px: float) -> None:
    assert open_um(18.0, 2, aside_px=aside_px) > 4.5  # of the 20; the roof comes down by 14.1 and more at greys


def test_on_pixels_twice_as_large_it_closes_unless_it_lies_well() -> None:
    is_open = [open_um(18.0, 2, pitch_um=15.2, aside_px=aside_px) > 0 for aside_px in np.arange(0, 1, 0.05)]

    assert open_um(18.0, 2, pitch_um=15.2, aside_px=0.5) == 0.0  # over a border of two pixels
    assert is_open[0]  # in the middle of a pixel
    assert sum(is_open) < len(is_open) / 2


CURE = Cure(irradiance_mw_cm2=33.0, penetration_depth_um=9.5, critical_dose_mj_cm2=5.0, blur=gaussian_blur(0.36))


def test_a_seam_with_a_ramp_is_none_and_a_field_misplaced_by_a_pixel_shows(tmp_path) -> None:
    path = package_of(tmp_path / "plate.zip", np.full((2, 42, 58), 255, dtype=np.uint8), grid_of(overlap_px=6))
    inner = (slice(2, -2), slice(2, -2))

    with light_of(path) as light, light_of(path, misplaced_px={1: (0, 1)}) as moved:
        plane, shifted = (next(dose_planes(of, CURE, whole(of))).dose[inner] for of in (light, moved))

    full = 33.0 * 0.5
    assert np.abs(plane / full - 1).max() < 0.01
    assert 0.1 < np.abs(shifted / full - 1).max() < 0.3  # a sixth of the light, where the ramp falls by that a pixel


def test_a_hard_seam_misplaced_by_a_pixel_is_a_dark_line(tmp_path) -> None:
    path = package_of(tmp_path / "plate.zip", np.full((1, 48, 64), 255, dtype=np.uint8), grid_of(overlap_px=0))

    with light_of(path, misplaced_px={1: (0, 1)}) as moved:
        (plane,) = dose_planes(moved, CURE, Window(2, 2, 18, 60, 0, 1))

    assert plane.dose.min() < 0.1 * 33.0 * 0.5
