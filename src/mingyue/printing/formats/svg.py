"""Outlines as one SVG document, both ways: in millimetres, a group a layer, a path with a fill rule in each.

An outline has no grey: a pixel counts as lit from half on. One screen over the middle of the platform; heights and
exposures stand in attributes of our own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import FileFormatError, LimitError
from mingyue.files import unfinished
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.archives import LIMITS, number, sha256_of
from mingyue.printing.formats.limits import file_bytes
from mingyue.printing.formats.outlines import CrowdedError, outlines_of, runs_of
from mingyue.printing.formats.stack import (
    ASK_PIXEL,
    EXPORT_AGAIN,
    Exposure,
    Losses,
    MaskStack,
    Picture,
    Shown,
    StackLayer,
    check_counts,
    lose_package,
    on_one_screen,
    one_screen,
    screen_px,
)
from mingyue.printing.runs import FULL, Runs

_NAMESPACE = "urn:mingyue:layers"
_SVG = "http://www.w3.org/2000/svg"
# A point of one layer takes two bytes at least; a layer of 64 MB has some ten million corners.
_MOST_LAYER_BYTES = 1 << 26
_CHUNK_BYTES = 1 << 20
_PART = re.compile(r"([MmLlHhVvZz])([^MmLlHhVvZz]*)")
_NO_PATH = re.compile(r"[^MmLlHhVvZz\s\d.,eE+-]|^\s*[^Mm\s]")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_SCALE = re.compile(r"\s*scale\(\s*([^,\s)]+)\s*\)\s*")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Group:
    """A layer's group: where it lies in the file, up to its closing tag, and what it says of itself."""

    name: str
    at: int
    count: int
    attributes: dict[str, str]


@dataclass
class _Document:
    """What a first look at the file finds: the size of the sheet, and its layers."""

    attributes: dict[str, str] = field(default_factory=dict)
    groups: list[_Group] = field(default_factory=list)


