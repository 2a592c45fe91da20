"""What people type, read: parts, units, sizes and angles."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.fields import Ramp
from mingyue.printing.formats.light_maps import READINGS, Reading
from mingyue.units import LengthUnit, length_unit

if TYPE_CHECKING:
    from mingyue.printing.curing.lights import Light, Window
    from mingyue.printing.formats.parts import Part
    from mingyue.printing.painted import Painted

SAMPLE = "sample:"


def read_choice(text: str, *, units: str | None, welded: bool = True) -> Part:
    """The part that is meant: a file, or `sample:NAME`. welded: as for `read_part`."""
    from mingyue.printing.formats.parts import read_part

    if text.startswith(SAMPLE):
        return sample_part(text.removeprefix(SAMPLE))
    return read_part(Path(text), unit=unit_choice(units), welded=welded)


def sample_part(name: str) -> Part:
    """A sample as if it had been read from a file; its digest is that of its vertices and triangles."""
    from mingyue.printing.formats.parts import part_of_mesh
    from mingyue.printing.samples import make_sample

    return part_of_mesh(make_sample(name).mesh, name=name, made_as="sample")


def painted_choice(path: Path, *, triangle_count: int) -> Painted:
    """What is painted: in a file of its own, or as the triangles of a 3MF that have a colour of their own.

    Raises PaintedFileError where that is nothing, or does not fit a part of so many triangles; and as `read_3mf` does.
    """
    from mingyue.printing.painted import PaintedFileError, painted_triangles, read_painted

    if path.suffix.lower() != ".3mf":
        return read_painted(path, triangle_count=triangle_count)
    from mingyue.printing.formats.limits import ReadLimits
    from mingyue.printing.formats.threemf import read_3mf

    painted = read_3mf(path, limits=ReadLimits()).painted
    if len(painted) != triangle_count:
        raise PaintedFileError(
            say("{file} has {count:,} triangles, and the part {wanted:,}.",
                file=path.name, count=len(painted), wanted=triangle_count),
            remedy=say("Paint the file of the part itself, or a copy of it."),
        )  # fmt: skip
    if not painted.any():
        raise PaintedFileError(
            say("No triangle of {file} has a colour of its own.", file=path.name),
            remedy=say(
                "Give triangles a colour in a program that writes 3MF colours, or name them in a .json or .csv file."
            ),
        )
    return painted_triangles(painted)


def unit_choice(text: str | None) -> LengthUnit | None:
    """The unit that is meant, None where none was said."""
    if text is None:
        return None
    unit = length_unit(text)
    if unit is None:
        raise BadInputError(
            say("{text!r} is not a unit of length.", text=text),
            remedy=say("Take one of: nm, um, mm, cm, m, inch, ft."),
        )
    return unit


def size_choice(text: str | None) -> tuple[int, int] | None:
    """`1920x1080` → (1920, 1080)."""
    if text is None:
        return None
    width, cross, height = text.lower().replace("×", "x").partition("x")
    if not (cross and width.strip().isdecimal() and height.strip().isdecimal()):
        raise BadInputError(
            say("{text!r} is not a size in pixels.", text=text),
            remedy=say("Write width x height, such as 1920x1080."),
        )
    size = int(width), int(height)
    if not all(1 <= side <= 65_536 for side in size):
        raise BadInputError(
            say("A field of {text} px does not exist.", text=text), remedy=say("Each side is 1 to 65536 px.")
        )
    return size


def count_choice(text: str | None) -> tuple[int, int] | None:
    """`10x8` → (10, 8) columns and rows."""
    if text is None:
        return None
    columns, cross, rows = text.lower().replace("×", "x").partition("x")
    if not (cross and columns.strip().isdecimal() and rows.strip().isdecimal() and len(text) < 12):
        raise BadInputError(
            say("{text!r} is not a number of columns and rows.", text=text),
            remedy=say("Write columns x rows, such as 10x8."),
        )
    return int(columns), int(rows)


def ramp_choice(text: str) -> Ramp:
    """One of the ramps by name."""
    for known in get_args(Ramp):
        if text.lower() == known:
            return known  # type: ignore[no-any-return]
    raise BadInputError(
        say("{text!r} is no ramp.", text=text), remedy=say("Take one of: {names}.", names=", ".join(get_args(Ramp)))
    )


def window_choice(text: str | None, light: Light) -> Window | None:
    """`x0,y0,x1,y1[,z0,z1]` in µm on the platform → the pixels and layers that hold it."""
    if text is None:
        return None
    try:
        numbers = [float(word) for word in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(math.isfinite(number) for number in numbers):
        raise BadInputError(
            say("{text!r} is no window.", text=text),
            remedy=say("Write x from, y from, x to, y to in µm, such as -500,-500,500,500; z from, z to may follow."),
        )
    from mingyue.printing.measuring.slices import window_of_um

    x0, y0, x1, y1, z0, z1 = numbers if len(numbers) == 6 else [*numbers, -math.inf, math.inf]
    return window_of_um(light, low_um=(x0, y0, z0), high_um=(x1, y1, z1))


def reading_choice(text: str) -> Reading:
    """What the greys of a light map are, by name."""
    for known in READINGS:
        if text.lower() == known:
            return known
    raise BadInputError(
        say("{text!r} is no reading of a light map.", text=text),
        remedy=say("Take one of: {names}.", names=", ".join(READINGS)),
    )


def angles_choice(text: str | None) -> tuple[float, float, float]:
    """`90,0,45` → degrees about x, y and z; one number alone turns about z."""
    if text is None:
        return 0.0, 0.0, 0.0
    try:
        angles = [float(word) for word in text.split(",")]
    except ValueError:
        angles = []
    if len(angles) == 1:
        return 0.0, 0.0, angles[0]
    if len(angles) != 3:
        raise BadInputError(
            say("{text!r} are no angles.", text=text),
            remedy=say("Write degrees about x, y and z, such as 90,0,45; or one number about z."),
        )
    return angles[0], angles[1], angles[2]
