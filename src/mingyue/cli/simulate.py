"""`mingyue simulate`: what will come out of a print package, how far from the design, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mingyue.cli.choices import read_choice, window_choice
from mingyue.cli.options import UnitsOption
from mingyue.cli.output import (
    AsJson,
    local,
    print_json,
    print_line,
    print_notes,
    print_pairs,
    print_table,
    progress_bar,
    tell,
)
from mingyue.errors import BadInputError
from mingyue.files import refuse_same, write_whole
from mingyue.phrases import Phrase, say
from mingyue.printing.curing.cures import CureChoice, Known, cure_of
from mingyue.printing.formats.print_package import open_package
from mingyue.printing.profiles.machines import machine as machine_named
from mingyue.printing.profiles.resins import resin as resin_named

if TYPE_CHECKING:
    from mingyue.printing.curing.lights import Light
    from mingyue.printing.measuring.designs import Design
    from mingyue.printing.virtual_print import Prediction

JobArgument = Annotated[Path, typer.Argument(metavar="JOB", help=tell("A print package."))]
PartOption = Annotated[
    str | None,
    typer.Option("--part", help=tell("The part that the package was made of, a file or sample:NAME, to compare with.")),
]
MachineOption = Annotated[
    str | None, typer.Option("--machine", help=tell("A machine whose numbers count instead of the package's."))
]
ResinOption = Annotated[
    str | None, typer.Option("--resin", help=tell("A resin whose numbers count instead of the package's."))
]
IrradianceOption = Annotated[
    float | None, typer.Option("--irradiance-mw-cm2", help=tell("Irradiance on the resin at full grey."))
]
DepthOption = Annotated[
    float | None, typer.Option("--penetration-depth-um", help=tell("Depth at which light falls to 1/e (D_p)."))
]
DoseOption = Annotated[
    float | None, typer.Option("--critical-dose-mj-cm2", help=tell("Dose that gels the resin (E_c)."))
]
InductionOption = Annotated[
    float,
    typer.Option("--induction-dose-mj-cm2", help=tell("Dose that oxygen uses up before anything gels.")),
]
BlurOption = Annotated[
    float | None, typer.Option("--blur-px", help=tell("How far a pixel's light blurs: standard deviation in pixels."))
]
WindowOption = Annotated[
    str | None,
    typer.Option(
        "--window", help=tell("What to look at, in µm on the platform: x from,y from,x to,y to[,z from,z to].")
    ),
]
ToleranceOption = Annotated[
    float | None, typer.Option("--tolerance-um", help=tell("What deviation is allowed; one pixel if not said."))
]
BandsOption = Annotated[
    bool, typer.Option("--bands/--no-bands", help=tell("Say how sure each figure is, by trials of what is uncertain."))
]
_LISTED = 8


def simulate(
    job: JobArgument,
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
    surface: Annotated[
        Path | None,
        typer.Option(
            "--surface", help=tell("Write what comes out, coloured by deviation: .ply, .glb, or .stl without colour.")
        ),
    ] = None,
    pictures: Annotated[
        Path | None, typer.Option("--pictures", help=tell("Folder for pictures of the deviations, as PNG files."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue simulate JOB`."""
    from mingyue.printing.curing.lights import PackageLight
    from mingyue.printing.maps import require_surface_name
    from mingyue.printing.measuring.designs import design_of

    if surface is not None:
        refuse_same(job, surface)
        require_surface_name(surface)
    check_tolerance(tolerance_um)
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
        written = _written(prediction, light, surface, pictures, quiet=as_json)
    print_notes((*chosen.notes, *prediction.notes))
    if as_json:
        print_json(summary(job, prediction, chosen) | written)
        return
    _print(prediction)
    labels = {"surface": say("surface"), "pictures": say("pictures")}
    if written:
        print_pairs({labels[name]: path for name, path in written.items()})


def check_tolerance(tolerance_um: float | None) -> None:
    """Raises BadInputError for one that allows nothing."""
    if tolerance_um is not None and not tolerance_um > 0:
        raise BadInputError(
            say("A tolerance of {tolerance:g} µm allows nothing.", tolerance=tolerance_um),
            remedy=say("Give --tolerance-um above 0."),
        )


def known_better(
    *,
    machine: str | None,
    resin: str | None,
    irradiance_mw_cm2: float | None,
    penetration_depth_um: float | None,
    critical_dose_mj_cm2: float | None,
    induction_dose_mj_cm2: float,
    blur_px: float | None,
) -> Known:
    """What was typed that the package does not know as well."""
    return Known(
        machine=None if machine is None else machine_named(machine),
        resin=None if resin is None else resin_named(resin),
        irradiance_mw_cm2=irradiance_mw_cm2,
        penetration_depth_um=penetration_depth_um,
        critical_dose_mj_cm2=critical_dose_mj_cm2,
        induction_dose_mj_cm2=induction_dose_mj_cm2,
        blur_px=blur_px,
    )


