"""3MF files become one mesh in micrometres: components and transforms resolved, the unit from the file."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import FileFormatError
from mingyue.phrases import Phrase, say, together
from mingyue.printing.formats.components import SAVE_AGAIN, ComponentGraph
from mingyue.printing.formats.lattices import (
    RADIUS_ERROR,
    SIDES,
    TRIANGLES_A_BALL,
    TRIANGLES_A_TUBE,
    Lattice,
    lattice_mesh,
)
from mingyue.printing.formats.limits import (
    ReadLimits,
    archive_chunks,
    check_limit,
    check_triangle_count,
)
from mingyue.printing.formats.slices import read_slices, solid_of
from mingyue.printing.formats.threemf_paint import are_painted
from mingyue.printing.meshes import Mesh, joined
from mingyue.units import UM_PER, LengthUnit

_UNITS: tuple[LengthUnit, ...] = ("um", "mm", "cm", "inch", "ft", "m")  # in the order of lib3mf's ModelUnit
_TYPES = ("other", "model", "support", "solid support", "surface")  # in the order of lib3mf's ObjectType
_MANY_OBJECTS = 2_000  # so few times the word "object" in a model harm nobody
_MODEL_TAG = re.compile(rb"<([\w.-]+:)?model[\s>]")
_SHOWN_WARNINGS = 5


@dataclass(frozen=True)
class ThreeMF:
    """What a 3MF file says. mesh: all build items as one; notes: what was left out or replaced.

    painted: (triangles,) which have a colour or material of their own, see `are_painted`.
    """

    mesh: Mesh
    unit: LengthUnit
    notes: tuple[Phrase, ...]
    painted: NDArray[np.bool_]


def read_3mf(path: Path, *, limits: ReadLimits) -> ThreeMF:
    """The parts on the build platform of a 3MF file, welded only as the file welds them.

    Materials and colours only tell what is painted; beam lattices become tubes. Where an object has slices, they count and
    not its mesh, whatever the file says of how fine that is.
    Raises FileFormatError, LimitError.
    """
    _check_archive(path, limits)
    import lib3mf

    try:
        model = lib3mf.get_wrapper().CreateModel()
        reader = model.QueryReader("3mf")
        reader.ReadFromFile(str(path.resolve()))
        reading = _Reading(path, limits, model)
        reading.note_warnings(reader)
        return reading.result()
    except lib3mf.Lib3MF.ELib3MFException as error:
        raise FileFormatError(
            say("{file} is not a valid 3MF file: {why}.", file=path.name, why=str(error)), remedy=SAVE_AGAIN
        ) from error


def _check_archive(path: Path, limits: ReadLimits) -> None:
    """Look at every unpacked byte before lib3mf does.

    Refuses declared entities, more elements than the triangles allowed could need, and hostile nesting.
    """
    tag_count, name, end = 0, "", b""
    models: set[str] = set()
    object_words: Counter[str] = Counter()
    for part, chunk in archive_chunks(path, limits=limits):
        text = (end if part == name else b"") + chunk
        plain = text.replace(b"\0", b"") if b"\0" in text[:64] else text  # UTF-16 hides nothing from us
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            raise FileFormatError(
                say(
                    "{part} in {file} declares a document type or entities, which 3MF forbids: "
                    "they can be made to fill all memory.",
                    part=part,
                    file=path.name,
                ),
                remedy=SAVE_AGAIN,
            )
        if part not in models and _MODEL_TAG.search(plain):
            models.add(part)
        object_words[part] += plain.count(b"object") + _MANY_OBJECTS * (b"component" in plain)
        tag_count += chunk.count(b"<")
        what = say("has {count:,} XML elements or more", count=tag_count)
        # a closed surface has half as many vertices as triangles; an open one up to three times as many
        check_limit(tag_count, 4 * limits.max_triangles + 100_000, what, path=path, name="max_triangles")
        name, end = part, text[-64:]
    _check_nesting(path, [part for part in models if object_words[part] >= _MANY_OBJECTS], limits)


def _check_nesting(path: Path, models: list[str], limits: ReadLimits) -> None:
    """Count the objects of models with many or with components; others are not worth the second reading."""
    graph = ComponentGraph(path, limits)
    for part in models:
        graph.add_part(part, (chunk for _, chunk in archive_chunks(path, limits=limits, only={part})))
    graph.check()


Placement = tuple[NDArray[np.float64], NDArray[np.float64]]  # matrix (3, 3) and offset (3,) for columns


@dataclass
class _Body:
    """One object, looked at once, with what it amounts to when every instance below it is laid out."""

    item: Any
    mesh: Mesh | None = None
    painted: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))  # first triangles of mesh
    below: list[tuple[_Body, Placement]] = field(default_factory=list)
    is_sliced: bool = False  # itself, or something below it
    triangle_count: int = 0
    instance_count: int = 0  # 0 until it was measured


class _Reading:
    """One model on its way to a mesh, with everything noted that the mesh will not show."""

    def __init__(self, path: Path, limits: ReadLimits, model: Any) -> None:
        self.path = path
        self.limits = limits
        self.unit = _UNITS[model.GetUnit()]
        self.model = model
        self.bodies: dict[int, _Body] = {}
        self.notes: Counter[Phrase] = Counter()

    def result(self) -> ThreeMF:
        scale = UM_PER[self.unit]
        items = list(self._build_items())
        placed = [(body, (scale * matrix, scale * offset)) for body, (matrix, offset) in items]
        if not placed:
            raise FileFormatError(
                together(
                    [say("{file} has no part on its build platform.", file=self.path.name), *self.notes], say(" ")
                ),
                remedy=say("Place the part on the platform in the program that made the file, and save it again."),
            )
        for body, _ in placed:
            self._measure(body)
        self._check_turns(items)
        self._check_size([body for body, _ in placed])
        with np.errstate(over="ignore", invalid="ignore"):  # transforms may multiply to anything
            laid = [one for body, placement in placed for one in _laid_out(body, placement)]
            mesh = joined([part for part, _ in laid])
        if not np.isfinite(mesh.vertices_um).all():
            raise self._broken(say("a coordinate, once transformed, is not a finite number"))
        notes = tuple(
            note if times == 1 else say("{note} ({times:,} times)", note=note, times=times)
            for note, times in self.notes.items()
        )
        return ThreeMF(mesh, self.unit, notes, np.concatenate([np.zeros(0, np.bool_), *(paint for _, paint in laid)]))

    def note_warnings(self, reader: Any) -> None:
        """Keep what lib3mf had to bear with."""
        count = reader.GetWarningCount()
        for index in range(min(count, _SHOWN_WARNINGS)):
            warning = reader.GetWarning(index)[1].rstrip(".")
            if "Model Unit" in warning:  # lib3mf goes on in millimetres, which may be wrong a thousandfold
                raise self._broken(say("its unit is none that 3MF knows"))
            self.notes[say("lib3mf warns: {warning}.", warning=warning)] += 1
        if count > _SHOWN_WARNINGS:
            self.notes[say("lib3mf gives {count:,} more warnings.", count=count - _SHOWN_WARNINGS)] += 1

    def _broken(self, why: Phrase) -> FileFormatError:
        return FileFormatError(say("{file}: {why}.", file=self.path.name, why=why), remedy=SAVE_AGAIN)

    def _build_items(self) -> Iterator[tuple[_Body, Placement]]:
        items = self.model.GetBuildItems()
        while items.MoveNext():
            item = items.GetCurrent()
            body = item.GetObjectResource()
            kind = _TYPES[body.GetType()]
            if kind == "model":
                yield self._body(body), self._placement(item.GetObjectTransform())
            else:
                self.notes[say("An object of type {kind} was left out.", kind=kind)] += 1

    def _body(self, item: Any) -> _Body:
        return self.bodies.setdefault(item.GetUniqueResourceID(), _Body(item))

    def _placement(self, transform: Any) -> Placement:
        """3MF multiplies rows from the left, we multiply columns from the right."""
        fields = np.array([list(row) for row in transform.Fields], dtype=np.float64)
        if not np.isfinite(fields).all():
            raise self._broken(say("a transform holds a number that is not finite"))
        return fields[:3].T, fields[3]

    def _measure(self, body: _Body) -> None:
        """Count before anything is laid out; the nesting itself was checked before lib3mf saw it."""
        if body.instance_count:
            return
        self._open(body)
        parts = [part for part, _ in body.below]
        for part in parts:
            self._measure(part)
        own = len(body.mesh.triangles) if body.mesh else 0
        body.triangle_count = own + sum(part.triangle_count for part in parts)
        body.instance_count = 1 + sum(part.instance_count for part in parts)
        self._check_turns(body.below)
        body.is_sliced = body.is_sliced or any(part.is_sliced for part in parts)

    def _check_turns(self, placed: list[tuple[_Body, Placement]]) -> None:
        """Slices stay level and as thick as they are: 3MF forbids every other transform of them."""
        for body, (matrix, _) in placed:
            level = np.append(matrix[2], matrix[:2, 2])
            if body.is_sliced and not np.array_equal(level, [0, 0, 1, 0, 0]):
                raise self._broken(say("it tilts or stretches an object that is given as slices, which 3MF forbids"))

    def _check_size(self, bodies: list[_Body]) -> None:
        instance_count = sum(body.instance_count for body in bodies)
        what = say("places {count:,} objects", count=instance_count)
        check_limit(instance_count, self.limits.max_instances, what, path=self.path, name="max_instances")
        triangle_count = sum(body.triangle_count for body in bodies)
        check_triangle_count(triangle_count, path=self.path, limits=self.limits)

    def _open(self, body: _Body) -> None:
        if body.item.HasSlices(False):
            body.mesh, body.is_sliced = self._sliced(body.item), True
        elif body.item.IsComponentsObject():
            for index in range(body.item.GetComponentCount()):
                part = body.item.GetComponent(index)
                below = self._body(part.GetObjectResource()), self._placement(part.GetTransform())
                body.below.append(below)
        elif body.item.IsMeshObject():
            body.mesh, body.painted = self._mesh(body.item), are_painted(body.item)
        else:
            raise self._broken(say("it holds an object that is neither mesh nor components, such as a level set"))

    def _mesh(self, item: Any) -> Mesh:
        """A mesh object in the file's unit, with its beams as tubes."""
        name = item.GetName() or say("number {number}", number=item.GetModelResourceID())
        check_triangle_count(item.GetTriangleCount(), path=self.path, limits=self.limits)
        points, triangles = _arrays(item)
        meshes = [Mesh(points, triangles)] if len(triangles) else []
        meshes += self._beams(item, points, name)
        return joined(meshes)

    def _sliced(self, item: Any) -> Mesh:
        """The slices of an object as a solid in the file's unit; its mesh may be a mere stand-in."""
        name = item.GetName() or say("number {number}", number=item.GetModelResourceID())
        stack = read_slices(item.GetSliceStack(), broken=self._broken, check_corners=self._check_corners)
        thickness = np.diff([stack.bottom, *(piece.top for piece in stack.slices)]) * UM_PER[self.unit]
        if not stack.corners:
            raise self._broken(say("object {name} has slices, and all of them are empty", name=name))
        self.notes[
            say(
                "Object {name} is given as {count:,} slices of {thinnest:.4g} to {thickest:.4g} µm: they are used, and its "
                "mesh is left aside. A layer shows the slice that lies at half its height.",
                name=name,
                count=len(stack.slices),
                thinnest=float(thickness.min()),
                thickest=float(thickness.max()),
            )
        ] += 1
        return solid_of(stack)

    def _check_corners(self, count: int) -> None:
        """A corner of a contour takes two triangles in its wall, and as many again above and below."""
        check_triangle_count(4 * count, path=self.path, limits=self.limits)

    def _beams(self, item: Any, points: NDArray[np.float64], name: str) -> list[Mesh]:
        beams = item.BeamLattice()
        if not beams.GetBeamCount() and not beams.GetBallCount():
            return []
        count = TRIANGLES_A_TUBE * beams.GetBeamCount() + TRIANGLES_A_BALL * beams.GetBallCount()
        check_triangle_count(count, path=self.path, limits=self.limits)
        lattice, dropped = _lattice(beams, points)
        if not (np.isfinite(lattice.radii).all() and (lattice.radii > 0).all()):
            raise self._broken(say("a beam has no positive radius"))
        check_triangle_count(lattice.triangle_count, path=self.path, limits=self.limits)
        notes = [
            say(
                "{count:,} beams became tubes of {sides} sides, up to {error:.1%} thinner than round ones.",
                count=len(lattice.beams),
                sides=SIDES,
                error=float(RADIUS_ERROR),
            )
        ]
        if dropped:
            notes.append(say("{count:,} beams shorter than the file's least length were left out.", count=dropped))
        if beams.GetClipping()[0]:
            notes.append(say("its beams should be clipped by another mesh, and were not: they stand out of it."))
        self.notes.update(say("Object {name}: {note}", name=name, note=note) for note in notes)
        return [lattice_mesh(lattice)]


