"""STL files, binary and text, become a mesh and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError, FileFormatError
from mingyue.files import unfinished
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.limits import ReadLimits, check_triangle_count, file_bytes
from mingyue.printing.formats.polygons import EXPORT_AGAIN
from mingyue.printing.formats.texts import text_blocks
from mingyue.printing.kernels import fast
from mingyue.printing.meshes import Mesh, Soup
from mingyue.printing.welds import weld_um
from mingyue.units import UM_PER, LengthUnit

_HEADER_BYTES = 84  # 80 of free text and a count
_LARGEST = 1e300  # text can say 1e308, which would not survive a change of unit
_FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])

# One facet in words, None where a number stands.
_WORDS = (
    b"facet", b"normal", None, None, None, b"outer", b"loop",
    *(b"vertex", None, None, None) * 3,
    b"endloop", b"endfacet",
)  # fmt: skip
_KEYWORDS = [(column, word) for column, word in enumerate(_WORDS) if word]
_CORNERS = [column for column, word in enumerate(_WORDS) if not word and column > 4]
_SOLID_LINE = re.compile(rb"^[ \t]*(end)?solid\b[^\n]*$", re.MULTILINE)


def read_stl(path: Path, *, unit: LengthUnit, limits: ReadLimits) -> Mesh:
    """The mesh of an STL file, its corners welded where they are exactly equal.

    unit: what the file's numbers mean, for it does not say.
    Raises FileFormatError, LimitError; a file of no triangles gives a mesh of none.
    """
    return read_stl_noted(path, unit=unit, limits=limits)[0]


def read_stl_noted(
    path: Path, *, unit: LengthUnit, limits: ReadLimits, welded: bool = True
) -> tuple[Mesh, tuple[Phrase, ...]]:
    """As read_stl, with notes on what was odd about the file but could be borne.

    welded: False leaves each triangle of a binary file its own three corners where the surface closes all the same. That
    is enough to slice it, and welding a million triangles takes longer than slicing them.
    """
    size = file_bytes(path, limits=limits)
    corners: NDArray[Any]
    if not welded and is_binary_stl(path, size):
        soup = _soup(path, unit, limits)
        if soup is not None and soup.is_closed:
            return soup, ()
    if is_text_stl(path, size):
        corners, notes = _read_text(path, limits)
    else:
        corners, notes = _read_binary(path, size, limits)
    points = _finite(corners, path).reshape(-1, 3)
    vertices, inverse = weld_um(points)
    return Mesh(vertices.astype(np.float64) * UM_PER[unit], inverse.reshape(-1, 3)), notes


def _finite(corners: NDArray[Any], path: Path) -> NDArray[Any]:
    largest = min(_LARGEST, float(np.finfo(corners.dtype).max))
    odd = ~(np.abs(corners) <= largest).all(axis=(1, 2))  # NaN compares with nothing
    if odd.any():
        raise FileFormatError(
            say(
                "Triangle {triangle:,} of {file} has a corner that is not a finite number "
                "({count:,} such triangles in all).",
                triangle=int(odd.argmax()) + 1,
                file=path.name,
                count=int(odd.sum()),
            ),
            remedy=EXPORT_AGAIN,
        )
    return corners


def is_binary_stl(path: Path, size: int) -> bool:
    """Whether the count in the header agrees with the file's size: no other file does that by chance."""
    return size >= _HEADER_BYTES and size == _HEADER_BYTES + _FACET.itemsize * _promised_count(path)


def is_text_stl(path: Path, size: int) -> bool:
    """Whether the file begins as text STL does. Binary files may begin with "solid" too: the size tells."""
    with path.open("rb") as file:
        head = file.read(1024)
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(b"solid")
    return begins and b"\0" not in head and not is_binary_stl(path, size)


def write_stl(mesh: Mesh, path: Path, *, unit: LengthUnit = "mm") -> None:
    """Write binary STL, numbers in this unit as float32; the file appears whole or not at all."""
    if not np.isfinite(mesh.vertices_um).all():
        raise BadInputError(say("The mesh has corners that are not finite."), remedy=say("Repair the mesh first."))
    corners = mesh.vertices_um[mesh.triangles] / UM_PER[unit]
    facets = np.zeros(len(corners), dtype=_FACET)
    facets["corners"] = corners
    facets["normal"] = _normals(corners)
    header = f"binary STL, unit {unit}".encode().ljust(80) + len(facets).to_bytes(4, "little")
    with unfinished(path) as beside, beside.open("wb") as file:
        file.write(header)
        facets.tofile(file)


def _normals(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    unit: NDArray[np.float64] = np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0)
    return unit


def _promised_count(path: Path) -> int:
    with path.open("rb") as file:
        return int.from_bytes(file.read(_HEADER_BYTES)[80:], "little")