def predict_with_progress(
    light: Light,
    design: Design,
    chosen: CureChoice,
    window: str | None,
    tolerance_um: float | None,
    *,
    bands: bool,
    quiet: bool,
) -> Prediction:
    """Simulate, with a bar on standard error unless quiet."""
    from mingyue.printing.virtual_print import simulate as print_virtually

    with progress_bar(say("layers"), quiet=quiet) as bar:
        task = None if bar is None else bar.add_task("", total=None)

        def progress(done: int, all_: int) -> None:
            if bar is not None and task is not None:
                bar.update(task, completed=done, total=all_)

        return print_virtually(
            light,
            chosen.cure,
            design,
            window=window_choice(window, light),
            tolerance_um=tolerance_um,
            ranges=chosen.ranges if bands else None,
            progress=progress,
        )


def _written(
    prediction: Prediction, light: Light, surface: Path | None, pictures: Path | None, *, quiet: bool
) -> dict[str, Path]:
    """Write what was asked for, and say where it is."""
    if surface is None and pictures is None:
        return {}
    from mingyue.printing.maps import map_of
    from mingyue.printing.pictures import as_png

    written: dict[str, Path] = {}
    with progress_bar(say("surface"), quiet=quiet) as bar:
        if bar is not None:
            bar.add_task("", total=None)
        map_ = map_of(prediction, light)
        if surface is not None:
            map_.write(surface)
            written["surface"] = surface
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            for name, picture in map_.pictures():
                write_whole(pictures / f"{name}.png", as_png(picture))
            written["pictures"] = pictures
    return written


def summary(job: Path, prediction: Prediction, chosen: CureChoice) -> dict[str, Any]:
    """The figures of a prediction for programs. bands: low and high of each figure, in the same places."""
    cure = prediction.cure
    shown: dict[str, Any] = {
        "package": job,
        "cure": {
            "irradiance_mw_cm2": cure.irradiance_mw_cm2,
            "penetration_depth_um": cure.penetration_depth_um,
            "critical_dose_mj_cm2": cure.critical_dose_mj_cm2,
            "induction_dose_mj_cm2": cure.induction_dose_mj_cm2,
            "blur_radius_px": cure.blur.radius_px,
        },
        "window": prediction.window,
        "tolerance_um": prediction.tolerance_um,
        "cut_off_um": prediction.deviations.cut_off_um,
        **_nested({name: value for name, value in prediction.figures.items() if not name.startswith("features.")}),
        "histogram": prediction.deviations.histogram,
        "topology": _topology_json(prediction),
        "gaps": [_placed_json(gap) for gap in prediction.gaps],
        "features": prediction.places,
        "notes": (*chosen.notes, *prediction.notes),
    }
    if prediction.bars:
        printed = sum(bar.printed for bar in prediction.bars)
        shown["struts"] |= {"total": len(prediction.bars), "printed": printed, "of": prediction.bars}
    if prediction.bands is not None:
        low, high = prediction.bands.low, prediction.bands.high
        shown["bands"] = _nested({name: [low[name], high[name]] for name in low})
        shown["ranges"] = chosen.ranges.of
        shown["matters"] = _nested({name: dict(steps) for name, steps in prediction.bands.matters.items() if steps})
        shown["runs"] = prediction.bands.runs
    return shown


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """`a.b.c` → a dictionary in a dictionary in a dictionary; names of features may hold dots, sizes do not."""
    nested: dict[str, Any] = {}
    for name, value in flat.items():
        group, _, rest = name.partition(".")
        if group == "features" and rest.startswith("sizes_um."):
            feature, _, size = rest.removeprefix("sizes_um.").rpartition(".")
            nested.setdefault(group, {}).setdefault("sizes_um", {}).setdefault(feature, {})[size] = value
        elif rest:
            nested.setdefault(group, {})[rest] = value
        else:
            nested[group] = value
    return nested


def _topology_json(prediction: Prediction) -> dict[str, Any]:
    topology = prediction.topology
    return {
        "bodies": {"design": topology.design_bodies, "print": topology.print_bodies},
        "cavities": {"design": topology.design_cavities, "print": topology.print_cavities},
        "changes": [_placed_json(change) for change in topology.changes],
    }


