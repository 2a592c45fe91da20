"""`mingyue support`: a part with supports, or its supports alone, ready for `mingyue build`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mingyue.cli.build import PartArgument
from mingyue.cli.choices import angles_choice, painted_choice, read_choice
from mingyue.cli.options import FitOption, LayerOption, LimitsOption, RotateOption, ScaleOption, UnitsOption
from mingyue.cli.orient import MachineOption, PicturesOption
from mingyue.cli.output import AsJson, print_json, print_notes, print_pairs, tell
from mingyue.errors import BadInputError
from mingyue.files import refuse_same, write_whole
from mingyue.phrases import Phrase, say
from mingyue.printing.profiles.machines import machine as machine_named

if TYPE_CHECKING:
    from mingyue.printing.findings.limits import Limits
    from mingyue.printing.meshes import Mesh
    from mingyue.printing.profiles.machines import Machine
    from mingyue.printing.supports.making import Supports, SupportSettings

# So many places that still hang are told one by one.
_TOLD = 8


def support(
    part: PartArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help=tell("Where to write it: .3mf, or .stl in mm."))],
    machine: MachineOption = "s230",
    layer_um: LayerOption = 5.0,
    units: UnitsOption = None,
    scale: ScaleOption = 1.0,
    fit_mm: FitOption = None,
    rotate: RotateOption = None,
    lift_um: Annotated[
        float, typer.Option("--lift-um", help=tell("Hang the part this high above the platform, on necks alone."))
    ] = 0.0,
    supports_only: Annotated[
        bool, typer.Option("--supports-only", help=tell("Write the supports without the part."))
    ] = False,
    base: Annotated[
        bool, typer.Option("--base/--no-base", help=tell("Tie the feet together by bars or a plate."))
    ] = True,
    tree: Annotated[
        bool, typer.Option("--tree/--straight", help=tell("Branches join on their way down, or go down one by one."))
    ] = True,
    on_part: Annotated[
        bool, typer.Option("--on-part", help=tell("Where no way leads to the platform a pin may stand on the part."))
    ] = False,
    forbid: Annotated[
        Path | None,
        typer.Option(
            "--forbid", help=tell("Surfaces and places (.json, .csv, .3mf) that supports must keep away from.")
        ),
    ] = None,
    neck_px: Annotated[
        float | None, typer.Option("--neck-px", help=tell("Diameter of the necks in pixels, 2 to 6; 4 if not said."))
    ] = None,
    reach_um: Annotated[
        float | None,
        typer.Option("--reach-um", help=tell("How far a layer may hang beyond the one below; ten layers if not said.")),
    ] = None,
    limits: LimitsOption = None,
    pictures: PicturesOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue support PART -o FILE`."""
    from mingyue.printing.supports.parts import SupportedPart, supported

    if output.suffix.lower() not in {".3mf", ".stl"}:
        raise BadInputError(
            say("{file} is neither .3mf nor .stl.", file=output), remedy=say("Choose another name with -o.")
        )
    if fit_mm is not None and scale != 1.0:
        raise BadInputError(say("--scale and --fit-mm say two different sizes."), remedy=say("Give one of the two."))
    refuse_same(Path(part), output)
    settings = _settings(machine, layer_um, neck_px, reach_um, limits, joins=tree, on_part=on_part, base=base)
    chosen = read_choice(part, units=units)
    made: SupportedPart = supported(
        chosen.mesh,
        settings,
        scale=scale,
        fit_um=None if fit_mm is None else fit_mm * 1e3,
        rotate_deg=angles_choice(rotate),
        lift_um=lift_um,
        forbid=None if forbid is None else painted_choice(forbid, triangle_count=len(chosen.mesh.triangles)),
    )
    _write(made.part, made.supports.mesh, output, alone=supports_only)
    drawn = [] if pictures is None else _draw(made.part, made.supports.mesh, pictures)
    print_notes((*chosen.notes, *made.notes, *_told_left(made.supports)))
    if as_json:
        print_json(_summary(made.supports, settings) | {"file": output, "notes": made.notes, "pictures": drawn})
        return
    print_pairs({say("file"): str(output), **_figures(made.supports, settings)})


def _settings(
    machine: str,
    layer_um: float,
    neck_px: float | None,
    reach_um: float | None,
    limits: Path | None,
    *,
    joins: bool,
    on_part: bool,
    base: bool,
) -> SupportSettings:
    """What hangs is what `check` finds: by the same limits, unless a reach is given."""
    from mingyue.printing.findings.limits import read_limits
    from mingyue.printing.supports.making import SupportSettings

    known, chosen = read_limits(limits), machine_named(machine)
    return SupportSettings(
        machine=chosen,
        layer_um=layer_um,
        neck_px=neck_px,
        reach_um=_outer(known, "overhang", layer_um, chosen) if reach_um is None else reach_um,
        island_share=_outer(known, "weak_island", layer_um, chosen),
        island_px=_outer(known, "island", layer_um, chosen),
        joins=joins,
        on_part=on_part,
        base=base,
    )


