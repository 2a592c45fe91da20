"""A surface whose corners have colours, as PLY or GLB: for a viewer, and for other programs to go on with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingyue import __version__
from mingyue.files import unfinished
from mingyue.printing.meshes import Mesh

Colours = NDArray[np.uint8]

_GLB_MAGIC, _GLB_JSON, _GLB_BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
_UNSIGNED_BYTE, _UNSIGNED_INT, _FLOAT = 5121, 5125, 5126
_VERTICES, _INDICES = 34962, 34963


def write_coloured_ply(mesh: Mesh, colours: Colours, deviation_um: NDArray[np.floating], path: Path) -> None:
    """Binary PLY in mm: x, y, z, red, green, blue, and the deviation itself in µm, at each corner."""
    vertex = np.dtype([("at", "<f4", 3), ("colour", "u1", 3), ("deviation_um", "<f4")])
    corners = np.empty(len(mesh.vertices_um), dtype=vertex)
    corners["at"], corners["colour"], corners["deviation_um"] = mesh.vertices_um / 1e3, colours, deviation_um
    faces = np.empty(len(mesh.triangles), dtype=np.dtype([("count", "u1"), ("corners", "<i4", 3)]))
    faces["count"], faces["corners"] = 3, mesh.triangles
    lines = [
        "ply", "format binary_little_endian 1.0", f"comment mingyue {__version__}, mm", f"element vertex {len(corners)}",
        *(f"property float {axis}" for axis in "xyz"), *(f"property uchar {name}" for name in ("red", "green", "blue")),
        "property float deviation_um", f"element face {len(faces)}", "property list uchar int vertex_indices", "end_header",
    ]  # fmt: skip
    with unfinished(path) as beside, beside.open("wb") as file:
        file.write("\n".join([*lines, ""]).encode("ascii"))
        file.write(corners.tobytes())
        file.write(faces.tobytes())


def write_coloured_glb(mesh: Mesh, colours: Colours, path: Path) -> None:
    """glTF 2.0 in one file: metres, y up, one mesh with colours at its corners. Source: Khronos glTF 2.0, 4.4 (GLB)."""
    x, y, z = (mesh.vertices_um * 1e-6).astype("<f4").T
    points = np.ascontiguousarray(np.stack([x, z, -y], axis=1))
    opaque = np.full((len(colours), 4), 255, dtype=np.uint8)
    opaque[:, :3] = _linear(colours)
    parts = [points.tobytes(), opaque.tobytes(), mesh.triangles.astype("<u4").tobytes()]
    scene = json.dumps(_scene(points, [len(part) for part in parts], len(mesh.triangles)), separators=(",", ":"))
    text = scene.encode("ascii")
    text += b" " * (-len(text) % 4)
    size = sum(len(part) for part in parts)  # all are multiples of four bytes
    header = np.array([_GLB_MAGIC, 2, 12 + 8 + len(text) + 8 + size], dtype="<u4").tobytes()
    with unfinished(path) as beside, beside.open("wb") as file:
        file.write(header + np.array([len(text), _GLB_JSON], dtype="<u4").tobytes() + text)
        file.write(np.array([size, _GLB_BIN], dtype="<u4").tobytes())
        for part in parts:
            file.write(part)


def _scene(points: NDArray[np.float32], sizes: list[int], triangles: int) -> dict[str, Any]:
    starts = [0, sizes[0], sizes[0] + sizes[1]]
    views = [
        {"buffer": 0, "byteOffset": start, "byteLength": size, "target": target}
        for start, size, target in zip(starts, sizes, (_VERTICES, _VERTICES, _INDICES), strict=True)
    ]
    low, high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    count = len(points)
    return {
        "asset": {"version": "2.0", "generator": f"mingyue {__version__}"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "COLOR_0": 1}, "indices": 2, "material": 0}]}],
        "materials": [{"pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.9}, "doubleSided": True}],
        "accessors": [
            {"bufferView": 0, "componentType": _FLOAT, "count": count, "type": "VEC3", "min": low, "max": high},
            {"bufferView": 1, "componentType": _UNSIGNED_BYTE, "normalized": True, "count": count, "type": "VEC4"},
            {"bufferView": 2, "componentType": _UNSIGNED_INT, "count": 3 * triangles, "type": "SCALAR"},
        ],
        "bufferViews": views,
        "buffers": [{"byteLength": sum(sizes)}],
    }


def _linear(colours: Colours) -> Colours:
    """glTF multiplies colours in linear light, screens take them by a curve (sRGB)."""
    table = (np.arange(256) / 255.0) ** 2.2 * 255.0
    return np.round(table).astype(np.uint8)[colours]