def _placed_json(thing: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(thing) | {"centre_um": thing.centre_um}


def _print(prediction: Prediction) -> None:
    print_pairs(_figures(prediction))
    for text in (*_changes(prediction), *_lost_bars(prediction), *_lost_places(prediction)):
        print_line(say("✗ {text}", text=text), style="red")
    _print_places(prediction)
    if prediction.bands is not None:
        _print_matters(prediction)


def _figures(prediction: Prediction) -> dict[str, object]:
    """The figures of a prediction for people, each with its band."""

    def shown(name: str, digits: str = ".2f", unit: str = "µm") -> str:
        value = prediction.figures[name]
        if prediction.bands is None:
            return f"{value:{digits}} {unit}"
        return (
            f"{value:{digits}} {unit} ({prediction.bands.low[name]:{digits}} … {prediction.bands.high[name]:{digits}})"
        )

    pairs: dict[str, object] = {
        say("deviation, 5 % below"): shown("deviation_um.p5"),
        say("deviation, middle"): shown("deviation_um.p50"),
        say("deviation, 95 % below"): shown("deviation_um.p95"),
        say("size of deviation, 95 % below"): shown("deviation_um.abs_p95"),
        say("the same, seen from the print"): shown("solid_deviation_um.abs_p95"),
        say("largest"): shown("deviation_um.abs_max"),
        tell("within ±{tolerance:g} µm", tolerance=prediction.tolerance_um): shown(
            "within_tolerance", ".1%", ""
        ).strip(),
        say("volume"): shown("volume_mm3", ".5f", "mm³"),
    }
    names = {"xy": say("mean of walls"), "up": say("mean of what looks up"), "down": say("mean of what looks down")}
    for key, label in names.items():
        if f"bias_um.{key}" in prediction.figures:
            pairs[label] = shown(f"bias_um.{key}")
    if prediction.bars:
        total = len(prediction.bars)
        pairs[say("struts printed")] = tell(
            "{printed} of {total}", printed=shown("struts.printed", ".0f", "").strip(), total=total
        )
        if "struts.diameter_deviation_um" in prediction.figures:
            pairs[say("struts thicker by")] = shown("struts.diameter_deviation_um")
    topology = prediction.topology
    pairs[say("bodies")] = tell(
        "{printed} printed, {wanted} designed", printed=topology.print_bodies, wanted=topology.design_bodies
    )
    pairs[say("cavities")] = tell(
        "{printed} printed, {wanted} designed", printed=topology.print_cavities, wanted=topology.design_cavities
    )
    return pairs


def _at(point_um: tuple[float, float, float]) -> str:
    return f"({', '.join(f'{value:.0f}' for value in point_um)}) µm"


_CHANGES: dict[str, Phrase] = {
    "lost": say("lost: a body"),
    "torn": say("torn off: a piece"),
    "fused": say("fused: bodies that should be apart"),
    "flash": say("not designed: a body"),
    "closed": say("closed: a space that should be open"),
    "filled": say("filled: a cavity"),
}


def _changes(prediction: Prediction) -> list[Phrase]:
    found = [
        say("{what}, {volume:.0f} µm³ about {place}",
            what=_CHANGES[change.kind], volume=change.volume_um3, place=_at(change.centre_um))
        for change in prediction.topology.changes
    ]  # fmt: skip
    bridges = [
        say("bridged: a gap of {width:.0f} µm over {area:.0f} µm² about {place}",
            width=gap.width_um, area=gap.area_um2, place=_at(gap.centre_um))
        for gap in prediction.gaps
    ]  # fmt: skip
    return [*_listed(found, say("changes of bodies and spaces")), *_listed(bridges, say("bridged gaps"))]


def _lost_bars(prediction: Prediction) -> list[Phrase]:
    lost = [
        say("{name} is interrupted at {place}", name=bar.name, place=_at(bar.broken_at_um))
        for bar in prediction.bars
        if bar.broken_at_um is not None
    ]
    return _listed(lost, say("interrupted struts"))


def _lost_places(prediction: Prediction) -> list[Phrase]:
    lost = [
        say("{name} is closed", name=place.name) if place.is_void else say("{name} is not there", name=place.name)
        for place in prediction.places
        if not place.there
    ]
    return _listed(lost, say("features that are not there"))


def _listed(found: list[Phrase], what: Phrase) -> list[Phrase]:
    """The first of them, and how many more there are."""
    more = len(found) - _LISTED
    return [*found[:_LISTED], *([say("{count} more: {what}", count=more, what=what)] if more > 0 else [])]


def _print_places(prediction: Prediction) -> None:
    """The features whose sizes are furthest from nominal."""
    rows = [
        (
            abs(size - place.nominal_um[name]),
            (place.name, name, f"{place.nominal_um[name]:.1f}", f"{size:.1f}", f"{size - place.nominal_um[name]:+.1f}"),
        )
        for place in prediction.places
        for name, size in place.sizes_um.items()
    ]
    if rows:
        rows.sort(key=lambda row: -row[0])
        heads = (say("feature"), say("size"), say("nominal µm"), say("measured µm"), say("deviation µm"))
        print_table(heads, [row for _, row in rows[:_LISTED]])


def _print_matters(prediction: Prediction) -> None:
    """Which of the uncertain numbers moves the deviation most."""
    assert prediction.bands is not None
    steps = prediction.bands.matters["deviation_um.abs_p95"]
    if steps:
        said = ", ".join(f"{local(_PARAMETERS[name])} {step:.2f} µm" for name, step in steps.items())
        print_line(say("What moves the 95 % most: {steps}", steps=said))


_PARAMETERS: dict[str, Phrase] = {
    "penetration_depth": say("penetration depth"),
    "critical_dose": say("critical dose"),
    "irradiance": say("irradiance"),
    "blur": say("blur"),
}
