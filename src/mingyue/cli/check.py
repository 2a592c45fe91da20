"""`mingyue check`: can this part be made, where will it fail, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from mingyue.cli.build import PartArgument, peak_mib
from mingyue.cli.choices import angles_choice, read_choice, size_choice
from mingyue.cli.options import (
    CANNOT_BE_MADE,
    FieldOption,
    FitOption,
    LayerOption,
    LimitsOption,
    OverlapOption,
    RotateOption,
    ScaleOption,
    UnitsOption,
)
from mingyue.cli.output import AsJson, print_json, print_line, print_notes, print_table, progress_bar, tell
from mingyue.errors import BadInputError
from mingyue.files import write_whole
from mingyue.phrases import say
from mingyue.printing.chain import BuildSettings
from mingyue.printing.checks import CheckResult
from mingyue.printing.checks import check as check_part
from mingyue.printing.estimates import Estimate, read_times
from mingyue.printing.findings.finding import KINDS, Finding
from mingyue.printing.findings.limits import read_limits
from mingyue.printing.findings.saying import SEVERITY_TITLES, answer_of, lowered_count, worst
from mingyue.printing.formats.parts import Part
from mingyue.printing.pictures import as_png
from mingyue.printing.profiles.machines import machine as machine_named
from mingyue.printing.profiles.resins import resin as resin_named
from mingyue.printing.profiles.sourced import MARKS
from mingyue.printing.sights import picture_of_finding


def check(
    part: PartArgument,
    machine: Annotated[
        str, typer.Option("--machine", help=tell("A machine's name, or a .toml file of your own."))
    ] = "s230",
    resin: Annotated[
        str, typer.Option("--resin", help=tell("A resin's name, or a .toml file of your own."))
    ] = "pr48-385",
    layer_um: LayerOption = 5.0,
    units: UnitsOption = None,
    scale: ScaleOption = 1.0,
    fit_mm: FitOption = None,
    rotate: RotateOption = None,
    field_px: FieldOption = None,
    overlap_px: OverlapOption = 0,
    limits: LimitsOption = None,
    times: Annotated[
        Path | None, typer.Option("--times", help=tell("A .toml file of times of your own, for the estimate."))
    ] = None,
    model: Annotated[
        bool,
        typer.Option("--model/--no-model", help=tell("Print doubtful places virtually, and say what is predicted.")),
    ] = True,
    pictures: Annotated[
        Path | None, typer.Option("--pictures", help=tell("Write a picture of the worst findings of each kind there."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue check PART`."""
    if fit_mm is not None and scale != 1.0:
        raise BadInputError(say("--scale and --fit-mm say two different sizes."), remedy=say("Give one of the two."))
    settings = BuildSettings(
        machine=machine_named(machine),
        resin=resin_named(resin),
        layer_um=layer_um,
        scale=scale,
        fit_um=None if fit_mm is None else fit_mm * 1e3,
        rotate_deg=angles_choice(rotate),
        field_px=size_choice(field_px),
        overlap_px=overlap_px,
    )
    known, paces = read_limits(limits), read_times(times)
    chosen = read_choice(part, units=units, welded=False)
    with progress_bar(say("layers"), quiet=as_json) as bar:
        task = None if bar is None else bar.add_task("", total=None)

        def progress(done: int, all_: int) -> None:
            if bar is not None and task is not None:
                bar.update(task, completed=done, total=all_)

        result = check_part(chosen, settings, limits=known, times=paces, model=model, progress=progress)
    drawn = draw_worst(chosen, result, pictures) if pictures is not None else {}
    print_notes((*chosen.notes, *result.notes))
    if as_json:
        print_json(summary(result, drawn))
    else:
        _print(result)
    if not result.can_be_made:
        raise typer.Exit(CANNOT_BE_MADE)


