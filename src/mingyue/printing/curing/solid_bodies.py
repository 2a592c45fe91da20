"""How many bodies become solid: planes of dose in, one number out; runs are joined layer by layer, never voxels."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.curing.doses import Cure, DosePlane
from mingyue.printing.curing.lights import Light
from mingyue.printing.curing.solids import solid_runs
from mingyue.printing.runs import Runs

Ints = NDArray[np.int64]


def solid_bodies(planes: Iterable[DosePlane], light: Light, cure: Cure) -> int:
    """Bodies that hang together: pixels with a common side within a layer, and layers where the upper one is solid down to
    its bottom. planes: neighbouring layers from the top down. Memory: the runs of two layers.
    """
    ended, going_on = 0, 0
    bottom: Runs | None = None
    body_of_bottom = np.empty(0, dtype=np.int64)
    for plane in planes:
        top = solid_runs(plane, cure)
        one, other = _touching(top, top, rows_down=1)
        if bottom is not None:
            here, above = _touching(top, bottom)
            one, other = np.append(one, here), np.append(other, len(top) + body_of_bottom[above])
        labels = _joined(len(top) + going_on, one, other)
        bodies, of_top = np.unique(labels[: len(top)], return_inverse=True)
        ended += len(np.setdiff1d(labels[len(top) :], bodies))
        bottom = solid_runs(plane, cure, depth_um=float(light.thickness_um[plane.layer]))
        body_of_bottom = np.empty(len(bottom), dtype=np.int64)
        inner, outer = _touching(bottom, top)  # each run at the bottom lies within one at the top
        body_of_bottom[inner] = of_top[outer]
        going_on = len(bodies)
    return ended + going_on


def _touching(one: Runs, other: Runs, *, rows_down: int = 0) -> tuple[Ints, Ints]:
    """Pairs of runs that share a column: a row of `one` is held against the row of `other` so many further down."""
    starts, stops = _along(one)
    other_starts, other_stops = (ends - rows_down * (other.columns + 1) for ends in _along(other))
    first = np.searchsorted(other_stops, starts, side="right")
    count = np.maximum(np.searchsorted(other_starts, stops, side="left") - first, 0)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(np.arange(len(starts)), count), np.repeat(first, count) + within


def _along(runs: Runs) -> tuple[Ints, Ints]:
    """Starts and stops counted along all rows, one after the other with a gap between."""
    base = np.repeat(np.arange(runs.rows, dtype=np.int64) * (runs.columns + 1), np.diff(runs.row_starts))
    return base + runs.starts, base + runs.stops


def _joined(count: int, one: Ints, other: Ints) -> Ints:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64) if count else one
