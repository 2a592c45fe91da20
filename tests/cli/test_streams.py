"""Whoever cannot be told ends a command cleanly: a full output, a terminal without µ, a reader that has gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mingyue.cli.output import print_line, print_pairs, print_table

FULL = Path("/dev/full")  # a device on which every write fails as on a full disk


def ended(
    *arguments: str, out: object = subprocess.PIPE, err: object = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "mingyue", *arguments]
    return subprocess.run(command, stdout=out, stderr=err, env=os.environ | environment, check=False)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "arguments", ["machines", "machines --json", "build --help", "--version", "inspect sample:microneedles"]
)
def test_a_full_standard_output_is_said_on_the_other_one(arguments: str, unbuffered: str) -> None:
    with FULL.open("wb") as full:
        done = ended(*arguments.split(), out=full, PYTHONUNBUFFERED=unbuffered)

    assert done.returncode == 7
    assert done.stderr.decode().splitlines()[-2:] == [
        "error: What there is to say cannot be written: No space left on device.",
        "remedy: Make room, or send the output elsewhere; files that were written are whole.",
    ]
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(("arguments", "code"), [("machines", 7), ("inspect nothing.stl", 3)])
def test_where_nothing_can_be_said_the_exit_code_still_is(arguments: str, code: int, unbuffered: str) -> None:
    with FULL.open("wb") as full:
        done = ended(*arguments.split(), out=full, err=full, PYTHONUNBUFFERED=unbuffered)

    assert done.returncode == code


def test_a_package_is_whole_though_nobody_could_be_told(tmp_path: Path) -> None:
    package = tmp_path / "job.zip"
    with FULL.open("wb") as full:
        done = ended("build", "sample:connector_comb", "-o", str(package), out=full)

    assert done.returncode == 7
    assert ended("inspect", str(package)).returncode == 0


@pytest.mark.parametrize(
    "arguments", ["machines", "build --help", "inspect sample:microneedles", "inspect nothing.stl"]
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_terminal_that_knows_ascii_only_gets_question_marks(arguments: str, language: str) -> None:
    done = ended(*arguments.split(), PYTHONIOENCODING="ascii", MINGYUE_LANG=language)

    assert done.returncode == (3 if "nothing" in arguments else 0)
    assert b"Traceback" not in done.stderr
    (done.stdout + done.stderr).decode("ascii")
    assert language == "en" or b"?" in done.stdout + done.stderr


def test_json_stays_what_it_is_on_a_terminal_that_knows_ascii_only() -> None:
    plain, spelt = (ended("machines", "--json", PYTHONIOENCODING=name).stdout for name in ("utf-8", "ascii"))

    assert b"\\u00b5m" in spelt
    assert json.loads(spelt) == json.loads(plain)


def test_a_reader_that_has_gone_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = ended("machines", "--json", out=write)
    finally:
        os.close(write)

    assert (done.returncode, done.stderr) == (0, b"")


def test_a_closed_standard_output_is_no_error() -> None:
    command = f'"{sys.executable}" -m mingyue machines >&-'
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


def test_what_others_wrote_commands_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A message, a name or an answer of a platform is somebody else's text."""
    wrote = "a\x1b[2J\x1b]0;title\x07b\x9b31mc\rd\te\nf"

    print_line(wrote)
    print_table(("name",), [(wrote,)])
    print_pairs({"name": wrote})

    out = capsys.readouterr().out
    assert not set(out) & {"\x1b", "\x07", "\x9b", "\r"}
    assert out.startswith("a\ufffd[2J\ufffd]0;title\ufffdb\ufffd31mc\ufffdd\te\nf\n")
