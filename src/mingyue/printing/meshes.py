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
        if not len(self.triangles):
            raise EmptyMeshError(
                say("The mesh has no triangles."),
                remedy=say("Export the part again, with its solid body selected."),
            )
        low, high = self._box()
        return low, high

    def _box(self) -> NDArray[np.float64]:
        return fast.box_of(self.vertices_um, self.triangles, matrix=np.eye(3), origin=np.zeros(3), offset=np.zeros(3))

    def box_under(self, matrix: NDArray[np.float64], origin_um: NDArray[np.float64]) -> NDArray[np.float64]:
        """(2, 3) lowest and highest of matrix · (corner − origin) over the corners of the triangles."""
        return self._box_moved(matrix, origin_um, np.zeros(3))

    def _box_moved(
        self, matrix: NDArray[np.float64], origin_um: NDArray[np.float64], offset_um: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """(2, 3) lowest and highest of matrix · (corner − origin) + offset over the corners of the triangles."""
        vertices, triangles = self.vertices_um, self.triangles
        if len(triangles) and (np.count_nonzero(matrix, axis=1) == 1).all():
            # Axes stay axes, and rounding keeps order: the corners of the box tell to the last bit what all would.
            vertices, triangles = np.stack(self.box_um), _DIAGONAL
        return fast.box_of(vertices, triangles, matrix=matrix, origin=origin_um, offset=offset_um)

    @property
    def standing(self) -> fast.Standing:
        """Vertices, a matrix and an offset that put them where they are: for those who need no moved copy."""
        return self.vertices_um, np.eye(3), np.zeros(3)

    @cached_property
    def is_closed(self) -> bool:
        """Whether every edge is used as often forward as backward, where vertices in one place are one."""
        return fast.closes(self.vertices_um, self.triangles)

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


class PlacedMesh(Mesh):
    """A mesh under a turn, one scale and a shift, whose moved vertices are made only when somebody asks for them.

    A part of millions of triangles is placed, sliced and drawn without a second copy of it.
    """

    _mesh: Mesh

    def __init__(self, mesh: Mesh, matrix: NDArray[np.float64], offset_um: NDArray[np.float64]) -> None:
        object.__setattr__(self, "_mesh", mesh)
        object.__setattr__(self, "_standing", (mesh.vertices_um, matrix, offset_um))
        object.__setattr__(self, "triangles", mesh.triangles)

    @cached_property
    def vertices_um(self) -> NDArray[np.float64]:
        """(n, 3) float64, moved."""
        moved = fast.move(*self.standing)
        moved.setflags(write=False)
        return moved

    @property
    def standing(self) -> fast.Standing:
        standing: fast.Standing = self._standing  # type: ignore[attr-defined]
        return standing

    def _box(self) -> NDArray[np.float64]:
        _, own, offset = self.standing
        return self._mesh._box_moved(own, np.zeros(3), offset)

    def _box_moved(
        self, matrix: NDArray[np.float64], origin_um: NDArray[np.float64], offset_um: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        _, own, offset = self.standing
        return self._mesh._box_moved(matrix @ own, np.zeros(3), matrix @ (offset - origin_um) + offset_um)


def joined(meshes: Sequence[Mesh]) -> Mesh:
    """Several meshes as one, in their order. Nothing is welded or united."""
    starts = np.cumsum([0] + [len(mesh.vertices_um) for mesh in meshes])
    return Mesh(
        np.concatenate([mesh.vertices_um for mesh in meshes]) if meshes else np.empty((0, 3)),
        np.concatenate([mesh.triangles + start for mesh, start in zip(meshes, starts, strict=False)])
        if meshes
        else np.empty((0, 3), dtype=np.int64),
    )
