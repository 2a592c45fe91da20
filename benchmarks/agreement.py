"""Do our masks agree with what others make of the same parts? Run it; tables come out on stdout as markdown."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is no package that anyone installs

from benchmarks import areas, pixels, prusa, stacks
from benchmarks.parts import others_dir
from benchmarks.tables import machine_facts, table

Row = TypeVar("Row")
Told = dict[str, list[Any]]


def main() -> int:
    """Everything that can be run here, and what could not. Returns 1 where somebody disagrees, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to this file")
    json_path = parser.parse_args().json
    began = time.perf_counter()
    prusa_version = prusa.program_version()
    facts = machine_facts() | {
        "PrusaSlicer": prusa_version or "not installed",
        "date": datetime.now(UTC).date().isoformat(),
    }
    told: Told = {}
    print(table(list(facts), [list(facts.values())]))
    with tempfile.TemporaryDirectory() as folder:
        for section in (
            area_section(Path(folder), told),
            pixel_section(Path(folder), told, prusa_version),
            stack_section(told),
        ):
            for text in section:
                print(f"\n{text}", flush=True)
    print(f"\nTook {time.perf_counter() - began:.0f} s.")
    if json_path:
        json_path.write_text(json.dumps({"machine": facts, **told}, indent=1, default=_plain))
    disagreements = list(_disagreements(told))
    for sentence in disagreements:
        print(f"\n**{sentence}**")
    return 1 if disagreements else 0


def _disagreements(told: Told) -> Iterator[str]:
    for row in told.get("areas", []):
        if abs(row["sum_error"]) >= areas.BOUND:
            yield f"The areas of {row['part']} are off by {row['sum_error']:.2%}."
    for row in told.get("pixels", []):
        if row["differences"]["away"]:
            yield f"{row['differences']['away']:,} pixels of {row['part']} differ away from any contour."


def area_section(folder: Path, told: Told) -> Iterator[str]:
    """Texts of the section; its figures go into `told`."""
    yield "### Areas beside exact polygons (manifold3d)"
    choices = [choice for choice in areas.CHOICES if choice.file is None or others_dir().is_dir()]
    if len(choices) < len(areas.CHOICES):
        yield _no_data("Parts by others")
    rows = _each(choices, lambda choice: areas.compare_areas(choice, folder), told, "areas")
    yield areas.area_table(rows)


def pixel_section(folder: Path, told: Told, version: str | None) -> Iterator[str]:
    """See `area_section`. version: of PrusaSlicer, None where there is none."""
    yield "### Pixel for pixel beside PrusaSlicer"
    if version is None:
        yield prusa.MISSING
        return
    choices = [choice for choice in pixels.CHOICES if choice.file is None or others_dir().is_dir()]
    if len(choices) < len(pixels.CHOICES):
        yield _no_data("Parts by others")
    rows = _each(choices, lambda choice: pixels.compare_pixels(choice, folder), told, "pixels")
    yield "Their pictures became ours: " + "; ".join(f"{row.part}: {row.turn}" for row in rows) + "."
    yield pixels.pixel_table(rows)
    yield "Where the pixels are that differ, and who is right by exact area:"
    yield pixels.place_table(rows)
    yield "Our grey at the pixels that differ (lit from 128 on):"
    yield pixels.grey_table(rows)


def stack_section(told: Told) -> Iterator[str]:
    """See `area_section`."""
    yield "### Somebody else's slices (3MF slice stacks)"
    if not others_dir().is_dir():
        yield _no_data("The slice stacks")
        return
    rows = _each(stacks.NAMES, stacks.compare_stack, told, "stacks")
    yield "What differs in area, by where their contours are taken to be cut:"
    yield stacks.convention_table(rows)
    yield stacks.stack_table(rows)


def _no_data(what: str) -> str:
    return f"{what} were not compared: there are no data by others; set MINGYUE_DATA."


def _each(things: Iterable[Any], compare: Callable[[Any], Row], told: Told, key: str) -> list[Row]:
    rows = []
    for thing in things:
        print(f"{key}: {getattr(thing, 'name', thing)}", file=sys.stderr)
        rows.append(compare(thing))
    told[key] = [asdict(row) for row in rows]  # type: ignore[call-overload]
    return rows


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


if __name__ == "__main__":
    sys.exit(main())