def is_svg(head: bytes) -> bool:
    """Whether a file's first bytes are those of an SVG document."""
    return bool(re.match(rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<svg[\s>]", head, re.DOTALL))


def read_svg(path: Path, *, pixel_um: float | None = None) -> MaskStack:
    """The masks of an SVG document whose groups are layers; a pixel is lit where its centre lies inside.

    pixel_um: for documents of others. Raises FileFormatError, LimitError.
    """
    file_bytes(path, limits=LIMITS)
    document = _scanned(path)
    pixel_um = pixel_um or _own_pixel_um(document, path.name)
    size_mm, unit_mm = _sheet(document, path.name)
    field_px = (round(1e3 * size_mm[0] / pixel_um), round(1e3 * size_mm[1] / pixel_um))
    canvas, fields, stitching = one_screen(pixel_um=pixel_um, field_px=field_px)
    check_counts(len(document.groups), 1, name=path.name)
    layers = []
    for index, group in enumerate(document.groups):
        layers.append(_layer(path, group, index, field_px, 1e3 * unit_mm / pixel_um))
    return MaskStack(
        name=path.name,
        format="svg",
        pixel_um=pixel_um,
        field_px=field_px,
        canvas=canvas,
        fields=fields,
        layers=tuple(layers),
        stitching=stitching,
        sha256=sha256_of(path),
    )


def _broken(file: str, why: str) -> FileFormatError:
    return FileFormatError(say("{file} is not a valid SVG file: {why}.", file=file, why=why), remedy=EXPORT_AGAIN)


def _scanned(path: Path) -> _Document:
    """Walk through the document without keeping its paths."""
    document, depth, begun = _Document(), 0, (0, dict[str, str]())
    parser = _parser(path.name)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, begun
        if depth == 0:
            if _local(name) != "svg":
                raise _broken(path.name, say("it does not begin with an svg element"))
            document.attributes = attributes
        elif depth == 1 and _local(name) == "g":
            begun = (parser.CurrentByteIndex, attributes)
            check_counts(len(document.groups) + 1, 1, name=path.name)
        depth += 1

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if depth == 1 and _local(name) == "g":
            document.groups.append(_Group(name, begun[0], parser.CurrentByteIndex - begun[0], begun[1]))

    parser.StartElementHandler, parser.EndElementHandler = start, end
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK_BYTES):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise _broken(path.name, str(error)) from error
    return document


def _parser(file: str) -> Any:
    """A parser that takes no entities and no document type: they can be made to fill all memory."""
    parser = expat.ParserCreate()

    def refuse(*_: Any) -> None:
        raise _broken(file, say("it declares a document type or entities"))

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _own(attributes: dict[str, str]) -> dict[str, str]:
    """The attributes that are our own, by their bare names."""
    return {name.partition(":")[2]: value for name, value in attributes.items() if name.startswith("mingyue:")}


def _own_pixel_um(document: _Document, file: str) -> float:
    said = _own(document.attributes)
    if "pixel-um" not in said:
        raise FileFormatError(say("{file} does not say how large its pixels are.", file=file), remedy=ASK_PIXEL)
    return number(said, "pixel-um", file=file)


def _sheet(document: _Document, file: str) -> tuple[tuple[float, float], float]:
    """Width and height in mm, and how long the document's unit is."""
    sides = []
    for key in ("width", "height"):
        text = document.attributes.get(key, "")
        if not text.endswith("mm"):
            raise _broken(file, say("its {key} is not in mm", key=key))
        sides.append(number({key: text.removesuffix("mm")}, key, file=file))
    box = document.attributes.get("viewBox", "").replace(",", " ").split()
    if len(box) != 4 or [text.lstrip("-").strip("0.") for text in box[:2]] != ["", ""]:
        raise _broken(file, say("its viewBox does not begin at 0 0"))
    width, height = (number({"viewBox": text}, "viewBox", file=file) for text in box[2:])
    if abs(sides[0] / width - sides[1] / height) > 1e-6 * sides[0] / width:
        raise _broken(file, say("its viewBox has another shape than its sheet"))
    return (sides[0], sides[1]), sides[0] / width


def _layer(path: Path, group: _Group, index: int, field_px: tuple[int, int], unit_px: float) -> StackLayer:
    said = _own(group.attributes)
    where = f"{path.name}: {group.attributes.get('id', index)}"
    bottom_um = number(said, "bottom-um", file=where, above_zero=False)
    thickness_um = number(said, "thickness-um", file=where)
    cut_um = number(said, "cut-um", file=where, above_zero=False, default=bottom_um + thickness_um / 2)
    seconds = number(said, "exposure-s", file=where, above_zero=False, default=0.0)
    if group.count > _MOST_LAYER_BYTES:
        raise LimitError(
            say("{name} in {file} unpacks to more than {most:,} bytes.",
                name=repr(group.attributes.get("id", index)), file=path.name, most=_MOST_LAYER_BYTES),
            remedy=EXPORT_AGAIN,
        )  # fmt: skip
    picture = Picture(str(index), lambda: _read_group(path, group, where, field_px, unit_px))
    return StackLayer(bottom_um, thickness_um, cut_um, (Exposure(0, seconds, picture),) if seconds > 0 else ())


def _read_group(path: Path, group: _Group, where: str, field_px: tuple[int, int], unit_px: float) -> Runs:
    with path.open("rb") as file:
        file.seek(group.at)
        data = file.read(group.count)
    polygons: list[Floats] = []
    rules: set[str] = set()
    parser = _parser(where)

    def start(name: str, attributes: dict[str, str]) -> None:
        scale = _scale(attributes.get("transform"), where)
        if _local(name) == "g":
            scales.append(scales[-1] * scale)
        elif _local(name) == "path":
            rules.add(attributes.get("fill-rule", "nonzero"))
            size = scales[-1] * scale * unit_px
            polygons.extend(size * polygon for polygon in _polygons(attributes.get("d", ""), where))
        else:
            raise _broken(where, say("it draws with {name}; only paths are read", name=repr(name)[:40]))

    def end(name: str) -> None:
        if _local(name) == "g":
            scales.pop()

    scales = [1.0]
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(data, False)
        parser.Parse(f"</{group.name}>".encode() if len(scales) > 1 else b"", True)  # it may be closed already
    except expat.ExpatError as error:
        raise _broken(where, str(error)) from error
    if len(rules) > 1:
        raise _broken(where, say("its paths follow different fill rules"))
    try:
        return runs_of(polygons, rows=field_px[1], columns=field_px[0], even_odd=rules != {"nonzero"})
    except CrowdedError as error:
        raise LimitError(
            say("{file} crosses its outlines {count:,} times, more than any layer.", file=where, count=error.args[0]),
            remedy=EXPORT_AGAIN,
        ) from error


def _scale(transform: str | None, where: str) -> float:
    if not transform:
        return 1.0
    found = _SCALE.fullmatch(transform)
    if not found:
        raise _broken(where, say("it moves outlines with {name}; only scale is read", name=repr(transform)[:40]))
    return number({"scale": found[1]}, "scale", file=where)


class _Pen:
    """Follows a path of straight sides; polygons: those drawn so far, in the path's own unit."""

    def __init__(self) -> None:
        self.polygons: list[Floats] = []
        self._points: list[tuple[float, float]] = []
        self._at = self._first = (0.0, 0.0)

    def follow(self, command: str, numbers: list[float]) -> None:
        """One command with all its numbers. Raises ValueError where they do not pair up."""
        kind, is_relative = command.upper(), command.islower()
        if kind == "Z":
            self.close()
        elif kind == "H":
            self._sides([(across, 0.0 if is_relative else self._at[1]) for across in numbers], is_relative)
        elif kind == "V":
            self._sides([(0.0 if is_relative else self._at[0], down) for down in numbers], is_relative)
        else:
            corners = list(zip(numbers[0::2], numbers[1::2], strict=True))
            if kind == "M":
                self._begin(self._moved(corners[0], is_relative))
                corners = corners[1:]
            self._sides(corners, is_relative)

    def close(self) -> None:
        """The polygon is finished; the pen goes back to where it began."""
        if self._points:
            self.polygons.append(np.array(self._points))
        self._points, self._at = [], self._first

    def _begin(self, at: tuple[float, float]) -> None:
        self.close()
        self._points, self._at, self._first = [at], at, at

    def _moved(self, corner: tuple[float, float], is_relative: bool) -> tuple[float, float]:
        return (self._at[0] + corner[0], self._at[1] + corner[1]) if is_relative else corner

    def _sides(self, corners: list[tuple[float, float]], is_relative: bool) -> None:
        for corner in corners:
            if not self._points:  # drawn on after a close
                self._points = [self._at]
            self._at = self._moved(corner, is_relative)
            self._points.append(self._at)


def _polygons(path: str, where: str) -> list[Floats]:
    """The closed polygons of a path of straight sides, (n, 2) each, in the path's own unit."""
    if _NO_PATH.search(path):
        raise _broken(where, say("a path has curves or what is no path"))
    pen = _Pen()
    for command, rest in _PART.findall(path):
        try:
            pen.follow(command, [float(text) for text in _NUMBER.findall(rest)])
        except (ValueError, IndexError):
            raise _broken(where, say("a path has a corner with one coordinate")) from None
    pen.close()
    if not all(np.isfinite(polygon).all() for polygon in pen.polygons):
        raise _broken(where, say("a coordinate is not a finite number"))
    return pen.polygons


def write_svg(stack: MaskStack, path: Path) -> tuple[Phrase, ...]:
    """Write an SVG document. Returns what could not be carried over, grey first of all."""
    losses = Losses()
    lose_package(stack, losses)
    columns, rows = screen_px(stack)
    width, height = (f"{side * stack.pixel_um / 1e3:.10g}" for side in (columns, rows))
    with unfinished(path) as beside, beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="{_SVG}" xmlns:mingyue="{_NAMESPACE}" '
            f'width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}" '
            f'mingyue:pixel-um="{stack.pixel_um!r}">\n'
        )
        for index, shown in enumerate(on_one_screen(stack, losses)):
            if (shown.runs.values != FULL).any():
                losses.add(say("Grey is lost: a pixel is lit from half on, and dark below."))
            file.write(_group(index, shown, stack.pixel_um))
        file.write("</svg>\n")
    return losses.told()


def _group(index: int, shown: Shown, pixel_um: float) -> str:
    path = "".join(_outline(corners) for corners in outlines_of(shown.runs))
    layer = shown.layer
    return (
        f'<g id="layer{index}" mingyue:bottom-um="{layer.bottom_um!r}" mingyue:thickness-um="{layer.thickness_um!r}" '
        f'mingyue:cut-um="{layer.cut_um!r}" mingyue:exposure-s="{shown.seconds!r}" '
        f'transform="scale({pixel_um / 1e3!r})"><path fill-rule="evenodd" d="{path}"/></g>\n'
    )


def _outline(corners: list[tuple[int, int]]) -> str:
    """Corners whose sides go across and along by turns."""
    (x, y), *others = corners
    sides = "".join(f"H{column}" if turn % 2 == 0 else f"V{row}" for turn, (column, row) in enumerate(others))
    return f"M{x} {y}{sides}Z"
