"""Of two workers one long check leaves one: it keeps waiting who asked for it, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mingyue.client import Client
from tests.web.parts.conftest import box_stl
from tests.web.serving.breaking import asked, frozen
from tests.web.serving.demonstrated import REAL, copied, short_folder
from tests.web.serving.running import Served, serve, until

MANAGER = "manager@mingyue.example"  # of another organisation than the engineer


@pytest.fixture
def served(demonstration: Path) -> Iterator[Served]:
    """As `mingyue serve` is where nobody says how many workers there are."""
    with short_folder() as folder:
        running = serve(copied(demonstration, folder / "home"), MINGYUE_WORKERS="", **REAL)
        try:
            yield running
        finally:
            if running.process.poll() is None:
                running.process.kill()
                running.process.wait()


def test_while_one_organisations_check_takes_long_others_are_read_and_checked(served: Served, tmp_path: Path) -> None:
    said = json.loads((served.home / "demonstration.json").read_text(encoding="utf-8"))
    for name, size in {"long": 0.11, "next": 0.12, "other": 0.13}.items():
        (tmp_path / f"{name}.stl").write_bytes(box_stl(size))

    with Client(served.address, said["key"]) as ours, Client(served.address, said["keys"][MANAGER]) as theirs:
        long = ours.upload(tmp_path / "long.stl", units="mm")
        engine = frozen(served, "running")  # and it is the only one that runs

        ours_next = ours.upload(tmp_path / "next.stl", units="mm")
        until(lambda: ours.part(ours_next.id).newest.state == "read")
        done = theirs.wait_for_checks(theirs.upload(tmp_path / "other.stl", units="mm"), timeout_s=60)

        assert {check.state for check in done.newest.checks} == {"done"}
        assert sorted({check.state for check in ours.part(long.id).newest.checks}) == ["running", "waiting"]
        assert {check.state for check in ours.part(ours_next.id).newest.checks} == {"waiting"}
        engine.resume()
        for part in (long, ours_next):
            checked = ours.wait_for_checks(part, timeout_s=60)
            assert {check.state for check in checked.newest.checks} == {"done"}
    assert asked(served, "SELECT DISTINCT attempt FROM parts_check") == [(1,)]
