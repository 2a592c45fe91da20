"""OBJ files become a mesh. Only points and polygons are read; no other file is ever opened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import FileFormatError
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.limits import ReadLimits, check_point_count, check_triangle_count, file_bytes
from mingyue.printing.formats.polygons import EXPORT_AGAIN, fans, surface
from mingyue.printing.formats.texts import text_blocks
from mingyue.printing.meshes import Mesh
from mingyue.units import LengthUnit

_CURVED = frozenset({b"curv", b"curv2", b"surf"})  # geometry that would be missing from the part
_Rows = list[list[bytes]]
_NOT_SURFACE = frozenset({b"l", b"p"})
_NO_EFFECT = frozenset(
    b"vt vn vp g o s mg usemtl mtllib usemap maplib lod bevel c_interp d_interp shadow_obj trace_obj".split()
)


def read_obj(path: Path, *, unit: LengthUnit, limits: ReadLimits) -> Mesh:
    """The mesh of an OBJ file. unit: what its numbers mean, for it does not say.

    Materials, textures and normals are ignored. Raises FileFormatError, LimitError.
    """
    return read_obj_noted(path, unit=unit, limits=limits)[0]


def read_obj_noted(path: Path, *, unit: LengthUnit, limits: ReadLimits) -> tuple[Mesh, tuple[Phrase, ...]]:
    """As read_obj, with notes on what was ignored."""
    file_bytes(path, limits=limits)
    reading = _Reading(path, limits)
    with path.open("rb") as file:
        for line, block in text_blocks(file, limits=limits):
            reading.take(line, block)
    mesh = surface(reading.points, reading.triangles, unit=unit, path=path)
    return mesh, reading.notes()


class _Reading:
    """What was read so far: pieces of points and of triangles, and what was passed over."""

    def __init__(self, path: Path, limits: ReadLimits) -> None:
        self.path = path
        self.limits = limits
        self.points: list[NDArray[np.float64]] = []
        self.triangles: list[NDArray[np.int64]] = []
        self.ignored: set[str] = set()
        self.unknown_count = 0
        self.point_count = 0
        self.triangle_count = 0

    def take(self, first_line: int, block: bytes) -> None:
        """Read one block of whole lines."""
        rows: _Rows = []
        polygons: list[list[int]] = []
        for number, text in enumerate(block.split(b"\n"), first_line):
            words = text.split()
            if not words:
                continue
            if words[0] == b"v":
                rows.append(words[1:4])
            elif words[0] == b"f":
                polygons.append(self._polygon(words[1:], self.point_count + len(rows), number))
            else:
                self._pass_over(words, number)
        self._keep(rows, polygons, first_line, block)

    def notes(self) -> tuple[Phrase, ...]:
        """What was passed over, for whoever wonders where it went."""
        words = sorted(self.ignored)
        kinds = [say("Lines beginning with `{word}` are no surface and were ignored.", word=word) for word in words]
        if self.unknown_count:
            kinds.append(say("{count:,} lines of unknown kind were ignored.", count=self.unknown_count))
        return tuple(kinds)

    def _polygon(self, words: list[bytes], points_so_far: int, number: int) -> list[int]:
        """Indices from 0. Negative ones in the file count back from the last point so far."""
        try:
            indices = [int(word.split(b"/", 1)[0]) for word in words]
        except ValueError:
            raise self._broken(number, say("a face needs whole numbers")) from None
        if len(indices) < 3:
            raise self._broken(number, say("a face needs at least three corners"))
        corners = [index - 1 if index > 0 else points_so_far + index for index in indices]
        if 0 in indices or min(corners) < 0 or max(indices) >= 1 << 62:
            raise self._broken(
                number,
                say("index {index} is out of range after {count:,} points", index=min(indices), count=points_so_far),
            )
        return corners

    def _pass_over(self, words: list[bytes], number: int) -> None:
        keyword = words[0]
        if words[-1].endswith(b"\\") and not keyword.startswith(b"#"):
            raise self._broken(number, say("a line that goes on in the next one is not read"))
        if keyword in _CURVED:
            raise self._broken(
                number, say("curved surfaces ({word}) are not read, only polygons", word=keyword.decode())
            )
        if keyword in _NOT_SURFACE:
            self.ignored.add(keyword.decode())
        elif keyword not in _NO_EFFECT and not keyword.startswith(b"#"):
            self.unknown_count += 1

    def _keep(self, rows: _Rows, polygons: list[list[int]], first_line: int, block: bytes) -> None:
        try:
            points = np.array([list(map(float, row)) for row in rows]).reshape(len(rows), 3)
        except ValueError:
            raise self._broken(*_first_odd_point(first_line, block)) from None
        counts = np.array([len(polygon) for polygon in polygons], dtype=np.int64)
        self.point_count += len(points)
        self.triangle_count += int((counts - 2).sum())
        check_point_count(self.point_count, path=self.path, limits=self.limits)
        check_triangle_count(self.triangle_count, path=self.path, limits=self.limits)
        corners = np.array([index for polygon in polygons for index in polygon], dtype=np.int64)
        self.points.append(points)
        self.triangles.append(fans(counts, corners))

    def _broken(self, number: int, why: Phrase) -> FileFormatError:
        return FileFormatError(
            say("Line {line:,} of {file}: {why}.", line=number, file=self.path.name, why=why), remedy=EXPORT_AGAIN
        )


def _first_odd_point(first_line: int, block: bytes) -> tuple[int, Phrase]:
    for number, text in enumerate(block.split(b"\n"), first_line):
        words = text.split()
        if words[:1] == [b"v"]:
            try:
                count = len([float(word) for word in words[1:4]])
            except ValueError:
                count = 0
            if count < 3:
                return number, say("a point needs three numbers")
    raise AssertionError("called for a block whose points are right")
