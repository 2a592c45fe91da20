"""What a person has painted on a part: triangles by number, and everything within boxes and balls, from a small file."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import FileFormatError, why_refused
from mingyue.phrases import Phrase, say
from mingyue.printing.meshes import Mesh

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A number for each triangle of the largest part takes less.
_MOST_BYTES = 100_000_000
_KEYS = frozenset({"triangles", "boxes_um", "balls_um"})


class PaintedFileError(FileFormatError):
    """A file of painted surfaces does not say what is painted."""


@dataclass(frozen=True, eq=False)
class Painted:
    """In the part frame, µm. triangles: (t,) int64; boxes_um: (b, 2, 3) low and high; balls_um: (s, 4) centre, radius."""

    triangles: Ints
    boxes_um: Floats
    balls_um: Floats

    def __len__(self) -> int:
        return len(self.triangles) + len(self.boxes_um) + len(self.balls_um)

    def holds(self, points_um: Floats) -> NDArray[np.bool_]:
        """(n,) bool: whether each of (n, 3) points lies in a box or a ball, its border counted."""
        inside = np.zeros(len(points_um), dtype=np.bool_)
        for low, high in self.boxes_um:
            inside |= ((points_um >= low) & (points_um <= high)).all(axis=1)
        for ball in self.balls_um:
            inside |= ((points_um - ball[:3]) ** 2).sum(axis=1) <= ball[3] ** 2
        return inside

    def faces(self, mesh: Mesh) -> NDArray[np.bool_]:
        """(m,) bool: the triangles of the part that are named, or whose middle lies in a box or a ball."""
        painted = self.holds(mesh.vertices_um[mesh.triangles].mean(axis=1))
        painted[self.triangles] = True
        return painted


def unpainted() -> Painted:
    """Nothing is painted."""
    return Painted(np.empty(0, dtype=np.int64), np.empty((0, 2, 3)), np.empty((0, 4)))


def painted_triangles(which: NDArray[np.bool_]) -> Painted:
    """Those triangles alone. which: (triangles of the part,)."""
    return Painted(np.flatnonzero(which), np.empty((0, 2, 3)), np.empty((0, 4)))


def read_painted(path: Path, *, triangle_count: int) -> Painted:
    """Read a .json or .csv file; see docs/reference/painted-surfaces.md.

    Raises PaintedFileError where it cannot be read, or names a triangle that the part does not have.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _odd(path, say("it is too large"))
        text = path.read_text(encoding="utf-8-sig")
        painted = _from_csv(text, path) if path.suffix.lower() == ".csv" else _from_json(json.loads(text), path)
    except OSError as error:
        raise _odd(path, why_refused(error)) from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise _odd(path, say("it is neither JSON nor CSV")) from error
    if len(painted.triangles) and not 0 <= painted.triangles.min() <= painted.triangles.max() < triangle_count:
        raise _odd(path, say("it names a triangle that is not one of the {count:,} of the part", count=triangle_count))
    return painted


def _from_csv(text: str, path: Path) -> Painted:
    words = [row[0].strip() for row in csv.reader(text.splitlines()) if row and row[0].strip()]
    if words and not words[0].isdecimal():
        words = words[1:]  # a heading
    if not all(word.isdecimal() and len(word) < 18 for word in words):
        raise _odd(path, say("a line holds no number of a triangle"))
    return Painted(np.array(words, dtype=np.int64), np.empty((0, 2, 3)), np.empty((0, 4)))


def _from_json(found: Any, path: Path) -> Painted:
    if not isinstance(found, Mapping) or not set(found) <= _KEYS:
        raise _odd(path, say("its keys are not among {keys}", keys=", ".join(sorted(_KEYS))))
    triangles = _numbers(found, "triangles", (), path)
    boxes, balls = _numbers(found, "boxes_um", (2, 3), path), _numbers(found, "balls_um", (4,), path)
    if (triangles != np.floor(triangles)).any() or (np.abs(triangles) > 2**53).any():
        raise _odd(path, say("{key} must be {count} whole numbers", key="triangles", count=len(triangles)))
    return Painted(triangles.astype(np.int64), np.sort(boxes, axis=1), balls)


def _numbers(found: Mapping[str, Any], key: str, shape: tuple[int, ...], path: Path) -> Floats:
    """(n, *shape) finite numbers."""
    try:
        array = np.array(found.get(key, []), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise _odd(path, say("{key} is odd", key=key)) from error
    if not array.size:
        return np.empty((0, *shape))
    if array.shape[1:] != shape or not np.isfinite(array).all():
        raise _odd(path, say("{key} is odd", key=key))
    return array


def _odd(path: Path, what: Phrase | str) -> PaintedFileError:
    return PaintedFileError(
        say("{file} cannot be read: {why}.", file=path, why=what),
        remedy=say("See docs/reference/painted-surfaces.md for an example."),
    )
