"""What is kept is found again, whole or not at all, in whatever store; and nothing else is touched."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import fsspec
import pytest

from mingyue.errors import BadInputError
from mingyue.printing.kept import Kept

_numbers = itertools.count()


@pytest.fixture(params=["local", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "kept") if request.param == "local" else f"memory://kept{next(_numbers)}"


def files_in(url: str) -> list[str]:
    files, root = fsspec.url_to_fs(url)
    return sorted(name.rpartition("/")[2] for name in files.ls(root, detail=False)) if files.exists(root) else []


def test_what_was_kept_is_found_by_whoever_comes_later(url: str) -> None:
    first = Kept(url)
    first.keep("one", b"1" * 1000)
    first.keep("empty", b"")

    later = Kept(url)

    assert (len(later), later.found) == (2, 0)
    assert later.find("one") == b"1" * 1000
    assert later.find("empty") == b""
    assert later.find("two") is None
    assert later.found == 2
    assert files_in(url) == ["empty.block", "one.block"]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data[:40] + b"x" + data[41:], lambda data: b""]
)
def test_what_is_not_as_it_was_written_is_not_found(url: str, damage: Callable[[bytes], bytes]) -> None:
    Kept(url).keep("one", b"a long enough content")
    files, root = fsspec.url_to_fs(url)
    files.pipe_file(f"{root}/one.block", damage(files.cat_file(f"{root}/one.block")))

    later = Kept(url)
    assert later.find("one") is None
    assert later.found == 0
    later.keep("one", b"again")
    assert Kept(url).find("one") == b"again"


def test_nothing_is_there_before_the_first_entry_and_after_the_last_is_cleared(url: str) -> None:
    kept = Kept(url)
    files, root = fsspec.url_to_fs(url)
    assert not files.exists(root)

    kept.keep("one", b"1")
    kept.clear()

    assert not files.exists(root)
    assert len(kept) == 0
    assert kept.find("one") is None
    kept.clear()  # once more changes nothing


def test_clearing_removes_what_earlier_settings_left_but_nothing_of_others(url: str) -> None:
    Kept(url).keep("earlier", b"1")
    files, root = fsspec.url_to_fs(url)
    files.pipe_file(f"{root}/cut short.123.part", b"")
    files.pipe_file(f"{root}/thesis.tex", b"years of work")

    Kept(url).clear()

    assert files_in(url) == ["thesis.tex"]


def test_an_entry_that_vanished_meanwhile_is_not_found(url: str) -> None:
    Kept(url).keep("one", b"1")
    slow = Kept(url)
    Kept(url).clear()

    assert slow.find("one") is None


@pytest.mark.parametrize("url", ["nowhere://x", "file.txt/kept", "no such folder/kept"])
def test_a_place_that_cannot_be_used_is_refused(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file.txt").write_text("not a folder")

    with pytest.raises(BadInputError, match="kept in") as caught:
        Kept(url).keep("one", b"1")

    assert "--work" in caught.value.remedy
