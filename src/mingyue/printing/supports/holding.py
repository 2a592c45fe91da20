"""A lifted part's layers become places for necks that hold it against the pull of the film, layer by layer as it grows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.components import beyond_reach
from mingyue.printing.runs import Runs
from mingyue.printing.supports.needs import pixels_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Of each layer so many pixels are places for a neck at most; they are weighed against each other by their distances.
_PLACES_A_LAYER = 60
# Necks nearer to each other than this, in diameters, hold no more than one.
_APART = 2.0


def hanging_places(layers: Iterable[Runs]) -> Iterator[Ints]:
    """For each layer (n, 3) layer, row and column of pixels on its underside, spread over it.

    Two pixels and more beyond the layer below: there the surface is flat enough for a neck to come from below.
    """
    below: Runs | None = None
    for number, grey in enumerate(layers):
        layer = grey.binary()
        pieces = [] if below is None else pixels_of(beyond_reach(layer, below, reach_px=1.5))
        pixels = np.concatenate(pieces) if pieces else np.empty((0, 2), dtype=np.int64)
        spread = pixels[:: max(1, len(pixels) // _PLACES_A_LAYER)]
        yield np.column_stack([np.full(len(spread), number), spread])
        below = layer


def held_by(
    places: Ints, areas_um2: Floats, tips: Ints, *, a_neck_um2: float, layer_px: float, neck_px: float
) -> Iterator[int]:
    """Which of (n, 3) places get a neck, so that each layer's area is held by the necks up to it, where places suffice.

    tips: (m, 3) necks that are there already; a_neck_um2: layer area that one neck holds against the film; layer_px: the
    thickness of a layer in pixels. Each is taken where it is farthest from all others: so they spread.
    """
    scale = np.array([layer_px, 1.0, 1.0])
    apart = np.full(len(places), np.inf)
    for tip in tips:
        apart = np.minimum(apart, np.linalg.norm((places - tip) * scale, axis=1))
    held = np.sort(tips[:, 0]).tolist()
    for layer in np.flatnonzero(areas_um2 > 0):
        missing = int(np.ceil(areas_um2[layer] / a_neck_um2)) - int(np.searchsorted(held, layer, side="right"))
        there = int(np.searchsorted(places[:, 0], layer, side="right"))
        for _ in range(max(0, missing) if there else 0):
            best = int(np.argmax(apart[:there]))
            if apart[best] < _APART * neck_px:
                break
            yield best
            held = sorted([*held, int(places[best, 0])])
            apart = np.minimum(apart, np.linalg.norm((places - places[best]) * scale, axis=1))
