"""A real `mingyue serve` of the whole platform with its demonstration data, for one module; and who asks it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mingyue.client import Client
from mingyue.client.calls import Caller
from tests.web.serving.breaking import asked
from tests.web.serving.running import Served, mingyue, serve

REAL = {"DJANGO_SETTINGS_MODULE": "mingyue.web.site.settings"}
WAYS = 2  # of making a part: one machine, two resins


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The park, with one machine that is ready: two ways of making a part suffice."""
    with tempfile.TemporaryDirectory(prefix="my-") as folder:  # a short path, for the database's socket
        Path(folder).chmod(0o711)  # as root the database comes here as another user
        home = Path(folder) / "home"
        running = serve(home, **REAL)
        try:
            made = mingyue(home, "manage", "demonstrate", **REAL)
            assert made.returncode == 0, made.stderr
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
