"""The engine in a process of its own: what is sent can end that process, with clear words, and nothing else."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from mingyue.phrases import Phrase
from mingyue.web.parts import child
from mingyue.web.parts.bridge.jobs import Job
from mingyue.web.records.kept_phrases import from_json
from tests.printing.formats.archives import write_3mf
from tests.web.parts.conftest import box_stl

BOUNDS = child.Limits(memory_bytes=4 << 30, cpu_s=120, wall_s=120.0)
GO_ON = lambda: None  # noqa: E731


def end_of(path: Path, *, bounds: child.Limits = BOUNDS, **said: Any) -> dict[str, Any]:
    """The last line about a file that is read."""
    job = Job(kind="read", path=path, folder=path.parent, units="mm", **said)
    return list(child.run(job, bounds=bounds, tick=GO_ON))[-1]


def told(problem: dict[str, Any]) -> tuple[str, str]:
    """What its reader is told."""
    return str(from_json(problem["message"])), str(from_json(problem["remedy"]))


def four_billion_triangles(path: Path) -> None:
    path.write_bytes(b"\0" * 80 + struct.pack("<I", 4_000_000_000) + b"\0" * 50)


def four_billion_corners(path: Path) -> None:
    lines = ["ply", "format binary_little_endian 1.0", "element vertex 4000000000", "property float x",
             "property float y", "property float z", "element face 1", "property list uchar int vertex_indices",
             "end_header", ""]  # fmt: skip
    path.write_bytes("\n".join(lines).encode() + b"\0" * 100)


def blanks_without_end(path: Path) -> None:
    path.write_bytes(b"solid x\n" + b" " * (8 << 20))


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("3D/3dmodel.model", b"\0" * (100 << 20))


def billion_laughs(path: Path) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    write_3mf(path, f'<?xml version="1.0"?><!DOCTYPE m [<!ENTITY l0 "ha">{entities}]><model>&l9;</model>')


def leaves_the_folder(path: Path) -> None:
    write_3mf(path, "<model/>", **{"../../outside": "x"})


HOSTILE = {
    "header.stl": four_billion_triangles, "corners.ply": four_billion_corners, "blanks.stl": blanks_without_end,
    "bomb.3mf": bomb, "laughs.3mf": billion_laughs, "outside.3mf": leaves_the_folder,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    HOSTILE[name](path)
    said = end_of(path)
    message, remedy = told(said["problem"])
    assert said["problem"]["kind"] == ""
    assert name in message or "65,536 bytes" in message
    assert remedy
    assert isinstance(from_json(said["problem"]["message"]), Phrase)


def test_a_file_without_a_unit_is_asked_about_with_its_bare_size(tmp_path: Path) -> None:
    path = tmp_path / "part.stl"
    path.write_bytes(box_stl(0.25))
    job = Job(kind="read", path=path, folder=tmp_path)
    (*_, said) = child.run(job, bounds=BOUNDS, tick=GO_ON)
    assert said["problem"]["kind"] == "units"
    assert said["problem"]["size"] == pytest.approx([0.25, 0.25, 0.25])


def test_who_needs_too_much_memory_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "large.stl"
    with path.open("wb") as file:
        file.write(b"\0" * 80 + struct.pack("<I", 2_000_000))
        file.truncate(84 + 50 * 2_000_000)
    said = end_of(path, bounds=replace(BOUNDS, memory_bytes=512 << 20))
    assert said["problem"]["kind"] == "memory"
    assert told(said["problem"]) == (
        "It needed more memory than the 0.5 GiB that one part may use.", "Make the part smaller or coarser, or split it."
    )  # fmt: skip


def test_who_computes_or_lasts_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "part.stl"
    path.write_bytes(box_stl())
    for bounds in (replace(BOUNDS, cpu_s=0), replace(BOUNDS, wall_s=0.0)):
        said = end_of(path, bounds=bounds)
        assert said["problem"]["kind"] == "time"
        assert "It took longer than" in told(said["problem"])[0]


def ours() -> list[psutil.Process]:
    """Engines that run for us."""
    return [
        one for one in psutil.Process().children(recursive=True) if "mingyue.web.parts.bridge.engine" in one.cmdline()
    ]


def begun(path: Path) -> tuple[Iterator[child.Line], psutil.Process]:
    """An engine that has begun."""
    lines = child.run(Job(kind="read", path=path, folder=path.parent, units="mm"), bounds=BOUNDS, tick=GO_ON)
    next(lines)
    (process,) = ours()
    return lines, process


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file that takes some seconds."""
    path = tmp_path / "large.stl"
    with path.open("wb") as file:
        file.write(b"\0" * 80 + struct.pack("<I", 4_000_000))
        file.truncate(84 + 50 * 4_000_000)
    return path


