"""Files made to harm, as a stranger may send them: name → bytes."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.printing.formats.archives import TETRAHEDRON, components, item, model, thing, write_3mf
from tests.web.parts.conftest import box_stl

GOOD = model(thing(1, TETRAHEDRON), item(1))
FOUR_BILLION = 4_000_000_000


def packed(text: str, **others: str) -> bytes:
    """A 3MF of this model."""
    with tempfile.TemporaryDirectory() as folder:
        return write_3mf(Path(folder) / "part.3mf", text, **others).read_bytes()


def triangles(count: int, corners: np.ndarray) -> bytes:
    """A binary STL that says it has so many triangles."""
    facets = np.zeros(len(corners), dtype=[("n", "<f4", 3), ("corners", "<f4", (3, 3)), ("a", "<u2")])
    facets["corners"] = corners
    return bytes(80) + struct.pack("<I", count) + facets.tobytes()


def nan() -> bytes:
    corners = np.zeros((3, 3, 3))
    corners[1, 2, 0] = np.nan
    return triangles(3, corners)


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return packed(GOOD.replace("?><model", f'?><!DOCTYPE m [<!ENTITY l0 "ha">{entities}]><model'))


def bush() -> bytes:
    generations = "".join(thing(n, components(*[n - 1] * 10)) for n in range(2, 12))
    return packed(model(thing(1, TETRAHEDRON) + generations, item(11)))


def tower() -> bytes:
    floors = "".join(thing(n, components(n - 1)) for n in range(2, 20_000))
    return packed(model(thing(1, TETRAHEDRON) + floors, item(19_999)))


def ply(vertices: int) -> bytes:
    lines = ["ply", "format binary_little_endian 1.0", f"element vertex {vertices}", "property float x",
             "property float y", "property float z", "element face 1", "property list uchar int vertex_indices",
             "end_header", ""]  # fmt: skip
    return "\n".join(lines).encode() + bytes(100)


# Each is refused when it is read.
REFUSED: dict[str, Callable[[], bytes]] = {
    "bomb.3mf": lambda: packed(GOOD.replace("<build>", " " * 60_000_000 + "<build>")),
    "laughs.3mf": laughs,
    "bush.3mf": bush,
    "tower.3mf": tower,
    "itself.3mf": lambda: packed(model(thing(1, components(1)), item(1))),
    "outside.3mf": lambda: packed(GOOD, **{"../../../etc/cron.d/evil": "x"}),
    "absolute.3mf": lambda: packed(GOOD, **{"/etc/passwd": "x"}),
    "cut.3mf": lambda: packed(GOOD)[:-30],
    "cut.stl": lambda: box_stl()[:-1],
    "header.stl": lambda: triangles(FOUR_BILLION, np.zeros((1, 3, 3))),
    "corners.ply": lambda: ply(FOUR_BILLION),
    "index.obj": lambda: b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 4000000000\n",
    "line.stl": lambda: b"solid x\nfacet " + b"x" * (8 << 20),
    "blanks.stl": lambda: b"solid x\nfacet\n" + b" \n" * (4 << 20),
    "line.obj": lambda: b"v " + b"1" * (8 << 20),
    "nan.stl": nan,
    "nothing.stl": lambda: triangles(0, np.zeros((0, 3, 3))),
    "picture.stl": lambda: b"\x89PNG\r\n\x1a\n" + bytes(5000),
    "program.exe": lambda: b"MZ" + bytes(5000),
    "page.3mf": lambda: b"<html><script>alert(1)</script></html>",
    "../../../etc/passwd": lambda: b"root:x:0:0:root:/root:/bin/sh\n",
    "<img src=x onerror=alert(1)>.stl": lambda: b"solid",
}

# Each is read, for the content says what it is and any size is one; what is found then says what is wrong.
READ: dict[str, tuple[str, Callable[[], bytes]]] = {
    "5nm.stl": ("um", lambda: box_stl(0.005)),
    "5m.stl": ("m", lambda: box_stl(5.0)),
    "inner.3mf.stl": ("mm", lambda: box_stl(0.3)),
}
