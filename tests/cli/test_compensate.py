"""`mingyue compensate`: a package that prints better, what was changed, and pictures of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mingyue.printing.formats.print_package import open_package
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.meshes import joined
from tests.cli.conftest import Ended
from tests.solids import box

Run = Callable[..., Ended]


@pytest.fixture
def job(mingyue: Run, tmp_path: Path) -> Path:
    """A plate on a leg, packed."""
    write_stl(joined([box((0, 0, 0), (12, 24, 62)), box((0, 0, 60), (41, 24, 100))]), tmp_path / "part.stl", unit="um")
    assert mingyue("build", "part.stl", "--units", "um", "--field-px", "32x24", "-o", "part.job.zip").code == 0
    return tmp_path / "part.job.zip"


def test_it_says_what_was_changed_and_what_it_is_worth(mingyue: Run, job: Path, tmp_path: Path) -> None:
    ended = mingyue("compensate", job, "-o", "bent.job.zip", "--json")

    assert ended.code == 0
    told = ended.json
    assert (told["layers"], told["pictures"]) == (20, [])
    assert told["changes"]["thinned"]["darkened"] > 0
    assert told["changes"]["thinned"]["newly_lit"] == 0
    before, after = (told["predicted_deviation_um"][stage]["abs_p95"] for stage in ("before", "optimised"))
    assert before > 20
    assert after < 1
    assert told["bytes"] == (tmp_path / "bent.job.zip").stat().st_size
    with open_package(tmp_path / "bent.job.zip") as package:
        assert package.manifest.compensated is not None
        assert package.manifest.compensated.from_sha256 == told["from_sha256"]


def test_people_get_tables_and_pictures(mingyue: Run, job: Path, tmp_path: Path) -> None:
    ended = mingyue("compensate", job, "-o", "bent.job.zip", "--pictures", "drawn")

    assert ended.code == 0
    for word in ("thinned over voids", "borders drawn back", "optimised", "as it was", "newly lit", "section.png"):
        assert word in ended.out
    assert "Nobody measured how far a pixel" in ended.err
    section = np.asarray(Image.open(tmp_path / "drawn" / "section.png"))
    left, right = np.array_split(section, 2, axis=1)
    red = [int((half == (214, 96, 64)).all(axis=2).sum()) for half in (left, right)]
    assert red[0] > 1000
    assert red[1] < red[0] / 20
    assert {path.name for path in (tmp_path / "drawn").iterdir()} == {"masks.png", "solid.png", "section.png"}


def test_what_is_known_better_counts(mingyue: Run, job: Path, tmp_path: Path) -> None:
    ended = mingyue("compensate", job, "-o", "bent.job.zip", "--penetration-depth-um", "20", "--blur-px", "0.8",
                    "--irradiance-mw-cm2", "30", "--critical-dose-mj-cm2", "10", "--induction-dose-mj-cm2", "1",
                    "--iterations", "3", "--strength", "0.5", "--bulk-um", "30", "--json")  # fmt: skip

    assert ended.code == 0
    assert {name: value for name, value in ended.json["cure"].items() if name != "blur_radius_px"} == {
        "irradiance_mw_cm2": 30, "penetration_depth_um": 20, "critical_dose_mj_cm2": 10, "induction_dose_mj_cm2": 1,
    }  # fmt: skip
    with open_package(tmp_path / "bent.job.zip") as package:
        said = package.manifest.compensated
        assert said is not None
        assert (said.steps, said.strength, said.bulk_um, said.penetration_depth_um) == (3, 0.5, 30.0, 20.0)


def test_refusals_say_what_to_do_and_leave_nothing(mingyue: Run, job: Path, tmp_path: Path) -> None:
    assert mingyue("compensate", job, "-o", "bent.job.zip").code == 0
    twice = mingyue("compensate", "bent.job.zip", "-o", "more.job.zip")
    onto = mingyue("compensate", job, "-o", job)
    weak = mingyue("compensate", job, "-o", "more.job.zip", "--strength", "2")

    assert (twice.code, onto.code, weak.code) == (3, 3, 3)
    assert "Compensate the package that it was made from" in twice.err
    assert "would be written over itself" in onto.err
    assert "--strength above 0" in weak.err
    assert not (tmp_path / "more.job.zip").exists()


def test_inspect_and_simulate_read_what_came_out(mingyue: Run, job: Path) -> None:
    assert mingyue("compensate", job, "-o", "bent.job.zip").code == 0

    assert json.loads(mingyue("inspect", "bent.job.zip", "--json").out)
    part = ("--part", "part.stl", "--units", "um", "--no-bands", "--json")
    before, after = (mingyue("simulate", name, *part).json for name in (job, "bent.job.zip"))
    assert after["deviation_um"]["abs_p95"] < before["deviation_um"]["abs_p95"] / 2
