"""Rows of a PLY file, as text or packed, become arrays of points and polygons."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import FileFormatError
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.limits import ReadLimits, check_triangle_count
from mingyue.printing.formats.polygons import EXPORT_AGAIN
from mingyue.printing.formats.texts import text_blocks

CORNER_LISTS = ("vertex_indices", "vertex_index")
_BATCH_ROWS = 1 << 16  # rows parsed at once: enough to hide Python, small in memory


@dataclass(frozen=True, slots=True)
class Property:
    """One column. type, count_type: numpy's names without byte order; count_type of a list, else None."""

    name: str
    type: str
    count_type: str | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """One table: so many rows of these properties."""

    name: str
    count: int
    properties: tuple[Property, ...]

    @property
    def lists(self) -> tuple[Property, ...]:
        return tuple(item for item in self.properties if item.count_type)

    def least_bytes(self, order: str) -> int:
        """What one row takes at the very least: in text a digit and a space a number, and a line end."""
        if not order:
            return max(1, 2 * len(self.properties))
        return max(1, sum(np.dtype(item.count_type or item.type).itemsize for item in self.properties))


def broken_ply(path: Path, why: Phrase) -> FileFormatError:
    """The error for a PLY file that breaks its own promises."""
    return FileFormatError(say("{file}: {why}.", file=path.name, why=why), remedy=EXPORT_AGAIN)


def _columns(element: Element) -> list[int]:
    names = [item.name for item in element.properties]
    return [names.index(axis) for axis in "xyz"]


class TextRows:
    """Elements from lines of words, one row a line."""

    def __init__(self, file: BinaryIO, first_line: int, path: Path, limits: ReadLimits) -> None:
        self.path = path
        self.limits = limits
        self.lines = _lines(file, first_line, limits)

    def points(self, element: Element) -> NDArray[np.float64]:
        """(n, 3) in the file's unit."""
        columns = _columns(element)
        points = np.empty((element.count, 3))
        for start in range(0, element.count, _BATCH_ROWS):
            batch = self._batch(min(_BATCH_ROWS, element.count - start))
            for row, (number, words) in enumerate(batch, start):
                try:
                    points[row] = [float(words[column]) for column in columns]
                except (ValueError, IndexError):
                    why = say("line {line:,} should be a vertex with its numbers", line=number)
                    raise broken_ply(self.path, why) from None
        return points

    def polygons(self, element: Element) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many corners each polygon has, and all corners in one row."""
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

    def skip(self, element: Element) -> None:
        """Pass over an element that is of no use here."""
        for start in range(0, element.count, _BATCH_ROWS):
            self._batch(min(_BATCH_ROWS, element.count - start))

    def _batch(self, count: int) -> list[tuple[int, list[bytes]]]:
        batch = list(itertools.islice(self.lines, count))
        if len(batch) < count:
            raise broken_ply(self.path, say("the data end before all promised rows have come"))
        return batch

    def _corners(self, element: Element, number: int, words: list[bytes]) -> list[int]:
        at = 0
        try:
            for item in element.properties:
                length = int(words[at]) if item.count_type else 0
                if item.name in CORNER_LISTS and item.count_type:
                    corners = [int(word) for word in words[at + 1 : at + 1 + length]]
                    if len(corners) != length or length < 0 or any(abs(index) >> 62 for index in corners):
                        raise ValueError
                    return corners
                at += 1 + max(length, 0)
        except (ValueError, IndexError):
            pass
        raise broken_ply(self.path, say("line {line:,} should be a face with its indices", line=number))


def _lines(file: BinaryIO, first_line: int, limits: ReadLimits) -> Iterator[tuple[int, list[bytes]]]:
    for first, block in text_blocks(file, limits=limits, first_line=first_line):
        for number, line in enumerate(block.split(b"\n"), first):
            if words := line.split():
                yield number, words


class BinaryRows:
    """Elements from packed numbers."""

    def __init__(self, file: BinaryIO, order: str, path: Path, limits: ReadLimits) -> None:
        self.file = file
        self.size = path.stat().st_size
        self.order = order
        self.path = path
        self.limits = limits

    def points(self, element: Element) -> NDArray[np.float64]:
        """(n, 3) in the file's unit."""
        table = np.fromfile(self.file, dtype=self._row_type(element, ()), count=element.count)
        if len(table) < element.count:
            raise broken_ply(self.path, say("the data end inside the vertices"))
        return np.stack([table[f"p{column}"].astype(np.float64) for column in _columns(element)], axis=1)

    def polygons(self, element: Element) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many corners each polygon has, and all corners in one row."""
        place = next(k for k, item in enumerate(element.lists) if item.name in CORNER_LISTS)
        field = f"p{element.properties.index(element.lists[place])}"
        corners, counts, total = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)], 0
        for table, lengths in self._runs(element):
            corners.append(table[field].astype(np.int64).ravel())
            counts.append(np.full(len(table), lengths[place]))
            total += len(table) * max(0, lengths[place] - 2)
            check_triangle_count(total, path=self.path, limits=self.limits)
        return np.concatenate(counts), np.concatenate(corners)

    def skip(self, element: Element) -> None:
        """Pass over an element that is of no use here."""
        if element.properties:
            for _ in self._runs(element):
                pass

    def _runs(self, element: Element) -> Iterator[tuple[NDArray[np.void], tuple[int, ...]]]:
        """Tables of neighbouring rows whose lists are equally long, with these lengths."""
        done, batch = 0, 64
        while done < element.count:
            at = self.file.tell()
            lengths = self._lengths(element)
            row_type = self._row_type(element, lengths)
            self.file.seek(at)
            packed = self.file.read(min(batch, element.count - done) * row_type.itemsize)
            table = np.frombuffer(packed[: len(packed) // row_type.itemsize * row_type.itemsize], dtype=row_type)
            same = np.logical_and.reduce([np.ones(len(table), dtype=bool)] + [
                table[f"n{k}"] == length for k, length in zip(_list_places(element), lengths, strict=True)
            ])  # fmt: skip
            run = len(table) if same.all() else int(same.argmin())
            if not run:
                raise broken_ply(self.path, say("the data end inside the elements named {name!r}", name=element.name))
            yield table[:run], lengths
            done += run
            batch = min(2 * batch, _BATCH_ROWS) if run == len(table) else max(16, 2 * run)
            self.file.seek(at + run * row_type.itemsize)

    def _lengths(self, element: Element) -> tuple[int, ...]:
        """How long the lists of the next row are; none may reach over the end of the file."""
        lengths = []
        for item in element.properties:
            if item.count_type is None:
                self.file.seek(np.dtype(item.type).itemsize, 1)
                continue
            count_type = np.dtype(self.order + item.count_type)
            packed = self.file.read(count_type.itemsize)
            length = int(np.frombuffer(packed, dtype=count_type)[0]) if len(packed) == count_type.itemsize else -1
            end = self.file.tell() + length * np.dtype(item.type).itemsize
            if length < 0 or end > self.size:
                raise broken_ply(
                    self.path, say("a list in {name!r} reaches over the end of the file", name=element.name)
                )
            lengths.append(length)
            self.file.seek(end)
        return tuple(lengths)

    def _row_type(self, element: Element, lengths: tuple[int, ...]) -> np.dtype[np.void]:
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


def _list_places(element: Element) -> list[int]:
    return [k for k, item in enumerate(element.properties) if item.count_type]
