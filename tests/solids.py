"""Small solids that tests are made of."""

from __future__ import annotations

import numpy as np

from mingyue.printing.meshes import Mesh

_QUADS = ((0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5))


def box(low_um: tuple[float, float, float], high_um: tuple[float, float, float]) -> Mesh:
    """A closed box of 12 triangles, outside out; corner k has x high for bit 0, y for bit 1, z for bit 2."""
    ends = np.array([low_um, high_um], dtype=np.float64)
    corners = np.array([[ends[k & 1, 0], ends[k >> 1 & 1, 1], ends[k >> 2, 2]] for k in range(8)])
    return Mesh(corners, np.array([face for a, b, c, d in _QUADS for face in ((a, b, c), (a, c, d))]))


def ball(*, radius_um: float, centre_um: tuple[float, float, float], rings: int) -> Mesh:
    """A closed ball of `rings` rings of 2 · rings corners between its poles, which lie below and above the centre."""
    sides = 2 * rings
    polar = np.pi * np.arange(1, rings + 1) / (rings + 1)
    around = 2 * np.pi * np.arange(sides) / sides
    ring = np.stack(
        [
            np.outer(np.sin(polar), np.cos(around)),
            np.outer(np.sin(polar), np.sin(around)),
            np.repeat(-np.cos(polar)[:, None], sides, axis=1),
        ],
        axis=2,
    ).reshape(-1, 3)
    corners = np.vstack([ring, [[0, 0, -1], [0, 0, 1]]]) * radius_um + np.array(centre_um)
    here, there = np.arange(sides), (np.arange(sides) + 1) % sides
    south, north, last = rings * sides, rings * sides + 1, (rings - 1) * sides
    faces = [np.stack([np.full(sides, south), there, here], axis=1)]
    for k in range(rings - 1):
        low, high = k * sides, (k + 1) * sides
        faces.append(np.stack([low + here, low + there, high + there], axis=1))
        faces.append(np.stack([low + here, high + there, high + here], axis=1))
    faces.append(np.stack([last + here, last + there, np.full(sides, north)], axis=1))
    return Mesh(corners, np.vstack(faces))
