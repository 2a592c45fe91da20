"""Web files that others made lie here as they were published, and nothing lies beside them."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "src" / "mingyue" / "web" / "site" / "static" / "vendor"
FOLDERS = [SHIPPED, ROOT / "tests" / "web" / "browser" / "vendor"]
FREE = {"MIT", "0BSD", "BSD-3-Clause", "ISC", "Apache-2.0"}  # may be shipped with ours; a test's tool may be MPL too


def packages_in(folder: Path) -> list[dict[str, Any]]:
    return tomllib.loads((folder / "VENDORED.toml").read_text(encoding="utf-8"))["package"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_vendored_file_is_recorded_and_unchanged(folder: Path) -> None:
    told = {
        place: package["sha256"][source]
        for package in packages_in(folder)
        for source, place in package["files"].items()
    }
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "VENDORED.toml"
    }

    assert found == told
    assert len(found) >= 2


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_vendored_package_has_an_exact_version_and_its_licence(folder: Path) -> None:
    for package in packages_in(folder):
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert "LICENSE" in package["files"]
        assert package["licence"] in (FREE if folder == SHIPPED else FREE | {"MPL-2.0"})
