"""How far outside the design points are: its surface as samples and triangles; points in, signed distances out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.compiled import entry
from mingyue.printing.measuring.nearest import patch_distance_um
from mingyue.printing.measuring.surfaces import SurfacePoints
from mingyue.printing.meshes import Mesh

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]

# Triangles of so many of the nearest samples are looked at: a narrow one may have no sample just where it is nearest.
_CANDIDATES = 6
_AT_ONCE = 1 << 18


class DesignSides:
    """The design's surface, to ask on which side of it points are, and how far away.

    surface: samples on its outside; with a mesh, triangle (n,) says on which triangle each lies, and distances are those
    from the triangles; without one the samples are flat patches, half a layer high either way.
    """

    def __init__(
        self, surface: SurfacePoints, *, mesh: Mesh | None, triangle: Ints | None, half_layer_um: float, reach_um: float
    ) -> None:
        from scipy.spatial import cKDTree

        self._surface, self._triangle, self._half_layer_um, self._reach_um = surface, triangle, half_layer_um, reach_um
        self._corners = None if mesh is None else mesh.vertices_um[mesh.triangles].reshape(-1, 9)
        self._tree = cKDTree(surface.points_um)

    def signed_um(self, points_um: Floats) -> Singles:
        """(n,) float32: positive outside of the design, never more than the reach."""
        found = [
            self._signed(np.ascontiguousarray(points_um[first : first + _AT_ONCE]))
            for first in range(0, len(points_um), _AT_ONCE)
        ]
        values = np.concatenate(found) if found else np.empty(0)
        return np.clip(values, -self._reach_um, self._reach_um).astype(np.float32)

    def _signed(self, points: Floats) -> Floats:
        if self._corners is None or self._triangle is None:
            nearest = self._surface.chosen(self._tree.query(points, workers=-1)[1])
            side = np.einsum("nk,nk->n", points - nearest.points_um, nearest.normals.astype(np.float64))
            return np.where(side >= 0, 1.0, -1.0) * patch_distance_um(
                points, nearest, half_layer_um=self._half_layer_um
            )
        count = min(_CANDIDATES, len(self._surface))
        nearest = self._tree.query(points, k=count, workers=-1)[1].reshape(len(points), count)
        distances = np.empty(len(points))
        entry("closest")(points, self._corners, np.ascontiguousarray(self._triangle[nearest]), distances)
        return distances
