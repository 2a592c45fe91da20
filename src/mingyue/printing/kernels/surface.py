"""A surface as the loops take it: triangles that share vertices, or triangles that each have corners of their own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Surface:
    """Of triangles and corners one is empty.

    vertices: (n, 3) float64; triangles: (m, 3) int64 indices into them.
    corners: (m, 9) float32, x, y and z of three corners; each times the scale, in double precision, is where it is.
    """

    vertices: Floats
    triangles: Ints
    corners: Singles = field(default_factory=lambda: np.empty((0, 9), dtype=np.float32))
    scale: float = 1.0

    def __post_init__(self) -> None:
        for name, kind in (("vertices", np.float64), ("triangles", np.int64), ("corners", np.float32)):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=kind))

    @property
    def count(self) -> int:
        """How many triangles there are."""
        return len(self.triangles) + len(self.corners)

    @property
    def arrays(self) -> tuple[Floats, Ints, Singles, float]:
        """What a loop takes of it, see `loops.corners`."""
        return self.vertices, self.triangles, self.corners, self.scale

    def share(self, share: slice) -> Surface:
        """Some of its triangles, without a copy."""
        return Surface(self.vertices, self.triangles[share], self.corners[share], self.scale)


def of_corners(corners: Singles, scale: float) -> Surface:
    """Triangles with corners of their own, see `Surface`."""
    return Surface(np.empty((0, 3)), np.empty((0, 3), dtype=np.int64), corners, scale)
