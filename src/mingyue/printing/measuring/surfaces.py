"""A surface as points that each stand for a share of its area; sampled from triangles evenly and without chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.meshes import Mesh

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Steps of the R2 sequence: the plastic number's powers spread points over the unit square most evenly.
_R2 = (0.7548776662466927, 0.5698402909980532)


@dataclass(frozen=True, slots=True)
class SurfacePoints:
    """points_um: (n, 3) float64, build frame; normals: (n, 3) float32, outwards; areas_um2: (n,) float32 each stands for.

    halves_um: (n,) float32, how far the surface goes on flat about each, in x and y.
    """

    points_um: Floats
    normals: Singles
    areas_um2: Singles
    halves_um: Singles

    def __len__(self) -> int:
        return len(self.points_um)

    @property
    def area_um2(self) -> float:
        return float(self.areas_um2.sum(dtype=np.float64))

    def chosen(self, chosen: Flags | Ints | slice) -> SurfacePoints:
        """Some of them."""
        return SurfacePoints(
            self.points_um[chosen], self.normals[chosen], self.areas_um2[chosen], self.halves_um[chosen]
        )

    def thinned(self, every: int) -> SurfacePoints:
        """One of `every`, which stands for all of them."""
        few = self.chosen(slice(every // 2, None, every))
        return replace(few, areas_um2=few.areas_um2 * np.float32(every))


def no_points() -> SurfacePoints:
    none = np.empty(0, dtype=np.float32)
    return SurfacePoints(np.empty((0, 3)), np.empty((0, 3), dtype=np.float32), none, none)


def together(parts: Sequence[SurfacePoints]) -> SurfacePoints:
    """All of them as one surface."""
    if not parts:
        return no_points()
    return SurfacePoints(
        np.concatenate([part.points_um for part in parts]),
        np.concatenate([part.normals for part in parts]),
        np.concatenate([part.areas_um2 for part in parts]),
        np.concatenate([part.halves_um for part in parts]),
    )


def sampled(mesh: Mesh, count: int) -> tuple[SurfacePoints, Ints]:
    """Points on a mesh that each stand for the same area, and the triangle on which each lies.

    The i-th point lies where the running area of the triangles passes (i + ½) shares, so that no part of the surface is
    seen more often than another by chance; within its triangle a sequence of low discrepancy places it.
    """
    corners = mesh.vertices_um[mesh.triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    twice = np.linalg.norm(across, axis=1)
    reach = np.cumsum(twice)
    place = (np.arange(count) + 0.5) * (reach[-1] / count)
    triangle = np.minimum(np.searchsorted(reach, place, side="right"), len(twice) - 1)
    u, v = (np.modf(0.5 + step * np.arange(1, count + 1))[0] for step in _R2)
    root = np.sqrt(u)
    weights = np.stack([1 - root, root * (1 - v), root * v], axis=1)
    points = np.einsum("nk,nkx->nx", weights, corners[triangle])
    normals = (across[triangle] / np.maximum(twice[triangle], 1e-300)[:, None]).astype(np.float32)
    areas = np.full(count, reach[-1] / 2 / count, dtype=np.float32)
    return SurfacePoints(points, normals, areas, (np.sqrt(areas) / 2).astype(np.float32)), triangle


def centres(mesh: Mesh, triangles: Ints) -> SurfacePoints:
    """The middles of some triangles, each for its own area."""
    corners = mesh.vertices_um[mesh.triangles[triangles]]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    twice = np.linalg.norm(across, axis=1)
    areas = (twice / 2).astype(np.float32)
    normals = (across / np.maximum(twice, 1e-300)[:, None]).astype(np.float32)
    return SurfacePoints(corners.mean(axis=1), normals, areas, np.sqrt(areas) / 2)


def just_outside(points_um: Floats, normals: NDArray[np.floating], *, pitch_um: float, layer_um: float) -> Floats:
    """Points moved outwards by so much that the pixel and layer in which they come to lie are no longer covered by what
    they lie on: half a layer, half a pixel either way, and a little.
    """
    away = np.abs(normals.astype(np.float64)) @ np.array([0.5 * pitch_um, 0.5 * pitch_um, 0.5 * layer_um])
    return np.asarray(points_um + (away + 0.1 * pitch_um)[:, None] * normals)
