"""Triangles meet planes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit
from mingyue.printing.kernels.reference import STEPS_PER_PIXEL

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@jit
def cut_count(corners: Floats, heights: Floats, starts: Ints) -> int:
    """Fill starts (layers + 1,) with where the segments of each layer will begin; return how many there are.

    corners: (triangles, 9) as (u, v, z) three times.
    """
    starts[:] = 0
    for t in range(len(corners)):
        first, after = _layers_of(corners, t, heights)
        for layer in range(first, after):
            starts[layer + 1] += 1
    for layer in range(len(heights)):
        starts[layer + 1] += starts[layer]
    return starts[len(heights)]


@jit
def cut_fill(corners: Floats, heights: Floats, filled: Ints, segments: Floats) -> int:
    """Fill the segments, see `reference.cut`. filled: (layers,) where each layer begins; it is counted up."""
    for t in range(len(corners)):
        first, after = _layers_of(corners, t, heights)
        for layer in range(first, after):
            _cut_triangle(corners, t, heights[layer], segments, filled[layer])
            filled[layer] += 1
    return 0


@jit
def _layers_of(corners: Floats, t: int, heights: Floats) -> tuple[int, int]:
    """The heights that have a vertex of the triangle below and another at or above them."""
    a, b, c = corners[t, 2], corners[t, 5], corners[t, 8]
    return first_above(heights, min(a, b, c)), first_above(heights, max(a, b, c))


@jit
def first_above(heights: Floats, z: float) -> int:
    """How many heights are at or below z. Layers are nearly even, so the guess is nearly always right at once."""
    count = len(heights)
    if z < heights[0]:
        return 0
    if z >= heights[count - 1]:
        return count
    at = int((z - heights[0]) / (heights[count - 1] - heights[0]) * (count - 1))
    while at > 0 and heights[at - 1] > z:
        at -= 1
    while heights[at] <= z:
        at += 1
    return at


@jit
def _cut_triangle(corners: Floats, t: int, height: float, out: Floats, at: int) -> None:
    for i in range(3):
        one, other = 3 * i, 3 * ((i + 1) % 3)
        one_above, other_above = corners[t, one + 2] >= height, corners[t, other + 2] >= height
        if one_above == other_above:
            continue
        low, high, place = (other, one, 0) if one_above else (one, other, 2)
        share = (height - corners[t, low + 2]) / (corners[t, high + 2] - corners[t, low + 2])
        out[at, place] = corners[t, low] + share * (corners[t, high] - corners[t, low])
        v = corners[t, low + 1] + share * (corners[t, high + 1] - corners[t, low + 1])
        out[at, place + 1] = np.rint(v * STEPS_PER_PIXEL) / STEPS_PER_PIXEL
