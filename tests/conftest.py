"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

# CI counts on its minutes: no deadline a call (a kernel may compile in it), few but always the same examples.
hypothesis.settings.register_profile("house", deadline=None, max_examples=60, derandomize=True)
hypothesis.settings.load_profile("house")

# Tests read English, wherever they run; the language is read when the command line is imported.
os.environ["MINGYUE_LANG"] = "en"

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
