"""Triangles become facets: those that look the same way are one, so a million of them cost what their directions do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.meshes import Mesh

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Cells along each side of the square that the sphere is unfolded to: within one, directions differ by 0.7° at most.
_CELLS = 256
_TRIANGLES_AT_ONCE = 1 << 18


@dataclass(frozen=True, eq=False)
class Facets:
    """Triangles by where they look. The part frame, µm.

    normals: (k, 3) unit, the mean of each facet by area; areas_um2: (k,) what the facet's triangles have together;
    marked_um2: (k,) that of the marked ones. order: (m,) the triangles sorted by facet; starts: (k + 1,) where each
    facet's triangles begin in it.
    """

    normals: Floats
    areas_um2: Floats
    marked_um2: Floats
    order: Ints
    starts: Ints


def facets_of(mesh: Mesh, marked: NDArray[np.bool_] | None = None) -> Facets:
    """The facets of a part. marked: (m,) the triangles whose looks matter; None: all of them."""
    vectors = area_vectors(mesh)
    areas = np.linalg.norm(vectors, axis=1)
    cells = _cells(vectors, areas)
    order = np.argsort(cells, kind="stable")
    starts = np.flatnonzero(np.diff(cells[order], prepend=-1))
    sums = np.add.reduceat(vectors[order], starts, axis=0)
    return Facets(
        normals=sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-300),
        areas_um2=np.add.reduceat(areas[order], starts),
        marked_um2=np.add.reduceat((areas if marked is None else areas * marked)[order], starts),
        order=order,
        starts=np.append(starts, len(order)),
    )


def area_vectors(mesh: Mesh) -> Floats:
    """(m, 3) normal of each triangle, as long as its area."""
    vectors = np.empty((len(mesh.triangles), 3))
    for begin in range(0, len(vectors), _TRIANGLES_AT_ONCE):
        some = slice(begin, begin + _TRIANGLES_AT_ONCE)
        a, b, c = (mesh.vertices_um[mesh.triangles[some, k]] for k in range(3))
        vectors[some] = np.cross(b - a, c - a) / 2
    return vectors


def _cells(vectors: Floats, areas: Floats) -> NDArray[np.int32]:
    """(m,) which cell of the unfolded sphere each vector points to: an octahedron, its lower half folded outwards."""
    flat = vectors[:, :2] / np.maximum(np.abs(vectors).sum(axis=1), 1e-300)[:, None]
    folded = (1 - np.abs(flat[:, ::-1])) * np.where(flat >= 0, 1.0, -1.0)
    square = np.where(vectors[:, [2]] < 0, folded, flat)
    place = np.clip(np.rint((square + 1) * ((_CELLS - 1) / 2)), 0, _CELLS - 1).astype(np.int32)
    return np.where(areas > 0, place[:, 0] * _CELLS + place[:, 1], _CELLS * _CELLS).astype(np.int32)
