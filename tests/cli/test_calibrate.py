"""`mingyue calibrate`: from a table to numbers, a drawing, and a resin that `build` takes."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mingyue.printing.profiles.resins import resin
from tests.cli.conftest import Ended

Run = Callable[..., Ended]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Twelve doses of a resin of 40 µm and 12 mJ/cm², the eighth measured wrongly; below gelation nothing is found."""
    doses = np.geomspace(8.0, 240.0, 12)
    depths = 40 * np.log(doses / 12) + np.tile([0.7, -0.5, -0.2], 4) + 40 * (np.arange(12) == 7)
    lines = [f"{dose:.6g};{max(depth, 0):.2f}" for dose, depth in zip(doses, depths, strict=True)]
    file = tmp_path / "批次 17.csv"
    file.write_text("\n".join(["dose_mj_cm2;depth_um", *lines, ""]), encoding="utf-8-sig")
    return file


def test_a_table_becomes_numbers_with_intervals(mingyue: Run, table: Path) -> None:
    said = mingyue("calibrate", table, "--drop-outliers", "--json").json

    for key, truth in (("penetration_depth", 40.0), ("critical_dose", 12.0)):
        unit = "um" if key == "penetration_depth" else "mj_cm2"
        interval = said[f"{key}_interval_{unit}"]
        assert interval["low"] < truth < interval["high"]
        assert interval["high"] - interval["low"] < 0.1 * truth
    assert (said["depths"], said["below_gelation"], said["level"]) == (9, 2, 0.95)
    assert [row["measurement"]["line"] for row in said["measured"] if row["is_outlier"]] == [9]
    assert said["notes"] == ["1 outliers were left out; the intervals hold if they were mistakes."]


def test_people_are_told_which_line_is_odd_and_that_it_still_counts(mingyue: Run, table: Path) -> None:
    ended = mingyue("calibrate", table)

    assert "Outliers are still part of the curve: line 9." in ended.err
    assert "D_p" in ended.out
    assert "outlier" in ended.out


def test_the_resin_file_is_read_back_to_the_last_digit_and_builds(mingyue: Run, table: Path) -> None:
    said = mingyue(
        "calibrate", table, "--resin-file", "r.toml", "--name", "batch-17", "--wavelength-nm", 405, "--plot", "c.svg",
        "--json",
    ).json  # fmt: skip

    measured = resin("r.toml")
    assert measured.name == said["resin"] == "batch-17"
    assert measured.penetration_depth_um == said["penetration_depth_um"]
    assert measured.critical_dose_mj_cm2 == said["critical_dose_mj_cm2"]
    assert measured.critical_dose_sd_mj_cm2 == said["critical_dose_sd_mj_cm2"]
    assert measured.wavelength_nm == 405
    source = measured.sources["penetration_depth_um"]
    assert source.mark == "measured"
    assert source.text.startswith("working curve of 批次 17.csv (sha256 ")
    assert Path("c.svg").read_text(encoding="utf-8").startswith("<svg")
    built = mingyue("build", "sample:connector_comb", "--resin", "r.toml", "--json").json
    assert built["exposure_s"] == pytest.approx(
        measured.critical_dose_mj_cm2 * np.exp(10 / measured.penetration_depth_um) / 33
    )


def test_a_machine_lends_its_light_and_wavelength(mingyue: Run, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text("[m]\npixel_um=2\nfield_px=[9,9]\nirradiance_mw_cm2=20\nwavelength_nm=385\n")
    (tmp_path / "t.csv").write_text("exposure_s,depth_um\n1,10\n2,40\n4,65\n8,98\n")

    alone = mingyue("calibrate", "t.csv")
    said = mingyue("calibrate", "t.csv", "--machine", "m.toml", "--resin-file", "r.toml", "--json").json

    assert alone.code == 3
    assert "--irradiance-mw-cm2" in alone.err
    assert said["measured"][0]["measurement"]["dose_mj_cm2"] == 20.0
    assert resin("r.toml").wavelength_nm == 385


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--level", "1.5"), "level of confidence"),
        (("--irradiance-mw-cm2", "-1"), "--irradiance-mw-cm2 -1 is none"),
        (("--wavelength-nm", "0"), "--wavelength-nm 0 is none"),
        (("--resin-file", "r.toml", "--name", 'x"]\n[evil'), "cannot be the name of a resin"),
    ],
)
def test_what_makes_no_sense_is_refused_and_writes_nothing(
    mingyue: Run, table: Path, options: tuple[str, ...], says: str
) -> None:
    ended = mingyue("calibrate", table, *options)

    assert ended.code == 3
    assert says in ended.err
    assert [file.name for file in Path().iterdir()] == [table.name]


def test_the_table_is_never_written_over(mingyue: Run, table: Path) -> None:
    before = table.read_bytes()

    assert mingyue("calibrate", table, "--plot", table).code == 3
    assert mingyue("calibrate", table, "--resin-file", table).code == 3
    assert table.read_bytes() == before


def test_a_hostile_name_of_a_table_stays_text(mingyue: Run, table: Path) -> None:
    odd = table.with_name('a"]\n[x] \x7f.csv')
    table.rename(odd)

    assert mingyue("calibrate", odd, "--resin-file", "r.toml").code == 0

    (only,) = tomllib.loads(Path("r.toml").read_text(encoding="utf-8")).values()
    assert f"working curve of {odd.name} " in only["source"]
