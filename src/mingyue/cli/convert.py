"""`mingyue convert`: the masks of one file, written in another format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import typer

from mingyue.cli.output import AsJson, print_json, print_notes, print_pairs, tell
from mingyue.errors import BadInputError
from mingyue.files import refuse_same
from mingyue.phrases import say
from mingyue.printing.formats.convert import StackFormat, format_for, read_stack, write_stack

PixelOption = Annotated[
    float | None, typer.Option("--pixel-um", help=tell("Side of a pixel in µm, for files of masks that do not say it."))
]


def convert(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=tell("A print package, SL1, NanoDLP, GOO, openmfd, PNG or SVG file."))
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help=tell("The file to write."))],
    to: Annotated[
        str | None,
        typer.Option("--to", help=tell("sl1, nanodlp, goo, openmfd, png, svg or package; from the name if clear.")),
    ] = None,
    pixel_um: PixelOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue convert FILE -o OUT`."""
    wanted = _format_choice(to, output)
    refuse_same(file, output)
    with read_stack(file, pixel_um=pixel_um) as stack:
        losses = write_stack(stack, output, wanted)
        notes = (*stack.notes, *losses)
        print_notes(notes)
        found = {
            "file": file,
            "from": stack.format,
            "output": output,
            "to": wanted,
            "layers": len(stack.layers),
            "fields": len(stack.fields),
            "exposures": stack.exposures,
            "pixel_um": stack.pixel_um,
        }
    if as_json:
        print_json(found | {"notes": notes})
        return
    print_pairs(
        {
            say("written"): f"{output} ({wanted})",
            say("read"): f"{file} ({found['from']})",
            say("layers"): f"{found['layers']:,}",
            say("fields"): f"{found['fields']:,}",
            say("exposures"): f"{found['exposures']:,}",
        }
    )


def _format_choice(text: str | None, output: Path) -> StackFormat:
    """What --to says, else what the name says."""
    if text is None:
        meant = format_for(output)
        if meant is None:
            raise BadInputError(
                say("The name {file} does not say which format is meant.", file=output.name),
                remedy=say("Say which: --to {names}.", names=", ".join(get_args(StackFormat))),
            )
        return meant
    for known in get_args(StackFormat):
        if text.lower() == known:
            return known  # type: ignore[no-any-return]
    raise BadInputError(
        say("{text!r} is no format of masks.", text=text),
        remedy=say("Say which: --to {names}.", names=", ".join(get_args(StackFormat))),
    )
