"""`mingyue build --resume`: a killed build goes on from its last block, and comes to the same package."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ended

Run = Callable[..., Ended]

NEST = ("sample:birds_nest", "--layer-um", "2", "-o", "job.zip")
WORK = Path(".job.zip.work")
BLOCKS = 50  # 1,595 µm in layers of 2, 16 a block


def stopped_after(blocks: int, number: signal.Signals, *options: str) -> subprocess.CompletedProcess[str]:
    """A build in a process of its own that gets a signal once it has kept so many blocks."""
    command = [sys.executable, "-m", "mingyue", "build", *NEST, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while len(list(WORK.glob("*.block"))) < blocks:
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    process.send_signal(number)
    out, err = process.communicate()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("uninterrupted")
    subprocess.run(
        [sys.executable, "-m", "mingyue", "build", *NEST, "--json"], cwd=folder, check=True, capture_output=True
    )
    assert [path.name for path in folder.iterdir()] == ["job.zip"]
    return (folder / "job.zip").read_bytes()


def test_a_killed_build_goes_on_and_remakes_only_what_is_missing_or_damaged(mingyue: Run, uninterrupted: bytes) -> None:
    killed = stopped_after(8, signal.SIGKILL, "--resume")
    kept = sorted(WORK.glob("*.block"))
    assert killed.returncode == -signal.SIGKILL
    assert 8 <= len(kept) < BLOCKS
    assert not Path("job.zip").exists()
    damaged = bytearray(kept[0].read_bytes())
    damaged[len(damaged) // 2] ^= 1
    kept[0].write_bytes(damaged)
    kept[1].write_bytes(kept[1].read_bytes()[:-7])
    assert (
        len(list(Path().glob(".job.zip.*.part"))) == 1
    )  # what the killed process could not put away, the next one does

    again = mingyue("build", *NEST, "--resume", "--json")

    assert again.code == 0
    assert again.json["blocks_reused"] == len(kept) - 2
    assert again.json["volume_mm3"] > 0
    assert Path("job.zip").read_bytes() == uninterrupted
    assert [path.name for path in Path().iterdir()] == ["job.zip"]


def test_ctrl_c_keeps_the_blocks_of_whoever_wants_them(mingyue: Run) -> None:
    ended = stopped_after(3, signal.SIGINT, "--resume")

    assert ended.returncode == 128 + signal.SIGINT
    assert "finished blocks are kept in .job.zip.work" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [path.name for path in Path().iterdir()] == [".job.zip.work"]
    assert {path.suffix for path in WORK.iterdir()} == {".block"}


@pytest.fixture
def begun(mingyue: Run) -> Run:
    """A small build that has kept everything, as if it had been killed at the very end."""
    from mingyue.printing.kept import Kept

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Kept, "clear", lambda self: None)
        assert mingyue("build", "sample:connector_comb", "-o", "job.zip", "--resume").code == 0
    return mingyue


@pytest.mark.parametrize(
    ("changed", "reused"),
    [
        ([], True),
        (["--exposure-s", "3"], True),  # the masks are the same, only their seconds differ
        (["--layer-um", "4"], False),
        (["--binary"], False),
        (["--rotate", "90"], False),
        (["--overlap-px", "10"], False),
    ],
)
def test_blocks_of_other_settings_are_not_reused(begun: Run, changed: list[str], reused: bool) -> None:
    fresh = begun("build", "sample:connector_comb", *changed, "-o", "fresh.zip", "--json").json
    kept = len(list(WORK.glob("*.block")))

    made = begun("build", "sample:connector_comb", *changed, "-o", "job.zip", "--resume", "--json").json

    assert fresh["blocks_reused"] == 0
    assert made["blocks_reused"] == (kept if reused else 0)
    assert kept > 1
    assert Path("job.zip").read_bytes() == Path("fresh.zip").read_bytes()
    assert not WORK.exists()


def test_blocks_of_another_version_are_not_reused(begun: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mingyue.printing.blocks.__version__", "0.0.1")

    assert begun("build", "sample:connector_comb", "-o", "job.zip", "--resume", "--json").json["blocks_reused"] == 0


def test_blocks_are_kept_where_it_is_said(mingyue: Run) -> None:
    from mingyue.printing.kept import Kept

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Kept, "clear", lambda self: None)
        mingyue("build", "sample:connector_comb", "-o", "job.zip", "--work", "memory://bucket/jobs/")
    again = mingyue("build", "sample:connector_comb", "-o", "job.zip", "--work", "memory://bucket/jobs", "--json")

    assert again.json["blocks_reused"] > 1
    assert [path.name for path in Path().iterdir()] == ["job.zip"]


def test_a_refused_part_leaves_no_folder(mingyue: Run) -> None:
    ended = mingyue("build", "sample:connector_comb", "--scale", "0", "--resume")

    assert ended.code == 3
    assert list(Path().iterdir()) == []


def test_a_place_that_cannot_keep_blocks_is_refused(mingyue: Run) -> None:
    ended = mingyue("build", "sample:connector_comb", "-o", "job.zip", "--work", "nowhere://bucket")

    assert ended.code == 3
    assert "nowhere://bucket" in ended.err
    assert "--work" in ended.err.split("remedy:")[1]
    assert list(Path().iterdir()) == []
