"""A mesh in portions: what of it each block of layers cuts, and no more, so that a block is light to send away."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.meshes import Mesh

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Places = NDArray[np.int16]

# Heights are rounded before they are cut, see `frames.Canvas.to_px`; a triangle that may be cut only then is sent along.
_ROUNDING_UM = 1e-5
# Triangles looked at together: some fifty megabytes of what they need in between.
_TRIANGLES_AT_ONCE = 1 << 20


def portions(mesh: Mesh, cut_um: Floats, *, layers: int, below: int = 0) -> Iterator[Mesh]:
    """For each `layers` of the cutting heights the triangles that they cut, in their order, with their vertices alone.

    cut_um: ascending; below: of so many heights under each portion the triangles come along too. Costs what the portions
    hold together, not the whole mesh for each of them.
    """
    lowest = cut_um[np.maximum(np.arange(0, len(cut_um), layers) - below, 0)]
    first, last = _first_and_last(mesh, lowest, np.append(cut_um[layers - 1 : -1 : layers], cut_um[-1]))
    order = np.argsort(first, kind="stable")
    starts = np.searchsorted(first, np.arange(-(-len(cut_um) // layers) + 1), sorter=order)
    place = np.empty(len(mesh.vertices_um), dtype=np.int64)
    going_on = np.empty(0, dtype=np.int64)
    for portion, (begin, end) in enumerate(itertools.pairwise(starts)):
        here = np.sort(np.concatenate((going_on, order[begin:end])))
        here = here[last[here] >= portion]  # between two portions a triangle may pass all cuts by
        yield _compact(mesh, mesh.triangles[here], place)
        going_on = here[last[here] > portion]


def _first_and_last(mesh: Mesh, lowest_um: Floats, highest_um: Floats) -> tuple[Places, Places]:
    """(triangles,) the first and the last portion that may cut each. Given: lowest and highest cut of each portion."""
    heights = mesh.vertices_um[:, 2]
    first, last = (np.empty(len(mesh.triangles), dtype=np.int16) for _ in range(2))
    for begin in range(0, len(mesh.triangles), _TRIANGLES_AT_ONCE):
        some = slice(begin, begin + _TRIANGLES_AT_ONCE)
        a, b, c = (heights[mesh.triangles[some, k]] for k in range(3))
        first[some] = np.searchsorted(highest_um, np.minimum(np.minimum(a, b), c) - _ROUNDING_UM)
        last[some] = np.searchsorted(lowest_um, np.maximum(np.maximum(a, b), c) + _ROUNDING_UM, side="right") - 1
    return first, last


def _compact(mesh: Mesh, triangles: Ints, place: Ints) -> Mesh:
    """These triangles with the vertices they use. place: (vertices,) room to note where a vertex has gone."""
    corners = triangles.ravel()
    here = np.arange(len(corners))
    place[corners] = here
    used = corners[place[corners] == here]  # of several corners at a vertex one has left its mark
    place[used] = here[: len(used)]
    return Mesh(mesh.vertices_um[used], place[corners].reshape(-1, 3))
