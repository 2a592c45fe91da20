"""Small solids that tests are made of."""

from __future__ import annotations

import numpy as np

from mingyue.printing.meshes import Mesh

_QUADS = ((0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5))


def box(low_um: tuple[float, float, float], high_um: tuple[float, float, float]) -> Mesh:
    """A closed box of 12 triangles, outside out; corner k has x high for bit 0, y for bit 1, z for bit 2."""
    ends = np.array([low_um, high_um], dtype=np.float64)
    corners = np.array([[ends[k & 1, 0], ends[k >> 1 & 1, 1], ends[k >> 2, 2]] for k in range(8)])
    return Mesh(corners, np.array([face for a, b, c, d in _QUADS for face in ((a, b, c), (a, c, d))]))
