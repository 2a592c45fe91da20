"""Few trials say how sure a figure is, and what matters."""

from __future__ import annotations

import pytest

from mingyue.errors import BadInputError
from mingyue.printing.curing.doses import Cure
from mingyue.printing.curing.optics import gaussian_blur
from mingyue.printing.curing.uncertainty import PARAMETERS, Range, Ranges, bands, default_ranges, stacks
from mingyue.printing.profiles.resins import resin

CURE = Cure(irradiance_mw_cm2=30.0, penetration_depth_um=40.0, critical_dose_mj_cm2=10.0, blur=gaussian_blur(0.5))
RANGES = Ranges({name: Range(0.1, "test") for name in PARAMETERS}, (gaussian_blur(0.4), gaussian_blur(0.6)))


def test_five_stacks_serve_nine_trials_of_four_parameters() -> None:
    planned = stacks(CURE, RANGES)

    assert len(planned) == 5
    assert sum(len(stack.gains) for stack in planned) == 9
    assert planned[0].gains[0] == (None, 1.0)


def test_light_and_critical_dose_are_tried_by_their_ratio() -> None:
    gains = dict.fromkeys(PARAMETERS, ())
    for parameter, gain in stacks(CURE, RANGES)[0].gains[1:]:
        assert parameter is not None
        gains[parameter] += (gain,)

    assert gains["irradiance"] == pytest.approx((1.1, 0.9))
    assert gains["critical_dose"] == pytest.approx((1 / 1.1, 1 / 0.9))


def test_without_ranges_there_is_one_print() -> None:
    (stack,) = stacks(CURE, None)

    assert stack.gains == ((None, 1.0),)


def test_what_has_no_range_is_not_tried() -> None:
    sure = Ranges({name: Range(0.0, "test") for name in PARAMETERS})

    assert stacks(CURE, sure) == stacks(CURE, None)


def test_a_resin_whose_source_states_its_spread_brings_its_own_range() -> None:
    own, shipped = default_ranges(resin("pr48-385")), default_ranges(None)

    assert own.of["penetration_depth"].share == pytest.approx(3.7 / 39.2)
    assert own.of["critical_dose"].share == pytest.approx(3.0 / 12.3)
    assert own.of["irradiance"] == shipped.of["irradiance"]
    assert all(range_.source for range_ in shipped.of.values())


def test_steps_of_independent_numbers_add_up_as_squares_on_each_side() -> None:
    trials = [("irradiance", {"a": 13.0}), ("irradiance", {"a": 9.0}), ("blur", {"a": 14.0}), ("blur", {"a": 11.0})]

    found = bands({"a": 10.0}, trials)

    assert (found.low["a"], found.high["a"]) == (9.0, 15.0)
    assert list(found.matters["a"].items()) == [("blur", 4.0), ("irradiance", 3.0)]
    assert found.runs == 5


def test_trials_that_see_less_are_compared_with_what_they_see() -> None:
    found = bands({"a": 10.0}, [("blur", {"a": 7.5})], base={"a": 7.0})

    assert (found.low["a"], found.high["a"]) == (10.0, 10.5)


@pytest.mark.parametrize("share", [-0.1, 0.95])
def test_a_senseless_range_is_refused(share: float) -> None:
    with pytest.raises(BadInputError, match="is none"):
        Ranges({"blur": Range(share, "test")})
