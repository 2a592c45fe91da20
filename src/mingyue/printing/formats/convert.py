"""Files of masks of any known format, in and out; their content decides, not their name."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from mingyue.errors import BadInputError, FileFormatError, MingyueError
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.archives import Archive
from mingyue.printing.formats.goo import is_goo, read_goo, write_goo
from mingyue.printing.formats.nanodlp import read_nanodlp, write_nanodlp
from mingyue.printing.formats.openmfd import find_settings, read_openmfd, write_openmfd
from mingyue.printing.formats.packages import read_package, write_package
from mingyue.printing.formats.png_csv import TABLE, read_png_csv, write_png_csv
from mingyue.printing.formats.print_package import is_package
from mingyue.printing.formats.sl1 import read_sl1, write_sl1
from mingyue.printing.formats.stack import ASK_PIXEL, MaskStack
from mingyue.printing.formats.svg import is_svg, read_svg, write_svg

StackFormat = Literal["package", "sl1", "nanodlp", "goo", "openmfd", "png", "svg"]

_READERS: dict[StackFormat, Callable[..., MaskStack]] = {
    "sl1": read_sl1,
    "nanodlp": read_nanodlp,
    "goo": read_goo,
    "openmfd": read_openmfd,
    "png": read_png_csv,
    "svg": read_svg,
}
_WRITERS: dict[StackFormat, Callable[[MaskStack, Path], tuple[Phrase, ...]]] = {
    "package": write_package,
    "sl1": write_sl1,
    "nanodlp": write_nanodlp,
    "goo": write_goo,
    "openmfd": write_openmfd,
    "png": write_png_csv,
    "svg": write_svg,
}
# The entries by which a zip shows what it is.
_ENTRIES: dict[StackFormat, set[str]] = {
    "sl1": {"config.ini"},
    "png": {TABLE},
    "nanodlp": {"1.png", "profile.json"},
}
# A zip may be a package, openmfd or png, so .zip alone says nothing.
_SUFFIXES: dict[str, StackFormat] = {
    ".sl1": "sl1",
    ".sl1s": "sl1",
    ".nanodlp": "nanodlp",
    ".goo": "goo",
    ".svg": "svg",
    ".job.zip": "package",
    ".png.zip": "png",
    ".openmfd.zip": "openmfd",
}


def stack_format(path: Path) -> StackFormat | None:
    """Which format of masks a file is, by its content; None where it is none of them. Never raises."""
    try:
        if path.is_dir():
            return "png" if (path / TABLE).is_file() else None
        if not path.is_file():  # a pipe would wait for ever
            return None
        with path.open("rb") as file:
            head = file.read(4096)
        if is_goo(head):
            return "goo"
        if is_svg(head):
            return "svg"
        return _format_of_zip(path) if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) else None
    except (OSError, ValueError, MingyueError):
        return None


def _format_of_zip(path: Path) -> StackFormat | None:
    if is_package(path):
        return "package"
    try:
        with zipfile.ZipFile(path) as opened:
            names = frozenset(opened.namelist())
    except (zipfile.BadZipFile, NotImplementedError):
        return None
    for known, needed in _ENTRIES.items():
        if names.issuperset(needed):
            return known
    return "openmfd" if any(name.endswith(".json") for name in names) and _has_settings(path) else None


def _has_settings(path: Path) -> bool:
    """Whether it is a print file; so is a damaged zip, whose reader says what is wrong with it."""
    try:
        archive = Archive(path)
    except MingyueError:
        return True
    try:
        return find_settings(archive) is not None
    finally:
        archive.close()


def read_stack(path: Path, *, pixel_um: float | None = None) -> MaskStack:
    """The masks of a file of any known format, each read when asked for; to be closed, or used with `with`.

    pixel_um: the side of a pixel, for files that do not say it; it wins where they do.
    Raises FileFormatError where the file is no such file or is damaged, LimitError where it is too large.
    """
    if pixel_um is not None and not (math.isfinite(pixel_um) and pixel_um > 0):
        raise BadInputError(say("A pixel of {pixel} µm does not exist.", pixel=pixel_um), remedy=ASK_PIXEL)
    if not path.exists():
        raise FileFormatError(say("There is no file {file}.", file=path), remedy=say("Check the name."))
    found = stack_format(path)
    if found is None:
        raise FileFormatError(
            say("{file} holds no masks in any format known here.", file=path.name),
            remedy=say("Known are print packages, SL1, NanoDLP, GOO, openmfd, PNG with layers.csv, and SVG."),
        )
    if found == "package":
        if pixel_um is not None:
            raise BadInputError(
                say("A print package says itself how large its pixels are."), remedy=say("Leave --pixel-um out.")
            )
        return read_package(path)
    return _READERS[found](path, pixel_um=pixel_um)


def write_stack(stack: MaskStack, path: Path, format: StackFormat) -> tuple[Phrase, ...]:  # noqa: A002
    """Write masks in a format, whole or not at all. Returns what could not be carried over.

    Raises BadInputError where the format cannot hold them, LimitError where one screen would be too large.
    """
    return _WRITERS[format](stack, path)


def format_for(path: Path) -> StackFormat | None:
    """The format that a name to be written asks for; None where it is not clear."""
    name = path.name.lower()
    return next((known for suffix, known in _SUFFIXES.items() if name.endswith(suffix)), None)
