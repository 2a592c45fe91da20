"""How do our costs grow? With pixel, triangles, layers and platform; whole processes in turn, markdown on stdout."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is no package that anyone installs

from benchmarks.contestants import our_program
from benchmarks.measured import Cost, measure
from benchmarks.races import Figures, figures, middle, of, race, ratios
from benchmarks.sections import facts, facts_table, write_section
from benchmarks.series import SERIES, Series, Step
from benchmarks.tables import count, table


@dataclass(frozen=True, slots=True)
class Row:
    """One step. times: its seconds by those of the first step, round by round; told: what our middle run told."""

    series: str
    step: str
    figures: Figures
    times: list[float]
    told: dict[str, Any]
    asked: dict[str, float]

    @property
    def writing_s(self) -> float:
        """What it took to put masks and manifest on disk."""
        return float(self.told["stage_seconds"]["store"])


def main() -> int:
    """Run what was chosen. Returns 0: being slow is no error."""
    options = _options()
    known = facts()
    by_series: dict[str, list[Row]] = {}
    for row in earlier(options.onto):
        by_series.setdefault(row.series, []).append(row)
    for series in SERIES:
        if not options.only or any(series.name.startswith(name) for name in options.only):
            with tempfile.TemporaryDirectory() as folder:
                print(series.name, file=sys.stderr, flush=True)
                by_series[series.name] = run_series(series, Path(folder), rounds=options.rounds)
    rows = [row for series in SERIES for row in by_series.get(series.name, [])]
    text = "\n\n".join(page(known, rows))
    print(text)
    if options.json:
        options.json.write_text(json.dumps({"machine": known, "rows": [asdict(row) for row in rows]}, indent=1))
    if options.write:
        write_section("growth", text)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often the steps of a series run in turn (3)")
    parser.add_argument("--only", action="append", metavar="SERIES", help="a series by the beginning of its name")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to this file")
    parser.add_argument(
        "--onto", type=Path, metavar="FILE", help="keep the series of this earlier --json that do not run"
    )
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    return parser.parse_args()


def earlier(path: Path | None) -> list[Row]:
    """The rows that an earlier run wrote as JSON; none without a path."""
    told = json.loads(path.read_text())["rows"] if path else []
    return [Row(**row | {"figures": Figures(**row["figures"])}) for row in told]


def run_series(series: Series, folder: Path, *, rounds: int) -> list[Row]:
    """All steps in turn. Raises CommandFailedError where one of them cannot be built."""
    steps = {step.label: step for step in series.steps(folder)}
    first = next(iter(steps))
    _run(steps[first], folder)  # compiles where nobody has yet
    run, gave_up = race({label: partial(_run, step, folder) for label, step in steps.items()}, rounds=rounds)
    for label, why in gave_up.items():
        print(f"{series.name}, {label}: {why}", file=sys.stderr)
    return [
        Row(
            series=series.name,
            step=label,
            figures=figures(of(run, label)),
            times=ratios(run, label, first),
            told=json.loads(middle(of(run, label)).stdout),
            asked=steps[label].asked,
        )
        for label in steps
        if label not in gave_up
    ]


def _run(step: Step, folder: Path) -> Cost:
    package = folder / "growth.job.zip"
    return measure([our_program(), "build", step.part, "--units", "mm", "--json", "-o", package, *step.options])


def page(known: dict[str, str], rows: list[Row]) -> Iterator[str]:
    """The texts of the section."""
    yield facts_table(known)
    yield growth_table(rows)
    verdicts = [verdict for row in rows for verdict in judged(row)]
    if verdicts:
        yield "What was asked for:"
        yield table(("asked", "found", "met"), verdicts)


def judged(row: Row) -> Iterator[tuple[str, str, str]]:
    """What was asked of a step, what was found, whether it is met."""
    what = f"{row.series}, {row.step}"
    for kind, bound in row.asked.items():
        if kind == "times":
            found, asked, told = median(row.times), f"{what}: at most {bound:g}× the first", "{:.2f}×"
        else:
            found, asked, told = row.figures.peak_mib, f"{what}: less than {bound:,.0f} MiB", "{:,.0f} MiB"
        yield asked, told.format(found), "yes" if found <= bound else "**no**"


def growth_table(rows: list[Row]) -> str:
    """One line a step."""
    heads = [
        "what grows",
        "step",
        "layers",
        "fields",
        "masks",
        "seconds",
        "× first",
        "build, s",
        "of which written",
        "CPU, s",
    ]
    heads += ["peak, MiB", "file, MB", "runs", "others used"]
    return table(heads, [_cells(row) for row in rows])


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.series,
        row.step,
        count(row.told["layers"]),
        count(row.told["fields"]),
        count(row.told["masks"]),
        f"{row.figures.wall_s:.2f}",
        f"{median(row.times):.2f}",
        f"{row.told['seconds']:.2f}",
        f"{row.writing_s:.2f}",
        f"{row.figures.cpu_s:.1f}",
        f"{row.figures.peak_mib:.0f}",
        f"{row.told['bytes'] / 1e6:.2f}",
        str(row.figures.runs),
        f"{row.figures.others_share:.0%}",
    )


if __name__ == "__main__":
    sys.exit(main())
