"""What is wrong with a mesh: a surface comes in, counts and places of everything amiss go out.

Corners that are the same point must be one vertex, as every reader leaves them; in a mesh that is not welded
each edge belongs to one triangle only, so all of them are reported as open.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import Phrase, say
from mingyue.printing.crossings import crossing_pairs
from mingyue.printing.meshes import Mesh

Place = tuple[float, float, float]

# Twice the area over the longest edge squared. float64 keeps 16 digits; a face flatter than this is a line
# to anything computed from it, and no exporter writes one on purpose.
FLAT_FACE = 1e-9

# More pairs than this say no more to a reader, and counting all of a woven part takes minutes.
CROSSINGS_SHOWN = 1_000


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
class Fault:
    """How often one thing is wrong, and where first: the lowest place, None where nothing is wrong."""

    count: int = 0
    first_at_um: Place | None = None


class Reason(NamedTuple):
    """Why something may not be done, and what to do about it."""

    message: Phrase
    remedy: Phrase


@dataclass(frozen=True, slots=True)
class MeshReport:
    """A mesh looked over. Nothing in it depends on the order of triangles or vertices.

    bodies: parts of the surface that hang together by edges.
    volume_um3: signed; without meaning while edges are unbalanced.
    open_edges: used once. They lie in open_loops loops; the largest of those is largest_hole_um across.
    flipped_edges: used twice in the same direction; faces_to_turn faces have to turn so that all agree.
    nonmanifold_edges: used more than twice. As many uses forward as backward still bound a volume.
    unbalanced_edges: unequally many uses forward and backward, which is what bounds no volume.
    inside_out_bodies: closed and facing inward, but for cavities inside another body.
    degenerate_faces: two corners alike or no area. duplicate_faces: the same corners as an earlier face.
    crossing_pairs: pairs of triangles that go through each other; None where nobody asked.
    """

    triangles: int
    vertices: int
    bodies: int
    size_um: Place
    volume_um3: float
    area_um2: float
    open_edges: Fault
    open_loops: int
    largest_hole_um: float
    flipped_edges: Fault
    faces_to_turn: int
    nonmanifold_edges: Fault
    unbalanced_edges: Fault
    inside_out_bodies: Fault
    degenerate_faces: Fault
    duplicate_faces: Fault
    crossing_pairs: Fault | None

    @property
    def is_solid(self) -> bool:
        """Whether a winding number is well defined everywhere, and something is inside."""
        return self.unbalanced_edges.count == 0 and self.volume_um3 > 0

    def to_json(self) -> dict[str, Any]:
        """Plain values only, with is_solid beside the fields."""
        return {**asdict(self), "is_solid": self.is_solid}


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


def components(count: int, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """(count,) int64 labels from 0: equal where a chain of links first[i]–second[i] leads."""
    # Imported here because whoever only asks is_closed should not wait for scipy.
    from scipy.sparse import coo_array  # type: ignore[import-untyped]
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

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


def is_closed(mesh: Mesh) -> bool:
    """Whether every edge is used as often forward as backward."""
    forward, backward = _directed_keys(mesh)
    return len(forward) == len(backward) and bool(np.array_equal(np.sort(forward), np.sort(backward)))


def require_closed(mesh: Mesh) -> None:
    """Raises OpenMeshError where the mesh bounds no volume. Fast enough for every build."""
    if is_closed(mesh):
        return
    edges = edges_of(mesh.triangles)
    amiss = _fault(_middles(mesh, edges.ends[edges.net != 0]))
    assert amiss.first_at_um is not None
    raise OpenMeshError(open_edges=amiss.count, first_at_um=amiss.first_at_um)


def find_faults(mesh: Mesh, *, crossings: bool = False) -> MeshReport:
    """Look the mesh over; with `crossings` also for triangles that go through each other, which takes longer.

    Raises EmptyMeshError where there is no triangle.
    """
    x, y, z = (float(extent) for extent in mesh.size_um)
    edges = edges_of(mesh.triangles)
    bodies = bodies_of(edges, len(mesh.triangles))
    corners = mesh.vertices_um[mesh.triangles]
    doubled_area = _lengths(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
    is_flipped = (edges.uses == 2) & (edges.net != 0)
    open_ends = edges.ends[edges.uses == 1]
    open_loops, largest_hole_um = _rims(mesh, open_ends)
    inside_out = inside_out_bodies(mesh, edges, bodies)
    return MeshReport(
        triangles=len(mesh.triangles),
        vertices=len(np.unique(mesh.triangles)),
        bodies=len(np.unique(bodies[edges.faces])),
        size_um=(x, y, z),
        volume_um3=mesh.volume_um3,
        area_um2=float(doubled_area.sum() / 2),
        open_edges=_fault(_middles(mesh, open_ends)),
        open_loops=open_loops,
        largest_hole_um=largest_hole_um,
        flipped_edges=_fault(_middles(mesh, edges.ends[is_flipped])),
        faces_to_turn=int(disagreeing_faces(edges, len(bodies))[0].sum()) if is_flipped.any() else 0,
        nonmanifold_edges=_fault(_middles(mesh, edges.ends[edges.uses > 2])),
        unbalanced_edges=_fault(_middles(mesh, edges.ends[edges.net != 0])),
        inside_out_bodies=_fault(np.array([lowest_place(corners[bodies == body]) for body in inside_out])),
        degenerate_faces=_fault(corners[_is_degenerate(mesh.triangles, corners, doubled_area)].mean(axis=1)),
        duplicate_faces=_fault(corners[is_repeated(mesh.triangles)].mean(axis=1)),
        crossing_pairs=_crossing_fault(mesh) if crossings else None,
    )


def why_not_sliceable(report: MeshReport) -> list[Reason]:
    """Everything that keeps this mesh from being printed as it is meant; empty where nothing does."""
    torn = report.unbalanced_edges.count - report.open_edges.count - report.flipped_edges.count
    reasons = [
        (
            report.open_edges,
            say(
                "{count} edges are open, in {holes} holes, the largest {width:.1f} µm across",
                count=report.open_edges.count,
                holes=report.open_loops,
                width=report.largest_hole_um,
            ),
            say("Close the holes in the program that made the part, or run `mingyue repair`."),
        ),
        (
            report.flipped_edges,
            say("at {count} edges the neighbours disagree which side is outside", count=report.flipped_edges.count),
            say("Turn {count} faces, or run `mingyue repair`.", count=report.faces_to_turn),
        ),
        (
            Fault(torn, report.nonmanifold_edges.first_at_um),
            say("{count} edges join more than two faces that do not pair up", count=torn),
            say("Remove inner walls and doubled faces there, or run `mingyue repair`."),
        ),
        (
            report.inside_out_bodies,
            say("{count} bodies are inside out and would print as nothing", count=report.inside_out_bodies.count),
            say("Turn their faces, or run `mingyue repair`."),
        ),
    ]
    told = [
        Reason(say("{what}.", what=_with_place(what, fault)), remedy) for fault, what, remedy in reasons if fault.count
    ]
    if not told and report.volume_um3 <= 0:
        told.append(Reason(say("the surface encloses nothing."), say("Export the part again as a solid body.")))
    return told


def inside_out_bodies(mesh: Mesh, edges: Edges, bodies: NDArray[np.int64]) -> NDArray[np.int64]:
    """Labels of closed bodies that face the wrong way, given what the others wind around them.

    A negative volume is a cavity where the others wind around it, and wrong elsewhere. A positive one is wrong where
    they wind negatively: it is the cavity of a body that is wrong itself.
    """
    corners = mesh.vertices_um[mesh.triangles]
    volumes = body_volumes_um3(corners, bodies)
    is_open = np.zeros(len(volumes), dtype=bool)
    is_open[bodies[edges.faces_at(edges.net != 0)]] = True
    negative, positive = (np.flatnonzero(side & ~is_open) for side in (volumes < 0, volumes > 0))
    if not len(negative):
        return negative
    wrong = negative[_around(corners, bodies, negative, is_open) <= 0]
    if not len(wrong):
        return wrong
    return np.concatenate([wrong, positive[_around(corners, bodies, positive, is_open) < 0]])


def _around(
    corners: NDArray[np.float64],
    bodies: NDArray[np.int64],
    asked: NDArray[np.int64],
    is_open: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """How often all other closed bodies wind around each body asked for; 0 where no box holds its box."""
    order = np.argsort(bodies, kind="stable")
    starts = np.searchsorted(bodies[order], np.arange(len(is_open) + 1))
    low, high = corners.min(axis=1).T.copy(), corners.max(axis=1).T.copy()
    lowest = np.minimum.reduceat(low[:, order], starts[:-1], axis=1)
    highest = np.maximum.reduceat(high[:, order], starts[:-1], axis=1)
    windings = np.zeros(len(asked), dtype=np.int64)
    for k, body in enumerate(asked):
        holds = np.all((lowest <= lowest[:, [body]]) & (highest >= highest[:, [body]]), axis=0) & ~is_open
        if holds.sum() > 1:  # more than itself
            x, y, _ = point = point_of(corners[order[starts[body] : starts[body + 1]]])
            near = np.flatnonzero((low[0] <= x) & (high[0] >= x) & (low[1] <= y) & (high[1] >= y))
            windings[k] = winding(corners[near[(bodies[near] != body) & ~is_open[bodies[near]]]], point)
    return windings


def body_volumes_um3(corners: NDArray[np.float64], bodies: NDArray[np.int64]) -> NDArray[np.float64]:
    """(b,) signed volume of each body of (m, 3, 3) corners, taken from a corner of its own."""
    _, first = np.unique(bodies, return_index=True)
    a, b, c = (corners[:, k] - corners[first, 0][bodies] for k in range(3))
    volumes = np.bincount(bodies, weights=np.einsum("ij,ij->i", a, np.cross(b, c)) / 6)
    return np.asarray(volumes, dtype=np.float64)


def point_of(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3,) a point on a body, unlikely to touch its surroundings: the middle of its largest face."""
    areas = _lengths(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
    return np.asarray(corners[np.argmax(areas)].mean(axis=0), dtype=np.float64)


def winding(corners: NDArray[np.float64], point: NDArray[np.float64]) -> int:
    """How often closed surfaces of (m, 3, 3) corners wind around a (3,) point not on them.

    Counts faces straight above the point, up less down. In plan, a point on an edge belongs to one side only.
    """
    flat, (x, y) = corners[:, :, :2], point[:2]
    near = np.all((flat.min(axis=1) <= point[:2]) & (flat.max(axis=1) >= point[:2]), axis=1)
    corners, flat = corners[near], flat[near]
    covers = np.zeros(len(flat), dtype=np.int64)
    for k in range(3):
        p, q = flat[:, k], flat[:, (k + 1) % 3]
        rises, falls = (p[:, 1] <= y) & (q[:, 1] > y), (q[:, 1] <= y) & (p[:, 1] > y)
        low, high = np.where(falls[:, None], q, p), np.where(falls[:, None], p, q)  # one order, one rounding
        is_right = (high[:, 0] - low[:, 0]) * (y - low[:, 1]) > (x - low[:, 0]) * (high[:, 1] - low[:, 1])
        covers += (rises & is_right).astype(np.int64) - (falls & is_right)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    is_above = np.einsum("ij,ij->i", normals, point - corners[:, 0]) * covers < 0
    return int(covers[is_above].sum())


def is_repeated(triangles: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(m,) bool: an earlier triangle has the same three corners, in whichever order."""
    low, middle, high = np.sort(triangles, axis=1).T
    order = np.lexsort((high, middle, low))  # stable, so the earliest of each group comes first
    is_same = np.zeros(len(order), dtype=bool)
    is_same[1:] = np.all([k[order][1:] == k[order][:-1] for k in (low, middle, high)], axis=0)
    repeated = np.empty_like(is_same)
    repeated[order] = is_same
    return repeated


def lowest_place(places_um: NDArray[np.float64]) -> Place:
    """The lowest of (..., 3) places: least z, then y, then x."""
    places = places_um.reshape(-1, 3)
    x, y, z = places[np.lexsort(places.T)[0]]
    return float(x), float(y), float(z)


def _directed_keys(mesh: Mesh) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    tails, heads = mesh.triangles.ravel(), np.roll(mesh.triangles, -1, axis=1).ravel()
    rises, falls = tails < heads, tails > heads
    n = len(mesh.vertices_um)
    return tails[rises] * n + heads[rises], heads[falls] * n + tails[falls]


def _is_degenerate(
    triangles: NDArray[np.int64], corners: NDArray[np.float64], doubled_area: NDArray[np.float64]
) -> NDArray[np.bool_]:
    longest = _lengths(corners - np.roll(corners, -1, axis=1)).max(axis=1)
    has_twins = np.any(triangles == np.roll(triangles, -1, axis=1), axis=1)
    return np.asarray(has_twins | (doubled_area <= FLAT_FACE * longest**2), dtype=np.bool_)


def _rims(mesh: Mesh, open_ends: NDArray[np.int64]) -> tuple[int, float]:
    """How many pieces the open edges hang together in, and the largest one's box diagonal."""
    if not len(open_ends):
        return 0, 0.0
    used, ends = np.unique(open_ends, return_inverse=True)
    labels = components(len(used), *ends.reshape(-1, 2).T)
    order = np.argsort(labels)
    places, starts = (
        mesh.vertices_um[used[order]],
        np.searchsorted(labels[order], np.arange(labels.max() + 1)),
    )
    spans = np.maximum.reduceat(places, starts) - np.minimum.reduceat(places, starts)
    return len(starts), float(_lengths(spans).max())


def _crossing_fault(mesh: Mesh) -> Fault:
    found = crossing_pairs(mesh, limit=CROSSINGS_SHOWN)
    return Fault(found.count, _fault(found.places_um).first_at_um)


def _fault(places_um: NDArray[np.float64]) -> Fault:
    """All (k, 3) places as one fault, told at the lowest: the order of triangles tells nothing."""
    return Fault(len(places_um), lowest_place(places_um)) if len(places_um) else Fault()


def _middles(mesh: Mesh, ends: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(mesh.vertices_um[ends].mean(axis=1), dtype=np.float64)


def _lengths(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(np.einsum("...i,...i->...", vectors, vectors)), dtype=np.float64)


def _with_place(what: Phrase, fault: Fault) -> Phrase:
    if fault.first_at_um is None:
        return what
    return say("{what}, the first at {place}", what=what, place=said_place(fault.first_at_um))


def said_place(place_um: Place) -> str:
    """A place as people read it, in any language."""
    return "({:.1f}, {:.1f}, {:.1f}) µm".format(*place_um)
