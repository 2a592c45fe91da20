"""`mingyue orient`: how a part may lie on the platform, and what each way costs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mingyue.cli.build import PartArgument
from mingyue.cli.choices import painted_choice, read_choice
from mingyue.cli.options import LayerOption, UnitsOption
from mingyue.cli.output import AsJson, local, print_json, print_line, print_notes, print_table, tell
from mingyue.files import write_whole
from mingyue.phrases import Phrase, say
from mingyue.printing.profiles.machines import machine as machine_named
from mingyue.printing.profiles.resins import resin as resin_named

if TYPE_CHECKING:
    from mingyue.printing.meshes import Mesh
    from mingyue.printing.orientations.choices import Laid

MachineOption = Annotated[str, typer.Option("--machine", help=tell("A machine's name, or a .toml file of your own."))]
ResinOption = Annotated[str, typer.Option("--resin", help=tell("A resin's name, or a .toml file of your own."))]
PicturesOption = Annotated[
    Path | None, typer.Option("--pictures", help=tell("Folder to put pictures into; it is made if it is not there."))
]


def orient(
    part: PartArgument,
    machine: MachineOption = "s230",
    resin: ResinOption = "pr48-385",
    layer_um: LayerOption = 5.0,
    exposure_s: Annotated[
        float | None,
        typer.Option("--exposure-s", help=tell("Exposure of each layer; from the resin's working curve if not said.")),
    ] = None,
    units: UnitsOption = None,
    mark_file: Annotated[
        Path | None,
        typer.Option(
            "--mark-file", help=tell("Surfaces that matter (.json, .csv, .3mf): steps are judged on these alone.")
        ),
    ] = None,
    pictures: PicturesOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue orient PART`."""
    from mingyue.printing.mending.edges import require_closed
    from mingyue.printing.orientations.choices import orientations_of
    from mingyue.printing.orientations.demands import demands_of

    chosen = read_choice(part, units=units)
    require_closed(chosen.mesh)
    demands = demands_of(machine_named(machine), resin_named(resin), layer_um=layer_um, exposure_s=exposure_s)
    marked = None
    if mark_file is not None:
        marked = painted_choice(mark_file, triangle_count=len(chosen.mesh.triangles)).faces(chosen.mesh)
    found = orientations_of(chosen.mesh, demands, marked=marked)
    drawn = [] if pictures is None else _draw(found.choices, chosen.mesh, pictures)
    print_notes(chosen.notes)
    if as_json:
        print_json({"tried": found.tried, "choices": [asdict(laid) for laid in found.choices], "pictures": drawn})
        return
    columns = [_column(laid) for laid in found.choices]
    print_table(
        ["", *(", ".join(local(_NAMES[name]) for name in laid.names) for laid in found.choices)],
        [[name, *(column[name] for column in columns)] for name in columns[0]],
    )
    print_line(say("{tried} orientations were compared; see docs/how-to/supports.md.", tried=found.tried))


def _column(laid: Laid) -> dict[Phrase, str]:
    return {
        say("angles (--rotate)"): ",".join(f"{angle:.9g}" for angle in laid.rotate_deg),
        say("time"): f"{laid.time_s / 3600:.2f} h",
        say("layers"): f"{laid.layers:,}",
        say("fields exposed"): f"{laid.exposures:,}",
        say("to support"): f"{laid.supported_um2 / 1e6:.4g} mm²",
        say("on the platform"): f"{laid.contact_um2 / 1e6:.4g} mm²",
        say("height of steps"): f"{laid.cusp_um:.2f} µm",
        say("height by width"): f"{laid.slenderness:.2f}",
        say("cups"): tell("{count}, {volume:.3g} mm³", count=laid.cups, volume=laid.cup_um3 / 1e9)
        if laid.cups
        else "–",
        say("fits"): tell("yes") if laid.fits else tell("no"),
    }


def _draw(choices: tuple[Laid, ...], mesh: Mesh, folder: Path) -> list[Path]:
    """A picture of the part in each of the orientations."""
    from mingyue.printing.frames import rotation
    from mingyue.printing.pictures import as_png, picture_of_mesh

    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for laid in choices:
        path = folder / f"{laid.names[0].replace(' ', '-')}.png"
        turned = mesh.moved(rotation(laid.rotate_deg), mesh.box_um[0] * 0)
        write_whole(path, as_png(picture_of_mesh(turned, tilt_deg=15)))
        drawn.append(path)
    return drawn


_NAMES: dict[str, Phrase] = {
    "as it is": say("as it is"),
    "fastest": say("fastest"),
    "fewest supports": say("fewest supports"),
    "best surface": say("best surface"),
    "cheapest": say("cheapest"),
}
