"""A part file of any known format becomes a Part: its mesh in micrometres, and what was learnt on the way."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mingyue.errors import BadInputError, FileFormatError, UnitsUnknownError
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.limits import ReadLimits, file_bytes
from mingyue.printing.formats.print_package import is_package
from mingyue.printing.formats.stl import is_binary_stl, is_text_stl, read_stl_noted
from mingyue.printing.mending.rounding import join_rounded
from mingyue.printing.meshes import EmptyMeshError, Mesh
from mingyue.units import LengthUnit

Format = Literal["3mf", "stl", "obj", "ply", "sample", "coupon"]

Reader = Callable[..., tuple[Mesh, tuple[Phrase, ...]]]
_SUFFIXES: dict[str, Format] = {".3mf": "3mf", ".stl": "stl", ".obj": "obj", ".ply": "ply"}
# Larger files are digested beside their reading, on another processor.
_READ_ASIDE_BYTES = 1 << 20
_CAD_SUFFIXES = frozenset({".step", ".stp", ".iges", ".igs", ".sldprt", ".x_t", ".3dm", ".f3d", ".ipt", ".brep"})
_LOOKS_LIKE_OBJ = re.compile(rb"^v[ \t]+[-+.\d]", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A part as it was read.

    unit: what the file's numbers meant. sha256: of the file's bytes, in hex. name: the file's name.
    notes: what was ignored, replaced or odd, in sentences.
    """

    mesh: Mesh
    format: Format
    unit: LengthUnit
    unit_is_from_file: bool
    sha256: str
    name: str
    notes: tuple[Phrase, ...]


def read_part(path: Path, *, unit: LengthUnit | None, limits: ReadLimits | None = None, welded: bool = True) -> Part:
    """Read a part file; its content decides the format before its name does. Nothing is written anywhere.

    unit: what the numbers of STL, OBJ or PLY mean; None for 3MF, which says it itself.
    welded: False is enough to slice the part: triangles of a closed STL may then keep corners of their own.
    Raises BadInputError and its kinds: UnitsUnknownError, FileFormatError, LimitError, EmptyMeshError.
    """
    limits = limits or ReadLimits()
    size = file_bytes(path, limits=limits)
    kind = _format_of(path, size)
    if size > _READ_ASIDE_BYTES:
        with ThreadPoolExecutor(1) as aside:
            digest = aside.submit(_sha256, path)
            return _read(path, kind, digest.result, unit=unit, limits=limits, welded=welded)
    return _read(path, kind, lambda: _sha256(path), unit=unit, limits=limits, welded=welded)


def _read(
    path: Path,
    kind: Format,
    sha256: Callable[[], str],
    *,
    unit: LengthUnit | None,
    limits: ReadLimits,
    welded: bool,
) -> Part:
    if kind == "3mf":
        from mingyue.printing.formats.threemf import read_3mf

        found = read_3mf(path, limits=limits)
        mesh, notes, meant = found.mesh, found.notes, found.unit
        if unit not in (None, meant):
            raise BadInputError(
                say("{file} says that its unit is {meant}, not {unit}.", file=path.name, meant=meant, unit=unit),
                remedy=say("Leave --units out, or correct the unit in the program that made the file."),
            )
    else:
        meant = unit or "um"
        how = {"welded": welded} if kind == "stl" else {}
        mesh, notes = _reader(kind)(path, unit=meant, limits=limits, **how)
    if not mesh.triangle_count:
        raise EmptyMeshError(
            say("{file} has no triangles.", file=path.name),
            remedy=say("Export the part again, with its solid body selected."),
        )
    if kind != "3mf" and unit is None:
        raise _units_unknown(mesh, path, kind)
    if kind != "3mf":  # 3MF says which corners are one; the others leave it to their digits, and exporters round
        mesh, moved = join_rounded(mesh)
        if len(moved):
            notes = (*notes, _said_of_rounding(len(moved)))
    return Part(mesh, kind, meant, kind == "3mf", sha256(), path.name, notes)


def _reader(kind: Format) -> Reader:
    """What reads a format that carries no unit, imported when it is needed."""
    if kind == "obj":
        from mingyue.printing.formats.obj import read_obj_noted

        return read_obj_noted
    if kind == "ply":
        from mingyue.printing.formats.ply import read_ply_noted

        return read_ply_noted
    return read_stl_noted


def part_of_mesh(mesh: Mesh, *, name: str, made_as: Literal["sample", "coupon"]) -> Part:
    """A mesh made here as if it had been read from a file; its digest is that of its vertices and triangles."""
    return Part(mesh, made_as, "um", True, mesh.sha256, name, ())


def _said_of_rounding(count: int) -> Phrase:
    return say("{count:,} points lay within the rounding of the file's digits of another and were joined.", count=count)


def _units_unknown(mesh: Mesh, path: Path, kind: Format) -> UnitsUnknownError:
    size = " × ".join(_short(length) for length in mesh.size_um)
    return UnitsUnknownError(
        say(
            "{file} is {size}, but {format} files do not say of what: mm, µm, or inch?",
            file=path.name,
            size=size,
            format=kind.upper(),
        ),
        remedy=say("Say which: --units mm, --units um or --units inch."),
    )


def _short(length: float) -> str:
    return f"{length:.2f}" if 0.1 <= length < 1e6 else f"{length:.3g}"


def _format_of(path: Path, size: int) -> Format:
    with path.open("rb") as file:
        head = file.read(4096)
    suffix = path.suffix.lower()
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if is_package(path):
            raise FileFormatError(
                say("{file} is a print package, which was made of a part.", file=path.name),
                remedy=say("Give the part itself; `mingyue inspect` shows what is in the package."),
            )
        return "3mf"
    if re.match(rb"ply\s", head):
        return "ply"
    if is_binary_stl(path, size) or is_text_stl(path, size):
        return "stl"
    if head.lstrip().startswith(b"ISO-10303-21") or suffix in _CAD_SUFFIXES:
        raise FileFormatError(
            say(
                "{file} is a CAD file ({format}), and STEP and its like are not read yet.",
                file=path.name,
                format=suffix or "STEP",
            ),
            remedy=say("Export it as 3MF or STL from the CAD program, with a chord tolerance under 1 µm."),
        )
    known = _SUFFIXES.get(suffix) or ("obj" if _LOOKS_LIKE_OBJ.search(head) else None)
    if known is None:
        raise FileFormatError(
            say("{file} is in no format known here, by its content or by its name.", file=path.name),
            remedy=say("Export the part as 3MF, STL, OBJ or PLY."),
        )
    return known


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
