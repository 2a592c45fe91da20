"""`mingyue repair`: a mended copy of a part, and what was changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mingyue.cli.choices import read_choice
from mingyue.cli.options import UnitsOption
from mingyue.cli.output import AsJson, print_json, print_line, print_notes, tell
from mingyue.files import refuse_same
from mingyue.phrases import say


def repair(
    part: Annotated[str, typer.Argument(metavar="PART", help=tell("The file to mend; it stays as it is."))],
    output: Annotated[Path, typer.Option("-o", "--output", help=tell("Where to write the mended part, as STL in mm."))],
    units: UnitsOption = None,
    unite: Annotated[
        bool, typer.Option("--unite", help=tell("Join overlapping bodies however many there are; this can take hours."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """`mingyue repair FILE -o OUT`."""
    from mingyue.printing.formats.stl import write_stl
    from mingyue.printing.mending.repairs import repair as mend

    chosen = read_choice(part, units=units)
    refuse_same(Path(part), output)
    repaired = mend(chosen.mesh, unite_all=unite)
    write_stl(repaired.mesh, output, unit="mm")
    print_notes(chosen.notes)
    if as_json:
        print_json(
            {
                "file": output,
                "units": "mm",
                "changes": repaired.changes,
                "triangles": len(repaired.mesh.triangles),
                "volume_mm3": repaired.mesh.volume_um3 / 1e9,
            }
        )
        return
    for change in repaired.changes:
        print_line(say("• {text}", text=change.told))
    if not repaired.changes:
        print_line(say("Nothing had to be changed."))
    print_line(
        say(
            "{file}: {triangles:,} triangles, {volume:.5g} mm³. Its unit is mm.",
            file=output,
            triangles=len(repaired.mesh.triangles),
            volume=repaired.mesh.volume_um3 / 1e9,
        )
    )
