"""How far points are from a surface: the surface comes by in slabs from the top down, and no more than three are held."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.surfaces import SurfacePoints, together

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]

# Points in a leaf of a tree.
_LEAF = 16
# What is further away than so many half spacings is far: there one of so many points is enough.
_NEAR_SPREADS, _FEW = 12.0, 16


class NearestSurface:
    """Points that learn how far the nearest of a surface is, without sign.

    Distances are exact up to reach_um; beyond it, at least reach_um is said. spread_um: how far from its point a
    surface goes on flat: half of the diagonal between neighbouring points.
    distance_um: (n,) float32.
    """

    def __init__(self, points_um: Floats, *, reach_um: float, spread_um: float) -> None:
        self._reach_um, self._spread_um = reach_um, spread_um
        # A layer is counted to the slab of its middle, so its points may stand out of it by half a layer.
        self._slab_um = 1.25 * reach_um
        slab = np.floor(points_um[:, 2] / self._slab_um).astype(np.int64)
        self._order = np.argsort(slab, kind="stable")
        self._slabs = slab[self._order]
        self._points_um = points_um
        self.distance_um: Singles = np.full(len(points_um), reach_um, dtype=np.float32)
        self._trees: dict[int, _Indexed | None] = {}
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
        self._trees[self._open] = _indexed(together(self._gathered))
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
            best[near] = np.minimum(best[near], self._distances(found, points[near]))
        self.distance_um[chosen] = best

    def _distances(self, surface: _Indexed, points: Floats) -> Singles:
        """Near points ask all of the surface; far ones some of it, whose patches are larger: among far and equally far
        points a tree finds its way slowly, and there the spacing no longer matters.
        """
        distances = np.full(len(points), self._reach_um, dtype=np.float32)
        near_um = min(_NEAR_SPREADS * self._spread_um, self._reach_um)
        apart, nearest = surface.fine.query(points, workers=-1, distance_upper_bound=near_um)
        found = np.isfinite(apart)
        distances[found] = patch_distance_um(points[found], surface.points.chosen(nearest[found]), self._spread_um)
        far = np.flatnonzero(~found)
        apart, nearest = surface.coarse.query(points[far], workers=-1, distance_upper_bound=self._reach_um)
        far, nearest = far[np.isfinite(apart)], nearest[np.isfinite(apart)]
        seen, spread_um = surface.few.chosen(nearest), self._spread_um * np.sqrt(_FEW)
        distances[far] = np.maximum(patch_distance_um(points[far], seen, spread_um), near_um - self._spread_um)
        return np.minimum(distances, np.float32(self._reach_um))


@dataclass(frozen=True, slots=True)
class _Indexed:
    """A slab of surface, and some of it, each with a k-d tree."""

    points: SurfacePoints
    fine: Any
    few: SurfacePoints
    coarse: Any


def patch_distance_um(points: Floats, surface: SurfacePoints, spread_um: float) -> Floats:
    """(n,) distance of each point from a flat round patch of this radius about its surface point."""
    offset = points - surface.points_um
    along = np.abs(np.einsum("nk,nk->n", offset, surface.normals.astype(np.float64)))
    aside = np.sqrt(np.maximum(np.einsum("nk,nk->n", offset, offset) - along**2, 0.0))
    return np.asarray(np.hypot(along, np.maximum(aside - spread_um, 0.0)))


def _indexed(surface: SurfacePoints) -> _Indexed | None:
    if not len(surface):
        return None
    from scipy.spatial import cKDTree

    few = surface.thinned(_FEW) if len(surface) > 100 * _FEW else surface
    fine, coarse = (
        cKDTree(some.points_um, leafsize=_LEAF, compact_nodes=False, balanced_tree=False) for some in (surface, few)
    )
    return _Indexed(surface, fine, few, coarse)


def _gap_um(heights: Floats, slab: int, slab_um: float) -> Floats:
    """How far heights are from a slab: 0 inside."""
    return np.maximum(np.maximum(slab * slab_um - heights, heights - (slab + 1) * slab_um), 0.0)
