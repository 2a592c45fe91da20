"""Where the surface is: contours between pixels, faces that look down and up, guards; exact where the greys are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.compensation.spots import PHASES
from mingyue.printing.compensation.surfaces import AT_LEAST, AT_MOST, ON, guards_of, surface_of
from tests.printing.compensation.windows_of import LAYER_UM, PITCH_UM, block, columns


@given(st.floats(3.0, 5.0), st.floats(8.0, 10.0))
def test_a_wall_is_found_between_pixels_to_a_grey_step(left: float, right: float) -> None:
    cover = np.clip(np.minimum(np.arange(1, 15) - left, right - np.arange(14)), 0, 1)
    greys = np.tile(np.rint(cover * 255).astype(np.uint8), (1, 9, 1))

    surface = surface_of(greys, columns(1, 9, 14), pitch_um=PITCH_UM, margin_px=1)

    walls = surface.those(surface.sides == ON)
    at = walls.places[:, 2] + walls.places[:, 4] / (PHASES - 1)
    nearest = np.where(np.abs(at - left) < np.abs(at - right), left, right)
    assert np.abs(at - nearest).max() <= 0.5 / (PHASES - 1) + 2 / 255
    assert walls.areas_um2.sum() == pytest.approx(2 * 7 * PITCH_UM * LAYER_UM, rel=1e-3)  # of 9 rows, 2 in the margin


def test_a_round_contour_is_as_long_as_it_is_to_a_twentieth() -> None:
    centre, radius, fine = 20.0, 12.3, (np.arange(40 * 16) + 0.5) / 16
    inside = np.hypot(fine[:, None] - centre, fine[None] - centre) < radius
    cover = inside.reshape(40, 16, 40, 16).mean(axis=(1, 3))
    greys = np.rint(cover * 255).astype(np.uint8)[None]

    surface = surface_of(greys, columns(1, 40, 40), pitch_um=PITCH_UM, margin_px=1)

    walls = surface.those(surface.sides == ON)
    assert walls.areas_um2.sum() == pytest.approx(2 * np.pi * radius * PITCH_UM * LAYER_UM, rel=0.05)
    at = (walls.places[:, 1:3] + walls.places[:, 3:] / (PHASES - 1)) - centre
    np.testing.assert_allclose(np.hypot(*at.T), radius, atol=0.1)


def test_faces_that_look_down_and_tops_are_where_solid_begins_and_ends() -> None:
    greys = np.zeros((6, 5, 5), dtype=np.uint8)
    greys[2:4] = 255  # a plate in mid air

    surface = surface_of(greys, columns(6, 5, 5), pitch_um=PITCH_UM, margin_px=1)

    under, top = surface.those(surface.sides == ON), surface.those(surface.sides == AT_LEAST)
    assert set(under.places[:, 0]) == {1}  # looked at from the layer beneath, its light included
    assert (under.weights == 1).all()
    assert set(top.places[:, 0]) == {3}
    np.testing.assert_allclose(top.weights, np.exp(-LAYER_UM / 39.2), rtol=1e-6)
    assert under.areas_um2.sum() == top.areas_um2.sum() == 9 * PITCH_UM**2


def test_what_stands_on_the_lowest_layer_has_no_face_that_looks_down() -> None:
    surface = surface_of(block(3, 6, 6), columns(3, 6, 6), pitch_um=PITCH_UM, margin_px=1)

    assert not (surface.sides == ON).any()


def test_guards_stand_where_light_is_scarce_within_and_plenty_without() -> None:
    greys = np.zeros((1, 3, 3), dtype=np.uint8)
    greys[0, 1, 0], greys[0, 1, 2] = 255, 255
    light = np.zeros(greys.shape, dtype=np.float32)
    light[0, 1, 0], light[0, 1, 1], light[0, 1, 2] = 1.2, 0.9, 5.0
    moving = np.zeros(greys.shape, dtype=np.bool_)
    moving[0, 0, 0] = True

    guards = guards_of(greys, light, np.ones_like(light), moving, pitch_um=PITCH_UM, margin_px=0)

    found = {tuple(place[:3]): side for place, side in zip(guards.places.tolist(), guards.sides.tolist(), strict=True)}
    assert found == {(0, 1, 0): AT_LEAST, (0, 1, 1): AT_MOST, (0, 0, 0): AT_MOST}