def test_an_engine_that_is_killed_is_short_of_memory_and_one_that_crashes_is_not(large: Path) -> None:
    for sent, kind, word in ((signal.SIGKILL, "memory", "memory"), (signal.SIGSEGV, "crash", "SIGSEGV")):
        lines, process = begun(large)
        process.send_signal(sent)
        (*_, said) = lines
        assert said["problem"]["kind"] == kind
        assert word in told(said["problem"])[0]


def test_whoever_stops_listening_ends_the_engine(large: Path) -> None:
    lines, process = begun(large)
    lines.close()  # type: ignore[attr-defined]
    assert not process.is_running()


def test_a_tick_that_raises_ends_the_engine(large: Path) -> None:
    class EnoughError(Exception):
        pass

    def enough() -> None:
        raise EnoughError

    with pytest.raises(EnoughError):
        list(child.run(Job(kind="read", path=large, folder=large.parent, units="mm"), bounds=BOUNDS, tick=enough))
    assert not ours()


@pytest.mark.parametrize("held", [False, True])
def test_an_engine_ends_with_whoever_asked(large: Path, held: bool) -> None:
    """The worker is killed in the middle. held: a library lets no thread of the engine run, or it was stopped."""
    job = Job(kind="read", path=large, folder=large.parent, units="mm")
    script = (
        "import json,os,subprocess,sys,time\n"
        "p = subprocess.Popen([sys.executable, '-m', 'mingyue.web.parts.bridge.engine'], stdin=subprocess.PIPE,"
        " stdout=subprocess.PIPE, start_new_session=True)\n"
        f"p.stdin.write(json.dumps({{'job': {job.to_json()!r}, 'limits': {BOUNDS.said!r},"
        " 'parent': os.getpid()}).encode() + b'\\n')\n"
        "p.stdin.flush(); p.stdout.readline(); print(p.pid, flush=True); time.sleep(600)\n"
    )
    worker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert worker.stdout is not None
    engine = psutil.Process(int(worker.stdout.readline()))
    if held:
        engine.suspend()
    worker.kill()
    worker.wait()
    worker.stdout.close()
    psutil.wait_procs([engine], timeout=20)
    assert not engine.is_running() or engine.status() == psutil.STATUS_ZOMBIE


def test_the_engine_gets_no_secret_and_no_address() -> None:
    os.environ["MINGYUE_SECRET_KEY"] = "s"
    try:
        given = child._environment(Path("/x"))
    finally:
        del os.environ["MINGYUE_SECRET_KEY"]
    assert not {name for name in given if name.startswith(("MINGYUE_", "DATABASE", "DJANGO"))}


def test_the_folder_of_a_job_goes_with_it() -> None:
    with child.workplace() as folder:
        (folder / "left").write_bytes(b"x")
    assert not folder.exists()


def test_what_a_killed_worker_left_is_removed_and_what_a_living_one_has_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left, living = (tmp_path / f"mingyue-job-{number}-x" for number in (dead.pid, os.getppid()))
    for folder in (left, living):
        folder.mkdir()
    with child.workplace() as folder:
        assert folder.parent == tmp_path
    assert (left.exists(), living.exists(), folder.exists()) == (False, True, False)
