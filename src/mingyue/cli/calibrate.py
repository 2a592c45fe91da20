"""`mingyue calibrate`: measured cure depths become a resin's numbers, and a file that `--resin` reads."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mingyue.cli.output import LANGUAGE, AsJson, print_json, print_notes, print_pairs, print_table, tell
from mingyue.errors import BadInputError
from mingyue.files import refuse_same, write_whole
from mingyue.phrases import Phrase, say
from mingyue.printing.profiles import resins
from mingyue.printing.profiles.machines import machine as machine_named
from mingyue.printing.profiles.resins import Resin
from mingyue.printing.profiles.sourced import Source, Title

if TYPE_CHECKING:
    from mingyue.printing.profiles.working_curves import Judged, WorkingCurve

LevelOption = Annotated[float, typer.Option("--level", help=tell("Level of confidence of the intervals."))]
# Below this, a straight line would look so bent in one case of a hundred.
_BENT_P = 0.01


def calibrate(
    measurements: Annotated[
        Path,
        typer.Argument(
            metavar="MEASUREMENTS",
            help=tell("CSV with depth_um and dose_mj_cm2, or exposure_s; sd_um and replicate if known."),
        ),
    ],
    level: LevelOption = 0.95,
    drop_outliers: Annotated[
        bool, typer.Option("--drop-outliers", help=tell("Leave out what does not belong to the curve."))
    ] = False,
    irradiance_mw_cm2: Annotated[
        float | None,
        typer.Option("--irradiance-mw-cm2", help=tell("Light on the resin, for tables that state exposures only.")),
    ] = None,
    machine: Annotated[
        str | None, typer.Option("--machine", help=tell("Take irradiance and wavelength from this machine."))
    ] = None,
    wavelength_nm: Annotated[
        float | None, typer.Option("--wavelength-nm", help=tell("Wavelength that is written into the resin's file."))
    ] = None,
    resin_file: Annotated[
        Path | None, typer.Option("--resin-file", help=tell("Write the resin as a .toml file for --resin."))
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help=tell("Name of the resin; that of the table if not said."))
    ] = None,
    plot: Annotated[Path | None, typer.Option("--plot", help=tell("Draw the curve as an SVG file."))] = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue calibrate MEASUREMENTS`."""
    from mingyue.printing.formats.measurements import read_measurements, require_measured
    from mingyue.printing.profiles.working_curves import fit_working_curve

    for target in (resin_file, plot):
        if target is not None:
            refuse_same(measurements, target)
    _check_positive(irradiance_mw_cm2, "--irradiance-mw-cm2")
    _check_positive(wavelength_nm, "--wavelength-nm")
    known = machine_named(machine) if machine else None
    light = irradiance_mw_cm2 or (known.irradiance_mw_cm2 if known else None)
    measured, notes = read_measurements(measurements, irradiance_mw_cm2=light)
    require_measured(measured, measurements)
    curve = fit_working_curve(measured, level=level, drop_outliers=drop_outliers)
    written = write_calibration(
        curve,
        measurements,
        name=name,
        wavelength_nm=wavelength_nm or (known.wavelength_nm if known else None),
        resin_file=resin_file,
        plot=plot,
    )
    show_calibration(curve, (*notes, *curve_notes(curve)), written, as_json=as_json)


def _check_positive(value: float | None, option: str) -> None:
    if value is not None and not 0 < value < 1e6:
        raise BadInputError(
            say("{option} {value:g} is none.", option=option, value=value), remedy=say("Give a number above 0.")
        )


def write_calibration(
    curve: WorkingCurve,
    table: Path,
    *,
    name: str | None,
    wavelength_nm: float | None,
    resin_file: Path | None,
    plot: Path | None,
) -> Resin:
    """The resin as measured; written as a file and drawn where asked for."""
    from mingyue.printing.charts import working_curve_svg

    called = name or "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in table.stem)
    source = Source(
        f"working curve of {table.name} (sha256 {hashlib.sha256(table.read_bytes()).hexdigest()[:16]}), "
        f"{curve.depths} depths and {curve.limits} below gelation; sd: standard errors",
        "measured",
    )
    resin = Resin(
        name=called[:64],
        title=Title(called, called),
        wavelength_nm=wavelength_nm,
        penetration_depth_um=curve.penetration_depth_um,
        penetration_depth_sd_um=curve.penetration_depth_sd_um,
        critical_dose_mj_cm2=curve.critical_dose_mj_cm2,
        critical_dose_sd_mj_cm2=curve.critical_dose_sd_mj_cm2,
        sources={"penetration_depth_um": source, "critical_dose_mj_cm2": source},
    )
    if resin_file is not None:
        write_whole(resin_file, resins.as_toml(resin, source=source).encode())
    if plot is not None:
        write_whole(plot, working_curve_svg(curve, language=LANGUAGE).encode())
    return resin