def _laid_out(body: _Body, placement: Placement) -> Iterator[tuple[Mesh, NDArray[np.bool_]]]:
    """The placed meshes of an object, with what of each is painted; their depth and number were checked before."""
    matrix, offset = placement
    if body.mesh:
        painted = np.zeros(len(body.mesh.triangles), dtype=np.bool_)
        painted[: len(body.painted)] = body.painted
        yield body.mesh.moved(matrix, offset), painted
    for part, (inner, shift) in body.below:
        yield from _laid_out(part, (matrix @ inner, matrix @ shift + offset))


def _arrays(item: Any) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points (n, 3) in the file's unit and triangles (m, 3), copied whole: lib3mf's own lists are slow."""
    library, handle = item._wrapper.lib, item._handle
    points = np.empty((item.GetVertexCount(), 3), dtype=np.float32)
    triangles = np.empty((item.GetTriangleCount(), 3), dtype=np.uint32)
    for array, copy in (
        (points, library.lib3mf_meshobject_getvertices),
        (triangles, library.lib3mf_meshobject_gettriangleindices),
    ):
        if len(array):
            needed = ctypes.c_uint64(0)
            buffer = array.ctypes.data_as(copy.argtypes[3])
            item._wrapper.checkError(item, copy(handle, ctypes.c_uint64(len(array)), needed, buffer))
    return points.astype(np.float64), triangles.astype(np.int64)


def _lattice(beams: Any, points: NDArray[np.float64]) -> tuple[Lattice, int]:
    """The beams of an object, and how many were too short to be any."""
    records = _records(beams.GetBeams() if beams.GetBeamCount() else [], _BEAM)
    ends = records["ends"].astype(np.int64)
    lengths = np.linalg.norm(points[ends[:, 1]] - points[ends[:, 0]], axis=1)
    long_enough = lengths > max(beams.GetMinLength(), 0.0)
    records, ends = records[long_enough], ends[long_enough]
    rounded = records["caps"] != 2  # 0 sphere, 1 half sphere: alike where the radius does not change, 2 butt
    given = _records(beams.GetBalls() if beams.GetBallCount() else [], _BALL)
    nodes = np.concatenate([ends[rounded], given["node"]])
    radii = np.concatenate([records["radii"][rounded], given["radius"]])
    once = np.unique(np.stack([nodes, radii], axis=1), axis=0)  # beams that meet share their ball
    lattice = Lattice(points, ends, records["radii"].astype(np.float64), once[:, 0].astype(np.int64), once[:, 1])
    return lattice, int((~long_enough).sum())


_BEAM = np.dtype([("ends", "<u4", 2), ("radii", "<f8", 2), ("caps", "<i4", 2)])  # as lib3mf lays them out, packed
_BALL = np.dtype([("node", "<u4"), ("radius", "<f8")])


def _records(structs: list[Any], layout: np.dtype[np.void]) -> NDArray[np.void]:
    return np.frombuffer(b"".join(bytes(struct) for struct in structs), dtype=layout)
