"""`mingyue coupon`: a test piece for a machine and resin, the form that goes with it, and what the form says when filled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from mingyue.cli.build import build_with_progress, figures, summary
from mingyue.cli.calibrate import LevelOption, curve_notes, show_calibration, write_calibration
from mingyue.cli.options import LayerOption
from mingyue.cli.output import (
    LANGUAGE,
    AsJson,
    local,
    print_json,
    print_line,
    print_notes,
    print_pairs,
    print_table,
    tell,
)
from mingyue.errors import BadInputError
from mingyue.files import write_whole
from mingyue.phrases import Phrase, say
from mingyue.printing.profiles.machines import machine as machine_named
from mingyue.printing.profiles.resins import resin as resin_named

if TYPE_CHECKING:
    from mingyue.printing.coupons.coupon import Coupon, CouponRequest

KINDS: Final[dict[str, Phrase]] = {
    "staircase": say("bridges of graded dose, for the working curve"),
    "star": say("spokes that run together, for the resolution"),
    "ladder": say("closed channels of graded height and width"),
    "rerf": say("one small pattern at graded exposures, for the best one"),
}


def coupon(
    kind: Annotated[
        str | None,
        typer.Argument(metavar="KIND", help=tell("staircase, star, ladder or rerf; lists them if not said.")),
    ] = None,
    machine: Annotated[
        str, typer.Option("--machine", help=tell("A machine's name, or a .toml file of your own."))
    ] = "s230",
    resin: Annotated[
        str, typer.Option("--resin", help=tell("A resin's name, or a .toml file of your own."))
    ] = "pr48-385",
    layer_um: LayerOption = 5.0,
    exposure_s: Annotated[
        float | None,
        typer.Option("--exposure-s", help=tell("Exposure of each layer; from the resin's working curve if not said.")),
    ] = None,
    steps: Annotated[
        int | None, typer.Option("--steps", help=tell("How many exposures to try (staircase, rerf)."))
    ] = None,
    repeats: Annotated[int, typer.Option("--repeats", help=tell("How often each of them is printed."))] = 1,
    least_s: Annotated[float | None, typer.Option("--least-s", help=tell("The shortest exposure to try."))] = None,
    most_s: Annotated[float | None, typer.Option("--most-s", help=tell("The longest exposure to try."))] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=tell("The package to write; coupon-KIND.job.zip if not said."))
    ] = None,
    form: Annotated[
        Path | None, typer.Option("--form", help=tell("The form to write; a .csv beside the package if not said."))
    ] = None,
    read: Annotated[
        Path | None, typer.Option("--read", help=tell("Read this filled-in form instead of making a coupon."))
    ] = None,
    level: LevelOption = 0.95,
    as_json: AsJson = False,
) -> None:
    """`mingyue coupon KIND`."""
    if kind is None:
        _list(as_json)
        return
    if kind not in KINDS:
        raise BadInputError(
            say("There is no coupon named {name!r}.", name=kind),
            remedy=say("Take one of: {names}.", names=", ".join(KINDS)),
        )
    if read is not None:
        _READERS[kind](read, level, as_json)
        return
    from mingyue.printing.coupons.coupon import CouponRequest

    request = CouponRequest(
        machine=machine_named(machine),
        resin=resin_named(resin),
        layer_um=layer_um,
        exposure_s=exposure_s,
        steps=steps,
        repeats=repeats,
        least_s=least_s,
        most_s=most_s,
    )
    package = output or Path(f"coupon-{kind}.job.zip")
    _make(_maker(kind)(request), package, form or form_beside(package), as_json)


def _list(as_json: bool) -> None:
    if as_json:
        print_json({"coupons": [{"name": name, "description": text} for name, text in KINDS.items()]})
    else:
        print_table((say("name"), say("coupon")), ((name, local(text)) for name, text in KINDS.items()))


def form_beside(package: Path) -> Path:
    """`x.job.zip` → `x.csv`."""
    name = package.name.removesuffix(".zip").removesuffix(".job")
    return package.with_name(f"{name}.csv")


def _maker(kind: str) -> Callable[[CouponRequest], Coupon]:
    from mingyue.printing.coupons import ladder, rerf, staircase, star

    return {
        "staircase": staircase.staircase,
        "star": star.star,
        "ladder": ladder.ladder,
        "rerf": rerf.rerf,
    }[kind]


def _make(made: Coupon, package: Path, form: Path, as_json: bool) -> None:
    if form == package:
        raise BadInputError(
            say("{file} would be written over itself.", file=form), remedy=say("Choose another name with -o.")
        )
    result = build_with_progress(made.part, made.settings, package, quiet=as_json)
    write_whole(form, made.form.text(LANGUAGE).encode())
    print_notes(result.notes)
    if as_json:
        print_json(summary(result) | {"kind": made.kind, "form": form, "places": len(made.form.rows)})
        return
    print_pairs(
        figures(result) | {say("form"): tell("{file}, {rows} lines to fill in", file=form, rows=len(made.form.rows))}
    )
    for remark in made.form.remarks:
        print_line(say("• {text}", text=remark))


def _read_staircase(path: Path, level: float, as_json: bool) -> None:
    """What `mingyue calibrate` says without any of its options."""
    from mingyue.printing.formats.measurements import read_measurements, require_measured
    from mingyue.printing.profiles.working_curves import fit_working_curve

    measured, notes = read_measurements(path)
    require_measured(measured, path)
    curve = fit_working_curve(measured, level=level)
    resin = write_calibration(curve, path, name=None, wavelength_nm=None, resin_file=None, plot=None)
    show_calibration(curve, (*notes, *curve_notes(curve)), resin, as_json=as_json)


def _read_star(path: Path, level: float, as_json: bool) -> None:
    from mingyue.printing.coupons.star import read_star, worst

    resolved = read_star(path)
    least = worst(resolved)
    if as_json:
        print_json({"directions": resolved, "line_um": least.line_um, "line_px": least.line_px})
        return
    print_table(
        (say("direction °"), say("blurred within µm"), say("line µm"), say("line px")),
        (
            (f"{one.direction_deg:g}", f"{one.diameter_um:g}", f"{one.line_um:.3g}", f"{one.line_px:.3g}")
            for one in resolved
        ),
    )
    print_line(
        say("Lines and gaps from {um:.3g} µm ({px:.3g} px) on are told apart in every direction measured.",
            um=least.line_um, px=least.line_px)
    )  # fmt: skip


def _read_ladder(path: Path, level: float, as_json: bool) -> None:
    from mingyue.printing.coupons.ladder import read_ladder

    found = read_ladder(path)
    if found.odd:
        sizes = ", ".join(f"{channel.height_um:g} × {channel.width_um:g}" for channel in found.odd)
        print_notes([say("Closed although smaller ones are open: {sizes} µm. Were they washed out?", sizes=sizes)])
    if as_json:
        print_json(found)
        return
    small = found.smallest
    print_pairs(
        {
            say("channels looked at"): tell(
                "{all}, of which {open} are open",
                all=len(found.channels),
                open=sum(channel.is_open for channel in found.channels),
            ),
            say("smallest height"): _size(found.least_height_um, found.height_depths, "D_p"),
            say("smallest width"): _size(found.least_width_um, found.width_px, "px"),
            say("smallest open channel"): f"{small.height_um:g} × {small.width_um:g} µm" if small else "–",
        }
    )


def _size(size_um: float | None, in_unit: float | None, unit: str) -> str:
    if size_um is None:
        return "–"
    return f"{size_um:g} µm" if in_unit is None else f"{size_um:g} µm = {in_unit:.3g} {unit}"


def _read_rerf(path: Path, level: float, as_json: bool) -> None:
    from mingyue.printing.coupons.rerf import read_rerf

    best = read_rerf(path, level=level)
    if best.is_outside:
        print_notes([say("The best exposure lies outside of those that were tried: print the array again around it.")])
    if as_json:
        print_json(best)
        return
    print_pairs(
        {
            say("best exposure"): f"{best.exposure_s:.4g} s  ({best.interval_s.low:.4g} – {best.interval_s.high:.4g})",
            say("intervals"): tell("{level:g} %, of each number by itself", level=100 * best.level),
            say("growth"): tell("{um:.3g} µm wider at twice the exposure", um=best.width_um_per_e * 0.6931),
        }
    )
    print_table(
        (say("exposure s"), say("too wide by µm")),
        ((f"{one.exposure_s:g}", f"{one.error_um:+.3g}") for one in best.tried),
    )


_READERS: Final[dict[str, Callable[[Path, float, bool], None]]] = {
    "staircase": _read_staircase,
    "star": _read_star,
    "ladder": _read_ladder,
    "rerf": _read_rerf,
}
