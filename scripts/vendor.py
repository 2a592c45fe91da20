"""Web files that others made: fetched from the npm registry by the versions in VENDORED.toml, their sums noted there.

To renew one, change its version in the table and run `make vendor`; the change of the files is then seen as a whole.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# What pages are made of, and what only tests use.
TABLES = [
    ROOT / "src" / "mingyue" / "web" / "site" / "static" / "vendor" / "VENDORED.toml",
    ROOT / "tests" / "web" / "browser" / "vendor" / "VENDORED.toml",
]


def main() -> int:
    if not shutil.which("npm"):
        sys.stderr.write("npm is missing: install Node.js with npm, then run make vendor.\n")
        return 1
    for path in TABLES:
        renew(path)
        sys.stdout.write(f"{path.parent.relative_to(ROOT)}: {_size_kb(path.parent):,} kB\n")
    return 0


def renew(path: Path) -> None:
    """Put the files of a table beside it, and what they are into it."""
    told = path.read_text(encoding="utf-8")
    packages = tomllib.loads(told)["package"]
    with tempfile.TemporaryDirectory() as scratch:
        for package in packages:
            fetched = fetch(package["name"], package["version"], Path(scratch))
            package["sha256"] = {
                place: copy(fetched / place, path.parent / to) for place, to in package["files"].items()
            }
    path.write_text(_head(told) + "\n".join(_written(package) for package in packages), encoding="utf-8")


def fetch(name: str, version: str, folder: Path) -> Path:
    """A package as it was published, unpacked; npm itself checks that it arrived whole."""
    packed = ["npm", "pack", f"{name}@{version}", "--silent", "--pack-destination", str(folder)]
    archive = folder / subprocess.run(packed, check=True, capture_output=True, text=True).stdout.split()[-1]
    unpacked = folder / archive.stem
    with tarfile.open(archive) as tar:
        tar.extractall(unpacked, filter="data")
    return unpacked / "package"


def copy(source: Path, target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())
    return hashlib.sha256(target.read_bytes()).hexdigest()


def _head(told: str) -> str:
    return told.partition("[[package]]")[0]


def _written(package: dict[str, Any]) -> str:
    lines = ["[[package]]", *(f'{key} = "{package[key]}"' for key in ("name", "version", "licence"))]
    for table in ("files", "sha256"):
        lines += [f"[package.{table}]", *(f'"{place}" = "{value}"' for place, value in package[table].items())]
    return "\n".join(lines) + "\n"


def _size_kb(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) // 1000


if __name__ == "__main__":
    sys.exit(main())
