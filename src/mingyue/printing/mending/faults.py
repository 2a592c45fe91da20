"""What is wrong with a mesh: a surface comes in, counts and places of everything amiss go out.

Corners that are the same point must be one vertex, as every reader leaves them; in a mesh that is not welded
each edge belongs to one triangle only, so all of them are reported as open.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mingyue.phrases import Phrase, say
from mingyue.printing.mending.bodies import inside_out_bodies
from mingyue.printing.mending.crossings import crossing_pairs
from mingyue.printing.mending.edges import (
    Place,
    bodies_of,
    components,
    disagreeing_faces,
    edges_of,
    is_repeated,
    lengths,
    lowest_place,
    middles,
    said_place,
)
from mingyue.printing.meshes import Mesh

# Twice the area over the longest edge squared. float64 keeps 16 digits; a face flatter than this is a line
# to anything computed from it, and no exporter writes one on purpose.
FLAT_FACE = 1e-9

# More pairs than this say no more to a reader, and counting all of a woven part takes minutes.
CROSSINGS_SHOWN = 1_000


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


def find_faults(mesh: Mesh, *, crossings: bool = False) -> MeshReport:
    """Look the mesh over; with `crossings` also for triangles that go through each other, which takes longer.

    Raises EmptyMeshError where there is no triangle.
    """
    x, y, z = (float(extent) for extent in mesh.size_um)
    edges = edges_of(mesh.triangles)
    bodies = bodies_of(edges, len(mesh.triangles))
    corners = mesh.vertices_um[mesh.triangles]
    doubled_area = lengths(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
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
        open_edges=_fault(middles(mesh, open_ends)),
        open_loops=open_loops,
        largest_hole_um=largest_hole_um,
        flipped_edges=_fault(middles(mesh, edges.ends[is_flipped])),
        faces_to_turn=int(disagreeing_faces(edges, len(bodies))[0].sum()) if is_flipped.any() else 0,
        nonmanifold_edges=_fault(middles(mesh, edges.ends[edges.uses > 2])),
        unbalanced_edges=_fault(middles(mesh, edges.ends[edges.net != 0])),
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


def _is_degenerate(
    triangles: NDArray[np.int64], corners: NDArray[np.float64], doubled_area: NDArray[np.float64]
) -> NDArray[np.bool_]:
    longest = lengths(corners - np.roll(corners, -1, axis=1)).max(axis=1)
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
    return len(starts), float(lengths(spans).max())


def _crossing_fault(mesh: Mesh) -> Fault:
    found = crossing_pairs(mesh, limit=CROSSINGS_SHOWN)
    return Fault(found.count, _fault(found.places_um).first_at_um)


def _fault(places_um: NDArray[np.float64]) -> Fault:
    """All (k, 3) places as one fault, told at the lowest: the order of triangles tells nothing."""
    return Fault(len(places_um), lowest_place(places_um)) if len(places_um) else Fault()


def _with_place(what: Phrase, fault: Fault) -> Phrase:
    if fault.first_at_um is None:
        return what
    return say("{what}, the first at {place}", what=what, place=said_place(fault.first_at_um))