def _outer(limits: Limits, kind: str, layer_um: float, machine: Machine) -> float:
    """From where on `check` finds it: µm, pixels or a share. Raises BadInputError for limits that depend on the resin."""
    from mingyue.printing.findings.limits import bounds_of

    if limits[kind].unit == "dp":
        raise BadInputError(
            say("Limit {name} is in penetration depths, but supports know no resin.", name=kind),
            remedy=say("Give it in um, px or layers."),
        )
    return bounds_of(limits[kind], pixel_um=machine.pixel_um, penetration_depth_um=1.0, layer_um=layer_um).outer


def _write(part: Mesh, supports: Mesh, output: Path, *, alone: bool) -> None:
    from mingyue.printing.formats.stl import write_stl
    from mingyue.printing.formats.threemf_writing import write_3mf
    from mingyue.printing.meshes import joined

    meshes = {"supports": supports} if alone else {"part": part, "supports": supports}
    if alone and not len(supports.triangles):
        raise BadInputError(
            say("The part needs no supports, so there is nothing to write."), remedy=say("Build the part as it is.")
        )
    if output.suffix.lower() == ".3mf":
        write_3mf(meshes, output)
    else:
        write_stl(joined(list(meshes.values())), output, unit="mm")


def _draw(part: Mesh, supports: Mesh, folder: Path) -> list[Path]:
    """The part with its supports from above and from below, and the supports alone."""
    from mingyue.printing.meshes import joined
    from mingyue.printing.pictures import as_png, picture_of_mesh

    folder.mkdir(parents=True, exist_ok=True)
    both = joined([part, supports])
    shown = {"supported": (both, 15.0), "from-below": (both, -20.0), "supports": (supports, 15.0)}
    drawn = []
    for name, (mesh, tilt_deg) in shown.items():
        if len(mesh.triangles):
            drawn.append(folder / f"{name}.png")
            write_whole(drawn[-1], as_png(picture_of_mesh(mesh, tilt_deg=tilt_deg)))
    return drawn


def _told_left(supports: Supports) -> list[Phrase]:
    told = [
        say("At ({x:.1f}, {y:.1f}, {z:.1f}) µm {area:.0f} µm² still hang: {why}.",
            x=left.at_um[0], y=left.at_um[1], z=left.at_um[2], area=left.area_um2, why=left.why)
        for left in supports.left[:_TOLD]
    ]  # fmt: skip
    if len(supports.left) > _TOLD:
        told.append(say("{count} more places still hang.", count=len(supports.left) - _TOLD))
    return told


def _summary(supports: Supports, settings: SupportSettings) -> dict[str, object]:
    from mingyue.printing.profiles.rated import rated

    strength = rated("tensile_strength_mpa")
    return {
        "islands": supports.islands,
        "overhangs": supports.overhangs,
        "necks": len(supports.necks),
        "pins": supports.pins,
        "branches": supports.branches,
        "trunks": supports.trunks,
        "neck_um": settings.neck_um,
        "reach_um": settings.reach_px * settings.machine.pixel_um,
        "neck_force_mn": supports.neck_force_mn,
        "total_force_mn": supports.total_force_mn,
        "tensile_strength_mpa": strength.value,
        "tensile_strength_source": asdict(strength.source),
        "volume_mm3": supports.mesh.volume_um3 / 1e9,
        "triangles": len(supports.mesh.triangles),
        "tips_um": [neck.tip_um for neck in supports.necks],
        "left": [asdict(left) for left in supports.left],
    }


def _figures(supports: Supports, settings: SupportSettings) -> dict[str, object]:
    return {
        say("places that hang"): tell("{islands} islands, {overhangs} overhangs",
                                      islands=supports.islands, overhangs=supports.overhangs),
        say("necks"): tell("{count:,} of {diameter:.3g} µm, {pins} on the part itself",
                           count=len(supports.necks), diameter=settings.neck_um, pins=supports.pins),
        say("trunks"): tell("{trunks:,}, with {branches:,} branches", trunks=supports.trunks, branches=supports.branches),
        say("volume"): tell("{volume:.4g} mm³ at most", volume=supports.mesh.volume_um3 / 1e9),
        say("force to remove"): tell("{one:.3g} mN a neck, {all:.3g} N all at once, at most",
                                     one=supports.neck_force_mn, all=supports.total_force_mn / 1e3),
        say("still hanging"): tell("nothing") if not supports.left else f"{len(supports.left)}",
    }  # fmt: skip
