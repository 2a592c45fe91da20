"""Whether a surface closes, without sorting its edges and without knowing which corners are one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Ints = NDArray[np.int64]
Halves = NDArray[np.int32]

# Odd multipliers with well mixed bits: the golden ratio and the two of the splitmix64 finaliser.
_ONE, _TWO, _THREE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_MINUS_ZERO, _MINUS_ZERO_SINGLE = np.int64(-(2**63)), np.int64(-(2**31))


@jit
def edge_balance(bits: Ints, triangles: Ints, own_bits: Halves) -> int:
    """0 where every edge is used as often forward as backward; any other number where not.

    bits: (n, 3) the coordinates of the vertices, their float64 read as int64; triangles: (m, 3). Or own_bits: (m, 9) the
    coordinates of the corners that triangles have of their own, their float32 read as int32. Each edge is a random
    number made of where its ends are, counted positive one way and negative the other: what does not cancel is open.
    That an open surface adds up to 0 by chance happens once in 10^19 times.
    """
    total = np.uint64(0)
    for t in range(len(triangles) + len(own_bits)):
        a = _place(bits, triangles, own_bits, t, 0)
        b = _place(bits, triangles, own_bits, t, 1)
        c = _place(bits, triangles, own_bits, t, 2)
        total += _edge(a, b) + _edge(b, c) + _edge(c, a)
    return int(np.int64(total))


@jit
def _place(bits: Ints, triangles: Ints, own_bits: Halves, t: int, k: int) -> np.uint64:
    mixed = np.uint64(0)
    for axis in range(3):
        if len(own_bits) > 0:
            word, minus_zero = np.int64(own_bits[t, 3 * k + axis]), _MINUS_ZERO_SINGLE
        else:
            word, minus_zero = bits[triangles[t, k], axis], _MINUS_ZERO
        if word == minus_zero:
            word = np.int64(0)  # -0.0 and 0.0 are one place
        mixed = (mixed ^ np.uint64(word)) * _TWO
        mixed ^= mixed >> np.uint64(29)
    return mixed


@jit
def _edge(a: np.uint64, b: np.uint64) -> np.uint64:
    if a == b:
        return np.uint64(0)
    low, high = min(a, b), max(a, b)
    mixed = (low * _ONE) ^ (high * _THREE)
    mixed = (mixed ^ (mixed >> np.uint64(31))) * _TWO
    mixed ^= mixed >> np.uint64(29)
    return mixed if a < b else np.uint64(0) - mixed
