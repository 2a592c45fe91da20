"""`mingyue compensate`: masks bent so that the solid comes out as designed, and what was changed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mingyue.cli.build import peak_mib
from mingyue.cli.output import AsJson, print_json, print_line, print_notes, print_pairs, print_table, progress_bar, tell
from mingyue.cli.simulate import (
    BlurOption,
    DepthOption,
    DoseOption,
    InductionOption,
    IrradianceOption,
    JobArgument,
    MachineOption,
    ResinOption,
)
from mingyue.files import refuse_same, write_whole
from mingyue.phrases import Phrase, say
from mingyue.printing.curing.cures import Known, cure_of
from mingyue.printing.formats.print_package import open_package
from mingyue.printing.profiles.machines import machine as machine_named
from mingyue.printing.profiles.resins import resin as resin_named

if TYPE_CHECKING:
    from mingyue.printing.compensation.jobs import Compensated, CompensationSettings
    from mingyue.printing.compensation.tallies import Stage


def compensate(
    job: JobArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help=tell("The package to write."))],
    iterations: Annotated[
        int,
        typer.Option("--iterations", help=tell("Steps of the optimisation in each window at most; 0 leaves it out.")),
    ] = 12,
    strength: Annotated[
        float, typer.Option("--strength", help=tell("How much of the way to go: above 0, and at most 1."))
    ] = 1.0,
    bulk_um: Annotated[
        float | None,
        typer.Option(
            "--bulk-um", help=tell("Dim the inside, too: no pixel gets more light than cures so deep, in µm.")
        ),
    ] = None,
    machine: MachineOption = None,
    resin: ResinOption = None,
    irradiance_mw_cm2: IrradianceOption = None,
    penetration_depth_um: DepthOption = None,
    critical_dose_mj_cm2: DoseOption = None,
    induction_dose_mj_cm2: InductionOption = 0.0,
    blur_px: BlurOption = None,
    pictures: Annotated[
        Path | None, typer.Option("--pictures", help=tell("Folder for pictures of masks and solid, before and after."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue compensate JOB -o JOB2`."""
    from mingyue.printing.compensation.jobs import CompensationSettings

    refuse_same(job, output)
    known = Known(
        machine=None if machine is None else machine_named(machine),
        resin=None if resin is None else resin_named(resin),
        irradiance_mw_cm2=irradiance_mw_cm2,
        penetration_depth_um=penetration_depth_um,
        critical_dose_mj_cm2=critical_dose_mj_cm2,
        induction_dose_mj_cm2=induction_dose_mj_cm2,
        blur_px=blur_px,
    )
    with open_package(job) as package:
        chosen = cure_of(package.manifest, known)
    settings = CompensationSettings(cure=chosen.cure, steps=iterations, strength=strength, bulk_um=bulk_um)
    result = _with_progress(job, output, settings, quiet=as_json)
    drawn = [] if pictures is None else _draw(job, output, settings, pictures)
    print_notes(chosen.notes)
    if as_json:
        print_json(summary(result, settings) | {"pictures": drawn, "notes": chosen.notes, "peak_mib": peak_mib()})
        return
    _print(result)
    for path in drawn:
        print_line(say("picture: {file}", file=str(path)))


def _with_progress(job: Path, output: Path, settings: CompensationSettings, *, quiet: bool) -> Compensated:
    """Compensate, with a bar on standard error unless quiet."""
    from mingyue.printing.compensation.jobs import compensate as bend_masks

    with progress_bar(say("layers"), quiet=quiet) as bar:
        task = None if bar is None else bar.add_task("", total=None)

        def progress(done: int, all_: int) -> None:
            if bar is not None and task is not None:
                bar.update(task, completed=done, total=all_)

        return bend_masks(job, output, settings, progress=progress)


def _draw(job: Path, output: Path, settings: CompensationSettings, folder: Path) -> list[Path]:
    from mingyue.printing.compensation.pictures import before_and_after
    from mingyue.printing.pictures import as_png

    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, picture in before_and_after(job, output, settings.cure):
        drawn.append(folder / f"{name}.png")
        write_whole(drawn[-1], as_png(picture))
    return drawn


def summary(result: Compensated, settings: CompensationSettings) -> dict[str, Any]:
    """The figures of a compensation for programs."""
    tally = result.tally
    cure = settings.cure
    return {
        "package": result.package,
        "from_sha256": result.from_sha256,
        "layers": result.layers,
        "masks": result.masks,
        "bytes": result.bytes,
        "windows": tally.windows,
        "steps": tally.steps,
        "changes": {name: asdict(getattr(tally, name)) for name in ("thinned", "drawn_back", "optimised")},
        "predicted_deviation_um": {stage: asdict(tally.histograms[stage].spread()) for stage in tally.histograms},
        "cure": {
            "irradiance_mw_cm2": cure.irradiance_mw_cm2,
            "penetration_depth_um": cure.penetration_depth_um,
            "critical_dose_mj_cm2": cure.critical_dose_mj_cm2,
            "induction_dose_mj_cm2": cure.induction_dose_mj_cm2,
            "blur_radius_px": cure.blur.radius_px,
        },
        "seconds": result.seconds,
    }


_STAGES: dict[Stage, Phrase] = {
    "before": say("as it was"),
    "thinned": say("thinned over voids"),
    "drawn_back": say("borders drawn back"),
    "optimised": say("optimised"),
}


def _print(result: Compensated) -> None:
    tally = result.tally
    print_pairs(
        {
            say("package"): f"{result.package} ({result.bytes / 1e6:.1f} MB)",
            say("made from"): result.from_sha256,
            say("layers"): f"{result.layers:,}",
            say("steps"): tell("{steps:,} in {windows:,} windows", steps=tally.steps, windows=tally.windows),
            say("time"): f"{result.seconds:.1f} s",
            say("peak memory"): f"{peak_mib():.0f} MiB",
        }
    )
    print_table(
        (say("method"), say("pixels dimmed"), say("brightened"), say("newly lit"), say("put out")),
        [
            (_STAGES[stage], *(f"{count:,}" for count in asdict(getattr(tally, stage)).values()))
            for stage in tally.histograms
            if stage != "before"
        ],
    )
    print_line(say("Predicted deviation of the solid from the design, in µm over its surface:"))
    print_table(
        (say("method"), say("5 % below"), say("middle"), say("95 % below"), say("size, 95 % below"), say("largest")),
        [
            (_STAGES[stage], *(f"{value:.2f}" for value in asdict(histogram.spread()).values()))
            for stage, histogram in tally.histograms.items()
        ],
    )
