"""Does compensation keep its promise? Parts compensated, and judged by an evaluation of its own; markdown on stdout."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is no package that anyone installs

from benchmarks.contestants import our_program
from benchmarks.independent import Assumed, Floats, Ints, Place, manifest_of, read_masks, summed_up, united, verdict
from benchmarks.measured import measure
from benchmarks.sections import facts, facts_table, write_section
from benchmarks.tables import table
from mingyue.printing.formats.parts import read_part
from mingyue.printing.samples import make_sample

DATA = Path(os.environ.get("MINGYUE_DATA") or Path(__file__).parents[2] / "shared" / "data")
WINDOW_PX = 64
# The S230 with its usual spot, and PR48 at 385 nm.
AS_ASSUMED = Assumed(irradiance_mw_cm2=33.0, depth_um=39.2, threshold_mj_cm2=12.3, sigma_px=0.36)
OFF: dict[str, dict[str, float]] = {
    "as assumed": {},
    "dose × 1.1": {"irradiance": 1.1},
    "dose × 0.9": {"irradiance": 0.9},
    "D_p × 1.1": {"depth": 1.1},
    "D_p × 0.9": {"depth": 0.9},
    "blur × 1.1": {"sigma": 1.1},
    "blur × 0.9": {"sigma": 0.9},
}


@dataclass(frozen=True, slots=True)
class Case:
    """A part and how it is built; windows: how many are judged."""

    name: str
    part: str
    options: tuple[str, ...] = ()
    windows: int = 4


CASES = (
    Case("birds_nest", "sample:birds_nest", windows=4),
    Case("channel_coupon", "sample:channel_coupon", windows=3),
    Case("connector_comb", "sample:connector_comb", windows=6),
    Case("torus, 0.6 mm", "torus.STL", ("--fit-mm", "0.6")),
    Case("fandisk, 0.8 mm", "fandisk.obj", ("--fit-mm", "0.8")),
    Case("featuretype, 2 mm", "featuretype.STL", ("--fit-mm", "2")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """|deviation| in µm with one thing off: P95 and the largest, before and after."""

    case: str
    off: str
    before_p95: float
    after_p95: float
    before_most: float
    after_most: float


@dataclass(frozen=True, slots=True)
class Made:
    """What the compensation itself cost and said. predicted: P95 before and after, µm."""

    case: str
    layers: int
    seconds: float
    peak_mib: float
    windows: int
    predicted: tuple[float, float]


def main() -> int:
    """Run what was chosen. Returns 0: a promise not kept is seen in the table."""
    options = _options()
    by_case = {one.case: (one, judged) for one, judged in earlier(options.onto)}
    for case in CASES:
        if not options.only or any(case.name.startswith(name) for name in options.only):
            print(case.name, file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory() as folder:
                by_case[case.name] = run_case(case, options.keep or Path(folder))
    found = [by_case[case.name] for case in CASES if case.name in by_case]
    made, rows = [one for one, _ in found], [row for _, judged in found for row in judged]
    text = "\n\n".join(page(facts(), made, rows))
    print(text)
    if options.json:
        figures = {"made": [asdict(one) for one in made], "rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(figures, indent=1))
    if options.write:
        write_section("compensation", text)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", metavar="PART", help="a part by the beginning of its name")
    parser.add_argument(
        "--onto", type=Path, metavar="FILE", help="keep the parts of this earlier --json that do not run"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to this file")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="leave the packages there, and judge those that are"
    )
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    return parser.parse_args()


def earlier(path: Path | None) -> list[tuple[Made, list[Row]]]:
    """What an earlier run wrote as JSON; nothing without a path."""
    told = json.loads(path.read_text()) if path else {"made": [], "rows": []}
    rows = [Row(**row) for row in told["rows"]]
    made = [Made(**one | {"predicted": tuple(one["predicted"])}) for one in told["made"]]
    return [(one, [row for row in rows if row.case == one.case]) for one in made]


def run_case(case: Case, folder: Path) -> tuple[Made, list[Row]]:
    """Build, compensate and judge a part."""
    source, target, note = (folder / f"{case.name}.{end}" for end in ("job.zip", "bent.zip", "json"))
    if not note.exists():
        part = case.part if case.part.startswith("sample:") else str(DATA / "parts" / case.part)
        unit = [] if case.part.startswith("sample:") else ["--units", "mm"]
        measure([our_program(), "build", part, "-o", source, "--json", *unit, *case.options])
        note.write_text(measure([our_program(), "compensate", source, "-o", target, "--json"]).stdout)
    told = json.loads(note.read_text())
    mesh = placed_mesh(case.part, manifest_of(source))
    places = some_windows(source, case.windows)
    masks = [[read_masks(package, place) for place in places] for package in (source, target)]
    rows = []
    for off, factors in OFF.items():
        assumed = AS_ASSUMED.times(**factors)
        before, after = (summed_up([verdict(one, assumed, mesh) for one in some]) for some in masks)
        rows.append(Row(case.name, off, before.p95, after.p95, before.most, after.most))
    predicted = told["predicted_deviation_um"]
    return (
        Made(
            case.name,
            told["layers"],
            told["seconds"],
            told["peak_mib"],
            len(places),
            (predicted["before"]["abs_p95"], predicted["optimised"]["abs_p95"]),
        ),
        rows,
    )


def placed_mesh(part: str, manifest: dict[str, Any]) -> tuple[Floats, Ints]:
    """The part's own surface where the package has it, bodies that overlap joined."""
    if part.startswith("sample:"):
        mesh = make_sample(part.removeprefix("sample:")).mesh
    else:
        mesh = read_part(DATA / "parts" / part, unit="mm").mesh
    placement = manifest["placement"]
    moved = mesh.vertices_um @ np.array(placement["matrix"]).T + np.array(placement["offset_um"])
    return united(moved, mesh.triangles)