def summary(result: CheckResult, drawn: dict[int, Path]) -> dict[str, object]:
    """Everything for programs."""
    severities = Counter(found.severity for found in result.findings)
    return {
        "can_be_made": result.can_be_made,
        "fails": severities["fails"],
        "risks": severities["risk"],
        "notes_found": severities["note"],
        "counts": result.counts,
        "findings": [asdict(found) | {"picture": drawn.get(place)} for place, found in enumerate(result.findings)],
        "estimate": None if result.estimate is None else asdict(result.estimate),
        "placement": asdict(result.placement),
        "layers": result.layers,
        "fields": result.fields,
        "mended": result.mended,
        "notes": result.notes,
        "seconds": result.seconds,
        "peak_mib": peak_mib(),
    }


def draw_worst(part: Part, result: CheckResult, folder: Path) -> dict[int, Path]:
    """A picture of each of the worst findings; returns where that of each finding is."""
    folder.mkdir(parents=True, exist_ok=True)
    placed = part.mesh.moved(np.array(result.placement.matrix), np.array(result.placement.offset_um))
    drawn = {}
    for place, found in worst(result.findings):
        path = folder / f"{place:04d}-{found.kind}.png"
        write_whole(path, as_png(picture_of_finding(placed, found)))
        drawn[place] = path
    return drawn


def _print(result: CheckResult) -> None:
    rows = [_row(found) for _, found in worst(result.findings)]
    if rows:
        print_table(
            (say("severity"), say("finding"), say("layers"), say("at x, y, z in mm"), say("measured"), say("limit"),
             say("model")),
            rows,
        )  # fmt: skip
        hidden = len(result.findings) - len(rows)
        if hidden:
            print_line(say("… and {count:,} more of these kinds; --json lists all.", count=hidden))
        _print_lowered(result.findings)
        for kind in dict.fromkeys(found.kind for found in result.findings):
            first = next(found for found in result.findings if found.kind == kind)
            count = result.counts[kind]
            print_line(say("{title} ({count:,}): {remedy}", title=KINDS[kind].title, count=count, remedy=first.remedy))
    if result.estimate is not None:
        _print_estimate(result.estimate)
    if result.can_be_made:
        print_line(say("✓ Nothing is predicted to fail."), style="green")
    else:
        print_line(say("✗ Some of it is predicted to fail."), style="red")


def _print_lowered(findings: Sequence[Finding]) -> None:
    """How many are less bad than their rule has them."""
    lowered = lowered_count(findings)
    if lowered:
        print_line(
            say(
                "{count:,} are lowered by one (↓), from fails to risk or from risk to note: no parameter set of the model "
                "bears the rule out. The model knows light, not peeling and washing.",
                count=lowered,
            )
        )


def _print_estimate(taken: Estimate) -> None:
    printing, handling = ([seconds / 3600 for seconds in band] for band in (taken.printing_s, taken.handling_s))
    print_line(
        say(
            "Takes {low:.2g}–{high:.2g} h to print ({exposures:,} exposures of {exposure:.2g} s), {by_hand_low:.2g}–"
            "{by_hand_high:.2g} h by hand, {resin_low:.3g}–{resin_high:.3g} mm³ of resin; times are {mark}.",
            low=printing[0], high=printing[1], exposures=taken.exposures, exposure=taken.exposure_s,
            by_hand_low=handling[0], by_hand_high=handling[1],
            resin_low=taken.resin_mm3[0], resin_high=taken.resin_mm3[1], mark=MARKS[taken.source.mark],
        )
    )  # fmt: skip


def _row(found: Finding) -> tuple[object, ...]:
    layers = "–" if found.layers is None else "–".join(dict.fromkeys(str(layer) for layer in found.layers))
    at = ", ".join(f"{place / 1e3:.3f}" for place in found.middle_um)
    measured, limit = (
        "–" if number is None else f"{number:.4g} {found.unit}".strip() for number in (found.measured, found.limit)
    )
    return SEVERITY_TITLES[found.severity], found.message, layers, at, measured, limit, answer_of(found)
