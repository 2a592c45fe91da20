"""Options and endings that several commands share, so that they are called and explained alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mingyue.cli.output import tell

CANNOT_BE_MADE = 8  # what a command ends with where something is predicted to fail

LayerOption = Annotated[float, typer.Option("--layer-um", help=tell("Layer thickness in µm."))]
ScaleOption = Annotated[float, typer.Option("--scale", help=tell("Scale the part by this factor."))]
FitOption = Annotated[
    float | None, typer.Option("--fit-mm", help=tell("Scale the part so that its longest side is this long."))
]
RotateOption = Annotated[
    str | None,
    typer.Option("--rotate", help=tell("Degrees about x, y, z, such as 90,0,45; one number turns about z.")),
]
FieldOption = Annotated[
    str | None,
    typer.Option("--field-px", help=tell("Field of the projector instead of the machine's, such as 2048x2048.")),
]
OverlapOption = Annotated[
    int, typer.Option("--overlap-px", help=tell("Pixels that neighbouring fields share, where their greys ramp."))
]
UnitsOption = Annotated[
    str | None,
    typer.Option("--units", help=tell("Unit of a file that carries none: mm, um, nm, cm, m, inch, ft.")),
]
OriginOption = Annotated[
    str | None,
    typer.Option("--origin", help=tell("Which platform, where you are logged in to several; else the last one.")),
]
OrganisationOption = Annotated[
    str | None, typer.Option("--organisation", help=tell("An organisation's short name, as in its address."))
]
WhyOption = Annotated[str, typer.Option("--why", help=tell("Why; the other side reads it."))]
ConfirmedOption = Annotated[bool, typer.Option("--yes", help=tell("Do it; else only what it would do is said."))]
LimitsOption = Annotated[
    Path | None, typer.Option("--limits", help=tell("A .toml file of limits of your own, which win."))
]
