"""Exposures follow the thickness, and ease off from the base to the rest."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.errors import BadInputError
from mingyue.printing.profiles.exposures import CURE_DEPTH_LAYERS, BaseLayers, exposure_schedule
from mingyue.printing.profiles.resins import cure_depth_um, exposure_s, resin

NORMAL = {"layer_um": 5.0, "exposure_s": 0.5, "penetration_depth_um": 40.0}


def test_equal_layers_take_the_exposure_that_was_asked_for_to_the_last_bit() -> None:
    assert exposure_schedule(np.full(4, 5.0), **NORMAL).tolist() == [0.5] * 4


@given(st.lists(st.floats(0.1, 50), min_size=1, max_size=20), st.floats(1, 50))
def test_each_layer_cures_through_two_of_its_kind(thickness_um: list[float], layer_um: float) -> None:
    chosen, irradiance = resin("pr48-385"), 12.0
    whole_s = exposure_s(chosen, depth_um=CURE_DEPTH_LAYERS * layer_um, irradiance_mw_cm2=irradiance)

    seconds = exposure_schedule(
        np.array(thickness_um),
        layer_um=layer_um,
        exposure_s=whole_s,
        penetration_depth_um=chosen.penetration_depth_um,
    )

    cured_um = cure_depth_um(
        seconds * irradiance,
        critical_dose_mj_cm2=chosen.critical_dose_mj_cm2 or math.nan,
        penetration_depth_um=chosen.penetration_depth_um,
    )
    np.testing.assert_allclose(cured_um, CURE_DEPTH_LAYERS * np.array(thickness_um), rtol=1e-9)


@pytest.mark.parametrize(
    ("base", "seconds"),
    [
        (BaseLayers(), [0.5] * 7),
        (BaseLayers(count=2, exposure_s=4.5), [4.5, 4.5, 0.5, 0.5, 0.5, 0.5, 0.5]),
        (BaseLayers(count=2, exposure_s=4.5, transition=3), [4.5, 4.5, 3.5, 2.5, 1.5, 0.5, 0.5]),
        (BaseLayers(count=9, exposure_s=4.5, transition=3), [4.5] * 7),  # more than the part has
        (BaseLayers(count=1, exposure_s=0.1, transition=1), [0.1, 0.3, 0.5, 0.5, 0.5, 0.5, 0.5]),
    ],
)
def test_the_base_eases_off_in_a_straight_line(base: BaseLayers, seconds: list[float]) -> None:
    np.testing.assert_allclose(exposure_schedule(np.full(7, 5.0), **NORMAL, base=base), seconds)


def test_the_transition_ends_at_the_exposure_of_each_layers_own_thickness() -> None:
    thickness_um = np.array([5.0, 5.0, 1.0, 1.0])
    own_s = 0.5 * math.exp(-2 * 4 / 40)

    seconds = exposure_schedule(thickness_um, **NORMAL, base=BaseLayers(count=1, exposure_s=2.0, transition=2))

    np.testing.assert_allclose(seconds, [2.0, 2.0 + (0.5 - 2.0) / 3, 2.0 + (own_s - 2.0) * 2 / 3, own_s])


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"count": -1, "exposure_s": 1.0}, "-1 base layers"),
        ({"count": 1, "exposure_s": 1.0, "transition": -2}, "-2 more"),
        ({"count": 3}, "exposure of their own"),
        ({"exposure_s": 3.0}, "exposure of their own"),
        ({"transition": 3}, "exposure of their own"),
        ({"count": 1, "exposure_s": 0.0}, "0.0 s cures nothing"),
        ({"count": 1, "exposure_s": math.nan}, "nan s cures nothing"),
    ],
)
def test_a_base_that_makes_no_sense_is_refused(settings: dict[str, float], says: str) -> None:
    with pytest.raises(BadInputError, match=says) as caught:
        BaseLayers(**settings)  # type: ignore[arg-type]

    assert "--base" in caught.value.remedy
