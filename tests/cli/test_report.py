"""`mingyue report`: from a package to one page, in the language that is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from mingyue.printing.formats.stl import write_stl
from mingyue.printing.meshes import joined
from tests.cli.conftest import Ended
from tests.solids import box

Run = Callable[..., Ended]


@pytest.fixture
def job(mingyue: Run, tmp_path: Path) -> Path:
    """A small block that was built from a file."""
    write_stl(box((0.0, 0.0, 0.0), (80.0, 60.0, 30.0)), tmp_path / "block.stl", unit="mm")
    mingyue("build", "block.stl", "--units", "mm", "--field-px", "96x80", "--exposure-s", 0.45, "--layer-um", 5)
    return tmp_path / "block.job.zip"


def test_a_report_lies_beside_its_package_and_names_what_it_is_of(mingyue: Run, job: Path) -> None:
    said = mingyue("report", job.name, "--part", "block.stl", "--units", "mm", "--lang", "zh", "--json").json

    page = Path("block.report.html").read_text(encoding="utf-8")
    assert (said["report"], said["language"], said["bytes"]) == ("block.report.html", "zh", len(page.encode()))
    assert said["package_sha256"] == hashlib.sha256(job.read_bytes()).hexdigest()
    assert said["part_sha256"] == hashlib.sha256(Path("block.stl").read_bytes()).hexdigest()
    assert all(said[f"{name}_sha256"] in page for name in ("package", "masks", "part"))
    assert '<html lang="zh-Hans">' in page
    assert "block.stl" in page


def test_without_the_part_the_masks_are_compared_with_and_that_is_said(mingyue: Run, job: Path) -> None:
    ended = mingyue("report", job.name, "-o", "r.html", "--no-bands", "--tolerance-um", 3)

    assert "open it in a browser" in ended.out
    assert "contours that its masks show" in ended.err
    assert "nothing was looked for" in Path("r.html").read_text(encoding="utf-8")
    page = Path("r.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert "within ±3 µm" in page
    assert "contours that its masks show" in page
    assert "nothing is said of how sure" in page


def test_what_a_check_of_the_part_finds_is_told_and_drawn(mingyue: Run, tmp_path: Path) -> None:
    thin = joined([box((0, 0, 0), (400, 400, 40)), box((100, 100, 30), (103, 300, 100))])
    write_stl(thin, tmp_path / "thin.stl", unit="mm")
    limits = tmp_path / "own.toml"
    limits.write_text("[thin_wall]\nfails = 1.0\n", encoding="utf-8")
    mingyue("build", "thin.stl", "--units", "mm", "--resin", "pegda-nps3-365", "--exposure-s", 0.45)
    known = ("--part", "thin.stl", "--units", "mm", "--no-bands", "--critical-dose-mj-cm2", 10, "--lang", "en")

    said = mingyue("report", "thin.job.zip", *known, "--json").json
    page = Path("thin.report.html").read_text(encoding="utf-8")
    eased = mingyue("report", "thin.job.zip", *known, "--limits", limits, "--json").json

    assert sum(said["findings"].values()) == 1
    assert "Make the wall thicker" in page
    assert page.count('<div class="pictures places"><figure><img alt="') == 1
    assert ": thin wall, at " in page
    assert eased["findings"] == {"fails": 0, "risk": 0, "note": 0}
    assert "Nothing was found" in Path("thin.report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--lang", "fr"), "'fr' is no language"),
        (("--tolerance-um", "0"), "allows nothing"),
        (("-o", "block.job.zip"), "written over itself"),
        (("--resin", "moon"), "no resin called 'moon'"),
        (("--limits", "none.toml"), "none.toml"),
    ],
)
def test_a_wrong_wish_is_refused_and_writes_nothing(
    mingyue: Run, job: Path, options: tuple[str, ...], says: str
) -> None:
    before = job.read_bytes()

    ended = mingyue("report", job.name, *options)

    assert ended.code == 3
    assert says in ended.err
    assert list(Path().glob("*.html")) == []
    assert job.read_bytes() == before


def test_what_is_no_package_is_refused(mingyue: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.zip").write_bytes(b"odd")

    assert mingyue("report", "odd.zip").code == 3
    assert mingyue("report", "none.zip").code == 3