def _read_binary(path: Path, size: int, limits: ReadLimits) -> tuple[NDArray[np.float32], tuple[Phrase, ...]]:
    """(m, 3, 3) corners in the file's unit."""
    if size < _HEADER_BYTES:
        raise FileFormatError(
            say(
                "{file} has {size} bytes; a binary STL begins with {header}.",
                file=path.name,
                size=size,
                header=_HEADER_BYTES,
            ),
            remedy=EXPORT_AGAIN,
        )
    count = _promised_count(path)
    needed = _HEADER_BYTES + _FACET.itemsize * count
    if needed > size:
        raise FileFormatError(
            say(
                "{file} promises {count:,} triangles, which take {needed:,} bytes, but has only {size:,}.",
                file=path.name,
                count=count,
                needed=needed,
                size=size,
            ),
            remedy=say("The file was cut short or is no STL: copy or export it again."),
        )
    check_triangle_count(count, path=path, limits=limits)
    if not count:
        return np.empty((0, 3, 3), dtype=np.float32), ()
    facets = np.memmap(path, dtype=_FACET, mode="r", offset=_HEADER_BYTES, shape=(count,))
    surplus = say("{count:,} bytes after the last triangle were ignored.", count=size - needed)
    return np.array(facets["corners"], dtype=np.float32), (surplus,) if size > needed else ()


def _soup(path: Path, unit: LengthUnit, limits: ReadLimits) -> Mesh | None:
    """Each triangle of a binary file with three corners of its own; None where there is none, or an odd number."""
    count = _promised_count(path)
    check_triangle_count(count, path=path, limits=limits)
    if not count:
        return None
    words = np.memmap(path, dtype="<u2", mode="r", offset=_HEADER_BYTES, shape=(count, _FACET.itemsize // 2))
    corners, odd = fast.stl_corners(words.view(np.ndarray))
    return None if odd else Soup(corners, UM_PER[unit])


def _read_text(path: Path, limits: ReadLimits) -> tuple[NDArray[np.float64], tuple[Phrase, ...]]:
    """(m, 3, 3) corners in the file's unit."""
    pieces, count, whole = [np.empty((0, 3, 3))], 0, False
    for line, text, ended in _runs_of_facets(path, limits):
        whole = ended
        corners = _corners(text, line, path)
        count += len(corners)
        check_triangle_count(count, path=path, limits=limits)
        pieces.append(corners)
    cut = say("The file ends without `endsolid`: its end may be missing.")
    return np.concatenate(pieces), () if whole else (cut,)


def _runs_of_facets(path: Path, limits: ReadLimits) -> Iterator[tuple[int, bytes, bool]]:
    """(first line, whole facets in lower case, whether an `endsolid` follows them)."""
    number, rest, ended = 1, b"", False
    with path.open("rb") as file:
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        for line, block in text_blocks(file, limits=limits):
            number, text, at = line - rest.count(b"\n"), rest + block.lower(), 0
            for solid in _SOLID_LINE.finditer(text) if b"solid" in text else ():
                ended = bool(solid[1])
                yield number + text.count(b"\n", 0, at), text[at : solid.start()], ended
                at = solid.end()
            run, rest = _whole_facets(text[at:])
            if run.strip():
                ended = False
                yield number + text.count(b"\n", 0, at), run, ended
            if len(rest) > len(_WORDS) * limits.max_text_line_bytes:
                raise _not_a_facet(number + text.count(b"\n"), path, say("blanks without end"))
    if rest.strip():
        yield line + block.count(b"\n") - rest.count(b"\n"), rest, False


def _whole_facets(text: bytes) -> tuple[bytes, bytes]:
    """Text up to its last whole facet, and the words of the facet that the next block goes on with."""
    count = len(text.split())
    surplus = count % len(_WORDS)
    if surplus == count:
        return b"", text
    run = text.rsplit(None, surplus)[0] if surplus else text
    return run, text[len(run) :]


def _corners(text: bytes, line: int, path: Path) -> NDArray[np.float64]:
    words = text.split()
    step = len(_WORDS)
    if len(words) % step or any(set(words[at::step]) - {word} for at, word in _KEYWORDS):
        raise _first_fault(text, line, path)
    numbers = np.empty((len(words) // step, 9))
    try:
        for column, at in enumerate(_CORNERS):
            numbers[:, column] = list(map(float, words[at::step]))
    except ValueError:
        raise _first_fault(text, line, path) from None
    return numbers.reshape(-1, 3, 3)


def _first_fault(text: bytes, line: int, path: Path) -> FileFormatError:
    """The error for the first word that no facet may have in its place."""
    for place, found in enumerate(re.finditer(rb"\S+", text)):
        expected = _WORDS[place % len(_WORDS)]
        if found[0] != expected if expected else not _is_number(found[0]):
            shown = found[0][:40].decode("latin-1")
            return _not_a_facet(line + text.count(b"\n", 0, found.start()), path, repr(shown))
    return _not_a_facet(line + text.rstrip().count(b"\n"), path, say("the end of the solid inside a facet"))


def _is_number(word: bytes) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _not_a_facet(line: int, path: Path, found: str) -> FileFormatError:
    return FileFormatError(
        say(
            "Line {line:,} of {file} breaks the pattern of STL facets (facet, three vertices, endfacet): "
            "found {found}.",
            line=line,
            file=path.name,
            found=found,
        ),
        remedy=EXPORT_AGAIN,
    )
