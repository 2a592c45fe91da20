"""Files are whole or not there, and what a killed process has left is put away by the next one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mingyue.files import unfinished, write_whole

HOST = os.uname().nodename


@pytest.fixture(scope="module")
def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_a_killed_process_has_left_is_removed_by_the_next(tmp_path: Path, gone: int) -> None:
    (tmp_path / f".job.zip.{HOST}.{gone}.part").write_bytes(b"half a package")
    another = subprocess.Popen([sys.executable, "-c", ""])  # a number beside that of the first may be somebody's
    another.wait()
    folder = tmp_path / f".job.zip.{HOST}.{another.pid}.part"
    folder.mkdir()
    (folder / "0.png").write_bytes(b"half a picture")

    write_whole(tmp_path / "job.zip", b"whole")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"job.zip": b"whole"}


@pytest.mark.parametrize(
    "name",
    [
        f".job.zip.{HOST}.{os.getppid()}.part",  # it is being written
        ".job.zip.another machine.{gone}.part",
        f".other.zip.{HOST}.{{gone}}.part",
        f"job.zip.{HOST}.{{gone}}.part",
        f".job.zip.{HOST}.{{gone}}.part.mine",
        f".job.zip.{HOST}.x{{gone}}.part",
        f".job.zip.{HOST}.99999999999999999999.part",
        ".job.zip.part",
    ],
)
def test_what_is_another_ones_stays(tmp_path: Path, gone: int, name: str) -> None:
    other = tmp_path / name.replace("{gone}", str(gone))
    other.write_bytes(b"not ours")

    write_whole(tmp_path / "job.zip", b"whole")

    assert other.read_bytes() == b"not ours"


def test_a_name_with_signs_of_a_pattern_is_taken_as_it_is(tmp_path: Path, gone: int) -> None:
    ours, other = (tmp_path / f".{name}.{HOST}.{gone}.part" for name in ("a[b]*.zip", "abX.zip"))
    ours.touch()
    other.touch()

    write_whole(tmp_path / "a[b]*.zip", b"")

    assert {path.name for path in tmp_path.iterdir()} == {"a[b]*.zip", other.name}


def test_a_killed_process_leaves_what_the_next_one_removes(tmp_path: Path) -> None:
    target = tmp_path / "job.zip"
    code = (
        "import os, pathlib, signal\nfrom mingyue.files import unfinished\n"
        f"with unfinished(pathlib.Path({str(target)!r})) as beside:\n"
        "    beside.write_bytes(b'half')\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert len(list(tmp_path.iterdir())) == 1

    with unfinished(target) as beside:
        assert list(tmp_path.iterdir()) == []
        beside.write_bytes(b"whole")

    assert [path.name for path in tmp_path.iterdir()] == ["job.zip"]
