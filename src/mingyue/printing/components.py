"""What hangs together in a layer, what lies over what, and what is dark: pictures as runs in, components out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.compiled import entry
from mingyue.printing.runs import FULL, Runs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Components:
    """The components of a picture: pixels that get any light and meet at their sides (4-connectivity).

    labels: (n,) int32, the component of each run of `runs`; components are counted from 0 in the order of their first run.
    """

    runs: Runs
    labels: Places
    count: int

    @property
    def boxes_px(self) -> Places:
        """(count, 4) int32: first row, first column, row after the last, column after the last."""
        return self._measures[0]

    @property
    def area_px(self) -> Floats:
        """(count,) float64: grey pixels count in part."""
        return self._measures[1][:, 0]

    @property
    def centres_px(self) -> Floats:
        """(count, 2) float64: u and v of the centre of gravity, in pixels from the left and from the top."""
        sums = self._measures[1]
        return np.asarray(sums[:, 1:3] / sums[:, :1])

    @property
    def thickness_px(self) -> Floats:
        """(count,) float64: how thick each is across its longest direction, whichever way that points.

        √14 times the smaller standard deviation of where its area is. A long rectangle's would be √12 times, a disc's 4
        times: so a rectangle comes out 8 % too thick, a disc 6 % too thin. It says nothing about what is bent.
        """
        area, u, v, uu, uv, vv = self._measures[1].T
        # A picture of pixels is spread by 1/12 more than what it shows (Sheppard's correction).
        across, along, mixed = uu / area - (u / area) ** 2, vv / area - (v / area) ** 2, uv / area - u * v / area**2
        smaller = (across + along) / 2 - np.hypot((across - along) / 2, mixed) - 1 / 12
        return np.asarray(np.sqrt(14 * np.maximum(smaller, 0.0)))

    @property
    def lit_px(self) -> Ints:
        """(count,) int64: how many pixels get any light."""
        lengths = (self.runs.stops - self.runs.starts).astype(np.float64)
        return np.bincount(self.labels, weights=lengths, minlength=self.count).astype(np.int64)

    @cached_property
    def first_runs(self) -> Ints:
        """(count,) int64: the first run of each, in the order of rows and columns."""
        return np.unique(self.labels, return_index=True)[1]

    @cached_property
    def _measures(self) -> tuple[Places, Floats]:
        boxes, sums = np.empty((self.count, 4), dtype=np.int32), np.empty((self.count, 6))
        runs = self.runs
        entry("measure_runs")(runs.row_starts, runs.starts, runs.stops, runs.values, self.labels, boxes, sums)
        return boxes, sums

    def only(self, chosen: NDArray[np.bool_]) -> Runs:
        """The picture of those components alone. chosen: (count,)."""
        kept = chosen[self.labels]
        before = np.concatenate(([0], np.cumsum(kept)))
        runs = self.runs
        return Runs(
            runs.rows,
            runs.columns,
            before[runs.row_starts].astype(np.int64),
            runs.starts[kept],
            runs.stops[kept],
            runs.values[kept],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Overlaps:
    """Which components of a layer lie over which of the layer below, and how much of them.

    pairs: (p, 2) int32, below and above, ascending, each pair once; shared_px: (p,) int64 pixels that are lit in both.
    """

    pairs: Places
    shared_px: Ints


def components_of(picture: Runs) -> Components:
    """Label the components of a picture; any light counts."""
    labels = np.empty(len(picture), dtype=np.int32)
    room = np.empty(len(picture), dtype=np.int32)
    count = entry("label_runs")(picture.row_starts, picture.starts, picture.stops, room, labels)
    return Components(picture, labels, count)


def overlaps_of(below: Components, above: Components) -> Overlaps:
    """What lies over what. Both layers are of one size."""
    _require_same_size(below.runs, above.runs)
    room = len(below.labels) + len(above.labels)
    pairs, shared = np.empty((room, 2), dtype=np.int32), np.empty(room, dtype=np.int64)
    latest = np.full(above.count, -1, dtype=np.int64)
    made = entry("overlap_runs")(
        below.runs.row_starts, below.runs.starts, below.runs.stops, below.labels,
        above.runs.row_starts, above.runs.starts, above.runs.stops, above.labels,
        latest, pairs, shared,
    )  # fmt: skip
    keys, place = np.unique(pairs[:made, 0] * np.int64(above.count) + pairs[:made, 1], return_inverse=True)
    sums = np.bincount(place, weights=shared[:made].astype(np.float64), minlength=len(keys)).astype(np.int64)
    return Overlaps(np.stack(np.divmod(keys, max(1, above.count)), axis=1).astype(np.int32), sums)


def joined(count: int, pairs: Places) -> Places:
    """(count,) int32: for each of `count` things the first of those that it hangs together with, by (p, 2) pairs."""
    parents = np.arange(count, dtype=np.int32)
    entry("join_pairs")(np.ascontiguousarray(pairs, dtype=np.int32), parents)
    return parents


def dark_of(picture: Runs) -> Runs:
    """All that gets no light, wholly lit."""
    room = len(picture) + picture.rows
    row_starts = np.empty(picture.rows + 1, dtype=np.int64)
    starts, stops = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    made = entry("complement_runs")(
        picture.row_starts, picture.starts, picture.stops, picture.columns, row_starts, starts, stops
    )
    return _solid(picture, row_starts, starts[:made].copy(), stops[:made].copy())


def beyond_reach(layer: Runs, below: Runs, *, reach_px: float) -> Runs:
    """What of a layer is farther than the reach from every pixel that is lit below, centre to centre.

    Any light counts, in both; the result is wholly lit. With a reach of 0: what is lit in the layer and not below.
    """
    _require_same_size(layer, below)
    down = math.floor(reach_px)
    reaches = np.array([math.isqrt(math.floor(reach_px**2) - k * k) for k in range(down + 1)], dtype=np.int64)
    row_starts = np.empty(layer.rows + 1, dtype=np.int64)
    room, most = 2 * (int(np.diff(layer.row_starts).max(initial=0)) + 1), len(layer) + len(below) + 1
    while True:  # a row may fall into many pieces where much passes below it; then there is twice the room
        scratch, out = np.empty((4, room), dtype=np.int32), np.empty((2, most), dtype=np.int32)
        made = entry("beyond_reach")(
            layer.row_starts, layer.starts, layer.stops, below.row_starts, below.starts, below.stops,
            reaches, scratch, row_starts, out[0], out[1],
        )  # fmt: skip
        if made >= 0:
            return _solid(layer, row_starts, out[0, :made].copy(), out[1, :made].copy())
        room, most = 2 * room, 2 * most


def _solid(like: Runs, row_starts: Ints, starts: Places, stops: Places) -> Runs:
    return Runs(like.rows, like.columns, row_starts, starts, stops, np.full(len(starts), FULL, dtype=np.uint8))


def _require_same_size(one: Runs, other: Runs) -> None:
    if (one.rows, one.columns) != (other.rows, other.columns):
        raise ValueError(f"{one.rows} × {one.columns} and {other.rows} × {other.columns} px do not match")
