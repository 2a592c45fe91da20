"""PLY files, text and binary, become a mesh."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import FileFormatError
from mingyue.printing.formats.limits import (
    ReadLimits,
    check_point_count,
    check_triangle_count,
    file_bytes,
)
from mingyue.printing.formats.polygons import EXPORT_AGAIN, fans, surface
from mingyue.printing.formats.texts import text_blocks
from mingyue.printing.meshes import Mesh
from mingyue.units import LengthUnit

_TYPES = {
    "char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4", "float": "f4",
    "double": "f8", "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4", "uint32": "u4",
    "float32": "f4", "float64": "f8",
}  # fmt: skip
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_MAX_HEADER_BYTES = 1 << 20  # scanners leave long comments, but no more than this
_BATCH_ROWS = 1 << 16  # rows of text parsed at once: enough to hide Python, small in memory
_CORNER_LISTS = ("vertex_indices", "vertex_index")


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    type: str
    count_type: str | None = None  # of a list


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    count: int
    properties: tuple[_Property, ...]

    @property
    def lists(self) -> tuple[_Property, ...]:
        return tuple(item for item in self.properties if item.count_type)

    def least_bytes(self, order: str) -> int:
        """What one row takes at the very least: in text a digit and a space a number, and a line end."""
        if not order:
            return max(1, 2 * len(self.properties))
        return max(1, sum(np.dtype(item.count_type or item.type).itemsize for item in self.properties))


def read_ply(path: Path, *, unit: LengthUnit, limits: ReadLimits) -> Mesh:
    """The mesh of a PLY file. unit: what its numbers mean, for it does not say.

    Colours, normals and other properties are ignored. Raises FileFormatError, LimitError.
    """
    return read_ply_noted(path, unit=unit, limits=limits)[0]


def read_ply_noted(path: Path, *, unit: LengthUnit, limits: ReadLimits) -> tuple[Mesh, tuple[str, ...]]:
    """As read_ply, with notes on what was ignored."""
    size = file_bytes(path, limits=limits)
    with path.open("rb") as file:
        order, elements, line = _header(file, path, limits)
        _check_promises(order, elements, size - file.tell(), path, limits)
        rows: _TextRows | _BinaryRows
        rows = _BinaryRows(file, order, path, limits) if order else _TextRows(file, line, path, limits)
        points, triangles = np.empty((0, 3)), np.empty((0, 3), dtype=np.int64)
        for element in elements:
            if element.name == "vertex":
                points = rows.points(element)
            elif element.name == "face":
                triangles = fans(*rows.polygons(element))
            else:
                rows.skip(element)
    others = sorted({element.name for element in elements if element.count} - {"vertex", "face"})
    notes = tuple(f"Elements named {name!r} are not read and were ignored." for name in others)
    return surface([points], [triangles], unit=unit, path=path), notes


def _broken(path: Path, why: str) -> FileFormatError:
    return FileFormatError(f"{path.name}: {why}.", remedy=EXPORT_AGAIN)


def _header(file: BinaryIO, path: Path, limits: ReadLimits) -> tuple[str, list[_Element], int]:
    """(byte order, elements, number of the first line of data); leaves the file at the data."""
    order: str | None = None
    elements: list[_Element] = []
    for number in itertools.count(1):
        line = file.readline(limits.max_text_line_bytes + 1)
        if not line or file.tell() > _MAX_HEADER_BYTES or len(line) > limits.max_text_line_bytes:
            raise _broken(path, f"the header does not end within its first {number:,} lines")
        words = line.decode("latin-1").split()
        match words:
            case ["ply"] if number == 1:
                pass
            case _ if number == 1:
                raise _broken(path, "a PLY file begins with a line `ply`, and this one does not")
            case ["format", name, _] if name in _ORDERS and order is None:
                order = _ORDERS[name]
            case ["comment" | "obj_info", *_] | []:
                pass
            case ["element", name, count] if count.isdecimal() and len(count) < 19:
                elements.append(_Element(name, int(count), ()))
            case ["property", *declared] if elements and (item := _declared(declared)):
                last = elements[-1]
                elements[-1] = _Element(last.name, last.count, (*last.properties, item))
            case ["end_header"]:
                break
            case _:
                raise _broken(path, f"line {number:,} of the header is not understood: {line[:60]!r}")
    if order is None:
        raise _broken(path, "the header does not say whether the data are text or binary")
    return order, elements, number + 1


def _declared(words: list[str]) -> _Property | None:
    match words:
        case ["list", count_type, item_type, name] if (
            item_type in _TYPES and _TYPES.get(count_type, "f")[0] != "f"
        ):
            return _Property(name, _TYPES[item_type], _TYPES[count_type])
        case [item_type, name] if item_type in _TYPES:
            return _Property(name, _TYPES[item_type])
    return None


def _check_promises(order: str, elements: list[_Element], left: int, path: Path, limits: ReadLimits) -> None:
    """Refuse what the header promises and the file cannot hold, before any memory is taken for it."""
    names = [element.name for element in elements]
    if names.count("vertex") != 1 or names.count("face") > 1:
        raise _broken(path, "it should have one list of vertices and one of faces")
    needed = sum(element.count * element.least_bytes(order) for element in elements)
    if needed > left:
        promised = ", ".join(f"{element.count:,} × {element.name}" for element in elements)
        raise FileFormatError(
            f"{path.name} promises {promised}, which take {needed:,} bytes or more, but only {left:,} follow.",
            remedy="The file was cut short: copy or export it again.",
        )
    for element in elements:
        if element.name == "vertex":
            check_point_count(element.count, path=path, limits=limits)
            if element.lists or not {"x", "y", "z"} <= {item.name for item in element.properties}:
                raise _broken(path, "its vertices lack x, y or z, or are lists")
        elif element.name == "face":
            check_triangle_count(element.count, path=path, limits=limits)
            corner_lists = [item for item in element.lists if item.name in _CORNER_LISTS]
            if len(corner_lists) != 1 or corner_lists[0].type.startswith("f"):
                raise _broken(path, "its faces have no list of vertex indices")


def _columns(element: _Element) -> list[int]:
    names = [item.name for item in element.properties]
    return [names.index(axis) for axis in "xyz"]


class _TextRows:
    """Elements from lines of words, one row a line."""

    def __init__(self, file: BinaryIO, first_line: int, path: Path, limits: ReadLimits) -> None:
        self.path = path
        self.limits = limits
        self.lines = _lines(file, first_line, limits)

    def points(self, element: _Element) -> NDArray[np.float64]:
        columns = _columns(element)
        points = np.empty((element.count, 3))
        for start in range(0, element.count, _BATCH_ROWS):
            batch = self._batch(min(_BATCH_ROWS, element.count - start))
            for row, (number, words) in enumerate(batch, start):
                try:
                    points[row] = [float(words[column]) for column in columns]
                except (ValueError, IndexError):
                    raise _broken(self.path, f"line {number:,} should be a vertex with its numbers") from None
        return points

    def polygons(self, element: _Element) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        counts, pieces = np.empty(element.count, dtype=np.int64), [np.empty(0, dtype=np.int64)]
        total = 0
        for start in range(0, element.count, _BATCH_ROWS):
            batch = self._batch(min(_BATCH_ROWS, element.count - start))
            polygons = [self._corners(element, number, words) for number, words in batch]
            counts[start : start + len(batch)] = [len(polygon) for polygon in polygons]
            pieces.append(np.array([index for polygon in polygons for index in polygon], dtype=np.int64))
            total += int(np.maximum(counts[start : start + len(batch)] - 2, 0).sum())
            check_triangle_count(total, path=self.path, limits=self.limits)
        return counts, np.concatenate(pieces)

    def skip(self, element: _Element) -> None:
        for start in range(0, element.count, _BATCH_ROWS):
            self._batch(min(_BATCH_ROWS, element.count - start))

    def _batch(self, count: int) -> list[tuple[int, list[bytes]]]:
        batch = list(itertools.islice(self.lines, count))
        if len(batch) < count:
            raise _broken(self.path, "the data end before all promised rows have come")
        return batch

    def _corners(self, element: _Element, number: int, words: list[bytes]) -> list[int]:
        at = 0
        try:
            for item in element.properties:
                length = int(words[at]) if item.count_type else 0
                if item.name in _CORNER_LISTS and item.count_type:
                    corners = [int(word) for word in words[at + 1 : at + 1 + length]]
                    if len(corners) != length or length < 0 or any(abs(index) >> 62 for index in corners):
                        raise ValueError
                    return corners
                at += 1 + max(length, 0)
        except (ValueError, IndexError):
            pass
        raise _broken(self.path, f"line {number:,} should be a face with its indices")


def _lines(file: BinaryIO, first_line: int, limits: ReadLimits) -> Iterator[tuple[int, list[bytes]]]:
    for first, block in text_blocks(file, limits=limits, first_line=first_line):
        for number, line in enumerate(block.split(b"\n"), first):
            if words := line.split():
                yield number, words


class _BinaryRows:
    """Elements from packed numbers."""

    def __init__(self, file: BinaryIO, order: str, path: Path, limits: ReadLimits) -> None:
        self.file = file
        self.size = path.stat().st_size
        self.order = order
        self.path = path
        self.limits = limits

    def points(self, element: _Element) -> NDArray[np.float64]:
        table = np.fromfile(self.file, dtype=self._row_type(element, ()), count=element.count)
        if len(table) < element.count:
            raise _broken(self.path, "the data end inside the vertices")
        return np.stack([table[f"p{column}"].astype(np.float64) for column in _columns(element)], axis=1)

    def polygons(self, element: _Element) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        place = next(k for k, item in enumerate(element.lists) if item.name in _CORNER_LISTS)
        field = f"p{element.properties.index(element.lists[place])}"
        corners, counts, total = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)], 0
        for table, lengths in self._runs(element):
            corners.append(table[field].astype(np.int64).ravel())
            counts.append(np.full(len(table), lengths[place]))
            total += len(table) * max(0, lengths[place] - 2)
            check_triangle_count(total, path=self.path, limits=self.limits)
        return np.concatenate(counts), np.concatenate(corners)

    def skip(self, element: _Element) -> None:
        if element.properties:
            for _ in self._runs(element):
                pass

    def _runs(self, element: _Element) -> Iterator[tuple[NDArray[np.void], tuple[int, ...]]]:
        """Tables of neighbouring rows whose lists are equally long, with these lengths."""
        done, batch = 0, 64
        while done < element.count:
            at = self.file.tell()
            lengths = self._lengths(element)
            row_type = self._row_type(element, lengths)
            self.file.seek(at)
            packed = self.file.read(min(batch, element.count - done) * row_type.itemsize)
            table = np.frombuffer(
                packed[: len(packed) // row_type.itemsize * row_type.itemsize], dtype=row_type
            )
            same = np.logical_and.reduce([np.ones(len(table), dtype=bool)] + [
                table[f"n{k}"] == length for k, length in zip(_list_places(element), lengths, strict=True)
            ])  # fmt: skip
            run = len(table) if same.all() else int(same.argmin())
            if not run:
                raise _broken(self.path, f"the data end inside the elements named {element.name!r}")
            yield table[:run], lengths
            done += run
            batch = min(2 * batch, _BATCH_ROWS) if run == len(table) else max(16, 2 * run)
            self.file.seek(at + run * row_type.itemsize)

    def _lengths(self, element: _Element) -> tuple[int, ...]:
        """How long the lists of the next row are; none may reach over the end of the file."""
        lengths = []
        for item in element.properties:
            if item.count_type is None:
                self.file.seek(np.dtype(item.type).itemsize, 1)
                continue
            count_type = np.dtype(self.order + item.count_type)
            packed = self.file.read(count_type.itemsize)
            length = (
                int(np.frombuffer(packed, dtype=count_type)[0]) if len(packed) == count_type.itemsize else -1
            )
            end = self.file.tell() + length * np.dtype(item.type).itemsize
            if length < 0 or end > self.size:
                raise _broken(self.path, f"a list in {element.name!r} reaches over the end of the file")
            lengths.append(length)
            self.file.seek(end)
        return tuple(lengths)

    def _row_type(self, element: _Element, lengths: tuple[int, ...]) -> np.dtype[np.void]:
        fields: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
        left = iter(lengths)
        for k, item in enumerate(element.properties):
            if item.count_type is None:
                fields.append((f"p{k}", self.order + item.type))
            else:
                fields += [
                    (f"n{k}", self.order + item.count_type),
                    (f"p{k}", self.order + item.type, (next(left),)),
                ]
        return np.dtype(fields)


def _list_places(element: _Element) -> list[int]:
    return [k for k, item in enumerate(element.properties) if item.count_type]
