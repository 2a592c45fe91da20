"""Points on the surface of what a layer cures: two planes of dose in; points, normals and shares of area out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Singles = NDArray[np.float32]
Floats = NDArray[np.float64]

_PIECE = 64


@jit
def skin(
    above: Singles,
    here: Singles,
    numbers: Floats,
    points: Floats,
    normals: Singles,
    areas: Singles,
    halves: Singles,
    filled: Floats,
) -> int:
    """How many points of surface the layer has; they are written where there is room for all of them.

    above, here: (rows, columns) float32, the dose at the top of the next later layer and of this one. numbers: (11,)
    threshold; D_p, thickness µm; exp(−thickness / D_p) of the later layer, 0 where there is none; top µm; pitch µm;
    left µm; top of the canvas µm; 1 where the layer stands on the platform; every which line of the grid is looked at;
    pixels at each border whose volume does not count.
    points (n, 3), normals (n, 3), areas, halves (n,): room. filled: (1,) the solid height of all pixels together, µm.

    Within a layer the dose falls as exp(−depth / D_p), so floors are exact in depth; roofs are tops of layers. Walls
    are where half-way down the square root of the dose passes that of the threshold between two pixel centres: between
    the pixels of an edge that is blurred by a Gaussian the root is straighter than the dose and than its logarithm.
    Each crossing of a grid line stands for the surface that this line represents: the area of the cell across it, times
    how squarely it is hit. Over the three directions this adds up to the area, whatever the surface's slope.
    """
    rows, columns = here.shape
    threshold, depth, thickness, fall_above = numbers[0], numbers[1], numbers[2], numbers[3]
    top, pitch, left, canvas_top = numbers[4], numbers[5], numbers[6], numbers[7]
    on_platform, step, border = numbers[8] != 0.0, int(numbers[9]), int(numbers[10])
    wall, flat = pitch * thickness * step, pitch * pitch * step * step
    middle = threshold * math.exp(0.5 * thickness / depth)
    whole = threshold * math.exp(thickness / depth)
    root_middle, root, half = math.sqrt(middle), math.sqrt(threshold), 0.5 * step
    room = len(areas)
    made = 0
    height = 0.0
    for i in range(rows):
        after = 0
        for j in range(columns):
            if j == after:  # most of a picture is dark, and is passed by in pieces
                after = min(j + _PIECE, columns)
                is_dark = not _is_lit(here, i, j, after, threshold)
            if is_dark:
                continue
            dose = here[i, j]
            is_in = dose > middle
            if i % step == 0 and j + 1 < columns and (here[i, j + 1] > middle) != is_in:
                if made < room:
                    one, two = math.sqrt(dose), math.sqrt(here[i, j + 1])
                    along = (root_middle - one) / (two - one)
                    across = (1 - along) * _down(here, i, j) + along * _down(here, i, j + 1)
                    x, y = left + (j + 0.5 + along) * pitch, canvas_top - (i + 0.5) * pitch
                    scale = 2.0 * depth / (pitch * root_middle)
                    _put(points, normals, made, x, y, top - 0.5 * thickness, (two - one) * scale, -across * scale)
                    halves[made] = half * pitch
                    areas[made] = wall * abs(normals[made, 0])
                made += 1
            if j % step == 0 and i + 1 < rows and (here[i + 1, j] > middle) != is_in:
                if made < room:
                    one, two = math.sqrt(dose), math.sqrt(here[i + 1, j])
                    along = (root_middle - one) / (two - one)
                    across = (1 - along) * _right(here, i, j) + along * _right(here, i + 1, j)
                    x, y = left + (j + 0.5) * pitch, canvas_top - (i + 0.5 + along) * pitch
                    scale = 2.0 * depth / (pitch * root_middle)
                    _put(points, normals, made, x, y, top - 0.5 * thickness, across * scale, -(two - one) * scale)
                    halves[made] = half * pitch
                    areas[made] = wall * abs(normals[made, 1])
                made += 1
            if dose <= threshold:
                continue
            solid = thickness if dose > whole else depth * math.log(dose / threshold)
            if border <= i < rows - border and border <= j < columns - border:
                height += solid
            if i % step or j % step:
                continue
            if above[i, j] * fall_above <= threshold:
                if made < room:
                    x, y, halves[made] = _middle(above, here, i, j, root, fall_above, half)
                    points[made, 0], points[made, 1] = left + x * pitch, canvas_top - y * pitch
                    points[made, 2] = top
                    normals[made, 0], normals[made, 1], normals[made, 2] = 0.0, 0.0, 1.0
                    halves[made] *= pitch
                    areas[made] = flat
                made += 1
            if solid < thickness or on_platform:
                if made < room:
                    x, y = left + (j + 0.5) * pitch, canvas_top - (i + 0.5) * pitch
                    scale = 0.0 if solid == thickness else 2.0 * depth / (pitch * math.sqrt(dose))
                    right, down = _right(here, i, j) * scale, _down(here, i, j) * scale
                    _put(points, normals, made, x, y, top - solid, right, -down)
                    halves[made] = half * pitch
                    areas[made] = flat * abs(normals[made, 2])
                made += 1
    filled[0] = height
    return made


@jit
def _middle(
    above: Singles, here: Singles, i: int, j: int, root: float, fall_above: float, half: float
) -> tuple[float, float, float]:
    """Where the middle of a roof at a pixel is, column and row, and half of its side: it ends at the walls next to it."""
    own, over = math.sqrt(here[i, j]), math.sqrt(above[i, j] * fall_above)
    up = _until(own, over, above, here, max(i - 1, 0), j, root, fall_above, half)
    down = _until(own, over, above, here, min(i + 1, here.shape[0] - 1), j, root, fall_above, half)
    left = _until(own, over, above, here, i, max(j - 1, 0), root, fall_above, half)
    right = _until(own, over, above, here, i, min(j + 1, here.shape[1] - 1), root, fall_above, half)
    side = math.sqrt((up + down) * (left + right))
    return j + 0.5 + 0.5 * (right - left), i + 0.5 + 0.5 * (down - up), 0.5 * side


@jit
def _until(
    own: float,
    over: float,
    above: Singles,
    here: Singles,
    i: int,
    j: int,
    root: float,
    fall_above: float,
    half: float,
) -> float:
    """How far a roof goes towards a neighbour: to where it ends, or where the next layer stands on it."""
    there, over_there = math.sqrt(here[i, j]), math.sqrt(above[i, j] * fall_above)
    until = half
    if there <= root:
        until = min(until, (own - root) / (own - there))
    if over_there > root:
        until = min(until, (root - over) / (over_there - over))
    return until


@jit
def _is_lit(here: Singles, i: int, first: int, after: int, threshold: float) -> bool:
    """Whether any pixel of a piece of a row is above the threshold, or one that it touches to the right or below."""
    level = np.float32(threshold)
    one, other = here[i, first:after], here[min(i + 1, here.shape[0] - 1), first:after]
    lit = np.int32(0)
    for j in range(len(one)):  # pieces counted in 32 bits: a compiler makes wide instructions of that
        lit += np.int32(one[j] > level) + np.int32(other[j] > level)
    return bool(lit > 0 or here[i, min(after, here.shape[1] - 1)] > level)


@jit
def _put(
    points: Floats, normals: Singles, place: int, x: float, y: float, z: float, slope_x: float, slope_y: float
) -> None:
    """A point, and the normal that looks away from where the field of depths grows: its slopes in x and y, 1 in z."""
    points[place, 0], points[place, 1], points[place, 2] = x, y, z
    length = math.sqrt(slope_x * slope_x + slope_y * slope_y + 1.0)
    normals[place, 0], normals[place, 1], normals[place, 2] = -slope_x / length, -slope_y / length, -1.0 / length


@jit
def _right(here: Singles, i: int, j: int) -> float:
    """By how much the root of the dose grows from one pixel to the next in its row."""
    first, last = max(j - 1, 0), min(j + 1, here.shape[1] - 1)
    return (math.sqrt(here[i, last]) - math.sqrt(here[i, first])) / max(last - first, 1)


@jit
def _down(here: Singles, i: int, j: int) -> float:
    """By how much the root of the dose grows from one row to the next."""
    first, last = max(i - 1, 0), min(i + 1, here.shape[0] - 1)
    return (math.sqrt(here[last, j]) - math.sqrt(here[first, j])) / max(last - first, 1)
