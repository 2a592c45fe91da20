"""A broken mesh becomes a solid: every step says what it changed, how often and where.

A mesh that is solid already comes back as it is, or united where its bodies overlap. The input is never
altered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import manifold3d
import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import Phrase, say, together
from mingyue.printing.mending.bodies import body_volumes_um3, inside_out_bodies, point_of, winding
from mingyue.printing.mending.edges import (
    Place,
    bodies_of,
    disagreeing_faces,
    edges_of,
    is_closed,
    is_repeated,
    lowest_place,
    said_place,
)
from mingyue.printing.mending.faults import find_faults, why_not_sliceable
from mingyue.printing.mending.holes import lid_of, loops_of, off_plane_um
from mingyue.printing.mending.rounding import join_rounded
from mingyue.printing.meshes import Mesh, joined

# A hole whose rim leaves its plane by more than this part of its width is closed by a guess, and said to be.
FLAT_RIM: Final = 1e-3
# Volume against area^1.5: 0.09 for a ball, 4e-5 for a foil ten thousand times wider than thick. What is below
# this is a sheet on its own back.
ENCLOSES: Final = 1e-9


# Uniting hundreds of tubes that cross one another was stopped after three minutes; a dozen bodies take a second.
MOST_UNITED: Final = 64


class RepairFailedError(BadInputError):
    """The surface cannot be mended without knowing what was meant."""

    def __init__(self, what: Phrase, *, at_um: Place | None, remedy: Phrase) -> None:
        self.at_um = at_um
        where = what if at_um is None else say("{what} at {place}.", what=what, place=said_place(at_um))
        super().__init__(say("The mesh cannot be repaired: {why}", why=where), remedy=remedy)


@dataclass(frozen=True, slots=True)
class Change:
    """What was done, how often, where first (the lowest place), and what to know about it."""

    what: Phrase
    count: int
    first_at_um: Place
    note: str = ""

    @property
    def told(self) -> Phrase:
        """The change in one line."""
        place = said_place(self.first_at_um)
        line = say("{what}: {count:,}, the first at {place}", what=self.what, count=self.count, place=place)
        return say("{line}; {note}", line=line, note=self.note) if self.note else line


@dataclass(frozen=True, slots=True)
class Repaired:
    """A solid and the way to it. volume_before_um3 has no meaning where the surface was open."""

    mesh: Mesh
    changes: tuple[Change, ...]
    volume_before_um3: float

    @property
    def volume_after_um3(self) -> float:
        return self.mesh.volume_um3


Step = Callable[[Mesh], tuple[Mesh, list[Change]]]


def repair(mesh: Mesh, *, unite_all: bool = False) -> Repaired:
    """Make the mesh bound a volume, its bodies face outward and overlap nowhere.

    More than MOST_UNITED bodies stay as they are unless `unite_all`: overlapping shells print as one solid anyway.
    Raises EmptyMeshError without triangles, RepairFailedError where only a person can tell what was meant.
    """
    steps: tuple[Step, ...] = (
        drop_doubles, join_open_vertices, drop_doubles, agree_on_outside,
        close_holes, drop_empty_bodies, face_outward, partial(unite, unite_all=unite_all),
    )  # fmt: skip
    mended, changes = mesh, list[Change]()
    for step in steps:
        mended, made = step(mended)
        changes += made
    report = find_faults(mended)
    if not report.is_solid:
        reasons = why_not_sliceable(report)
        whole = together([reason.message for reason in reasons], say(" "))
        raise RepairFailedError(whole, at_um=None, remedy=reasons[0].remedy)
    return Repaired(mended, tuple(changes), mesh.volume_um3)


def drop_doubles(mesh: Mesh) -> tuple[Mesh, list[Change]]:
    """Drop faces with two equal corners, and all but one of faces with the same three corners.

    A face and its reverse cancel, as between two rooms; but where most faces have a reverse, the file tells
    each side of one sheet, and one side is kept. A flat face of three different corners stays: without it a
    seam would open.
    """
    mesh.box_um  # noqa: B018 - raises where there is nothing
    triangles = mesh.triangles
    collapsed = np.any(triangles == np.roll(triangles, -1, axis=1), axis=1)
    rows = np.flatnonzero(~collapsed)
    group, facing = _same_corners(triangles[rows])
    surplus = np.bincount(group, weights=facing)
    is_cancelled = (surplus == 0)[group]
    keep_side = np.where(is_cancelled & (is_cancelled.sum() * 2 > len(rows)), 1, np.sign(surplus)[group])
    doubled = rows[~_first_of_its_kind(group, facing == keep_side)]
    dropped = np.zeros(len(triangles), dtype=bool)
    dropped[doubled] = True
    kept = Mesh(mesh.vertices_um, triangles[~(dropped | collapsed)])
    return kept, [
        *_changed(say("dropped faces with two equal corners"), mesh, collapsed),
        *_changed(say("dropped doubled faces"), mesh, dropped),
    ]


def join_open_vertices(mesh: Mesh) -> tuple[Mesh, list[Change]]:
    """Make one of open vertices that are within rounding of each other."""
    welded, moved = join_rounded(mesh)
    if not len(moved):
        return mesh, []
    return welded, [Change(say("welded open vertices"), len(moved), lowest_place(mesh.vertices_um[moved]))]


def agree_on_outside(mesh: Mesh) -> tuple[Mesh, list[Change]]:
    """Turn faces until neighbours agree which side is outside. Refuses a surface of one side only."""
    if is_closed(mesh) or not len(mesh.triangles):
        return mesh, []
    turns, is_one_sided = disagreeing_faces(edges_of(mesh.triangles), len(mesh.triangles))
    if is_one_sided.any():
        raise RepairFailedError(
            say("{count} faces form a surface with one side only, like a Möbius strip", count=int(is_one_sided.sum())),
            at_um=lowest_place(mesh.vertices_um[mesh.triangles[is_one_sided]]),
            remedy=say("Give the strip a thickness in the program that made it."),
        )
    return _turned(mesh, turns), _changed(say("turned faces that disagreed with their neighbours"), mesh, turns)


def close_holes(mesh: Mesh) -> tuple[Mesh, list[Change]]:
    """Span every loop of unbalanced edges with triangles, on its best plane. Adds no vertex, moves none."""
    if is_closed(mesh):
        return mesh, []
    loops = loops_of(mesh.triangles)
    lids = [lid_of(mesh.vertices_um[loop], loop) for loop in loops]
    spans = [float(np.linalg.norm(np.ptp(mesh.vertices_um[loop], axis=0))) for loop in loops]
    is_guess = np.array(
        [off_plane_um(mesh.vertices_um[loop]) > FLAT_RIM * span for loop, span in zip(loops, spans, strict=True)]
    )
    changes = []
    for what, chosen in ((say("closed flat holes"), ~is_guess), (say("closed holes by a guess"), is_guess)):
        if chosen.any():
            picked = [loops[k] for k in np.flatnonzero(chosen)]
            width = max(spans[k] for k in np.flatnonzero(chosen))
            note = say("{count} edges, the widest hole {width:.1f} µm across", count=sum(map(len, picked)), width=width)
            changes.append(Change(what, len(picked), lowest_place(mesh.vertices_um[np.concatenate(picked)]), note))
    return Mesh(mesh.vertices_um, np.concatenate([mesh.triangles, *lids])), changes


def drop_empty_bodies(mesh: Mesh) -> tuple[Mesh, list[Change]]:
    """Drop closed bodies that enclose nothing, such as a loose face closed by its own back."""
    bodies = bodies_of(edges_of(mesh.triangles), len(mesh.triangles))
    corners = mesh.vertices_um[mesh.triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.bincount(bodies, weights=np.sqrt(np.einsum("ij,ij->i", normals, normals)) / 2)
    is_empty = np.abs(body_volumes_um3(corners, bodies)) <= ENCLOSES * areas**1.5 if len(bodies) else np.ones(1, bool)
    if is_empty.all():
        raise RepairFailedError(
            say("none of its {count} pieces encloses a volume", count=len(areas)),
            at_um=lowest_place(mesh.vertices_um),
            remedy=say("Export the part again as a solid body, not as loose faces."),
        )
    dropped = is_empty[bodies]
    change = _changed(say("dropped pieces that enclose nothing"), mesh, dropped)
    return Mesh(mesh.vertices_um, mesh.triangles[~dropped]), change


def face_outward(mesh: Mesh) -> tuple[Mesh, list[Change]]:
    """Turn closed bodies of negative volume over, but for cavities inside another body."""
    edges = edges_of(mesh.triangles)
    bodies = bodies_of(edges, len(mesh.triangles))
    inverted = inside_out_bodies(mesh, edges, bodies)
    turns = np.isin(bodies, inverted)
    return _turned(mesh, turns), _changed(say("turned bodies that were inside out"), mesh, turns, count=len(inverted))


def unite(mesh: Mesh, *, unite_all: bool) -> tuple[Mesh, list[Change]]:
    """Make one solid of overlapping bodies; bodies apart stay as they are, vertex by vertex."""
    count = int(bodies_of(edges_of(mesh.triangles), len(mesh.triangles)).max(initial=0)) + 1
    if count > MOST_UNITED and not unite_all:
        note = say("overlapping shells print as one solid; joining so many can take hours (--unite)")
        return mesh, [Change(say("left bodies as they are"), count, lowest_place(mesh.vertices_um), note)]
    solids = [_manifold(body) for body in _bodies_with_cavities(mesh)]
    whole = manifold3d.Manifold.batch_boolean(solids, manifold3d.OpType.Add)
    apart = sum(solid.volume() for solid in solids)
    if len(solids) == 1 or abs(whole.volume() - apart) <= 1e-9 * apart:
        return mesh, []
    out = whole.to_mesh64()
    united = Mesh(np.array(out.vert_properties[:, :3]), out.tri_verts.astype(np.int64))
    note = say(
        "their volumes add up to {apart:.6g} µm³, together they fill {filled:.6g} µm³",
        apart=float(apart),
        filled=united.volume_um3,
    )
    return united, [Change(say("united overlapping bodies"), len(solids), lowest_place(mesh.vertices_um), note)]


def _bodies_with_cavities(mesh: Mesh) -> list[Mesh]:
    """Each positive body as a mesh of its own, with the cavities that it is the smallest body around."""
    bodies = bodies_of(edges_of(mesh.triangles), len(mesh.triangles))
    order = np.argsort(bodies, kind="stable")
    pieces = [_compact(mesh, rows) for rows in np.split(order, np.flatnonzero(np.diff(bodies[order])) + 1)]
    hulls = sorted((piece for piece in pieces if piece.volume_um3 > 0), key=lambda piece: piece.volume_um3)
    held: list[list[Mesh]] = [[hull] for hull in hulls]
    for cavity in (piece for piece in pieces if piece.volume_um3 <= 0):
        point = point_of(cavity.vertices_um[cavity.triangles])
        around = (
            k
            for k, hull in enumerate(hulls)
            if _is_around(hull, cavity) and winding(hull.vertices_um[hull.triangles], point) > 0
        )
        home = next(around, None)
        if home is None:
            raise RepairFailedError(
                say("a cavity reaches out of the body that it is in"),
                at_um=lowest_place(cavity.vertices_um),
                remedy=say("Cut the cavity out of the body in the program that made the part."),
            )
        held[home].append(cavity)
    return [joined(group) for group in held]


def _is_around(hull: Mesh, cavity: Mesh) -> bool:
    return bool(np.all(hull.box_um[0] <= cavity.box_um[0]) and np.all(cavity.box_um[1] <= hull.box_um[1]))


def _manifold(body: Mesh) -> manifold3d.Manifold:
    """In float64, so that no digit is lost. Raises RepairFailedError where manifold3d refuses it."""
    solid = manifold3d.Manifold(manifold3d.Mesh64(body.vertices_um.copy(), body.triangles.astype(np.uint64)))
    if solid.status() != manifold3d.Error.NoError:
        raise RepairFailedError(
            say("a body is no manifold ({status})", status=solid.status().name),
            at_um=lowest_place(body.vertices_um),
            remedy=say("Simplify the part there, or export it again as a solid body."),
        )
    return solid


def _same_corners(triangles: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(m,) group of triangles of the same corners, and (m,) 1 or -1: equal in a group means facing alike."""
    group = np.empty(len(triangles), dtype=np.int64)
    low, middle, high = np.sort(triangles, axis=1).T
    order = np.lexsort((high, middle, low))
    group[order] = np.cumsum(~is_repeated(triangles)[order]) - 1
    lowest = triangles.argmin(axis=1)
    rows = np.arange(len(triangles))
    follows = triangles[rows, (lowest + 1) % 3] < triangles[rows, (lowest + 2) % 3]
    return group, np.where(follows, 1, -1)


def _first_of_its_kind(group: NDArray[np.int64], is_candidate: NDArray[np.bool_]) -> NDArray[np.bool_]:
    candidates = np.flatnonzero(is_candidate)
    _, first = np.unique(group[candidates], return_index=True)
    chosen = np.zeros(len(group), dtype=bool)
    chosen[candidates[first]] = True
    return chosen


def _changed(what: Phrase, mesh: Mesh, faces: NDArray[np.bool_], *, count: int | None = None) -> list[Change]:
    if not faces.any():
        return []
    places = mesh.vertices_um[mesh.triangles[faces]].mean(axis=1)
    return [Change(what, int(faces.sum()) if count is None else count, lowest_place(places))]


def _turned(mesh: Mesh, turns: NDArray[np.bool_]) -> Mesh:
    if not turns.any():
        return mesh
    return Mesh(mesh.vertices_um, np.where(turns[:, None], mesh.triangles[:, ::-1], mesh.triangles))


def _compact(mesh: Mesh, rows: NDArray[np.int64]) -> Mesh:
    used, triangles = np.unique(mesh.triangles[rows], return_inverse=True)
    return Mesh(mesh.vertices_um[used], triangles.reshape(-1, 3))
