"""Facets of a binary STL file become the corners of triangles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

# A facet is 25 words of 16 bits: a normal of six, three corners of six each, an attribute of one.
_FIRST_WORD = 6


@jit
def stl_corners(facets: NDArray[np.uint16], scale: float, vertices: NDArray[np.float64]) -> int:
    """Fill vertices (3m, 3) with the corners of facets (m, 25 words of 16 bits), float32 times the scale.

    Returns how many facets have a corner that is not a finite number.
    """
    odd = 0
    for t in range(len(facets)):
        is_odd = False
        for k in range(9):
            low, high = facets[t, _FIRST_WORD + 2 * k], facets[t, _FIRST_WORD + 2 * k + 1]
            value = np.float64(np.uint32(low | (np.uint32(high) << 16)).view(np.float32))
            if not abs(value) < np.inf:
                is_odd = True
            vertices[3 * t + k // 3, k % 3] = value * scale
        odd += 1 if is_odd else 0
    return odd
