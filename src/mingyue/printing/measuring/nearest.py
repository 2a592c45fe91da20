"""How far points are from a surface: the surface comes by in slabs from the top down, and no more than three are held."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.measuring.surfaces import SurfacePoints, together

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]

# Points in a leaf of a tree.
_LEAF = 16
# What is further away than so many half cells is far; its nearest point is looked for to this share of its distance.
_NEAR_PATCHES, _INEXACT = 16.0, 0.02


class NearestSurface:
    """Points that learn how far the nearest of a surface is, without sign.

    Nothing is looked for beyond reach_um: that is then said. half_um: half of the distance of the surface's points, across
    and in height.
    distance_um: (n,) float32.
    """

    def __init__(self, points_um: Floats, *, reach_um: float, half_um: tuple[float, float]) -> None:
        self._reach_um, self._half_um = reach_um, half_um
        # A layer is counted to the slab of its middle, so its points may stand out of it by half a layer.
        self._slab_um = 1.25 * reach_um
        slab = np.floor(points_um[:, 2] / self._slab_um).astype(np.int64)
        self._order = np.argsort(slab, kind="stable")
        self._slabs = slab[self._order]
        self._points_um = points_um
        self.distance_um: Singles = np.full(len(points_um), reach_um, dtype=np.float32)
        self._trees: dict[int, tuple[Any, SurfacePoints] | None] = {}
        self._gathered: list[SurfacePoints] = []
        self._open: int | None = None

    def add(self, surface: SurfacePoints, *, middle_um: float) -> None:
        """The surface of a layer whose middle is at this height; layers come from the top down."""
        slab = math.floor(middle_um / self._slab_um)
        if self._open is None:
            self._open = slab
        while slab < self._open:
            self._close()
        self._gathered.append(surface)

    def finish(self) -> None:
        """All of the surface has come by: whoever still waits gets an answer."""
        if self._open is None:
            return
        self._close()
        for slab in (self._open + 1, self._open):
            self._answer(slab)

    def _close(self) -> None:
        """The open slab is complete: the one above it can be answered, and the next opens."""
        assert self._open is not None
        self._trees[self._open] = _tree(together(self._gathered))
        self._gathered = []
        self._answer(self._open + 1)
        self._trees.pop(self._open + 2, None)
        self._open -= 1

    def _answer(self, slab: int) -> None:
        first, after = np.searchsorted(self._slabs, (slab, slab + 1))
        chosen = self._order[first:after]
        points = self._points_um[chosen]
        best = self.distance_um[chosen]
        for other in (slab, slab + 1, slab - 1):
            found = self._trees.get(other)
            if found is None or not len(chosen):
                continue
            gap = _gap_um(points[:, 2], other, self._slab_um)
            near = np.flatnonzero(gap < best)
            best[near] = np.minimum(best[near], self._distances(*found, points[near]))
        self.distance_um[chosen] = best

    def _distances(self, tree: Any, surface: SurfacePoints, points: Floats) -> Singles:
        """Near points are answered exactly; far ones to a few per cent: among many points that are equally far away a tree
        finds its way slowly. The patches about the points found are exact again where the surface is flat.
        """
        near_um = min(_NEAR_PATCHES * max(self._half_um), self._reach_um)
        distances = np.full(len(points), self._reach_um, dtype=np.float32)
        asking = np.arange(len(points))
        for limit_um, inexact in ((near_um, 0.0), (self._reach_um, _INEXACT)):
            apart, nearest = tree.query(points[asking], eps=inexact, workers=-1, distance_upper_bound=limit_um)
            found = np.isfinite(apart)
            patches = surface.chosen(nearest[found])
            distances[asking[found]] = patch_distance_um(points[asking[found]], patches, half_layer_um=self._half_um[1])
            asking = asking[~found]
        return np.minimum(distances, np.float32(self._reach_um))


def patch_distance_um(points: Floats, surface: SurfacePoints, *, half_layer_um: float) -> Floats:
    """(n,) distance of each point from a flat patch about its surface point.

    The patch lies in the plane of the normal, and reaches as far as the surface says along x and y, half a layer along z;
    the axis that the normal has most of follows from the other two. Where the foot of the perpendicular lies beside the
    patch it is moved into it.
    """
    each = np.arange(len(points))
    offset, normals = points - surface.points_um, surface.normals.astype(np.float64)
    across = np.argmax(np.abs(normals), axis=1)
    foot = offset - np.einsum("nk,nk->n", offset, normals)[:, None] * normals
    halves = np.stack([surface.halves_um, surface.halves_um, np.full(len(points), half_layer_um)], axis=1)
    foot = np.clip(foot, -halves, halves)
    foot[each, across] = 0.0
    foot[each, across] = -np.einsum("nk,nk->n", foot, normals) / normals[each, across]
    # What is steep within a layer ends with the layer.
    foot *= np.minimum(1.0, 2 * half_layer_um / np.maximum(np.abs(foot[:, 2]), 1e-12))[:, None]
    return np.asarray(np.linalg.norm(offset - foot, axis=1))


def _tree(surface: SurfacePoints) -> tuple[Any, SurfacePoints] | None:
    if not len(surface):
        return None
    from scipy.spatial import cKDTree

    return cKDTree(surface.points_um, leafsize=_LEAF, compact_nodes=False, balanced_tree=False), surface


def _gap_um(heights: Floats, slab: int, slab_um: float) -> Floats:
    """How far heights are from a slab: 0 inside."""
    return np.maximum(np.maximum(slab * slab_um - heights, heights - (slab + 1) * slab_um), 0.0)
