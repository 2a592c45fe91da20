"""A part's surface: triangles in the part frame, in micrometres."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.kernels import fast
from mingyue.printing.kernels.surface import Surface, of_corners

# A degenerate triangle that uses both corners of a box.
_DIAGONAL = np.array([[0, 1, 1]])


class EmptyMeshError(BadInputError):
    """There is no surface at all."""


class InsideOutError(BadInputError):
    """The surface encloses nothing: its faces look inwards."""


@dataclass(frozen=True)
class Mesh:
    """A triangle surface. It may be several bodies, and they may overlap.

    vertices_um: (n, 3) float64, part frame, all finite.
    triangles: (m, 3) int64 indices into the vertices, anticlockwise seen from outside.
    """

    vertices_um: NDArray[np.float64]
    triangles: NDArray[np.int64]

    def __post_init__(self) -> None:
        vertices = np.ascontiguousarray(self.vertices_um, dtype=np.float64)
        triangles = np.ascontiguousarray(self.triangles, dtype=np.int64)
        if vertices.ndim != 2 or vertices.shape[1] != 3:
            raise TypeError(f"vertices_um must be (n, 3), got {vertices.shape}")
        if triangles.ndim != 2 or triangles.shape[1] != 3:
            raise TypeError(f"triangles must be (m, 3), got {triangles.shape}")
        vertices.setflags(write=False)  # frozen is only skin-deep for arrays
        triangles.setflags(write=False)
        object.__setattr__(self, "vertices_um", vertices)
        object.__setattr__(self, "triangles", triangles)

    @cached_property
    def box_um(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lowest and highest corner of what the triangles use, each (3,) float64."""
        if not self.triangle_count:
            raise EmptyMeshError(
                say("The mesh has no triangles."),
                remedy=say("Export the part again, with its solid body selected."),
            )
        low, high = self._box()
        return low, high

    def _box(self) -> NDArray[np.float64]:
        return fast.box_of(self.surface, matrix=np.eye(3), origin=np.zeros(3), offset=np.zeros(3))

    def box_under(self, matrix: NDArray[np.float64], origin_um: NDArray[np.float64]) -> NDArray[np.float64]:
        """(2, 3) lowest and highest of matrix · (corner − origin) over the corners of the triangles."""
        return self._box_moved(matrix, origin_um, np.zeros(3))

    def _box_moved(
        self, matrix: NDArray[np.float64], origin_um: NDArray[np.float64], offset_um: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """(2, 3) lowest and highest of matrix · (corner − origin) + offset over the corners of the triangles."""
        surface = self.surface
        if surface.count and (np.count_nonzero(matrix, axis=1) == 1).all():
            # Axes stay axes, and rounding keeps order: the corners of the box tell to the last bit what all would.
            surface = Surface(np.stack(self.box_um), _DIAGONAL)
        return fast.box_of(surface, matrix=matrix, origin=origin_um, offset=offset_um)

    @property
    def surface(self) -> Surface:
        """Its triangles as the kernels take them."""
        return Surface(self.vertices_um, self.triangles)

    @property
    def triangle_count(self) -> int:
        """How many triangles it has, without making what is not there yet."""
        return self.standing[0].count

    @property
    def standing(self) -> fast.Standing:
        """A surface, a matrix and an offset that put it where it is: for those who need no moved copy."""
        return self.surface, np.eye(3), np.zeros(3)

    @cached_property
    def is_closed(self) -> bool:
        """Whether every edge is used as often forward as backward, where vertices in one place are one."""
        return fast.closes(self.surface)

    @property
    def sha256(self) -> str:
        """Of its vertices and triangles, in hex: what stands for the digest of a file where a part was made here."""
        digest = hashlib.sha256(self.vertices_um.tobytes())
        digest.update(self.triangles.tobytes())
        return digest.hexdigest()

    @property
    def size_um(self) -> NDArray[np.float64]:
        """(3,) float64: extent along x, y and z."""
        low, high = self.box_um
        return high - low

    @cached_property
    def volume_um3(self) -> float:
        """Signed volume by the divergence theorem: negative where the surface is inside out.

        Overlapping bodies count twice. Exact for a closed surface, without meaning for an open one.
        """
        if not len(self.triangles):
            return 0.0
        origin = self.box_um[0]  # near the part, so that far-away parts lose no digits
        a, b, c = (self.vertices_um[self.triangles[:, k]] - origin for k in range(3))
        return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)

    def moved(self, matrix: NDArray[np.float64], offset_um: NDArray[np.float64]) -> Mesh:
        """The mesh under x → matrix·x + offset. A mirror turns the triangles over, so outside stays outside."""
        triangles = self.triangles[:, ::-1] if np.linalg.det(matrix) < 0 else self.triangles
        return Mesh(fast.move(self.vertices_um, matrix, offset_um), triangles)


