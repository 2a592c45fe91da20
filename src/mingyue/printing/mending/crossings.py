"""Where a surface goes through itself: a mesh comes in, pairs of crossing triangles and their places go out.

Two triangles cross when an edge of one goes through the inside of the other. Touching is no crossing: not
contact of coplanar faces, nor an edge or corner that only reaches a face or an edge. Nor is anything counted
between triangles that share a vertex. Only what is certain in float64 counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.meshes import Mesh

# Needles fill their boxes badly; eight slabs cost eight boxes and save most of the pairs that do not meet.
MOST_SLABS: Final = 8
# Of the part's size: far above the rounding of a place inside its slab, far below what costs a pair.
PADDING: Final = 1e-9
# 21 bits per axis fill an int64, and the masks that spread them to every third bit.
MORTON_BITS: Final = 21
MORTON_SPREAD: Final = (
    (32, 0x1F00000000FFFF),
    (16, 0x1F0000FF0000FF),
    (8, 0x100F00F00F00F00F),
    (4, 0x10C30C30C30C30C3),
    (2, 0x1249249249249249),
)


@dataclass(frozen=True, slots=True)
class Crossings:
    """count: crossing pairs, counted up to the limit. hit_limit: there may be more.

    pairs: (count, 2) int64 triangle numbers, the lower first.
    places_um: (count, 3) float64, one point of each crossing.
    """

    count: int
    hit_limit: bool
    pairs: NDArray[np.int64]
    places_um: NDArray[np.float64]


def crossing_pairs(mesh: Mesh, *, limit: int) -> Crossings:
    """Pairs of triangles of no common vertex that go through each other, at most `limit` ≥ 1 of them.

    Needles are cut into slabs, the boxes of slabs are put in a tree along Morton's curve, and the tree is
    walked against itself: memory stays in proportion to the triangles.
    """
    from mingyue.printing.kernels import crossings as kernel

    if limit < 1:
        raise ValueError(f"limit must be at least 1, got {limit}")
    found, places = np.empty((0, 2), dtype=np.int64), np.empty((0, 3))
    if not len(mesh.triangles) or not mesh.size_um.any():
        return Crossings(0, False, found, places)
    corners = mesh.vertices_um[mesh.triangles] - mesh.box_um[0]
    largest = float(mesh.size_um.max())
    slabs, axes = _slabs(corners)
    owners, bounds, lows, highs = kernel.slabs_of(corners, slabs, axes, PADDING * largest)
    order = _along_morton_curve((lows + highs) / (2 * largest))
    lows, highs = lows[order], highs[order]
    node_lows = _heap(lows, np.minimum, np.inf, leaf=kernel.LEAF)
    node_highs = _heap(highs, np.maximum, -np.inf, leaf=kernel.LEAF)
    found, places = kernel.crossings_in_tree(
        corners, mesh.triangles, owners[order], bounds[order], axes, lows, highs,
        node_lows, node_highs, limit,
    )  # fmt: skip
    return Crossings(len(found), len(found) == limit, found, places + mesh.box_um[0])


def _slabs(corners: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Into how many slabs each triangle is cut, and across which axis: as many as it is longer than wide."""
    extents = np.ptp(corners, axis=1)
    axes = extents.argmax(axis=1)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    doubled_areas = np.sqrt(np.einsum("ij,ij->i", normals, normals))
    longest = extents.max(axis=1)
    slenderness = longest**2 / np.maximum(doubled_areas, longest**2 / MOST_SLABS + np.finfo(np.float64).tiny)
    return np.maximum(1, slenderness.astype(np.int64)), axes


def _along_morton_curve(places: NDArray[np.float64]) -> NDArray[np.int64]:
    """Order of (f, 3) places in the unit cube along Morton's curve, which keeps near ones together."""
    cells = np.clip(places * 2.0**MORTON_BITS, 0, 2**MORTON_BITS - 1).astype(np.int64)
    code = np.zeros(len(cells), dtype=np.int64)
    for axis in range(3):
        spread = cells[:, axis]
        for shift, mask in MORTON_SPREAD:
            spread = (spread | spread << shift) & mask
        code |= spread << axis
    return np.argsort(code, kind="stable")


def _heap(values: NDArray[np.float64], join: np.ufunc, neutral: float, *, leaf: int) -> NDArray[np.float64]:
    """(2n, 3): values joined in a balanced tree, the root at 1, n ≥ 1 leaves in the upper half."""
    leaves = 1 << max(0, int(np.ceil(np.log2(len(values) / leaf))))
    padded = np.full((leaves * leaf, 3), neutral)
    padded[: len(values)] = values
    heap = np.full((2 * leaves, 3), neutral)
    level = join.reduce(padded.reshape(leaves, leaf, 3), axis=1)
    while True:
        heap[len(level) : 2 * len(level)] = level
        if len(level) == 1:
            return heap
        level = join(level[::2], level[1::2])
