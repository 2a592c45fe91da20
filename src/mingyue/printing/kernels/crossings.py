"""Which triangles go through each other: a tree of boxes finds neighbours, signs of volumes decide."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.jit import jit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Shewchuk (1997), Adaptive precision floating-point arithmetic, §4.3: (7 + 56ε)ε bounds the rounding of
# orient3d relative to the sum of its absolute products. Below it the sign is unknown.
ORIENT_ERROR = 7.8e-16

# Pieces in a leaf: few enough to try all pairs, enough to keep the tree small.
LEAF = 4


@jit
def orient(a: Floats, b: Floats, c: Floats, d: Floats) -> int:
    """The side of plane a b c on which d lies: 1 or -1, or 0 where rounding leaves it open.

    1 is the side from which a b c go round clockwise.
    """
    ax, ay, az = a[0] - d[0], a[1] - d[1], a[2] - d[2]
    bx, by, bz = b[0] - d[0], b[1] - d[1], b[2] - d[2]
    cx, cy, cz = c[0] - d[0], c[1] - d[1], c[2] - d[2]
    p, q, r, s, t, u = bx * cy, cx * by, cx * ay, ax * cy, ax * by, bx * ay
    volume = az * (p - q) + bz * (r - s) + cz * (t - u)
    size = abs(az) * (abs(p) + abs(q)) + abs(bz) * (abs(r) + abs(s)) + abs(cz) * (abs(t) + abs(u))
    if volume > ORIENT_ERROR * size:
        return 1
    if volume < -ORIENT_ERROR * size:
        return -1
    return 0


@jit
def piercing_edge(one: Floats, other: Floats) -> int:
    """The first edge of one (3, 3) triangle, 0–2, that crosses the inside of the other; or -1."""
    a, b, c = other[0], other[1], other[2]
    sides = (orient(a, b, c, one[0]), orient(a, b, c, one[1]), orient(a, b, c, one[2]))
    for k in range(3):
        if sides[k] * sides[(k + 1) % 3] >= 0:
            continue
        p, q = one[k], one[(k + 1) % 3]
        turn = orient(p, q, a, b)
        if turn != 0 and orient(p, q, b, c) == turn and orient(p, q, c, a) == turn:
            return k
    return -1


@jit
def crossing_edge(one: Floats, other: Floats) -> int:
    """The first of six edges that goes through the other triangle: 0–2 of one, 3–5 of the other; or -1."""
    edge = piercing_edge(one, other)
    if edge >= 0:
        return edge
    edge = piercing_edge(other, one)
    return edge + 3 if edge >= 0 else -1


@jit
def place_of(edge: int, one: Floats, other: Floats) -> Floats:
    """Where the edge, numbered as by crossing_edge, meets the plane of the triangle that it goes through."""
    piercing, pierced = (one, other) if edge < 3 else (other, one)
    p, q = piercing[edge % 3], piercing[(edge + 1) % 3]
    u, v, w = pierced[1] - pierced[0], pierced[2] - pierced[0], pierced[0]
    n0, n1, n2 = u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]
    before = n0 * (p[0] - w[0]) + n1 * (p[1] - w[1]) + n2 * (p[2] - w[2])
    after = n0 * (q[0] - w[0]) + n1 * (q[1] - w[1]) + n2 * (q[2] - w[2])
    place: Floats = p + (q - p) * (before / (before - after))
    return place


@jit
def slabs_of(corners: Floats, slabs: Ints, axes: Ints, pad: float) -> tuple[Ints, Floats, Floats, Floats]:
    """Each (3, 3) triangle cut into slabs[t] pieces of equal thickness along axes[t].

    Returns for each piece its triangle (f,), its slab (f, 2), endless at either end of the triangle, and the
    lowest and highest corner of its box (f, 3), padded.
    """
    total = slabs.sum()
    owners, bounds = np.empty(total, dtype=np.int64), np.empty((total, 2))
    lows, highs = np.full((total, 3), np.inf), np.full((total, 3), -np.inf)
    at = 0
    for t in range(len(corners)):
        axis = axes[t]
        first, last = corners[t, :, axis].min(), corners[t, :, axis].max()
        for piece in range(slabs[t]):
            begin = first + (last - first) * piece / slabs[t] if piece else -np.inf
            end = first + (last - first) * (piece + 1) / slabs[t] if piece + 1 < slabs[t] else np.inf
            owners[at], bounds[at, 0], bounds[at, 1] = t, begin, end
            for k in range(3):
                p, q = corners[t, k], corners[t, (k + 1) % 3]
                run = q[axis] - p[axis]
                enter, leave = 0.0, 1.0
                if run != 0:
                    one, other = (begin - p[axis]) / run, (end - p[axis]) / run
                    enter, leave = max(enter, min(one, other)), min(leave, max(one, other))
                elif p[axis] < begin or p[axis] > end:
                    continue
                if enter > leave:
                    continue
                for i in range(3):
                    one, other = p[i] + (q[i] - p[i]) * enter, p[i] + (q[i] - p[i]) * leave
                    lows[at, i] = min(lows[at, i], one, other)
                    highs[at, i] = max(highs[at, i], one, other)
            lows[at] -= pad
            highs[at] += pad
            at += 1
    return owners, bounds, lows, highs


@jit
def crossings_in_tree(
    corners: Floats,
    triangles: Ints,
    owners: Ints,
    bounds: Floats,
    axes: Ints,
    lows: Floats,
    highs: Floats,
    node_lows: Floats,
    node_highs: Floats,
    limit: int,
) -> tuple[Ints, Floats]:
    """Pairs of triangles that cross, from a balanced tree over pieces in the order of its leaves.

    The root is node 1, the children of n are 2n and 2n + 1, the upper half are leaves of LEAF pieces each.
    A crossing belongs to the two pieces that hold its place, so it is found once. Stops at `limit`.
    Returns (n, 2) triangles, the lower first, and (n, 3) places.
    """
    found, places = np.empty((64, 2), dtype=np.int64), np.empty((64, 3))
    count = 0
    first_leaf = len(node_lows) // 2
    todo = np.empty((512, 2), dtype=np.int64)  # three wait for each of at most 63 generations
    todo[0] = 1
    waiting = 1
    while waiting:
        waiting -= 1
        m, n = todo[waiting, 0], todo[waiting, 1]
        if m != n and not _overlap(node_lows, node_highs, m, node_lows, node_highs, n):
            continue
        if m < first_leaf:
            for k in range(4):
                if m != n or k != 2:  # a node's two children are a pair once
                    todo[waiting] = 2 * m + k // 2, 2 * n + k % 2
                    waiting += 1
            continue
        for f in range((m - first_leaf) * LEAF, min((m - first_leaf + 1) * LEAF, len(owners))):
            for g in range(f + 1 if m == n else (n - first_leaf) * LEAF, min((n - first_leaf + 1) * LEAF, len(owners))):
                if not _overlap(lows, highs, f, lows, highs, g) or _share(triangles, owners[f], owners[g]):
                    continue
                a, b = min(owners[f], owners[g]), max(owners[f], owners[g])
                edge = crossing_edge(corners[a], corners[b])
                if edge < 0:
                    continue
                place = place_of(edge, corners[a], corners[b])
                if not (_holds(bounds[f], place[axes[owners[f]]]) and _holds(bounds[g], place[axes[owners[g]]])):
                    continue
                if count == len(found):
                    found = np.concatenate((found, np.empty_like(found)))
                    places = np.concatenate((places, np.empty_like(places)))
                found[count, 0], found[count, 1] = a, b
                places[count] = place
                count += 1
                if count == limit:
                    return found[:count], places[:count]
    return found[:count], places[:count]


@jit
def _overlap(lows: Floats, highs: Floats, i: int, other_lows: Floats, other_highs: Floats, j: int) -> bool:
    for axis in range(3):
        if lows[i, axis] > other_highs[j, axis] or other_lows[j, axis] > highs[i, axis]:
            return False
    return True


@jit
def _holds(bound: Floats, x: float) -> bool:
    inside: bool = bound[0] <= x < bound[1]
    return inside


@jit
def _share(triangles: Ints, a: int, b: int) -> bool:
    for i in range(3):
        for j in range(3):
            if triangles[a, i] == triangles[b, j]:
                return True
    return False
