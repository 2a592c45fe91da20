"""Light through columns of pixels, loops: what arrives, where it is looked at, how it goes back; and masks to start from.

All doses are in thresholds: 1 just gels the resin. Arrays are (layers, rows, columns), the lowest layer first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Places = NDArray[np.int32]
Greys = NDArray[np.uint8]

# How a pixel may change: to either side, or darker only; 0 is not at all.
_FREE, _DOWN = 1, 2


@jit
def shine_columns(shares: Singles, gains: Singles, decays: Singles, above: Singles, out: Singles) -> int:
    """See `shining.shine`."""
    layers, rows, columns = shares.shape
    for step in range(layers):
        k = layers - 1 - step
        gain, decay = gains[k], decays[k]
        if k == layers - 1:
            for row in range(rows):
                for column in range(columns):
                    out[k, row, column] = above[row, column] * decay + gain * shares[k, row, column]
        else:
            for row in range(rows):
                for column in range(columns):
                    out[k, row, column] = out[k + 1, row, column] * decay + gain * shares[k, row, column]
    return 0


@jit
def return_columns(back: Singles, gains: Singles, decays: Singles) -> int:
    """See `shining.returned`; in place."""
    layers, rows, columns = back.shape
    for k in range(1, layers):
        decay = decays[k - 1]
        for row in range(rows):
            for column in range(columns):
                back[k, row, column] += decay * back[k - 1, row, column]
    for k in range(layers):
        gain = gains[k]
        for row in range(rows):
            for column in range(columns):
                back[k, row, column] *= gain
    return 0


@jit
def look_at(
    light: Singles,
    places: Places,
    weights: Singles,
    spot: Singles,
    by_row: Singles,
    by_column: Singles,
    doses: Singles,
    slopes: Singles,
) -> int:
    """See `shining.looked_at`."""
    _, rows, columns = light.shape
    side = spot.shape[2]
    radius = side // 2
    for s in range(len(places)):
        k, row, column, phase_row, phase_column = (
            places[s, 0],
            places[s, 1],
            places[s, 2],
            places[s, 3],
            places[s, 4],
        )
        dose, down, right = np.float32(0.0), np.float32(0.0), np.float32(0.0)
        for i in range(side):
            at_row = row + i - radius
            if at_row < 0 or at_row >= rows:
                continue
            for j in range(side):
                at_column = column + j - radius
                if at_column < 0 or at_column >= columns:
                    continue
                here = light[k, at_row, at_column]
                dose += spot[phase_row, phase_column, i, j] * here
                down += by_row[phase_row, phase_column, i, j] * here
                right += by_column[phase_row, phase_column, i, j] * here
        doses[s] = dose * weights[s]
        slopes[s] = (down * down + right * right) / max(dose * dose, np.float32(1e-12))
    return 0


@jit
def look_back(
    places: Places, first: Singles, second: Singles, spot: Singles, out_first: Singles, out_second: Singles
) -> int:
    """See `shining.looked_back`; adds to both outputs."""
    _, rows, columns = out_first.shape
    side = spot.shape[2]
    radius = side // 2
    for s in range(len(places)):
        if first[s] == 0.0 and second[s] == 0.0:
            continue
        k, row, column, phase_row, phase_column = (
            places[s, 0],
            places[s, 1],
            places[s, 2],
            places[s, 3],
            places[s, 4],
        )
        for i in range(side):
            at_row = row + i - radius
            if at_row < 0 or at_row >= rows:
                continue
            for j in range(side):
                at_column = column + j - radius
                if at_column < 0 or at_column >= columns:
                    continue
                tap = spot[phase_row, phase_column, i, j]
                out_first[k, at_row, at_column] += tap * first[s]
                out_second[k, at_row, at_column] += tap * second[s]
    return 0


@jit
def go_down(greys: Greys, thickness: Singles, ways: Singles) -> int:
    """See `shining.ways_down`."""
    layers, rows, columns = greys.shape
    for k in range(layers):
        for row in range(rows):
            for column in range(columns):
                way = np.float32(0.0)
                if greys[k, row, column] >= 128:
                    way = np.float32(np.inf)
                    if k > 0:
                        way = ways[k - 1, row, column] + thickness[k]
                ways[k, row, column] = way
    return 0


@jit
def thin_columns(
    greys: Greys,
    ways: Singles,
    gains: Singles,
    decays: Singles,
    above: Singles,
    limits: Floats,
    shares: Singles,
    light: Singles,
) -> int:
    """See `shining.thinned`. limits: depth, and the most depths."""
    layers, rows, columns = greys.shape
    depth, most = limits[0], limits[1]
    for step in range(layers):
        k = layers - 1 - step
        for row in range(rows):
            for column in range(columns):
                here = (above[row, column] if k == layers - 1 else light[k + 1, row, column]) * decays[k]
                share = np.float32(greys[k, row, column]) / np.float32(255.0)
                if share > 0:
                    room = min(ways[k, row, column] / depth, most)
                    if room < 80.0:
                        allowed = (np.float32(np.exp(room)) - here) / gains[k]
                        share = max(np.float32(0.0), min(share, allowed))
                shares[k, row, column] = share
                light[k, row, column] = here + gains[k] * share
    return 0


@jit
def ask_columns(
    light: Singles,
    back: Singles,
    curve: Singles,
    moving: Greys,
    least: Singles,
    most: Singles,
    decays: Singles,
    bounds: Singles,
    modes: Greys,
) -> int:
    """See `shining.asked`; light and moving in place. bounds: (columns,) room for what is carried up."""
    layers, rows, columns = light.shape
    for row in range(rows):
        for column in range(columns):
            bounds[column] = np.float32(np.inf)
        for k in range(layers):
            for column in range(columns):
                here = light[k, row, column]
                asked = here
                low = least[k, row, column]
                bound = max(bounds[column], low)
                above = bound
                mode = 0
                if moving[k, row, column] != 0:
                    step = back[k, row, column] / max(curve[k, row, column], np.float32(1e-9))
                    asked = max(low, min(here - step, most[k, row, column]))
                    if step > 0:
                        above = min(bound, asked)
                    mode = _FREE if asked > here and bound > here else _DOWN
                if bound < here:
                    moving[k, row, column] = 1
                    mode = _DOWN
                light[k, row, column] = min(asked, bound)
                modes[k, row, column] = mode
                bounds[column] = above / decays[k]
    return 0


@jit
def settle_columns(
    wanted: Singles, modes: Greys, gains: Singles, decays: Singles, above: Singles, shares: Singles, light: Singles
) -> int:
    """See `shining.settled`; shares in place."""
    layers, rows, columns = shares.shape
    for step in range(layers):
        k = layers - 1 - step
        for row in range(rows):
            for column in range(columns):
                here = (above[row, column] if k == layers - 1 else light[k + 1, row, column]) * decays[k]
                if modes[k, row, column] != 0 and gains[k] > 0:
                    most = np.float32(1.0) if modes[k, row, column] == _FREE else shares[k, row, column]
                    share = (wanted[k, row, column] - here) / gains[k]
                    shares[k, row, column] = max(np.float32(0.0), min(share, most))
                light[k, row, column] = here + gains[k] * shares[k, row, column]
    return 0
