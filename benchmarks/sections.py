"""Sections of a page that a program writes: what stands between `<!-- name -->` and `<!-- /name -->`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.prusa import program_version
from benchmarks.tables import machine_facts, table

README = Path(__file__).parent / "README.md"


def replaced(page: str, name: str, text: str) -> str:
    """The page with another text in this section. Raises ValueError where it has no such section, or two."""
    opening, closing = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    if page.count(opening) != 1 or page.count(closing) != 1:
        raise ValueError(f"the page needs exactly one {opening.strip()} and one {closing}")
    before, _, rest = page.partition(opening)
    _, _, after = rest.partition(closing)
    return f"{before}{opening}\n{text.strip()}\n\n{closing}{after}"


def write_section(name: str, text: str, *, page: Path = README) -> None:
    """Replace a section of the page on disk."""
    page.write_text(replaced(page.read_text(), name, text))


def facts() -> dict[str, str]:
    """The machine, the versions, the day, and how busy the machine was just now."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"
    return machine_facts() | {
        "PrusaSlicer": program_version() or "not installed",
        "date": datetime.now(UTC).date().isoformat(),
        "load before": load,
    }


def facts_table(known: dict[str, str]) -> str:
    """One line."""
    return table(list(known), [list(known.values())])
