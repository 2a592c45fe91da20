"""A beam lattice becomes a mesh: a tube for each beam and a ball for each round end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.meshes import Mesh

# A polygon of n sides inside a circle keeps within r(1 - cos(π/n)): with 32 sides half a percent of the
# radius, which is under one pixel of 2 µm for beams up to 0.8 mm thick.
SIDES = 32
RADIUS_ERROR = 1 - np.cos(np.pi / SIDES)
TRIANGLES_A_TUBE = 4 * SIDES - 4
TRIANGLES_A_BALL = SIDES * (SIDES - 2)


@dataclass(frozen=True)
class Lattice:
    """Straight round beams between nodes.

    nodes: (n, 3) float64. beams: (b, 2) indices of nodes. radii: (b, 2) > 0, at each end.
    balls: (k,) indices of nodes. ball_radii: (k,). All lengths in one unit.
    """

    nodes: NDArray[np.float64]
    beams: NDArray[np.int64]
    radii: NDArray[np.float64]
    balls: NDArray[np.int64]
    ball_radii: NDArray[np.float64]

    @property
    def triangle_count(self) -> int:
        """How many triangles lattice_mesh will make."""
        return TRIANGLES_A_TUBE * len(self.beams) + TRIANGLES_A_BALL * len(self.balls)


def lattice_mesh(lattice: Lattice) -> Mesh:
    """Closed bodies that overlap where beams meet, in the lattice's unit."""
    parts = [_tubes(lattice), _balls(lattice)]
    points = np.concatenate([points.reshape(-1, 3) for points, _ in parts])
    starts = (0, parts[0][0].shape[0] * parts[0][0].shape[1])
    triangles = [_copies(*part) + start for part, start in zip(parts, starts, strict=True)]
    return Mesh(points, np.concatenate(triangles))


def _copies(points: NDArray[np.float64], triangles: NDArray[np.int64]) -> NDArray[np.int64]:
    """One body's triangles for each of the bodies, whose points are (bodies, corners, 3)."""
    bodies, corners, _ = points.shape
    copies: NDArray[np.int64] = triangles + corners * np.arange(bodies)[:, None, None]
    return copies.reshape(-1, 3)


def _tubes(lattice: Lattice) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points (b, 2 SIDES, 3), a ring at each end, and the triangles of one tube with flat ends."""
    ends = lattice.nodes[lattice.beams]  # (b, 2, 3)
    along = ends[:, 1] - ends[:, 0]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    aside = np.cross(along, np.eye(3)[np.abs(along).argmin(axis=1)])  # the axis farthest from the beam
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    third = np.cross(along, aside)
    angles = 2 * np.pi * np.arange(SIDES)[:, None] / SIDES
    ring = np.cos(angles) * aside[:, None] + np.sin(angles) * third[:, None]  # (b, SIDES, 3)
    points = ends[:, :, None] + lattice.radii[:, :, None, None] * ring[:, None]
    here = np.arange(SIDES)
    after = (here + 1) % SIDES
    inner = np.arange(1, SIDES - 1)
    zeros = np.zeros_like(inner)
    triangles = [
        np.stack([here, after, after + SIDES], axis=1),
        np.stack([here, after + SIDES, here + SIDES], axis=1),
        np.stack([zeros, inner + 1, inner], axis=1),
        np.stack([zeros, inner, inner + 1], axis=1) + SIDES,
    ]
    return points.reshape(len(ends), 2 * SIDES, 3), np.concatenate(triangles)


def _balls(lattice: Lattice) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points (k, corners, 3) and the triangles of one ball: SIDES meridians between two poles."""
    rows = SIDES // 2 - 1
    polar = np.pi * np.arange(1, rows + 1) / (rows + 1)
    around = 2 * np.pi * np.arange(SIDES) / SIDES
    rings = np.stack(
        [
            np.outer(np.sin(polar), np.cos(around)),
            np.outer(np.sin(polar), np.sin(around)),
            np.repeat(np.cos(polar)[:, None], SIDES, axis=1),
        ],
        axis=2,
    )
    unit = np.concatenate([rings.reshape(-1, 3), [[0, 0, 1], [0, 0, -1]]])
    here = np.arange(SIDES)
    after = (here + 1) % SIDES
    north, south = rows * SIDES, rows * SIDES + 1
    upper = (SIDES * np.arange(rows - 1))[:, None]
    lower = upper + SIDES
    last = (rows - 1) * SIDES
    triangles = [
        np.stack([upper + here, lower + here, lower + after], axis=2).reshape(-1, 3),
        np.stack([upper + here, lower + after, upper + after], axis=2).reshape(-1, 3),
        np.stack([np.full(SIDES, north), here, after], axis=1),
        np.stack([np.full(SIDES, south), last + after, last + here], axis=1),
    ]
    centres = lattice.nodes[lattice.balls]
    return centres[:, None] + lattice.ball_radii[:, None, None] * unit, np.concatenate(triangles)
