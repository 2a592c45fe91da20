"""PLY files, text and binary, become a mesh."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import BinaryIO

import numpy as np

from mingyue.errors import FileFormatError
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.limits import (
    ReadLimits,
    check_point_count,
    check_triangle_count,
    file_bytes,
)
from mingyue.printing.formats.ply_rows import (
    CORNER_LISTS,
    BinaryRows,
    Element,
    Property,
    TextRows,
    broken_ply,
)
from mingyue.printing.formats.polygons import fans, surface
from mingyue.printing.meshes import Mesh
from mingyue.units import LengthUnit

_TYPES = {
    "char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4", "float": "f4",
    "double": "f8", "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4", "uint32": "u4",
    "float32": "f4", "float64": "f8",
}  # fmt: skip
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_MAX_HEADER_BYTES = 1 << 20  # scanners leave long comments, but no more than this


def read_ply(path: Path, *, unit: LengthUnit, limits: ReadLimits) -> Mesh:
    """The mesh of a PLY file. unit: what its numbers mean, for it does not say.

    Colours, normals and other properties are ignored. Raises FileFormatError, LimitError.
    """
    return read_ply_noted(path, unit=unit, limits=limits)[0]


def read_ply_noted(path: Path, *, unit: LengthUnit, limits: ReadLimits) -> tuple[Mesh, tuple[Phrase, ...]]:
    """As read_ply, with notes on what was ignored."""
    size = file_bytes(path, limits=limits)
    with path.open("rb") as file:
        order, elements, line = _header(file, path, limits)
        _check_promises(order, elements, size - file.tell(), path, limits)
        rows: TextRows | BinaryRows
        rows = BinaryRows(file, order, path, limits) if order else TextRows(file, line, path, limits)
        points, triangles = np.empty((0, 3)), np.empty((0, 3), dtype=np.int64)
        for element in elements:
            if element.name == "vertex":
                points = rows.points(element)
            elif element.name == "face":
                triangles = fans(*rows.polygons(element))
            else:
                rows.skip(element)
    others = sorted({element.name for element in elements if element.count} - {"vertex", "face"})
    notes = tuple(say("Elements named {name!r} are not read and were ignored.", name=name) for name in others)
    return surface([points], [triangles], unit=unit, path=path), notes


def _header(file: BinaryIO, path: Path, limits: ReadLimits) -> tuple[str, list[Element], int]:
    """(byte order, elements, number of the first line of data); leaves the file at the data."""
    order: str | None = None
    elements: list[Element] = []
    for number in itertools.count(1):
        line = file.readline(limits.max_text_line_bytes + 1)
        if not line or file.tell() > _MAX_HEADER_BYTES or len(line) > limits.max_text_line_bytes:
            raise broken_ply(path, say("the header does not end within its first {count:,} lines", count=number))
        words = line.decode("latin-1").split()
        match words:
            case ["ply"] if number == 1:
                pass
            case _ if number == 1:
                raise broken_ply(path, say("a PLY file begins with a line `ply`, and this one does not"))
            case ["format", name, _] if name in _ORDERS and order is None:
                order = _ORDERS[name]
            case ["comment" | "obj_info", *_] | []:
                pass
            case ["element", name, count] if count.isdecimal() and len(count) < 19:
                elements.append(Element(name, int(count), ()))
            case ["property", *declared] if elements and (item := _declared(declared)):
                last = elements[-1]
                elements[-1] = Element(last.name, last.count, (*last.properties, item))
            case ["end_header"]:
                break
            case _:
                raise broken_ply(
                    path, say("line {line:,} of the header is not understood: {text!r}", line=number, text=line[:60])
                )
    if order is None:
        raise broken_ply(path, say("the header does not say whether the data are text or binary"))
    return order, elements, number + 1


def _declared(words: list[str]) -> Property | None:
    match words:
        case ["list", count_type, item_type, name] if item_type in _TYPES and _TYPES.get(count_type, "f")[0] != "f":
            return Property(name, _TYPES[item_type], _TYPES[count_type])
        case [item_type, name] if item_type in _TYPES:
            return Property(name, _TYPES[item_type])
    return None


def _check_promises(order: str, elements: list[Element], left: int, path: Path, limits: ReadLimits) -> None:
    """Refuse what the header promises and the file cannot hold, before any memory is taken for it."""
    names = [element.name for element in elements]
    if names.count("vertex") != 1 or names.count("face") > 1:
        raise broken_ply(path, say("it should have one list of vertices and one of faces"))
    needed = sum(element.count * element.least_bytes(order) for element in elements)
    if needed > left:
        promised = ", ".join(f"{element.count:,} × {element.name}" for element in elements)
        raise FileFormatError(
            say(
                "{file} promises {promised}: {needed:,} bytes or more, but only {left:,} follow.",
                file=path.name,
                promised=promised,
                needed=needed,
                left=left,
            ),
            remedy=say("The file was cut short: copy or export it again."),
        )
    for element in elements:
        if element.name == "vertex":
            check_point_count(element.count, path=path, limits=limits)
            if element.lists or not {"x", "y", "z"} <= {item.name for item in element.properties}:
                raise broken_ply(path, say("its vertices lack x, y or z, or are lists"))
        elif element.name == "face":
            check_triangle_count(element.count, path=path, limits=limits)
            corner_lists = [item for item in element.lists if item.name in CORNER_LISTS]
            if len(corner_lists) != 1 or corner_lists[0].type.startswith("f"):
                raise broken_ply(path, say("its faces have no list of vertex indices"))