def curve_notes(curve: WorkingCurve) -> list[Phrase]:
    """What is worth knowing before the numbers are used."""
    notes = []
    kept = [judged for judged in curve.outliers if not judged.is_left_out]
    if kept:
        lines = ", ".join(str(judged.measurement.line) for judged in kept)
        notes.append(
            say("Outliers are still part of the curve: line {lines}. Look at them again, or give --drop-outliers.",
                lines=lines)
        )  # fmt: skip
    if len(kept) < len(curve.outliers):
        notes.append(
            say("{count} outliers were left out; the intervals hold if they were mistakes.",
                count=len(curve.outliers) - len(kept))
        )  # fmt: skip
    if curve.curvature_p is not None and curve.curvature_p < _BENT_P:
        notes.append(
            say("The depths bend away from a straight line in ln(dose) (p = {p:.2g}): use the curve near the doses you "
                "print with only.", p=curve.curvature_p)
        )  # fmt: skip
    return notes


def show_calibration(curve: WorkingCurve, notes: tuple[Phrase, ...], resin: Resin, *, as_json: bool) -> None:
    """The curve for people or for programs."""
    print_notes(notes)
    if as_json:
        print_json(_summary(curve, notes, resin))
        return
    depth, dose = curve.penetration_depth_interval_um, curve.critical_dose_interval_mj_cm2
    print_pairs(
        {
            "D_p": f"{curve.penetration_depth_um:.4g} µm  ({depth.low:.4g} – {depth.high:.4g})",
            "E_c": f"{curve.critical_dose_mj_cm2:.4g} mJ/cm²  ({dose.low:.4g} – {dose.high:.4g})",
            say("intervals"): tell("{level:g} %, of each number by itself", level=100 * curve.level),
            say("measured"): tell("{depths} depths, {limits} below gelation", depths=curve.depths, limits=curve.limits),
            say("scatter"): tell("{ratio:.3g} times the stated sd_um", ratio=curve.scatter_um)
            if curve.is_weighted
            else f"{curve.scatter_um:.3g} µm",
            "R²": f"{curve.r_squared:.5f}",
        }
    )
    print_table(
        (say("line"), "mJ/cm²", say("measured µm"), say("curve µm"), say("difference µm"), "t", ""),
        (_row(judged) for judged in curve.measured),
    )


def _row(judged: Judged) -> tuple[object, ...]:
    row = judged.measurement
    verdict = tell("outlier, left out") if judged.is_left_out else tell("outlier") if judged.is_outlier else ""
    return (
        row.line,
        f"{row.dose_mj_cm2:.4g}",
        f"≤ {row.depth_um:g}" if row.is_limit else f"{row.depth_um:.4g}",
        f"{judged.fitted_um:.4g}",
        f"{judged.residual_um:+.3g}",
        "–" if judged.studentised is None else f"{judged.studentised:+.2f}",
        verdict,
    )


def _summary(curve: WorkingCurve, notes: tuple[Phrase, ...], resin: Resin) -> dict[str, object]:
    return {
        "resin": resin.name,
        "penetration_depth_um": curve.penetration_depth_um,
        "penetration_depth_sd_um": curve.penetration_depth_sd_um,
        "penetration_depth_interval_um": curve.penetration_depth_interval_um,
        "critical_dose_mj_cm2": curve.critical_dose_mj_cm2,
        "critical_dose_sd_mj_cm2": curve.critical_dose_sd_mj_cm2,
        "critical_dose_interval_mj_cm2": curve.critical_dose_interval_mj_cm2,
        "level": curve.level,
        "depths": curve.depths,
        "below_gelation": curve.limits,
        "weighted": curve.is_weighted,
        "scatter_um": None if curve.is_weighted else curve.scatter_um,
        "scatter_in_sd": curve.scatter_um if curve.is_weighted else None,
        "r_squared": curve.r_squared,
        "curvature_p": curve.curvature_p,
        "measured": curve.measured,
        "notes": notes,
    }
