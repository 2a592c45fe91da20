"""Lists, samples and help: what is there, in two languages, for people and for programs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ended

Run = Callable[..., Ended]
COMMANDS = ["machines", "resins", "samples", "inspect", "repair", "build"]


def test_machines_and_resins_are_listed_with_their_sources(mingyue: Run) -> None:
    machines, resins = (
        mingyue("machines", "--json").json["machines"],
        mingyue("resins", "--json").json["resins"],
    )

    assert {entry["name"] for entry in machines} >= {
        "s230",
        "s130",
        "s240",
        "s140",
        "s350",
        "open-7p6",
        "open-0p75",
    }
    assert all(entry["sources"]["pixel_um"]["text"] for entry in machines)
    assert len(resins) >= 21
    assert "s230" in mingyue("machines").out
    assert "pr48-385" in mingyue("resins").out


def test_an_own_file_is_listed_too(mingyue: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[mine]\npixel_um = 4\nfield_px = [64, 64]\n")

    names = {entry["name"] for entry in mingyue("machines", "--file", "mine.toml", "--json").json["machines"]}

    assert {"mine", "s230"} <= names


def test_samples_are_listed_and_written(mingyue: Run) -> None:
    listed = [entry["name"] for entry in mingyue("samples", "--json").json["samples"]]
    written = mingyue("samples", "connector_comb", "-o", "comb.stl", "--json").json

    assert listed == [
        "birds_nest",
        "gyroid",
        "microneedles",
        "connector_comb",
        "channel_coupon",
        "artefact",
        "fault_coupon",
    ]
    assert written["triangles"] == 3612
    assert len(written["features"]) == 300
    assert Path("comb.stl").stat().st_size == 84 + 50 * 3612


def test_an_unknown_sample_names_the_known_ones(mingyue: Run) -> None:
    ended = mingyue("samples", "castle")

    assert ended.code == 3
    assert "birds_nest" in ended.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(mingyue: Run, command: str) -> None:
    ended = mingyue(command, "--help")

    assert ended.code == 0
    assert "--json" in ended.out


def test_a_wrong_option_is_a_usage_error(mingyue: Run) -> None:
    assert mingyue("build", "--nonsense").code == 2


def test_it_speaks_chinese_where_the_locale_does() -> None:
    def help_in(language: str) -> str:
        environment = os.environ | {"MINGYUE_LANG": language}
        return subprocess.run(
            [sys.executable, "-m", "mingyue", "--help"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert "打印" in help_in("zh_CN.UTF-8")
    assert "打印" not in help_in("en")
