"""The clear kernels of light through columns: what those of `shining` do, layer by layer and place by place in float64."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Places = NDArray[np.int32]
Greys = NDArray[np.uint8]


def shine(shares: Singles, gains: Singles, decays: Singles, above: Singles) -> Floats:
    """See `shining.shine`."""
    light = np.empty(shares.shape)
    here = above.astype(np.float64)
    for k in range(len(shares) - 1, -1, -1):
        here = here * decays[k] + gains[k] * shares[k]
        light[k] = here
    return light


def returned(back: Singles, gains: Singles, decays: Singles) -> Floats:
    """See `shining.returned`; `back` stays as it is."""
    out = back.astype(np.float64)
    for k in range(1, len(back)):
        out[k] += decays[k - 1] * out[k - 1]
    return np.asarray(out * gains[:, None, None])


def looked_at(
    light: Singles, places: Places, weights: Singles, spot: Singles, by_row: Singles, by_column: Singles
) -> tuple[Floats, Floats]:
    """See `shining.looked_at`."""
    radius = spot.shape[2] // 2
    wide = np.pad(light.astype(np.float64), ((0, 0), (radius, radius), (radius, radius)))
    doses, slopes = np.empty(len(places)), np.empty(len(places))
    for s, (k, row, column, phase_row, phase_column) in enumerate(places.tolist()):
        around = wide[k, row : row + 2 * radius + 1, column : column + 2 * radius + 1]
        dose, down, right = (
            float((taps[phase_row, phase_column] * around).sum()) for taps in (spot, by_row, by_column)
        )
        doses[s], slopes[s] = dose * weights[s], (down**2 + right**2) / max(dose**2, 1e-12)
    return doses, slopes


def looked_back(places: Places, numbers: Singles, spot: Singles, shape: tuple[int, int, int]) -> Floats:
    """See `shining.looked_back`, for one set of numbers."""
    radius = spot.shape[2] // 2
    wide = np.zeros((shape[0], shape[1] + 2 * radius, shape[2] + 2 * radius))
    for (k, row, column, phase_row, phase_column), number in zip(places.tolist(), numbers.tolist(), strict=True):
        wide[k, row : row + 2 * radius + 1, column : column + 2 * radius + 1] += spot[phase_row, phase_column] * number
    return wide[:, radius : radius + shape[1], radius : radius + shape[2]]


def ways_down(greys: Greys, thickness: Singles) -> Floats:
    """See `shining.ways_down`."""
    ways = np.zeros(greys.shape)
    below = np.full(greys.shape[1:], np.inf)
    for k in range(len(greys)):
        below = np.where(greys[k] >= 128, below + thickness[k], 0.0)
        ways[k] = below
    return ways


def thinned(
    greys: Greys,
    ways: Singles,
    gains: Singles,
    decays: Singles,
    above: Singles,
    *,
    depth: float,
    most_depths: float = np.inf,
) -> tuple[Floats, Floats]:
    """See `shining.thinned`."""
    shares, light = np.zeros(greys.shape), np.zeros(greys.shape)
    here = above.astype(np.float64)
    for k in range(len(greys) - 1, -1, -1):
        here = here * decays[k]
        rooms = np.exp(np.minimum(np.minimum(ways[k] / depth, most_depths), 80.0)) - here
        shares[k] = np.clip(rooms / gains[k], 0.0, greys[k] / 255)
        here = here + gains[k] * shares[k]
        light[k] = here
    return shares, light


def asked(
    light: Singles,
    back: Singles,
    curve: Singles,
    moving: NDArray[np.bool_],
    decays: Singles,
    *,
    least: Singles,
    most: Singles,
) -> tuple[Floats, NDArray[np.bool_], Greys]:
    """See `shining.asked`: the light, what moves, and how."""
    wanted, moves, modes = light.astype(np.float64), moving.copy(), np.zeros(light.shape, dtype=np.uint8)
    bound = np.full(light.shape[1:], np.inf)
    for k in range(len(light)):
        step = back[k] / np.maximum(curve[k], 1e-9)
        own = np.where(moving[k], np.clip(light[k] - step, least[k], most[k]), light[k])
        bound = np.maximum(bound, least[k])
        wanted[k] = np.minimum(own, bound)
        moves[k] |= bound < light[k]
        more = moving[k] & (own > light[k]) & (bound > light[k])
        modes[k] = np.where(more, 1, np.where(moves[k], 2, 0))
        bound = np.minimum(bound, np.where(moving[k] & (step > 0), own, np.inf)) / decays[k]
    return wanted, moves, modes


def settled(
    wanted: Singles, modes: Greys, gains: Singles, decays: Singles, above: Singles, *, shares: Singles
) -> tuple[Floats, Floats]:
    """See `shining.settled`: the shares, and their light."""
    found, light = shares.astype(np.float64), np.empty(shares.shape)
    here = above.astype(np.float64)
    for k in range(len(shares) - 1, -1, -1):
        here = here * decays[k]
        share = np.clip((wanted[k] - here) / gains[k], 0.0, np.where(modes[k] == 1, 1.0, found[k]))
        found[k] = np.where(modes[k] > 0, share, found[k])
        here = here + gains[k] * found[k]
        light[k] = here
    return found, light
