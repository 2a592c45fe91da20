"""Where triangles meet: edges with their uses, and what follows: closed or open, which bodies, who disagrees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.meshes import Mesh
from mingyue.printing.welds import weld_um

Place = tuple[float, float, float]


class OpenMeshError(BadInputError):
    """Some edges have no matching neighbour, so the surface bounds no volume."""

    def __init__(self, *, open_edges: int, first_at_um: Place) -> None:
        self.open_edges = open_edges
        self.first_at_um = first_at_um
        super().__init__(
            say(
                "The mesh has {count} edges that are open or whose faces disagree about the outside, "
                "the first at {place}.",
                count=open_edges,
                place=said_place(first_at_um),
            ),
            remedy=say("Close the holes there, or run `mingyue repair` and read its report."),
        )


@dataclass(frozen=True, slots=True)
class Edges:
    """Each edge once, and each use of it by a triangle. An edge from a vertex to itself is none.

    ends: (e, 2) int64 vertices, the lower first. starts: (e,) int64, where the edge's uses begin.
    uses, net: (e,) int64, how many uses there are; those from lower to higher vertex less the others.
    faces: (u,) int64 triangle of each use, in the order of edges. along: (u,) bool, from lower to higher.
    """

    ends: NDArray[np.int64]
    starts: NDArray[np.int64]
    uses: NDArray[np.int64]
    net: NDArray[np.int64]
    faces: NDArray[np.int64]
    along: NDArray[np.bool_]

    def faces_at(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Triangles at the chosen (e,) edges, with repeats."""
        return self.faces[np.repeat(chosen, self.uses)]


def edges_of(triangles: NDArray[np.int64]) -> Edges:
    """The edges of (m, 3) triangles."""
    tails, heads = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    vertices = int(triangles.max(initial=0)) + 1
    order = np.argsort(np.minimum(tails, heads) * vertices + np.maximum(tails, heads))
    order = order[tails[order] != heads[order]]
    tails, heads = tails[order], heads[order]
    along = tails < heads
    low, high = np.where(along, tails, heads), np.where(along, heads, tails)
    is_new = np.ones(len(low), dtype=bool)
    is_new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    starts = np.flatnonzero(is_new)
    uses = np.diff(starts, append=len(low))
    net = np.add.reduceat(np.where(along, 1, -1), starts) if len(starts) else uses
    return Edges(np.column_stack([low, high])[starts], starts, uses, net, order // 3, along)


def is_closed(mesh: Mesh) -> bool:
    """Whether every edge is used as often forward as backward."""
    forward, backward = _directed_keys(mesh)
    return len(forward) == len(backward) and bool(np.array_equal(np.sort(forward), np.sort(backward)))


def require_closed(mesh: Mesh) -> None:
    """Raises OpenMeshError where the mesh bounds no volume. Corners in one place are one. Fast enough for every build."""
    if mesh.is_closed:
        return
    places, inverse = weld_um(mesh.vertices_um)
    edges = edges_of(inverse[mesh.triangles])
    unbalanced = edges.ends[edges.net != 0]
    raise OpenMeshError(open_edges=len(unbalanced), first_at_um=lowest_place(places[unbalanced].mean(axis=1)))


def components(count: int, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """(count,) int64 labels from 0: equal where a chain of links first[i]–second[i] leads."""
    # Imported here because whoever only asks is_closed should not wait for scipy.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(count, count))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def bodies_of(edges: Edges, triangle_count: int) -> NDArray[np.int64]:
    """(m,) int64: which body each triangle belongs to, by shared edges."""
    is_linked = np.ones(len(edges.faces), dtype=bool)
    is_linked[edges.starts] = False
    later = np.flatnonzero(is_linked)
    return components(triangle_count, edges.faces[later - 1], edges.faces[later])


def disagreeing_faces(edges: Edges, triangle_count: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Two (m,) masks: faces to turn so that neighbours agree, and faces of one-sided patches (Möbius).

    Neighbours share an edge of exactly two uses. In each patch of neighbours the smaller part turns.
    Every face is two nodes, kept and turned; neighbours that agree link like with like, others crosswise.
    """
    pairs = edges.starts[edges.uses == 2]
    first, second = edges.faces[pairs], edges.faces[pairs + 1]
    twist = np.where(edges.along[pairs] == edges.along[pairs + 1], triangle_count, 0)
    labels = components(
        2 * triangle_count,
        np.concatenate([first, first + triangle_count]),
        np.concatenate([second + twist, second + triangle_count - twist]),
    )
    kept, turned = labels[:triangle_count], labels[triangle_count:]
    patch = np.minimum(kept, turned)
    sizes = np.bincount(patch, minlength=len(labels))
    alike = np.bincount(patch[kept == patch], minlength=len(labels))
    turns = (kept == patch) != (2 * alike >= sizes)[patch]
    is_one_sided = kept == turned
    return turns & ~is_one_sided, is_one_sided


def is_repeated(triangles: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(m,) bool: an earlier triangle has the same three corners, in whichever order."""
    low, middle, high = np.sort(triangles, axis=1).T
    order = np.lexsort((high, middle, low))  # stable, so the earliest of each group comes first
    is_same = np.zeros(len(order), dtype=bool)
    is_same[1:] = np.all([k[order][1:] == k[order][:-1] for k in (low, middle, high)], axis=0)
    repeated = np.empty_like(is_same)
    repeated[order] = is_same
    return repeated


def middles(mesh: Mesh, ends: NDArray[np.int64]) -> NDArray[np.float64]:
    """(e, 3) the middle of each edge, given by its two vertices."""
    return np.asarray(mesh.vertices_um[ends].mean(axis=1), dtype=np.float64)


def lowest_place(places_um: NDArray[np.float64]) -> Place:
    """The lowest of (..., 3) places: least z, then y, then x."""
    places = places_um.reshape(-1, 3)
    x, y, z = places[np.lexsort(places.T)[0]]
    return float(x), float(y), float(z)


def said_place(place_um: Place) -> str:
    """A place as people read it, in any language."""
    return "({:.1f}, {:.1f}, {:.1f}) µm".format(*place_um)


def _directed_keys(mesh: Mesh) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    tails, heads = mesh.triangles.ravel(), np.roll(mesh.triangles, -1, axis=1).ravel()
    rises, falls = tails < heads, tails > heads
    n = len(mesh.vertices_um)
    return tails[rises] * n + heads[rises], heads[falls] * n + tails[falls]


def lengths(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lengths of (..., 3) vectors."""
    return np.asarray(np.sqrt(np.einsum("...i,...i->...", vectors, vectors)), dtype=np.float64)
