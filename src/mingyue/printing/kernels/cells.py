"""Which triangles a cell of eight corners holds, for each of the 256 ways in which corners can be solid.

A cell lies between two pixels, two rows and two levels. Corner 4·x + 2·z + y has x to the right, z down and y down the
picture; its bit is set where it is solid. Edges 0–3 lie along x at 2·z + y, 4–7 along y at 2·z + x, 8–11 along z at
2·x + y. On a face whose solid corners touch in a diagonal only they are kept apart; that depends on the face alone, so
neighbouring cells agree and the surface is closed.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

# More triangles than this no cell holds; a test counts them.
MOST_TRIANGLES = 5

Corner = tuple[int, int, int]


@cache
def cell_table() -> NDArray[np.int64]:
    """(256, 1 + 3 · MOST_TRIANGLES) int64: how many triangles, then the edges they stand on, anticlockwise from outside."""
    table = np.zeros((256, 1 + 3 * MOST_TRIANGLES), dtype=np.int64)
    for case in range(256):
        corners = [triangle for loop in _loops(case) for triangle in _fan(loop)]
        table[case, 0] = len(corners)
        table[case, 1 : 1 + 3 * len(corners)] = np.array(corners, dtype=np.int64).ravel()
    return table


def _fan(loop: list[int]) -> list[tuple[int, int, int]]:
    return [(loop[0], loop[i], loop[i + 1]) for i in range(1, len(loop) - 1)]


def _loops(case: int) -> list[list[int]]:
    """The closed ways on which the surface leaves the cell, as edges."""
    after = dict(step for face in _faces() for step in _steps(case, face))
    loops = []
    while after:
        loop = [next(iter(after))]
        while (edge := after.pop(loop[-1])) != loop[0]:
            loop.append(edge)
        loops.append(loop)
    return loops


def _steps(case: int, face: list[Corner]) -> list[tuple[int, int]]:
    """Where the surface crosses a face, seen from outside: from the edge that comes to solid corners to that which leaves."""
    solid = [bool(case >> _bit(corner) & 1) for corner in face]
    comes = [i for i in range(4) if not solid[i] and solid[(i + 1) % 4]]
    steps = []
    for i in comes:
        leaves = (i + 1) % 4
        while solid[(leaves + 1) % 4]:
            leaves = (leaves + 1) % 4
        steps.append((_edge(face[i], face[(i + 1) % 4]), _edge(face[leaves], face[(leaves + 1) % 4])))
    return steps


def _faces() -> list[list[Corner]]:
    """The six faces, the corners of each anticlockwise seen from outside."""
    faces = []
    for axis in range(3):
        for side in (0, 1):
            ring = [(0, 0), (1, 0), (1, 1), (0, 1)]
            corners = [tuple(np.insert(pair, axis, side).tolist()) for pair in ring]
            a, b, c = (_in_space(corner) for corner in corners[:3])
            outward = _in_space(corners[0])[axis] - 0.5 if axis == 0 else _in_space(corners[0])[axis] + 0.5
            faces.append(corners if np.cross(b - a, c - b)[axis] * outward > 0 else corners[::-1])
    return faces


def _in_space(corner: Corner) -> NDArray[np.float64]:
    """(x, y, z) of a corner in the build frame, where y and z grow upwards."""
    return np.array([corner[0], -corner[1], -corner[2]], dtype=np.float64)


def _bit(corner: Corner) -> int:
    x, y, z = corner
    return 4 * x + 2 * z + y


def _edge(one: Corner, other: Corner) -> int:
    x, y, z = (min(a, b) for a, b in zip(one, other, strict=True))
    axis = next(i for i in range(3) if one[i] != other[i])
    return (2 * z + y, 4 + 2 * z + x, 8 + 2 * x + y)[axis]
