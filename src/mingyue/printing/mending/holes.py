"""Holes in a surface: the loops around them, and lids of triangles that close them."""

from __future__ import annotations

import manifold3d
import numpy as np
from numpy.typing import NDArray

from mingyue.printing.mending.edges import edges_of


def loops_of(triangles: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Vertex loops of the edges that are missing, so that faces along them balance every edge.

    A triangle enters each of its vertices as often as it leaves it, so what is missing does too: a walk along
    missing edges never gets stuck. Where it meets itself, a loop is cut off.
    """
    edges = edges_of(triangles)
    low, high = edges.ends[edges.net != 0].T
    net = edges.net[edges.net != 0]
    tails, heads = (
        np.repeat(np.where(net > 0, high, low), np.abs(net)),
        np.repeat(np.where(net > 0, low, high), np.abs(net)),
    )
    ahead: dict[int, list[int]] = {}
    for tail, head in zip(tails.tolist(), heads.tolist(), strict=True):
        ahead.setdefault(tail, []).append(head)
    loops = []
    for start in sorted(ahead):
        path, seen = [start], {start: 0}
        while ahead[path[-1]]:
            head = ahead[path[-1]].pop()
            if head not in seen:
                seen[head] = len(path)
                path.append(head)
                continue
            loop = path[seen[head] :]
            loops.append(np.array(loop, dtype=np.int64))
            for vertex in loop[1:]:
                del seen[vertex]
            del path[seen[head] + 1 :]
    return loops


def lid_of(rim_um: NDArray[np.float64], loop: NDArray[np.int64]) -> NDArray[np.int64]:
    """(k − 2, 3) triangles over a loop of k vertices, along its direction."""
    if len(loop) == 3:
        return loop[None]
    right, up, _ = _plane(rim_um)
    flat = (rim_um - rim_um.mean(axis=0)) @ np.column_stack([right, up])
    return np.asarray(loop[manifold3d.triangulate([flat], allow_convex=False)], dtype=np.int64)


def _plane(rim_um: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 3) rows right, up, normal: the plane on which the loop's area is largest (Newell)."""
    around = rim_um - rim_um.mean(axis=0)
    normal = np.cross(around, np.roll(around, -1, axis=0)).sum(axis=0)
    _, _, axes = np.linalg.svd(normal[None])
    up = np.cross(normal, axes[1])
    return np.array([axes[1], up / max(float(np.linalg.norm(up)), np.finfo(np.float64).tiny), normal])


def off_plane_um(rim_um: NDArray[np.float64]) -> float:
    normal = _plane(rim_um)[2]
    length = float(np.linalg.norm(normal))
    return float(np.ptp(rim_um @ (normal / length))) if length else 0.0
