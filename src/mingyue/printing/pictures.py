"""Parts and layers to look at: a mesh or a package's layer becomes a picture."""

from __future__ import annotations

import math
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mingyue.printing.formats.print_package import PrintPackage
from mingyue.printing.frames import rotation
from mingyue.printing.kernels import fast
from mingyue.printing.meshes import Mesh

_PAPER = np.array([250, 250, 247], dtype=np.float32)
_INK = np.array([44, 82, 130], dtype=np.float32)
_GLOW = np.array([235, 240, 247], dtype=np.float32)
_LIGHT = np.array([-0.35, 0.45, 0.82])  # from the upper left, a little in front of the paper
_MARGIN = 0.04


def picture_of_mesh(
    mesh: Mesh,
    *,
    width_px: int = 1200,
    height_px: int = 900,
    turn_deg: float = -35.0,
    tilt_deg: float = 32.0,
    oversample: int = 2,
    colours: NDArray[np.uint8] | None = None,
) -> Image.Image:
    """A shaded view without perspective: turned about z, then tilted towards the one who looks (0: from the side).

    oversample: samples along each side of a pixel, for smooth edges. colours: (n, 3) of each corner, instead of ink.
    """
    columns, rows = width_px * oversample, height_px * oversample
    low, high = mesh.box_um
    view = rotation((tilt_deg - 90.0, 0.0, 0.0)) @ rotation((0.0, 0.0, turn_deg))
    points = (mesh.vertices_um - (low + high) / 2) @ view.T
    used = (mesh.used_um - (low + high) / 2) @ view.T
    left, right = used.min(axis=0), used.max(axis=0)
    middle, extent = (left + right) / 2, np.maximum(right - left, 1e-9)
    scale = (1 - 2 * _MARGIN) * min(columns / extent[0], rows / extent[1])
    screen = np.empty_like(points)
    screen[:, 0] = columns / 2 + (points[:, 0] - middle[0]) * scale
    screen[:, 1] = rows / 2 - (points[:, 1] - middle[1]) * scale
    screen[:, 2] = points[:, 2]
    depth, seen = fast.draw(screen, mesh.triangles, rows=rows, columns=columns)
    shaded = _shade(points, mesh.triangles, seen, depth, colours)
    return Image.fromarray(shaded).resize((width_px, height_px), Image.Resampling.BOX)


def _shade(
    points: NDArray[np.float64],
    triangles: NDArray[np.int64],
    seen: NDArray[np.int64],
    depth: NDArray[np.float64],
    of_corners: NDArray[np.uint8] | None,
) -> NDArray[np.uint8]:
    """Light by the angle of each face, paler with distance; faces that are seen from behind are drawn as well."""
    hit = seen >= 0
    colours = np.broadcast_to(_PAPER, (*seen.shape, 3)).copy()
    if hit.any():
        faces, face_of = np.unique(seen[hit], return_inverse=True)  # a picture sees a small part of a large mesh
        a, b, c = (points[triangles[faces, k]] for k in range(3))
        normals = np.cross(b - a, c - a)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
        light = np.abs(normals @ (_LIGHT / np.linalg.norm(_LIGHT))).astype(np.float32)
        near, far = depth[hit].max(), depth[hit].min()
        nearness = (depth[hit] - far).astype(np.float32) / np.float32(max(near - far, 1e-9))
        strength = (0.25 + 0.75 * light[face_of]) * (0.55 + 0.45 * nearness)
        if of_corners is None:
            colours[hit] = _INK + (_GLOW - _INK) * strength[:, None]
        else:  # lit more evenly, so that a colour stays the one of the legend
            faces_in = of_corners[triangles[faces]].astype(np.float32).mean(axis=1)
            colours[hit] = faces_in[face_of] * (0.55 + 0.45 * light[face_of])[:, None]
    return colours.astype(np.uint8)


def picture_of_layer(package: PrintPackage, layer: int, *, most_px: int = 1600) -> Image.Image:
    """All fields of a layer side by side, as the platform sees them; shrunk where larger than most_px."""
    manifest = package.manifest
    columns, rows = manifest.machine.field_px
    shrink = max(1.0, max(manifest.canvas.columns, manifest.canvas.rows) / most_px)
    size = (math.ceil(manifest.canvas.columns / shrink), math.ceil(manifest.canvas.rows / shrink))
    sheet = Image.new("L", size)
    for field_index in dict.fromkeys(exposure.field for exposure in manifest.layers[layer].exposures):
        field = manifest.fields[field_index]
        left, top = round(field.column_px / shrink), round(field.row_px / shrink)
        right, bottom = round((field.column_px + columns) / shrink), round((field.row_px + rows) / shrink)
        mask = Image.fromarray(package.mask(layer, field_index).painted())
        shown = mask.resize((max(1, right - left), max(1, bottom - top)), Image.Resampling.BOX)
        sheet.paste(shown, (left, top))
    return sheet


def as_png(image: Image.Image) -> bytes:
    """The picture as a PNG file."""
    buffer = BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()
