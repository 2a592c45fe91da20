"""A real `mingyue serve` of the whole platform with its demonstration data, for one module; and who asks it."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mingyue.client import Client
from mingyue.client.calls import Caller
from tests.web.serving.breaking import asked
from tests.web.serving.running import Served, mingyue, serve

REAL = {"DJANGO_SETTINGS_MODULE": "mingyue.web.site.settings"}
WAYS = 2  # of making a part: one machine, two resins


@contextmanager
def short_folder() -> Iterator[Path]:
    """A short path, for the database's socket."""
    with tempfile.TemporaryDirectory(prefix="my-") as folder:
        Path(folder).chmod(0o711)  # as root the database comes here as another user
        yield Path(folder)


@pytest.fixture(scope="session")
def demonstration() -> Path:
    """A home with the demonstration's data, at rest: whoever serves it copies it, which is quicker than making it anew.

    One for all processes of this run: whoever comes first makes it.
    """
    run = Path(os.environ["MINGYUE_TEST_HOME"])
    kept = run / "demonstration"
    with (run / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            with short_folder() as folder:
                home = folder / "home"
                running = serve(home, **REAL)
                made = mingyue(home, "manage", "demonstrate", **REAL)
                ended = running.stop()
                assert (made.returncode, ended) == (0, 0), made.stderr + running.log()
                copied(home, kept)
    return kept


def copied(home: Path, place: Path) -> Path:
    """The same home elsewhere, whole or not there, with its owners: the database refuses files of another."""
    making = place.with_name(f"{place.name}.making")
    subprocess.run(["cp", "-a", str(home), str(making)], check=True)
    return making.rename(place)


@pytest.fixture(scope="module")
def served(demonstration: Path) -> Iterator[Served]:
    """The park, with one machine that is ready: two ways of making a part suffice."""
    with short_folder() as folder:
        running = serve(copied(demonstration, folder / "home"), **REAL)
        try:
            asked(running, "UPDATE facilities_machine SET state = 'maintenance' WHERE profile = 's240'")
            yield running
        finally:
            if running.process.poll() is None:
                running.process.kill()
                running.process.wait()


@pytest.fixture(scope="module")
def key(served: Served) -> str:
    """Of the demonstration's engineer."""
    return str(json.loads((served.home / "demonstration.json").read_text(encoding="utf-8"))["key"])


@pytest.fixture
def caller(served: Served, key: str) -> Iterator[Caller]:
    """Who asks by hand."""
    calls = Caller(served.address, key)
    yield calls
    calls.close()


@pytest.fixture
def client(served: Served, key: str) -> Iterator[Client]:
    """Who asks by name."""
    with Client(served.address, key) as asking:
        yield asking
