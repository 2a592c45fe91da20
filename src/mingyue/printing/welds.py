"""Points become vertices: points that are exactly equal are one vertex."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = TypeVar("Floats", bound=np.floating[Any])

# Odd 64-bit multipliers with well mixed bits: the golden ratio and the two of the splitmix64 finaliser.
_MIX = tuple(np.uint64(word) for word in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def weld_um(points_um: NDArray[Floats]) -> tuple[NDArray[Floats], NDArray[np.int64]]:
    """The distinct points in the order of their first appearance, and for each point the row it became.

    points_um: (n, 3) float32 or float64, all finite; -0.0 equals 0.0. (Nothing here depends on the unit.)
    Returns vertices (v, 3) of the same type and inverse (n,) int64: vertices[inverse] equals points_um.
    """
    points = points_um + points_um.dtype.type(0)  # -0.0 + 0.0 is 0.0, so equal points have equal bits
    vertices, inverse = _grouped(points, *_sorted_by_hash(points))
    if not np.array_equal(vertices[inverse], points):  # two points share a hash: chance, or malice
        vertices, inverse = _grouped(points, *_sorted_by_coordinates(points))
    return vertices, inverse


def _sorted_by_hash(points: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    hashes = _hashes(points)
    order = np.argsort(hashes)
    ranked = hashes[order]
    return order, ranked[1:] != ranked[:-1]


def _sorted_by_coordinates(points: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    order = np.lexsort(points.T)
    ranked = points[order]
    return order, (ranked[1:] != ranked[:-1]).any(axis=1)


def _hashes(points: NDArray[Any]) -> NDArray[np.uint64]:
    bits: NDArray[np.unsignedinteger[Any]] = points.view(np.uint32 if points.dtype == np.float32 else np.uint64)
    hashes = np.zeros(len(points), dtype=np.uint64)
    for axis, factor in enumerate(_MIX):
        hashes ^= bits[:, axis]
        hashes *= factor
        hashes ^= hashes >> np.uint64(29)
    return hashes


def _grouped(
    points: NDArray[Floats], order: NDArray[np.int64], changes: NDArray[np.bool_]
) -> tuple[NDArray[Floats], NDArray[np.int64]]:
    """Runs of `order` between changes become vertices, numbered as they first appear."""
    if not len(points):
        return points, np.empty(0, dtype=np.int64)
    starts = np.concatenate([[0], np.flatnonzero(changes) + 1])
    firsts = np.minimum.reduceat(order, starts)
    by_appearance = np.argsort(firsts)
    number = np.empty_like(by_appearance)
    number[by_appearance] = np.arange(len(firsts))
    inverse = np.empty(len(points), dtype=np.int64)
    inverse[order] = np.repeat(number, np.diff(starts, append=len(points)))
    return points[firsts[by_appearance]], inverse
