"""How deep inside the solid given points of a layer are: a plane of dose and points in, depths out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit


@jit
def probe(
    dose: NDArray[np.float32], places: NDArray[np.float64], numbers: NDArray[np.float64], depths: NDArray[np.float32]
) -> int:
    """Fill depths (n,) with D_p · ln(dose / threshold) less the point's distance from the layer's top.

    dose: (rows, columns) at the layer's top; places: (n, 3) as (column px, row px, z µm); numbers: threshold, D_p µm, top
    µm, and what to say where it is dark or beside the picture. Between pixel centres the root of the dose is straight.
    """
    rows, columns = dose.shape
    for n in range(len(places)):
        u, v = places[n, 0] - 0.5, places[n, 1] - 0.5
        depths[n] = numbers[3]
        if u < -0.5 or v < -0.5 or u > columns - 0.5 or v > rows - 0.5:
            continue
        u, v = min(max(u, 0.0), columns - 1.0), min(max(v, 0.0), rows - 1.0)
        j, i = min(int(u), max(columns - 2, 0)), min(int(v), max(rows - 2, 0))
        right, down = min(j + 1, columns - 1), min(i + 1, rows - 1)
        u, v = u - j, v - i
        upper = (1 - u) * math.sqrt(dose[i, j]) + u * math.sqrt(dose[i, right])
        lower = (1 - u) * math.sqrt(dose[down, j]) + u * math.sqrt(dose[down, right])
        root = (1 - v) * upper + v * lower
        if root > 0.0:
            depths[n] = numbers[1] * math.log(root * root / numbers[0]) - (numbers[2] - places[n, 2])
    return 0
