"""Machines and resins are data: each number has a source, and a user's own file counts as much as ours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.profiles.machines import machine, machines
from mingyue.printing.profiles.resins import CriticalDoseUnknownError, cure_depth_um, exposure_s, resin, resins
from mingyue.printing.profiles.sourced import ProfileError, UnknownProfileError

OWN = """
[mine]
pixel_um = 3.5
field_px = [100, 50]
irradiance_mw_cm2 = 10
source = "our radiometer"
mark = "measured"
"""


def test_the_machines_of_the_mission_are_there() -> None:
    known = machines()

    assert {"s230", "s130", "s240", "s140", "s350", "open-7p6", "open-0p75"} <= set(known)
    assert known["s230"].field_um == (3840.0, 2160.0)
    assert known["s230"].platform_um == (50_000.0, 50_000.0, 50_000.0)
    assert known["s130"].platform_um is None  # not published


def test_every_number_names_its_source() -> None:
    for entry in [*machines().values(), *resins().values()]:
        assert entry.sources, entry.name
        assert all(source.text and source.mark in {"seen", "2nd", "derived"} for source in entry.sources.values())
        assert entry.title.zh != ""


def test_no_shipped_machine_is_called_verified() -> None:
    assert not any(entry.verified for entry in machines().values())


def test_an_own_file_is_listed_and_chosen(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN)

    assert "mine" in machines(path)
    for name in (str(path), f"{path}:mine", f"{path}:MINE"):
        chosen = machine(name)
        assert (chosen.pixel_um, chosen.field_px, chosen.layer_um) == (3.5, (100, 50), None)
        assert chosen.sources["irradiance_mw_cm2"].mark == "measured"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("pixel_um = 3.5", ""), "pixel_um is missing"),
        (("pixel_um = 3.5", "pixel_um = 0"), "pixel_um = 0 is not a number above 0"),
        (("pixel_um = 3.5", "pixel_um = nan"), "not a number above 0"),
        (("pixel_um = 3.5", 'pixel_um = "two"'), "not a number above 0"),
        (("pixel_um", "pixel_size"), "pixel_size is not a key"),
        (("[100, 50]", "[100]"), "field_px must be 2 numbers"),
        (("[100, 50]", "[100.5, 50]"), "2 whole numbers"),
        (('mark = "measured"', 'mark = "sure"'), "mark 'sure' is unknown"),
        (("[mine]", "[mine"), "is not a TOML file"),
    ],
)
def test_an_odd_file_says_which_key_is_wrong(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(OWN.replace(*change))

    with pytest.raises(ProfileError, match=says.replace("[", r"\[")) as refusal:
        machine(str(path))
    assert refusal.value.remedy


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownProfileError) as refusal:
        machine("s999")
    assert "s230" in refusal.value.remedy


def test_two_profiles_in_a_file_must_be_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "two.toml"
    path.write_text(OWN + OWN.replace("mine", "other"))

    with pytest.raises(Exception, match="holds 2 profiles"):
        machine(str(path))
    assert machine(f"{path}:other").name == "other"


@pytest.mark.parametrize(
    ("depth_um", "critical", "dose", "cured_um"),
    [(170, 5, 10, 117.8), (42, 18.3, 50, 42.2), (350, 6.87, 20, 374.0)],
)
def test_the_working_curve_agrees_with_published_arithmetic(
    depth_um: float, critical: float, dose: float, cured_um: float
) -> None:
    cured = cure_depth_um(dose, critical_dose_mj_cm2=critical, penetration_depth_um=depth_um)

    assert float(cured) == pytest.approx(cured_um, abs=0.05)


@given(st.floats(min_value=12.3, max_value=1e4))
def test_doubling_the_dose_always_adds_the_same_depth(dose_mj_cm2: float) -> None:
    once, twice = cure_depth_um([dose_mj_cm2, 2 * dose_mj_cm2], critical_dose_mj_cm2=12.3, penetration_depth_um=39.2)

    np.testing.assert_allclose(twice - once, 39.2 * np.log(2), rtol=1e-9)


@given(st.floats(0.5, 200), st.floats(1, 100))
def test_an_exposure_gels_exactly_the_depth_it_was_made_for(depth: float, irradiance: float) -> None:
    pr48 = resin("pr48-385")

    seconds = exposure_s(pr48, depth_um=depth, irradiance_mw_cm2=irradiance)

    assert float(
        cure_depth_um(seconds * irradiance, critical_dose_mj_cm2=12.3, penetration_depth_um=39.2)
    ) == pytest.approx(depth)


def test_a_resin_without_critical_dose_asks_for_the_exposure() -> None:
    with pytest.raises(CriticalDoseUnknownError) as refusal:
        exposure_s(resin("pegda-nps2-365"), depth_um=10, irradiance_mw_cm2=30)
    assert "--exposure-s" in refusal.value.remedy