def some_windows(package: Path, count: int) -> list[Place]:
    """Of a grid of windows over the canvas those that the part touches, `count` of them at even distances in reading order.

    Touched: lit in the lowest, the middle or one of two layers between; wholly lit windows tell nothing and are left out.
    """
    manifest = manifest_of(package)
    rows, columns, layers = manifest["canvas"]["rows"], manifest["canvas"]["columns"], manifest["layers"]
    whole = Place(0, 0, rows, columns)
    greys = read_masks(package, whole, only=[len(layers) * share // 8 for share in (0, 2, 4, 6)]).seconds
    full = greys.max()
    found = []
    for row in range(0, rows - WINDOW_PX + 1, WINDOW_PX):
        for column in range(0, columns - WINDOW_PX + 1, WINDOW_PX):
            part = greys[:, row : row + WINDOW_PX, column : column + WINDOW_PX]
            if part.max() > 0 and not (part.min(axis=(1, 2)) == full).all():
                found.append(Place(row, column, WINDOW_PX, WINDOW_PX))
    at = np.unique(np.linspace(0, len(found) - 1, min(count, len(found)) + 2)[1:-1].round().astype(int))
    return [found[k] for k in at]


def page(known: dict[str, str], made: list[Made], rows: list[Row]) -> Iterator[str]:
    """The texts of the section."""
    yield facts_table(known)
    heads = ["part", "layers", "seconds", "peak, MiB", "predicted P95 before, µm", "after, µm", "windows judged"]
    yield table(
        heads,
        [
            (
                one.case,
                str(one.layers),
                f"{one.seconds:.1f}",
                f"{one.peak_mib:.0f}",
                f"{one.predicted[0]:.2f}",
                f"{one.predicted[1]:.2f}",
                str(one.windows),
            )
            for one in made
        ],
    )
    heads = [
        "part",
        "what is off",
        "P95 before, µm",
        "P95 after, µm",
        "of it",
        "largest before, µm",
        "largest after, µm",
    ]
    yield table(heads, [_cells(row) for row in rows])
    yield "What was asked for:"
    worst = max(rows, key=lambda row: row.after_p95 / row.before_p95)
    share = worst.after_p95 / worst.before_p95
    asked = "P95 of the deviation's size at least halved, whatever of these is off by a tenth"
    found = f"at most {share:.0%} is left ({worst.case}, {worst.off})"
    yield table(("asked", "found", "met"), [(asked, found, "yes" if share <= 0.5 else "**no**")])


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.case,
        row.off,
        f"{row.before_p95:.2f}",
        f"{row.after_p95:.2f}",
        f"{row.after_p95 / row.before_p95:.0%}",
        f"{row.before_most:.1f}",
        f"{row.after_most:.1f}",
    )


if __name__ == "__main__":
    sys.exit(main())
