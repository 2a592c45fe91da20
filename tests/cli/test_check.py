"""`mingyue check`: what it prints for people and for programs, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from mingyue.printing.formats.stl import write_stl
from mingyue.printing.meshes import joined
from tests.cli.conftest import Ended
from tests.solids import box

Mingyue = Callable[..., Ended]
PLATE = box((0, 0, 0), (400, 400, 40))
# A plate with a wall of 3 µm on it.
THIN = joined([PLATE, box((100, 100, 30), (103, 300, 100))])
RESIN = ("--resin", "pegda-nps3-365")


def test_a_sound_part_ends_with_zero(mingyue: Mingyue, tmp_path: Path) -> None:
    write_stl(PLATE, tmp_path / "plate.stl", unit="mm")

    ended = mingyue("check", "plate.stl", "--units", "mm", *RESIN)

    assert ended.code == 0
    assert "Nothing is predicted to fail" in ended.out


def test_what_fails_is_told_with_its_place_its_limit_and_a_remedy(mingyue: Mingyue, tmp_path: Path) -> None:
    write_stl(THIN, tmp_path / "thin.stl", unit="mm")

    ended = mingyue("check", "thin.stl", "--units", "mm", *RESIN)

    assert ended.code == 8
    for word in ("fails", "thin wall", "4 µm", "Make the wall thicker", "predicted to fail"):
        assert word in ended.out


def test_programs_get_every_finding_with_its_fields(mingyue: Mingyue, tmp_path: Path) -> None:
    write_stl(THIN, tmp_path / "thin.stl", unit="mm")

    ended = mingyue("check", "thin.stl", "--units", "mm", *RESIN, "--json", "--pictures", "seen")

    told = ended.json
    (found,) = told["findings"]
    assert (ended.code, told["can_be_made"], told["fails"], told["layers"]) == (8, False, 1, 20)
    assert (found["kind"], found["severity"], found["limit"], found["unit"]) == ("thin_wall", "fails", 4.0, "µm")
    assert abs(found["measured"] - 3) < 0.1
    assert found["source"]["mark"] == "derived"
    assert found["remedy"]
    low, high = np.array(found["box_um"])
    assert (low <= high).all()
    assert np.isclose(low[2], 40)
    assert all(len(point) == 3 for point in found["points_um"])
    with Image.open(found["picture"]) as picture:
        assert picture.size == (640, 480)


def test_limits_of_ones_own_are_taken(mingyue: Mingyue, tmp_path: Path) -> None:
    write_stl(THIN, tmp_path / "thin.stl", unit="mm")
    (tmp_path / "own.toml").write_text("[thin_wall]\nfails = 1.0\n")

    assert mingyue("check", "thin.stl", "--units", "mm", *RESIN, "--limits", "own.toml").code == 0


def test_a_part_without_a_unit_is_asked_for_it(mingyue: Mingyue, tmp_path: Path) -> None:
    write_stl(PLATE, tmp_path / "plate.stl", unit="mm")

    assert mingyue("check", "plate.stl").code == 5


def test_two_sizes_are_refused(mingyue: Mingyue) -> None:
    ended = mingyue("check", "sample:gyroid", "--scale", "2", "--fit-mm", "1")

    assert ended.code == 3
    assert "two different sizes" in ended.err


def test_what_the_model_predicts_is_told_and_lowers_what_it_refutes(mingyue: Mingyue, tmp_path: Path) -> None:
    write_stl(THIN, tmp_path / "thin.stl", unit="mm")

    ended = mingyue("check", "thin.stl", "--units", "mm")

    assert ended.code == 0
    for word in ("risk", "comes out", "9/9 ↓", "1 are lowered by one"):
        assert word in " ".join(ended.out.split())


def test_programs_get_the_answer_of_the_model(mingyue: Mingyue, tmp_path: Path) -> None:
    write_stl(THIN, tmp_path / "thin.stl", unit="mm")

    (found,) = mingyue("check", "thin.stl", "--units", "mm", "--json").json["findings"]

    assert found["severity"] == "risk"
    assert found["model"] == {
        "predicted": "comes_out",
        "agree": 9,
        "sets": 9,
        "by_rule": "fails",
        "said": "predicted to come out (9 of 9 parameter sets)",
    }


def test_without_the_model_the_rule_stands(mingyue: Mingyue, tmp_path: Path) -> None:
    write_stl(THIN, tmp_path / "thin.stl", unit="mm")

    ended = mingyue("check", "thin.stl", "--units", "mm", "--no-model", "--json")

    (found,) = ended.json["findings"]
    assert (ended.code, found["severity"], found["model"]) == (8, "fails", None)