class Soup(Mesh):
    """Triangles that each have three corners of their own, as an STL file has them: single precision, times a scale.

    What kernels do is done with these; vertices and their indices, four times as large, are made only when somebody asks.
    """

    _surface: Surface

    def __init__(self, corners: NDArray[np.float32], scale: float) -> None:
        """corners: (m, 9) float32, all finite, x, y and z three times; scale: µm that one of their units has."""
        corners.setflags(write=False)
        object.__setattr__(self, "_surface", of_corners(corners, scale))

    @property
    def surface(self) -> Surface:
        """Its corners, as they are in the file."""
        return self._surface

    @cached_property
    def vertices_um(self) -> NDArray[np.float64]:
        """(3m, 3) float64, three to a triangle."""
        vertices = np.multiply(self.surface.corners.reshape(-1, 3), self.surface.scale, dtype=np.float64)
        vertices.setflags(write=False)
        return vertices

    @cached_property
    def triangles(self) -> NDArray[np.int64]:
        """(m, 3) int64, counted through."""
        triangles = np.arange(3 * self.surface.count).reshape(-1, 3)
        triangles.setflags(write=False)
        return triangles


class PlacedMesh(Mesh):
    """A mesh under a turn, one scale and a shift, whose moved vertices are made only when somebody asks for them.

    A part of millions of triangles is placed, sliced and drawn without a second copy of it.
    """

    _mesh: Mesh
    _matrix: NDArray[np.float64]
    _offset_um: NDArray[np.float64]

    def __init__(self, mesh: Mesh, matrix: NDArray[np.float64], offset_um: NDArray[np.float64]) -> None:
        object.__setattr__(self, "_mesh", mesh)
        object.__setattr__(self, "_matrix", matrix)
        object.__setattr__(self, "_offset_um", offset_um)

    @cached_property
    def vertices_um(self) -> NDArray[np.float64]:
        """(n, 3) float64, moved."""
        moved = fast.move(self._mesh.vertices_um, self._matrix, self._offset_um)
        moved.setflags(write=False)
        return moved

    @cached_property
    def triangles(self) -> NDArray[np.int64]:
        """(m, 3) int64, those of the mesh."""
        return self._mesh.triangles

    @property
    def standing(self) -> fast.Standing:
        return self._mesh.surface, self._matrix, self._offset_um

    def _box(self) -> NDArray[np.float64]:
        return self._mesh._box_moved(self._matrix, np.zeros(3), self._offset_um)

    def _box_moved(
        self, matrix: NDArray[np.float64], origin_um: NDArray[np.float64], offset_um: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        shift = matrix @ (self._offset_um - origin_um) + offset_um
        return self._mesh._box_moved(matrix @ self._matrix, np.zeros(3), shift)


def joined(meshes: Sequence[Mesh]) -> Mesh:
    """Several meshes as one, in their order. Nothing is welded or united."""
    starts = np.cumsum([0] + [len(mesh.vertices_um) for mesh in meshes])
    return Mesh(
        np.concatenate([mesh.vertices_um for mesh in meshes]) if meshes else np.empty((0, 3)),
        np.concatenate([mesh.triangles + start for mesh, start in zip(meshes, starts, strict=False)])
        if meshes
        else np.empty((0, 3), dtype=np.int64),
    )
