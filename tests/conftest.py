"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

import django
import hypothesis
import pytest

# CI counts on its minutes: no deadline a call (a kernel may compile in it), few but always the same examples.
hypothesis.settings.register_profile("house", deadline=None, max_examples=60, derandomize=True)
hypothesis.settings.load_profile("house")

# Tests read English, wherever they run; the language is read when the command line is imported.
os.environ["MINGYUE_LANG"] = "en"

_OURS = {"MINGYUE_SCREENSHOTS", "MINGYUE_LANG", "MINGYUE_DATA", "MINGYUE_TEST_HOME", "MINGYUE_TEST_LEADER"}
# The platform's tests have a home of their own, one a run: the workers of a run inherit it. Short, because the path of a
# socket must be.
if "MINGYUE_TEST_HOME" not in os.environ:
    os.environ["MINGYUE_TEST_HOME"] = tempfile.mkdtemp(prefix="mingyue-")
    os.environ["MINGYUE_TEST_LEADER"] = str(os.getpid())
for _name in [name for name in os.environ if name.startswith("MINGYUE_") and name not in _OURS]:
    del os.environ[_name]
for _name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
    os.environ.pop(_name, None)
os.environ["MINGYUE_HOME"] = os.environ["MINGYUE_TEST_HOME"]
os.environ["DJANGO_SETTINGS_MODULE"] = "mingyue.web.site.settings"
django.setup()  # the conftest of the platform imports models before pytest-django would do this

_DATA = Path(os.environ.get("MINGYUE_DATA") or Path(__file__).parents[2] / "shared" / "data")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Parts, logs and texts by others; see MINGYUE_DATA in docs/reference/environment.md.

    Where they are missing the test is skipped and says so; in CI they must be there.
    """
    if not _DATA.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI must have the data of others at MINGYUE_DATA, but {_DATA} is not there.")
        pytest.skip(f"no data by others at {_DATA}; set MINGYUE_DATA")
    return _DATA


def pytest_unconfigure(config: pytest.Config) -> None:
    """The home of this run goes with it; the workers of a run leave that to their leader."""
    home = Path(os.environ["MINGYUE_TEST_HOME"])
    if hasattr(config, "workerinput") or not home.is_dir():
        return
    if (home / "server.ready").exists():
        (home / "server.ready").unlink()  # its keeper stops it
        lock = home / "postgres" / "data" / "postmaster.pid"
        for _ in range(100):
            if not lock.exists():
                break
            time.sleep(0.1)
    shutil.rmtree(home, ignore_errors=True)
