"""`mingyue coupon`: a package and a form, and the form read back."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ended

Run = Callable[..., Ended]


def fill(form: Path, cells: Callable[[list[str]], list[object]]) -> None:
    """Write into the last cells of each line, as a person would."""
    lines = form.read_text(encoding="utf-8-sig").splitlines()
    first = next(k for k, line in enumerate(lines) if not line.lstrip('"').startswith("#")) + 1
    written = []
    for line in lines[first:]:
        row = line.split(",")
        values = [str(value) for value in cells(row)]
        written.append(",".join([*row[: len(row) - len(values)], *values]))
    form.write_text("\n".join([*lines[:first], *written]), encoding="utf-8")


def test_the_kinds_are_listed(mingyue: Run) -> None:
    assert [entry["name"] for entry in mingyue("coupon", "--json").json["coupons"]] == [
        "staircase", "star", "ladder", "rerf",
    ]  # fmt: skip
    assert "working curve" in mingyue("coupon").out


@pytest.mark.parametrize(("kind", "places"), [("staircase", 12), ("star", 4), ("ladder", 56), ("rerf", 12)])
def test_a_package_and_its_form_are_written_side_by_side(mingyue: Run, kind: str, places: int) -> None:
    said = mingyue("coupon", kind, "--json").json
    checked = mingyue("inspect", said["package"], "--json").json

    assert (said["package"], said["form"]) == (f"coupon-{kind}.job.zip", f"coupon-{kind}.csv")
    assert said["places"] == places
    assert checked["whole"]
    assert checked["part"]["name"] == kind


def test_people_are_told_what_to_measure(mingyue: Run) -> None:
    ended = mingyue("coupon", "staircase", "-o", "a.zip", "--form", "b.csv", "--steps", 6, "--repeats", 2)

    assert "cut corner of each piece is at its lower left" in ended.out
    assert "b.csv, 12 lines to fill in" in ended.out
    assert Path("b.csv").read_text(encoding="utf-8-sig").startswith('"# Staircase of doses for S230 class, 2 µm')


def test_a_staircase_is_read_as_calibrate_reads_it(mingyue: Run) -> None:
    mingyue("coupon", "staircase", "-o", "s.job.zip")
    depths = iter([0, 0, 7, 20, 33, 47, 60, 74, 87, 101, 114, 127])
    fill(Path("s.csv"), lambda row: [next(depths), ""])

    read, calibrated = (
        mingyue("coupon", "staircase", "--read", "s.csv", "--json"),
        mingyue("calibrate", "s.csv", "--json"),
    )

    assert read.json == calibrated.json
    assert read.json["penetration_depth_um"] == pytest.approx(39.9, abs=0.5)


def test_star_ladder_and_array_are_read_back_for_people_and_programs(mingyue: Run) -> None:
    for kind in ("star", "ladder", "rerf"):
        mingyue("coupon", kind, "-o", f"{kind}.zip")
    fill(Path("star.csv"), lambda row: [100])
    fill(Path("ladder.csv"), lambda row: ["yes" if float(row[2]) > 150 and float(row[3]) > 6 else "no"])
    fill(Path("rerf.csv"), lambda row: [16 + 8 * math.log(float(row[5]) / 0.5) + 0.2 * (-1) ** int(row[0]), ""])

    said = {
        kind: mingyue("coupon", kind, "--read", f"{kind}.csv", "--json").json for kind in ("star", "ladder", "rerf")
    }

    assert said["star"]["line_um"] == pytest.approx(4.363, abs=1e-3)
    assert (said["ladder"]["least_height_um"], said["ladder"]["least_width_um"]) == (155, 8)
    assert said["rerf"]["interval_s"]["low"] < 0.5 < said["rerf"]["interval_s"]["high"]
    assert "told apart in every direction" in mingyue("coupon", "star", "--read", "star.csv").out
    assert "155 µm = 3.95 D_p" in mingyue("coupon", "ladder", "--read", "ladder.csv").out
    assert "best exposure" in mingyue("coupon", "rerf", "--read", "rerf.csv").out


def test_an_exposure_beyond_those_tried_is_a_note(mingyue: Run) -> None:
    Path("rerf.csv").write_text("exposure_s,nominal_um,fin_um\n1,16,12\n1.5,16,13.5\n2,16,14.6\n3,16,15.9\n")

    ended = mingyue("coupon", "rerf", "--read", "rerf.csv", "--level", 0.8, "--json")

    assert ended.json["is_outside"]
    assert "outside of those that were tried" in ended.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("castle",), "no coupon named 'castle'"),
        (("star", "-o", "x.zip", "--form", "x.zip"), "written over itself"),
        (("rerf", "--steps", "2"), "make no coupon"),
        (("star", "--read", "none.csv"), "none.csv cannot be opened"),
    ],
)
def test_a_wrong_wish_is_refused_and_writes_nothing(mingyue: Run, arguments: tuple[str, ...], says: str) -> None:
    ended = mingyue("coupon", *arguments)

    assert ended.code == 3
    assert says in ended.err
    assert list(Path().iterdir()) == []
