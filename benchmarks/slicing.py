"""How fast are we beside others? From an STL file to a zip of grey PNGs, whole processes in turn; markdown."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is no package that anyone installs

from benchmarks import prusa
from benchmarks.cases import CASES, Case, cases_here, write_case
from benchmarks.contestants import MANIFOLD, OURS, PRUSA, RUNNERS, Job
from benchmarks.races import Figures, figures, middle, of, race, ratios, spread
from benchmarks.sections import facts, facts_table, write_section
from benchmarks.tables import count, table

# Ratios that differ by more among themselves are marked: the machine was not quiet enough.
WIDE_SPREAD = 0.15


@dataclass(frozen=True, slots=True)
class Row:
    """One part. figures, bytes: by contestant, of those that finished; ratios: PrusaSlicer's seconds by ours, by pair.

    told: what our middle run said of itself, `mingyue build --json`; gave_up: who did not finish, and why.
    """

    case: str
    field_px: tuple[int, int]
    triangles: int
    whole_s: float
    told: dict[str, Any]
    figures: dict[str, Figures]
    bytes: dict[str, int]
    ratios: list[float]
    gave_up: dict[str, str]

    @property
    def outside_s(self) -> float:
        """What passed before and after the build itself: start-up, reading the file, the end."""
        return self.whole_s - float(self.told["seconds"])


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was asked for."""

    asked: str
    found: str
    met: bool


def main() -> int:
    """Run what was chosen. Returns 0: being slow is no error."""
    options = _options()
    known = facts()
    by_name = {row.case: row for row in earlier(options.onto)}
    with tempfile.TemporaryDirectory() as folder:
        for case in cases_here(short=options.short, names=options.only):
            print(case.name, file=sys.stderr, flush=True)
            by_name[case.name] = run_case(case, Path(folder), rounds=options.pairs, peers=not options.alone)
    rows = [(case, by_name[case.name]) for case in CASES if case.name in by_name]
    text = "\n\n".join(page(known, rows))
    print(text)
    if options.json:
        options.json.write_text(json.dumps({"machine": known, "rows": [asdict(row) for _, row in rows]}, indent=1))
    if options.write:
        write_section("slicing", text)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5, help="rounds in which everybody runs once (5)")
    parser.add_argument(
        "--only", action="append", metavar="CASE", help="a case by the beginning of its name; repeatable"
    )
    parser.add_argument("--short", action="store_true", help="three parts that take a minute")
    parser.add_argument("--alone", action="store_true", help="nobody but us")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to this file")
    parser.add_argument(
        "--onto", type=Path, metavar="FILE", help="keep the rows of this earlier --json that do not run"
    )
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    return parser.parse_args()


def earlier(path: Path | None) -> list[Row]:
    """The rows that an earlier run wrote as JSON; none without a path."""
    told = json.loads(path.read_text())["rows"] if path else []
    return [Row(**row | {"figures": {name: Figures(**each) for name, each in row["figures"].items()}}) for row in told]


def run_case(case: Case, folder: Path, *, rounds: int, peers: bool) -> Row:
    """Everybody that is here, in turn. Raises CommandFailedError where we cannot do it."""
    part = folder / "part.stl"
    triangles = write_case(case, part)
    job = Job(part, case.field_px, folder)
    RUNNERS[OURS](job)  # compiles where nobody has yet, and brings the file into memory for everybody
    racing = [OURS, *([PRUSA] if peers and prusa.program_version() else [])]
    run, gave_up = race({name: partial(RUNNERS[name], job) for name in racing}, rounds=rounds)
    # The other peer shows where a simple program stands; one run tells that.
    once, too = race({MANIFOLD: partial(RUNNERS[MANIFOLD], job)}, rounds=1) if peers and case.others else ([], {})
    run, gave_up = [*run, *once], gave_up | too
    finished = [name for name in RUNNERS if of(run, name)]
    return Row(
        case=case.name,
        field_px=case.field_px,
        triangles=triangles,
        whole_s=middle(of(run, OURS)).wall_s,
        told=json.loads(middle(of(run, OURS)).stdout),
        figures={name: figures(of(run, name)) for name in finished},
        bytes={name: job.bytes(name) for name in finished},
        ratios=ratios(run, PRUSA, OURS),
        gave_up=gave_up,
    )


