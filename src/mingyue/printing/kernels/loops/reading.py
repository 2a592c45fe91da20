"""Facets of a binary STL file become the corners of triangles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

# A facet is 25 words of 16 bits: a normal of six, three corners of six each, an attribute of one.
_FIRST_WORD = 6


@jit
def stl_corners(facets: NDArray[np.uint16], corners: NDArray[np.float32]) -> int:
    """Fill corners (m, 9) with those of facets (m, 25 words of 16 bits).

    Returns how many facets have a corner that is not a finite number.
    """
    odd = 0
    for t in range(len(facets)):
        is_odd = False
        for k in range(9):
            low, high = facets[t, _FIRST_WORD + 2 * k], facets[t, _FIRST_WORD + 2 * k + 1]
            value = np.uint32(low | (np.uint32(high) << 16)).view(np.float32)
            if not abs(value) < np.inf:
                is_odd = True
            corners[t, k] = value
        odd += 1 if is_odd else 0
    return odd
