"""Light to dose in plain array operations: the clear version of the fast one, for numpy, CuPy or any like them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# An array of whichever library `xp` is.
Array = Any


def blurred(light: Array, taps: Array, *, xp: Any) -> Array:
    """Convolution of (rows, columns) light with (2r + 1, 2r + 1) taps, dark beyond the border. Same shape, same type."""
    radius = taps.shape[0] // 2
    rows, columns = light.shape
    padded = xp.zeros((rows + 2 * radius, columns + 2 * radius), dtype=light.dtype)
    padded[radius : radius + rows, radius : radius + columns] = light
    total = xp.zeros_like(light)
    for i in range(2 * radius + 1):
        for j in range(2 * radius + 1):
            total = total + taps[2 * radius - i, 2 * radius - j] * padded[i : i + rows, j : j + columns]
    return total


def doses(light: Array, taps: Array, decays: Array, *, gain: float, xp: Any) -> Iterator[tuple[int, Array]]:
    """(layers, rows, columns) light → the dose at the top of each layer, from the last one down.

    decays: (layers,) what of the dose at the top of the next layer is left at the top of this one.
    """
    dose = xp.zeros_like(light[0])
    for layer in range(light.shape[0] - 1, -1, -1):
        dose = gain * blurred(light[layer], taps, xp=xp) + decays[layer] * dose
        yield layer, dose
