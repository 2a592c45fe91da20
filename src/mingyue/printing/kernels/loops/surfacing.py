"""Planes of dose become triangles: marching cubes between two levels, whose vertices are shared with the slabs beside.

Most cells are wholly solid or wholly empty; eight of those are passed over at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Bytes = NDArray[np.uint8]

# Eight columns whose four corners are all solid.
_ALL_SOLID = 0x0F0F0F0F0F0F0F0F


@jit
def slab_count(
    upper: Singles, lower: Singles, numbers: Singles, corners: Bytes, words: Ints, table: Ints, counts: Ints
) -> int:
    """Fill counts: the edges that cross the surface within the lower level, those between the levels, the triangles.

    upper, lower: (rows, columns) dose; numbers: the dose from which the upper and the lower level are solid.
    corners: room of 8 bytes more than columns, a multiple of 8; words: the same bytes. table: `cells.cell_table`.
    """
    rows, columns = upper.shape
    counts[:] = 0
    for row in range(rows - 1):
        _corners(upper, lower, numbers, row, corners)
        column = 0
        while column < columns - 1:
            if _is_dull(corners, words, column):
                column += 8
                continue
            here, right = corners[column], corners[column + 1]
            counts[0] += ((here >> 2) & 1) != ((here >> 3) & 1)
            counts[0] += ((here >> 2) & 1) != ((right >> 2) & 1)
            counts[1] += ((here >> 2) & 1) != (here & 1)
            counts[2] += table[here | right << 4, 0]
            column += 1
    return 0


@jit
def slab_vertices(
    upper: Singles,
    lower: Singles,
    numbers: Singles,
    frame: Floats,
    above: Places,
    level: Places,
    between: Places,
    corners: Bytes,
    words: Ints,
    first: int,
    vertices: Singles,
) -> int:
    """Place the vertices of the lower level and those between the levels; return how many there are.

    frame: µm of the middle of the first pixel (x, y), pitch, z of the upper and of the lower level, penetration depth, and
    how near (in pixels) vertices of both levels must be to be one, below 0 for never. above, level: (2 · rows, columns)
    numbers of the vertices along x, and after them along y; between: (rows, columns) along z. first: the number of the
    first new vertex.
    """
    rows, columns = upper.shape
    made = 0
    for row in range(rows - 1):
        _corners(upper, lower, numbers, row, corners)
        column = 0
        while column < columns - 1:
            if _is_dull(corners, words, column):
                column += 8
                continue
            here, right = corners[column], corners[column + 1]
            for along_y in range(2):
                other = (here >> 1) if along_y else right
                if ((here >> 2) & 1) == ((other >> 2) & 1):
                    continue
                down, over = along_y, 1 - along_y
                share = _share(lower[row, column], lower[row + down, column + over], numbers[1])
                place = along_y * rows + row
                is_wall = (here & 1) == ((here >> 2) & 1) and (other & 1) == ((other >> 2) & 1)
                if frame[6] >= 0 and is_wall:
                    over_it = _share(upper[row, column], upper[row + down, column + over], numbers[0])
                    if abs(share - over_it) <= frame[6]:
                        level[place, column] = above[place, column]
                        continue
                level[place, column] = first + made
                vertices[made, 0] = frame[0] + (column + over * share) * frame[2]
                vertices[made, 1] = frame[1] - (row + down * share) * frame[2]
                vertices[made, 2] = frame[4]
                made += 1
            if ((here >> 2) & 1) != (here & 1):
                between[row, column] = first + made
                vertices[made, 0] = frame[0] + column * frame[2]
                vertices[made, 1] = frame[1] - row * frame[2]
                vertices[made, 2] = frame[3]
                if frame[3] > frame[4]:
                    vertices[made, 2] -= frame[5] * np.log(upper[row, column] / numbers[0])
                made += 1
            column += 1
    return made


@jit
def slab_triangles(
    upper: Singles,
    lower: Singles,
    numbers: Singles,
    above: Places,
    level: Places,
    between: Places,
    corners: Bytes,
    words: Ints,
    table: Ints,
    triangles: Places,
) -> int:
    """Fill in the triangles between the levels; return how many. Those that have shrunk to a line are left out."""
    rows, columns = upper.shape
    made = 0
    for row in range(rows - 1):
        _corners(upper, lower, numbers, row, corners)
        column = 0
        while column < columns - 1:
            if _is_dull(corners, words, column):
                column += 8
                continue
            case = corners[column] | corners[column + 1] << 4
            for i in range(table[case, 0]):
                a = _vertex(table[case, 3 * i + 1], row, column, rows, above, level, between)
                b = _vertex(table[case, 3 * i + 2], row, column, rows, above, level, between)
                c = _vertex(table[case, 3 * i + 3], row, column, rows, above, level, between)
                if a != b and c not in (a, b):
                    triangles[made, 0], triangles[made, 1], triangles[made, 2] = a, b, c
                    made += 1
            column += 1
    return made


@jit
def _corners(upper: Singles, lower: Singles, numbers: Singles, row: int, corners: Bytes) -> None:
    """For each column its four corners as bits, as `cells` numbers them."""
    u0, u1, l0, l1 = upper[row], upper[row + 1], lower[row], lower[row + 1]
    for i in range(len(u0)):
        high = np.uint8(u0[i] >= numbers[0]) | np.uint8(u1[i] >= numbers[0]) << np.uint8(1)
        low = np.uint8(l0[i] >= numbers[1]) << np.uint8(2) | np.uint8(l1[i] >= numbers[1]) << np.uint8(3)
        corners[i] = high | low


@jit
def _is_dull(corners: Bytes, words: Ints, column: int) -> bool:
    """Whether the surface passes none of the eight cells from this column on."""
    if column & 7:
        return False
    word = words[column >> 3]
    return word in (0, _ALL_SOLID) and corners[column + 8] == corners[column]


@jit
def _share(here: float, there: float, threshold: float) -> float:
    """How far from here to there the dose passes the threshold: light between two pixels is nearly even."""
    return (here - threshold) / (here - there)


@jit
def _vertex(edge: int, row: int, column: int, rows: int, above: Places, level: Places, between: Places) -> int:
    if edge >= 8:
        return between[row + (edge & 1), column + ((edge >> 1) & 1)]
    of_level = level if edge & 2 else above
    if edge < 4:
        return of_level[row + (edge & 1), column]
    return of_level[rows + row, column + (edge & 1)]
