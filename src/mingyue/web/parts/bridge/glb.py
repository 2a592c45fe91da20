"""A mesh as glTF 2.0 in one file (GLB): micrometres, z up, corners shared; the page turns it and makes the normals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.meshes import Mesh

# Khronos glTF 2.0: 4.4 (the container), 3.6.2 (accessors), 5.1 (the numbers of types and targets).
_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
_UNSIGNED_BYTE, _UNSIGNED_INT, _FLOAT = 5121, 5125, 5126
_VERTICES, _INDICES = 34962, 34963
_ACCESSORS: dict[str, tuple[int, str]] = {
    "POSITION": (_FLOAT, "VEC3"), "COLOR_0": (_UNSIGNED_BYTE, "VEC4"), "_DEVIATION": (_FLOAT, "SCALAR"),
}  # fmt: skip


def write_glb(
    mesh: Mesh,
    path: Path,
    *,
    colours: NDArray[np.uint8] | None = None,
    deviation_um: NDArray[np.floating] | None = None,
) -> None:
    """Write it. colours: (corners, 3) as a screen shows them; deviation_um: (corners,)."""
    points = np.ascontiguousarray(mesh.vertices_um, dtype="<f4")
    columns: dict[str, NDArray[Any]] = {"POSITION": points}
    if colours is not None:
        columns["COLOR_0"] = _opaque(colours)
    if deviation_um is not None:
        columns["_DEVIATION"] = np.ascontiguousarray(deviation_um, dtype="<f4")
    indices = np.ascontiguousarray(mesh.triangles, dtype="<u4")
    scene = json.dumps(_scene(columns, indices), separators=(",", ":")).encode("ascii")
    scene += b" " * (-len(scene) % 4)
    parts = [*columns.values(), indices]
    size = sum(part.nbytes for part in parts)  # all are multiples of four bytes
    with path.open("wb") as file:
        file.write(np.array([_MAGIC, 2, 12 + 8 + len(scene) + 8 + size, len(scene), _JSON], dtype="<u4").tobytes())
        file.write(scene)
        file.write(np.array([size, _BIN], dtype="<u4").tobytes())
        for part in parts:
            file.write(part.tobytes())


def _scene(columns: dict[str, NDArray[Any]], indices: NDArray[Any]) -> dict[str, Any]:
    views: list[dict[str, Any]] = []
    accessors: list[dict[str, Any]] = []
    start = 0
    for name, column in columns.items():
        component, kind = _ACCESSORS[name]
        accessor = {"bufferView": len(views), "componentType": component, "count": len(column), "type": kind}
        if component == _UNSIGNED_BYTE:
            accessor["normalized"] = True
        if name == "POSITION":
            accessor |= {"min": column.min(axis=0).tolist(), "max": column.max(axis=0).tolist()}
        accessors.append(accessor)
        views.append({"buffer": 0, "byteOffset": start, "byteLength": column.nbytes, "target": _VERTICES})
        start += column.nbytes
    accessors.append(
        {"bufferView": len(views), "componentType": _UNSIGNED_INT, "count": indices.size, "type": "SCALAR"}
    )
    views.append({"buffer": 0, "byteOffset": start, "byteLength": indices.nbytes, "target": _INDICES})
    attributes = {name: place for place, name in enumerate(columns)}
    return {
        "asset": {"version": "2.0", "generator": "mingyue"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": attributes, "indices": len(columns)}]}],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": start + indices.nbytes}],
    }


def _opaque(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """glTF multiplies colours in linear light, screens take them by a curve (sRGB)."""
    table = np.round((np.arange(256) / 255.0) ** 2.2 * 255.0).astype(np.uint8)
    full = np.full((len(colours), 4), 255, dtype=np.uint8)
    full[:, :3] = table[colours]
    return full
