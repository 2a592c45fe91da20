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
from mingyue.printing.slivers import are_slivers, labels_at

Ints = NDArray[np.int64]
Kind = Literal["island", "overhang"]

# A pixel is solid where at least half of its dose falls; greyer ones do not cure by themselves.
_SOLID = 128
# A few pixels beyond the reach are the rounding of slopes.
_FEWEST_PX = 4
# So far around a need it is known what is solid.
_MARGIN_PX = 8


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """One place that hangs. pixels: (n, 2) int64, row and column of what must be carried.

    window: (rows, columns) bool, what is solid around them of the same component; corner: its top left pixel.
    """

    kind: Kind
    layer: int
    pixels: Ints
    window: NDArray[np.bool_]
    corner: tuple[int, int]

    @property
    def area_px(self) -> int:
        return len(self.pixels)


def needs_of(layers: Iterable[Runs], *, reach_px: float, island_share: float, island_px: float = 1.0) -> Iterator[Need]:
    """What hangs in each layer but the first, which lies on the platform; islands of a layer before its overhangs.

    island_share: a component of which less than that share lies on the layer below is an island where it hangs anywhere
    beyond the reach, as is one that lies on less than island_px pixels and is no sliver of another. What is beyond the
    reach must be carried, of an island something.
    """
    below: Runs | None = None
    for number, grey in enumerate(layers):
        layer = grey.binary(at_least=_SOLID)
        if below is not None and len(layer):
            yield from _needs_of_layer(
                number, grey, layer, below, reach_px=reach_px, island_share=island_share, island_px=island_px
            )
        below = layer


def _needs_of_layer(
    number: int, grey: Runs, layer: Runs, below: Runs, *, reach_px: float, island_share: float, island_px: float
) -> Iterator[Need]:
    found = components_of(layer)
    overlaps = overlaps_of(components_of(below), found)
    carried = np.bincount(overlaps.pairs[:, 1], weights=overlaps.shared_px, minlength=found.count)
    hanging = beyond_reach(layer, below, reach_px=reach_px)
    lies = carried >= island_px
    if not len(hanging) and lies.all():
        return
    is_weak = carried < island_share * np.minimum(found.lit_px, reach_px**2)
    loose = ~lies & ~are_slivers(found, grey, stands=lies)
    for of, pixels in zip(np.flatnonzero(loose), pixels_of(found.only(loose)), strict=True):
        beyond = pixels[is_lit(hanging, pixels)]
        yield _need("island", number, beyond if len(beyond) else pixels, _window(found, int(of), pixels))
    for of, pixels in zip(labels_at(found, components_of(hanging)), pixels_of(hanging), strict=True):
        if lies[of] and len(pixels) >= _FEWEST_PX:
            yield _need("island" if is_weak[of] else "overhang", number, pixels, _window(found, int(of), pixels))


def _window(found: Components, of: int, pixels: Ints) -> tuple[NDArray[np.bool_], tuple[int, int]]:
    """What is solid of the component around the pixels, and the window's top left pixel."""
    picture = found.runs
    low = np.maximum(pixels.min(axis=0) - _MARGIN_PX, 0)
    high = np.minimum(pixels.max(axis=0) + _MARGIN_PX + 1, (picture.rows, picture.columns))
    first, last = picture.row_starts[low[0]], picture.row_starts[high[0]]
    row = np.repeat(np.arange(low[0], high[0]), np.diff(picture.row_starts[low[0] : high[0] + 1]))
    chosen = found.labels[first:last] == of
    starts = np.clip(picture.starts[first:last] - low[1], 0, high[1] - low[1])[chosen]
    stops = np.clip(picture.stops[first:last] - low[1], 0, high[1] - low[1])[chosen]
    window = np.zeros((high[0] - low[0], high[1] - low[1] + 1), dtype=np.int32)
    np.add.at(window, (row[chosen] - low[0], starts), 1)
    np.subtract.at(window, (row[chosen] - low[0], stops), 1)
    return np.cumsum(window, axis=1)[:, :-1] > 0, (int(low[0]), int(low[1]))


def _need(kind: Kind, number: int, pixels: Ints, window: tuple[NDArray[np.bool_], tuple[int, int]]) -> Need:
    return Need(kind, number, pixels, *window)


def pixels_of(picture: Runs) -> list[Ints]:
    """The pixels of each component, (n, 2) row and column, in the order of components."""
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


def is_lit(picture: Runs, pixels: Ints) -> NDArray[np.bool_]:
    """(n,) whether each of (n, 2) pixels is lit."""
    if not len(picture):
        return np.zeros(len(pixels), dtype=np.bool_)
    keys = np.repeat(np.arange(picture.rows), np.diff(picture.row_starts)) * np.int64(picture.columns)
    at = pixels[:, 0] * np.int64(picture.columns) + pixels[:, 1]
    run = np.searchsorted(keys + picture.starts, at, side="right") - 1
    return np.asarray((run >= 0) & (at < (keys + picture.stops)[run]))
