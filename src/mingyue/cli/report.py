"""`mingyue report`: one HTML page that says what will come out of a package, to read, to print and to keep."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from mingyue.cli.choices import read_choice
from mingyue.cli.options import LimitsOption, UnitsOption
from mingyue.cli.output import LANGUAGE, AsJson, print_json, print_line, print_notes, progress_bar, tell
from mingyue.cli.simulate import (
    BandsOption,
    BlurOption,
    DepthOption,
    DoseOption,
    InductionOption,
    IrradianceOption,
    JobArgument,
    MachineOption,
    PartOption,
    ResinOption,
    ToleranceOption,
    WindowOption,
    check_tolerance,
    known_better,
    predict_with_progress,
)
from mingyue.errors import BadInputError
from mingyue.files import refuse_same, write_whole
from mingyue.phrases import Language, say
from mingyue.printing.curing.cures import cure_of
from mingyue.printing.formats.print_package import open_package

if TYPE_CHECKING:
    from mingyue.printing.checks import CheckResult
    from mingyue.printing.curing.cures import CureChoice, Known
    from mingyue.printing.findings.limits import Limits
    from mingyue.printing.formats.manifest import Manifest
    from mingyue.printing.formats.parts import Part
    from mingyue.printing.measuring.designs import Design

_LANGUAGES: Final[dict[str, Language]] = {"en": "en", "zh": "zh"}


def report(
    job: JobArgument,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=tell("The page to write; JOB.report.html if not said."))
    ] = None,
    lang: Annotated[
        str | None,
        typer.Option("--lang", help=tell("Language of the page: en or zh; that of the terminal if not said.")),
    ] = None,
    part: PartOption = None,
    units: UnitsOption = None,
    machine: MachineOption = None,
    resin: ResinOption = None,
    irradiance_mw_cm2: IrradianceOption = None,
    penetration_depth_um: DepthOption = None,
    critical_dose_mj_cm2: DoseOption = None,
    induction_dose_mj_cm2: InductionOption = 0.0,
    blur_px: BlurOption = None,
    window: WindowOption = None,
    tolerance_um: ToleranceOption = None,
    bands: BandsOption = True,
    limits: LimitsOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue report JOB`."""
    from mingyue.printing.curing.lights import PackageLight
    from mingyue.printing.findings.limits import read_limits
    from mingyue.printing.measuring.designs import design_of
    from mingyue.printing.reports.found import tally
    from mingyue.printing.reports.page import report_html
    from mingyue.printing.reports.report import report_of

    target = output or report_beside(job)
    refuse_same(job, target)
    language = language_choice(lang)
    check_tolerance(tolerance_um)
    passed = read_limits(limits)
    known = known_better(
        machine=machine,
        resin=resin,
        irradiance_mw_cm2=irradiance_mw_cm2,
        penetration_depth_um=penetration_depth_um,
        critical_dose_mj_cm2=critical_dose_mj_cm2,
        induction_dose_mj_cm2=induction_dose_mj_cm2,
        blur_px=blur_px,
    )
    with open_package(job) as package:
        chosen = cure_of(package.manifest, known)
        given = None if part is None else read_choice(part, units=units, welded=False)
        design, light = design_of(package.manifest, given), PackageLight(package)
        prediction = predict_with_progress(light, design, chosen, window, tolerance_um, bands=bands, quiet=as_json)
        checked = _checked(package.manifest, design, chosen, known, given, passed, quiet=as_json)
        made = report_of(package, light, prediction, chosen, design=design, checked=checked)
    page = report_html(made, language=language).encode()
    write_whole(target, page)
    print_notes((*chosen.notes, *prediction.notes, *(checked.notes if checked else ())))
    if as_json:
        print_json({
            "report": target, "language": language, "bytes": len(page), "package_sha256": made.sha256,
            "masks_sha256": made.masks_sha256, "part_sha256": made.manifest.part.sha256,
            "findings": tally(checked.findings) if checked else None,
        })  # fmt: skip
        return
    print_line(say("{file}: open it in a browser, and print it from there as PDF.", file=target))


def _checked(
    manifest: Manifest,
    design: Design,
    chosen: CureChoice,
    known: Known,
    part: Part | None,
    limits: Limits,
    *,
    quiet: bool,
) -> CheckResult | None:
    """What a check of the part finds, with a bar on standard error unless quiet."""
    from mingyue.printing.reports.rechecks import check_design

    with progress_bar(say("findings"), quiet=quiet) as bar:
        task = None if bar is None else bar.add_task("", total=None)

        def progress(done: int, all_: int) -> None:
            if bar is not None and task is not None:
                bar.update(task, completed=done, total=all_)

        return check_design(manifest, design, chosen, known=known, part=part, limits=limits, progress=progress)


def report_beside(job: Path) -> Path:
    """`x.job.zip` → `x.report.html`."""
    return job.with_name(f"{job.name.removesuffix('.zip').removesuffix('.job')}.report.html")


def language_choice(text: str | None) -> Language:
    """The language that is meant."""
    if text is None:
        return LANGUAGE
    if text.lower() not in _LANGUAGES:
        raise BadInputError(
            say("{text!r} is no language that reports are written in.", text=text), remedy=say("Take en or zh.")
        )
    return _LANGUAGES[text.lower()]
