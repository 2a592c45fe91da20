"""The slices of a 3MF file become a solid: each slice reaches straight down from its top to the slice below.

That is the rule of the slice extension (version 1.0.2): a slice is as thick as the space from the slice below to its own
ztop. So a layer that is cut anywhere within a slice shows exactly that slice; a cut at its ztop shows it too.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import FileFormatError
from mingyue.phrases import Phrase, say
from mingyue.printing.meshes import Mesh, joined

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Broken = Callable[[Phrase], FileFormatError]
"""Makes the error that says what is wrong with the file."""

# Closing a slice above and below takes time up to the square of its corners, 9 s for 32,000 laid out by an enemy. Beyond
# that much work in a file they are closed by fans, which are as good for slicing and look odd in a picture.
_MOST_WORK = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Slice:
    """Contours at one height, in the file's unit: each (n, 2), closed, solid to their left. Holes run clockwise."""

    top: float
    rings: tuple[Floats, ...]


@dataclass(frozen=True, slots=True)
class SliceStack:
    """Slices from the bottom up, in the file's unit. bottom: where the first one begins."""

    bottom: float
    slices: tuple[Slice, ...]

    @property
    def corners(self) -> int:
        """How many corners all contours have together."""
        return sum(len(ring) for piece in self.slices for ring in piece.rings)


def read_slices(resource: Any, *, broken: Broken, check_corners: Callable[[int], None]) -> SliceStack:
    """The slices of a slice stack of lib3mf, those that it only refers to included.

    check_corners: raises where so many are too many; called before they are read. Raises what `broken` makes.
    """
    pieces: list[Slice] = []
    counted = 0
    for found in _all_slices(resource, broken):
        top = float(found.GetZTop())
        below = pieces[-1].top if pieces else float(resource.GetBottomZ())
        if not (math.isfinite(top) and math.isfinite(below) and top > below):
            raise broken(say("slice {number} does not end above the one below it", number=len(pieces)))
        counted += found.GetVertexCount() + sum(
            found.GetPolygonIndexCount(index) for index in range(found.GetPolygonCount())
        )
        check_corners(counted)
        pieces.append(Slice(top, tuple(_rings(found, len(pieces), broken))))
    return SliceStack(float(resource.GetBottomZ()), tuple(pieces))


def _all_slices(resource: Any, broken: Broken) -> Iterator[Any]:
    if resource.GetSliceRefCount() and resource.GetSliceCount():
        raise broken(say("a slice stack holds slices and refers to others"))
    for index in range(resource.GetSliceCount()):
        yield resource.GetSlice(index)
    for index in range(resource.GetSliceRefCount()):
        other = resource.GetSliceStackReference(index)
        if other.GetSliceRefCount():
            raise broken(say("a slice stack refers to one that refers to others"))
        for inner in range(other.GetSliceCount()):
            yield other.GetSlice(inner)


def _rings(found: Any, number: int, broken: Broken) -> Iterator[Floats]:
    points = _copied(found, found._wrapper.lib.lib3mf_slice_getvertices, (), (found.GetVertexCount(), 2), np.float32)
    if not np.isfinite(points).all():
        raise broken(say("slice {number} has a corner that is not finite", number=number))
    for index in range(found.GetPolygonCount()):
        count = found.GetPolygonIndexCount(index)
        corners = _copied(
            found, found._wrapper.lib.lib3mf_slice_getpolygonindices, (ctypes.c_uint64(index),), (count,), np.uint32
        )
        if count and int(corners.max()) >= len(points):
            raise broken(say("slice {number} names a corner that is not there", number=number))
        if count < 2 or corners[0] != corners[-1]:
            raise broken(say("a contour of slice {number} is open", number=number))
        ring = points[corners[:-1]].astype(np.float64)
        ring = ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)]  # the file may hold sides of no length
        if len(ring) >= 3:
            yield ring


def _copied(found: Any, copy: Any, key: tuple[Any, ...], shape: tuple[int, ...], kind: type) -> NDArray[Any]:
    """An array copied whole: lib3mf's own lists are slow."""
    array: NDArray[Any] = np.empty(shape, dtype=kind)
    if len(array):
        needed = ctypes.c_uint64(0)
        buffer = array.ctypes.data_as(copy.argtypes[-1])
        found._wrapper.checkError(found, copy(found._handle, *key, ctypes.c_uint64(len(array)), needed, buffer))
    return array


def solid_of(stack: SliceStack) -> Mesh:
    """The slices as a closed surface: each a prism with the contours of its own, standing on the one below."""
    heights = [stack.bottom, *(piece.top for piece in stack.slices)]
    work, prisms = 0, []
    for piece, (low, high) in zip(stack.slices, pairwise(heights), strict=True):
        if piece.rings:
            work += sum(map(len, piece.rings)) ** 2
            prisms.append(_prism(piece.rings, low, high, fans=work > _MOST_WORK))
    return joined(prisms)


def _prism(rings: tuple[Floats, ...], low: float, high: float, *, fans: bool) -> Mesh:
    """(2 n) corners, the upper ones after the lower ones; walls, a floor and a roof."""
    corners = np.concatenate(rings)
    here = np.arange(len(corners))
    following = np.concatenate(
        [
            np.roll(np.arange(len(ring)), -1) + start
            for ring, start in zip(rings, np.cumsum([0, *map(len, rings)]), strict=False)
        ]
    )
    above, over = here + len(corners), following + len(corners)
    roof = _fans(rings) if fans else _triangulated(rings)
    faces = [
        np.stack([here, following, over], axis=1),
        np.stack([here, over, above], axis=1),
        roof + len(corners),
        roof[:, ::-1],
    ]
    ends = [np.column_stack([corners, np.full(len(corners), height)]) for height in (low, high)]
    return Mesh(np.concatenate(ends), np.concatenate(faces))


def _triangulated(rings: tuple[Floats, ...]) -> Ints:
    from manifold3d import triangulate  # most files hold no slices

    return np.asarray(triangulate(list(rings)), dtype=np.int64).reshape(-1, 3)


def _fans(rings: tuple[Floats, ...]) -> Ints:
    """Triangles that cover what the contours wind around, some of them the wrong way up."""
    starts = np.cumsum([0, *map(len, rings)])
    fans = []
    for ring, start in zip(rings, starts, strict=False):
        second = np.arange(1, len(ring) - 1)
        fans.append(np.stack([np.zeros_like(second), second, second + 1], axis=1) + start)
    return np.concatenate(fans)
