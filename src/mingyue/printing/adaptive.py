"""A mesh becomes layers of different thickness: thin where its surface lies flat, thick where it stands upright.

A facet whose unit normal is n shows steps, or *cusps*, of thickness · |n_z| on the print. So a layer through which it
passes may be at most cusp / |n_z| thick. Heights lie on a grid of fine steps; of all tables that keep the bound, the one
of the fewest layers is taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.layers import SLIVER_UM, LayerTable, layer_count
from mingyue.printing.meshes import Mesh

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Borders lie on steps of at most this, and of at most a tenth of the thickest layer. A stage does not stand finer.
STEP_UM = 0.5
STEPS_A_LAYER = 10
# Triangles looked at together: a hundred megabytes of what they need in between.
_TRIANGLES_AT_ONCE = 1 << 20
# What rounding may add to a thickness that is exactly at the bound.
_ROUNDING = 1e-9


def adaptive_table(placed: Mesh, *, thinnest_um: float, thickest_um: float, cusp_um: float) -> LayerTable:
    """Layers of thinnest to thickest µm whose cusps are at most `cusp_um` high, wherever the thinnest layer allows it.

    placed: in the build frame, standing on z = 0. A flat face lies on a border, to half a step. The last layer is printed
    in full even where the part ends within it, and is cut in the middle of what the part has in it. A layer that breaks
    the bound is as thin as can be, and there are as few of them as can be.
    """
    if not (math.isfinite(cusp_um) and cusp_um > 0):
        raise BadInputError(
            say("A cusp height of {cusp} µm cannot be kept.", cusp=cusp_um), remedy=say("Give --cusp-um above 0 µm.")
        )
    if not 0 < thinnest_um <= thickest_um < math.inf:
        raise BadInputError(
            say("There are no layers of {thinnest:g} to {thickest:g} µm.", thinnest=thinnest_um, thickest=thickest_um),
            remedy=say("Choose another --layer-um or another --machine."),
        )
    height_um = float(placed.box_um[1][2])
    layer_count(height_um, layer_um=thickest_um)
    most = max(STEPS_A_LAYER, math.ceil(thickest_um / STEP_UM))
    step_um = thickest_um / most
    least = math.ceil(thinnest_um / step_um - _ROUNDING)
    count = max(1, math.ceil((height_um - SLIVER_UM) / step_um))
    cells, lines = _slopes(placed, step_um, count)
    reach = _reach(cells, lines, most, cusp_um / step_um)
    borders = _fewest_borders(reach, least)
    bottom = thickest_um * (borders[:-1] / most)  # divided first, a whole layer is thickest_um to the last bit
    thickness = thickest_um * (np.diff(borders) / most)
    cut = bottom + thickness / 2
    cut[-1] = min(cut[-1], (bottom[-1] + height_um) / 2)
    return LayerTable(bottom, thickness, cut)


def _slopes(placed: Mesh, step_um: float, count: int) -> tuple[Floats, Floats]:
    """How flat the surface lies, as the largest |n_z|: within each step, and on each line between steps.

    (count,) cells: of the triangles that pass through a step; (count + 1,) lines: of those that lie flat, each on the
    line nearest to it.
    """
    levels = [np.zeros(count - (1 << level) + 1) for level in range(count.bit_length())]
    lines = np.zeros(count + 1)
    for low, high, slope in _tilts(placed):
        is_flat = high - low <= 2 * SLIVER_UM
        within = is_flat & (high < (count - 1) * step_um)  # a flat top ends the part, wherever in the last step it is
        np.maximum.at(lines, np.rint(high[within] / step_um).astype(np.int64), slope[within])
        tilted = ~is_flat
        first = np.clip(np.floor((low[tilted] + SLIVER_UM) / step_um).astype(np.int64), 0, count - 1)
        after = np.clip(np.ceil((high[tilted] - SLIVER_UM) / step_um).astype(np.int64), first + 1, count)
        _raise_ranges(levels, first, after, slope[tilted])
    # Each level says what holds for two ranges of half its length, so the lowest says it for single steps.
    for level in range(len(levels) - 1, 0, -1):
        half = 1 << (level - 1)
        below, above = levels[level - 1], levels[level]
        np.maximum(below[: len(above)], above, out=below[: len(above)])
        np.maximum(below[half : half + len(above)], above, out=below[half : half + len(above)])
    return levels[0], lines


def _tilts(placed: Mesh) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Lowest and highest height, and |n_z|, of the triangles that have an area; some at a time."""
    for first in range(0, len(placed.triangles), _TRIANGLES_AT_ONCE):
        corners = placed.triangles[first : first + _TRIANGLES_AT_ONCE]
        a, b, c = (placed.vertices_um[corners[:, k]] for k in range(3))
        low, high = np.minimum(np.minimum(a[:, 2], b[:, 2]), c[:, 2]), np.maximum(np.maximum(a[:, 2], b[:, 2]), c[:, 2])
        normal = np.cross(b - a, c - a)
        length = np.linalg.norm(normal, axis=1)
        has_area = length > 0
        yield low[has_area], high[has_area], np.abs(normal[has_area, 2]) / length[has_area]


def _raise_ranges(levels: list[Floats], first: Ints, after: Ints, slope: Floats) -> None:
    """Note each slope for first … after: two overlapping ranges of a power of two cover it. levels[k][i]: i … i + 2^k."""
    level_of = np.frexp(after - first)[1] - 1  # the largest power of two within
    for level in np.unique(level_of):
        chosen = level_of == level
        np.maximum.at(levels[level], first[chosen], slope[chosen])
        np.maximum.at(levels[level], after[chosen] - (1 << level), slope[chosen])


def _reach(cells: Floats, lines: Floats, most: int, cusp: float) -> Ints:
    """(count,) how many steps a layer from each line may take within the bound; at most `most`. cusp: in steps."""
    count = len(cells)
    cells = np.concatenate((cells, np.zeros(most)))  # nothing stands above the part
    lines = np.concatenate((lines, np.zeros(most)))
    flattest = np.zeros(count)
    reach = np.zeros(count, dtype=np.int64)
    for steps in range(1, most + 1):
        np.maximum(flattest, cells[steps - 1 : steps - 1 + count], out=flattest)
        if steps > 1:
            np.maximum(flattest, lines[steps - 1 : steps - 1 + count], out=flattest)
        reach += steps * flattest <= cusp * (1 + _ROUNDING)  # once broken, a bound stays broken
    return reach


def _fewest_borders(reach: Ints, least: int) -> Ints:
    """The lines between layers, from 0 to the top: fewest broken bounds, then fewest layers, the thick ones below.

    Worked out from the top: what is left to pay from each line on. Layers of `least` steps are allowed everywhere.
    """
    count = len(reach)
    broken = float(count + 1)  # costs more than all layers together
    left = np.empty(count + int(reach.max()) + least + 1)
    left[count:] = broken * np.arange(len(left) - count)  # a layer that stands over is as bad as a broken bound
    taken = np.empty(count, dtype=np.int64)
    for line, furthest in zip(range(count - 1, -1, -1), reach[::-1].tolist(), strict=True):
        if furthest > least:
            options = left[line + furthest : line + least - 1 : -1]  # the thick ones first
            best = int(options.argmin())
            taken[line] = furthest - best
            left[line] = 1 + options[best]
        else:
            taken[line] = least
            left[line] = 1 + left[line + least] + (broken if furthest < least else 0.0)
    borders = [0]
    while borders[-1] < count:
        borders.append(borders[-1] + int(taken[borders[-1]]))
    return np.array(borders, dtype=np.int64)
