"""What `login`, `upload` and `parts` say where no platform is needed to know it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mingyue.cli.credentials import NotLoggedInError, keep, place, read_credentials
from mingyue.errors import BadInputError
from tests.cli.test_start import HEAVY


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_what_is_kept_is_read_again_and_the_last_is_meant() -> None:
    keep("https://a.example", 'mky_"a\\')
    keep("https://b.example:8000", "mky_b")

    kept = read_credentials()

    assert kept.chosen(None) == ("https://b.example:8000", "mky_b")
    assert kept.chosen("https://a.example/") == ("https://a.example", 'mky_"a\\')
    assert stat.S_IMODE(place().stat().st_mode) == 0o600
    with pytest.raises(NotLoggedInError, match=r"not logged in to https://c\.example"):
        kept.chosen("https://c.example")


def test_a_key_is_read_by_nobody_else_even_where_the_old_file_was_open() -> None:
    keep("https://a.example", "mky_a")
    place().chmod(0o644)

    keep("https://a.example", "mky_b")

    assert stat.S_IMODE(place().stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["last = ", "platforms = 3", '[platforms."a"]\n', b"\xff"])
def test_a_broken_file_says_what_to_do(text: str | bytes) -> None:
    place().parent.mkdir(parents=True)
    place().write_bytes(text if isinstance(text, bytes) else text.encode())

    with pytest.raises(BadInputError, match="cannot be read") as refused:
        read_credentials()

    assert refused.value.remedy == "Remove the file, and log in again."


@pytest.mark.parametrize(
    "arguments",
    [
        ("parts",),
        ("parts", "--origin", "https://a.example"),
        ("upload", "part.stl"),
        ("quote", "list"),
        ("order", "show", "O-1"),
    ],
)
def test_whoever_is_not_logged_in_is_told_how_to(mingyue: Callable[..., Any], arguments: tuple[str, ...]) -> None:
    Path("part.stl").write_bytes(b"solid")

    ended = mingyue(*arguments)

    assert (ended.code, ended.out) == (NotLoggedInError.exit_code, "")
    assert "`mingyue login ORIGIN`" in ended.err


def test_no_unit_is_said_before_anything_is_sent(mingyue: Callable[..., Any]) -> None:
    keep("http://127.0.0.1:9", "mky_a")
    Path("part.stl").write_bytes(b"solid")

    ended = mingyue("upload", "part.stl", "--units", "league")

    assert (ended.code, ended.out) == (3, "")
    assert "'league' is no unit of length" in ended.err


def test_a_platform_is_asked_without_the_engine(tmp_path: Path) -> None:
    """Nobody who lists their parts waits for what slices them."""
    engine = (HEAVY - {"email"}) | {"numpy", "mingyue.printing.chain", "django"}
    code = (
        "import sys, contextlib\n"
        "import mingyue.cli.platform, mingyue.cli.quotes, mingyue.cli.orders, mingyue.client\n"
        f"print(sorted({engine!r} & set(sys.modules)))"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, check=True
    )

    assert ended.stdout.strip() == "[]"
