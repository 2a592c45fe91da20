"""`mingyue samples`: parts made from parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mingyue.cli.output import LANGUAGE, AsJson, print_json, print_line, print_table, tell
from mingyue.phrases import say


def samples(
    name: Annotated[str | None, typer.Argument(help=tell("Which sample to write."))] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=tell("Where to write it; NAME.stl if not said."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue samples [NAME -o FILE]`."""
    from mingyue.printing.samples import SAMPLES

    if name is None:
        if as_json:
            print_json({"samples": [{"name": key, "description": entry.en} for key, entry in SAMPLES.items()]})
        else:
            rows = ((key, entry.zh if LANGUAGE == "zh" else entry.en) for key, entry in SAMPLES.items())
            print_table((say("name"), say("sample")), rows)
        return
    _write(name, output or Path(f"{name}.stl"), as_json)


def _write(name: str, path: Path, as_json: bool) -> None:
    from mingyue.printing.formats.stl import write_stl
    from mingyue.printing.samples import make_sample

    sample = make_sample(name)
    write_stl(sample.mesh, path, unit="mm")
    size = sample.mesh.size_um
    if as_json:
        print_json(
            {
                "name": name,
                "file": path,
                "units": "mm",
                "triangles": len(sample.mesh.triangles),
                "size_um": size,
                "features": sample.features,
            }
        )
        return
    print_line(
        say(
            "{file}: {triangles:,} triangles, {x:.3f} × {y:.3f} × {z:.3f} mm, {features} measurable features. "
            "Its unit is mm.",
            file=path,
            triangles=len(sample.mesh.triangles),
            x=size[0] / 1e3,
            y=size[1] / 1e3,
            z=size[2] / 1e3,
            features=len(sample.features),
        )
    )
