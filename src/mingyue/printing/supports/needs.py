"""Layers become needs: the places that nothing below carries, each with its pixels.

An *island* is a component of a layer that lies on nothing, or on too little and hangs too far as well; an *overhang* is
what of another component is farther than the reach from all that lies below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.components import Components, beyond_reach, components_of, overlaps_of
from mingyue.printing.runs import Runs

Ints = NDArray[np.int64]
Kind = Literal["island", "overhang"]

# A pixel is solid where at least half of its dose falls; greyer ones do not cure by themselves.
_SOLID = 128


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """One place that hangs. pixels: (n, 2) int64, row and column of what must be carried; window: what is solid around.

    window: (rows, columns) bool, the layer around the pixels; corner: its top left pixel.
    """

    kind: Kind
    layer: int
    pixels: Ints
    window: NDArray[np.bool_]
    corner: tuple[int, int]

    @property
    def area_px(self) -> int:
        return len(self.pixels)


def needs_of(layers: Iterable[Runs], *, reach_px: float, island_share: float, margin_px: int = 8) -> Iterator[Need]:
    """What hangs in each layer but the first, which lies on the platform; islands of a layer before its overhangs.

    island_share: a component of which less than that share lies on the layer below is an island where it hangs anywhere
    beyond the reach, as is one that lies on nothing. What is beyond the reach must be carried, of an island something.
    """
    below: Runs | None = None
    for number, grey in enumerate(layers):
        layer = grey.binary(at_least=_SOLID)
        if below is not None and len(layer):
            yield from _needs_of_layer(number, layer, below, reach_px, island_share, margin_px)
        below = layer


def _needs_of_layer(
    number: int, layer: Runs, below: Runs, reach_px: float, island_share: float, margin_px: int
) -> Iterator[Need]:
    found = components_of(layer)
    overlaps = overlaps_of(components_of(below), found)
    carried = np.bincount(overlaps.pairs[:, 1], weights=overlaps.shared_px, minlength=found.count)
    hanging = beyond_reach(layer, below, reach_px=reach_px)
    label = labels_at(found, hanging)
    is_island = carried == 0
    is_island[label] |= carried[label] < island_share * found.lit_px[label]
    for pixels in pixels_of(found.only(carried == 0)):
        beyond = pixels[is_lit(hanging, pixels)]
        yield _need("island", number, beyond if len(beyond) else pixels, layer, margin_px)
    for pixels, of in zip(pixels_of(hanging), label, strict=True):
        if carried[of] > 0:
            yield _need("island" if is_island[of] else "overhang", number, pixels, layer, margin_px)


def _need(kind: Kind, number: int, pixels: Ints, layer: Runs, margin_px: int) -> Need:
    low = np.maximum(pixels.min(axis=0) - margin_px, 0)
    high = np.minimum(pixels.max(axis=0) + margin_px + 1, (layer.rows, layer.columns))
    rows, columns = (int(side) for side in high - low)
    window = layer.window(row=int(low[0]), column=int(low[1]), rows=rows, columns=columns).painted() > 0
    return Need(kind, number, pixels, window, (int(low[0]), int(low[1])))


def pixels_of(picture: Runs) -> list[Ints]:
    """The pixels of each component, (n, 2) row and column."""
    if not len(picture):
        return []
    found = components_of(picture)
    lengths = (picture.stops - picture.starts).astype(np.int64)
    row = np.repeat(np.repeat(np.arange(picture.rows), np.diff(picture.row_starts)), lengths)
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    pixels = np.stack([row, np.repeat(picture.starts, lengths) + within], axis=1)
    label = np.repeat(found.labels, lengths)
    order = np.argsort(label, kind="stable")
    return np.split(pixels[order], np.cumsum(np.bincount(label))[:-1])


def labels_at(found: Components, part: Runs) -> Ints:
    """(count,) for each component of a part of the picture the component of the whole that it lies in."""
    pieces = components_of(part)
    first = pieces.first_runs
    row = np.searchsorted(part.row_starts, first, side="right") - 1
    runs = found.runs
    keys = np.repeat(np.arange(runs.rows), np.diff(runs.row_starts)) * np.int64(runs.columns) + runs.starts
    return found.labels[np.searchsorted(keys, row * np.int64(runs.columns) + part.starts[first], side="right") - 1]


def is_lit(picture: Runs, pixels: Ints) -> NDArray[np.bool_]:
    """(n,) whether each of (n, 2) pixels is lit."""
    keys = np.repeat(np.arange(picture.rows), np.diff(picture.row_starts)) * np.int64(picture.columns)
    at = pixels[:, 0] * np.int64(picture.columns) + pixels[:, 1]
    run = np.searchsorted(keys + picture.starts, at, side="right") - 1
    return np.asarray((run >= 0) & (at < (keys + picture.stops)[run]))

