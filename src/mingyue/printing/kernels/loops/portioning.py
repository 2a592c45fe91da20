"""Triangles are dealt to blocks of layers: which blocks cut each, and the corners of those that a block cuts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit
from mingyue.printing.kernels.loops.corners import corner_of, count_of
from mingyue.printing.kernels.loops.cutting import first_above
from mingyue.printing.kernels.sizes import HEIGHT_STEPS

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]

# So many triangles are fetched at a time: they stay in the nearest cache until they are moved.
_FETCHED = 64


@jit
def deal_count(
    vertices: Floats,
    triangles: Ints,
    corners: Singles,
    scale: float,
    matrix: Floats,
    offset: Floats,
    heights: Floats,
    layers: int,
    below: int,
    spans: NDArray[np.int32],
    counts: Ints,
) -> int:
    """Fill spans (m, 2) with the first block that cuts each triangle and the one after the last; count up each block's.

    matrix · corner + offset is where a corner stands. heights: ascending; layers: how many of them a block has, below:
    how many under these it cuts too; counts: (blocks,).
    """
    for t in range(count_of(triangles, corners)):
        low, high = np.inf, -np.inf
        for k in range(3):
            x, y, z = corner_of(vertices, triangles, corners, scale, t, k)
            z = _moved(x, y, z, matrix, offset, 2)
            low, high = min(low, z), max(high, z)
        first, after = first_above(heights, rounded_height(low)), first_above(heights, rounded_height(high))
        if first >= after:
            spans[t, 0] = spans[t, 1] = 0
            continue
        spans[t, 0], spans[t, 1] = first // layers, min(len(counts), (after - 1 + below) // layers + 1)
        for block in range(spans[t, 0], spans[t, 1]):
            counts[block] += 1
    return 0


@jit
def deal_fill(spans: NDArray[np.int32], first_triangle: int, filled: Ints, order: Ints) -> int:
    """Write each triangle under its blocks. filled: (blocks,) where the next one of each goes; it is counted up."""
    for t in range(len(spans)):
        for block in range(spans[t, 0], spans[t, 1]):
            order[filled[block]] = first_triangle + t
            filled[block] += 1
    return 0


@jit
def gather(
    vertices: Floats,
    triangles: Ints,
    corners: Singles,
    scale: float,
    matrix: Floats,
    offset: Floats,
    chosen: Ints,
    left: float,
    top: float,
    pitch: float,
    out: Floats,
) -> int:
    """Fill out (c, 9) with the corners of the chosen triangles as (u px, v px, z µm) three times, see `frames.Canvas.to_px`.

    Some are fetched, then moved where they lie: the processor waits for many places in memory at once where there is
    little to do between them.
    """
    for first in range(0, len(chosen), _FETCHED):
        after = min(first + _FETCHED, len(chosen))
        for c in range(first, after):
            for k in range(3):
                x, y, z = corner_of(vertices, triangles, corners, scale, chosen[c], k)
                out[c, 3 * k], out[c, 3 * k + 1], out[c, 3 * k + 2] = x, y, z
        for c in range(first, after):
            for k in range(3):
                x, y, z = out[c, 3 * k], out[c, 3 * k + 1], out[c, 3 * k + 2]
                out[c, 3 * k] = (_moved(x, y, z, matrix, offset, 0) - left) / pitch
                out[c, 3 * k + 1] = (top - _moved(x, y, z, matrix, offset, 1)) / pitch
                out[c, 3 * k + 2] = rounded_height(_moved(x, y, z, matrix, offset, 2))
    return 0


@jit
def _moved(x: float, y: float, z: float, matrix: Floats, offset: Floats, axis: int) -> float:
    """One coordinate of where a vertex stands, to the last bit as `moving.move` has it."""
    return matrix[axis, 0] * x + matrix[axis, 1] * y + matrix[axis, 2] * z + offset[axis]


@jit
def rounded_height(z: float) -> float:
    return np.rint(z * HEIGHT_STEPS) / HEIGHT_STEPS