def page(known: dict[str, str], rows: list[tuple[Case, Row]]) -> Iterator[str]:
    """The texts of the section."""
    plain = [row for _, row in rows]
    yield facts_table(known)
    yield race_table(plain)
    yield "Our median run by stage, in seconds; those after `build` are thread seconds, two of which fit in one:"
    yield stage_table(plain)
    verdicts = [verdict for case, row in rows for verdict in judged(case, row)]
    if verdicts:
        yield "What was asked for:"
        yield table(("asked", "found", "met"), [(v.asked, v.found, "yes" if v.met else "**no**") for v in verdicts])
    refusals = [f"{row.case}: {why.strip()}" for row in plain for why in row.gave_up.values()]
    if refusals:
        yield "Gave up: " + "; ".join(refusals)


def judged(case: Case, row: Row) -> Iterator[Verdict]:
    """What was asked of a case beside what was found."""
    if PRUSA not in row.figures:
        return
    ours, theirs = row.figures[OURS], row.figures[PRUSA]
    times = median(row.ratios)
    asked = "not slower than PrusaSlicer" if case.faster == 1 else f"{case.faster:g}× as fast as PrusaSlicer"
    yield Verdict(f"{case.name}: {asked}", f"{times:.3g}×", times >= case.faster)
    if case.memory is not None:
        share = ours.peak_mib / theirs.peak_mib
        yield Verdict(f"{case.name}: less than {case.memory:g} of its memory", f"{share:.2f}", share < case.memory)
    if case.size is not None:
        share = row.bytes[OURS] / row.bytes[PRUSA]
        yield Verdict(f"{case.name}: at most {case.size:g}× its file", f"{share:.3f}×", share <= case.size)


def race_table(rows: list[Row]) -> str:
    """One line a part: seconds, ratio (lowest – highest of the pairs), processor seconds, memory, bytes."""
    heads = ["part", "triangles", "canvas, px", "layers", "ours, s", "PrusaSlicer, s", "ratio", "pairs"]
    heads += ["manifold3d + OpenCV, s", "CPU, s", "peak, MiB", "file, MB", "others used"]
    return table(heads, [_cells(row) for row in rows])


def _cells(row: Row) -> tuple[str, ...]:
    found = row.ratios
    ratio = f"**{median(found):.3g}×** ({min(found):.3g}–{max(found):.3g})" if found else "–"
    others = max(row.figures[name].others_share for name in (OURS, PRUSA) if name in row.figures)
    return (
        row.case,
        count(row.triangles),
        "{:,} × {:,}".format(*row.field_px),
        count(row.told["layers"]),
        f"{row.figures[OURS].wall_s:.2f}",
        f"{row.figures[PRUSA].wall_s:.2f}" if PRUSA in row.figures else "–",
        ratio + (" wide" if found and spread(found) > WIDE_SPREAD else ""),
        str(len(found)),
        f"{row.figures[MANIFOLD].wall_s:.2f}" if MANIFOLD in row.figures else "–",
        _each(row, lambda name: f"{row.figures[name].cpu_s:.1f}"),
        _each(row, lambda name: f"{row.figures[name].peak_mib:.0f}"),
        _each(row, lambda name: f"{row.bytes[name] / 1e6:.2f}"),
        f"{others:.0%}",
    )


def _each(row: Row, cell: Callable[[str], str]) -> str:
    return " / ".join(cell(name) for name in (OURS, PRUSA, MANIFOLD) if name in row.figures)


def stage_table(rows: list[Row]) -> str:
    """Where our seconds go."""
    stages = list(rows[0].told["stage_seconds"])
    heads = ["part", "whole process", "start, read, end", "build", *stages]
    return table(heads, [
        (
            row.case,
            f"{row.whole_s:.2f}",
            f"{row.outside_s:.2f}",
            f"{row.told['seconds']:.2f}",
            *(f"{row.told['stage_seconds'][stage]:.2f}" for stage in stages),
        )
        for row in rows
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
