"""Parts and layers to look at: a mesh or a package's layer becomes a picture."""

from __future__ import annotations

import math
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.formats.print_package import PrintPackage
from mingyue.printing.frames import rotation
from mingyue.printing.kernels import fast
from mingyue.printing.meshes import Mesh

if TYPE_CHECKING:  # whoever builds needs no Pillow
    from PIL import Image

# Paper; a face in the dark and far away; one in the light and near.
PALETTE = np.array([[250, 250, 247], [44, 82, 130], [235, 240, 247]], dtype=np.float64)
LIGHT = np.array([-0.35, 0.45, 0.82]) / np.linalg.norm([-0.35, 0.45, 0.82])  # from the upper left, a little in front
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
    """A shaded view, see `drawn_mesh`. oversample: samples along each side of a pixel, for smooth edges."""
    from PIL import Image

    drawn = drawn_mesh(
        mesh,
        width_px=width_px * oversample,
        height_px=height_px * oversample,
        turn_deg=turn_deg,
        tilt_deg=tilt_deg,
        colours=colours,
    )
    return Image.fromarray(drawn).resize((width_px, height_px), Image.Resampling.BOX)


def drawn_mesh(
    mesh: Mesh,
    *,
    width_px: int,
    height_px: int,
    turn_deg: float = -35.0,
    tilt_deg: float = 32.0,
    colours: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """(height, width, 3) a shaded view without perspective: turned about z, then tilted towards the one who looks.

    tilt_deg: 0 is from the side. colours: (n, 3) of each corner; without them it is drawn in ink.
    """
    view = rotation((tilt_deg - 90.0, 0.0, 0.0)) @ rotation((0.0, 0.0, turn_deg))
    middle = (mesh.box_um[0] + mesh.box_um[1]) / 2
    low, high = mesh.box_under(view, middle)
    extent = np.maximum(high - low, 1e-9)
    scale = (1 - 2 * _MARGIN) * min(width_px / extent[0], height_px / extent[1])
    to_sheet = np.diag([scale, -scale, 1.0])
    centre = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, 0.0])
    shift = np.array([width_px / 2, height_px / 2, 0.0]) - to_sheet @ (view @ middle + centre)
    surface, own, offset = mesh.standing
    to_sheet, turn = to_sheet @ view, view @ own / np.cbrt(np.linalg.det(own))
    depth, seen = fast.draw(
        surface,
        matrix=to_sheet @ own,
        offset=to_sheet @ offset + shift,
        rows=height_px,
        columns=width_px,
    )
    if colours is not None:
        return _coloured(mesh, view, seen, colours)
    return fast.shade(surface, view=turn, light=LIGHT, palette=PALETTE, depth=depth, seen=seen)


def _coloured(
    mesh: Mesh, view: NDArray[np.float64], seen: NDArray[np.int64], of_corners: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Each face in the mean colour of its corners, lit evenly, so that a colour stays the one of the legend."""
    hit = seen >= 0
    drawn = np.broadcast_to(PALETTE[0], (*seen.shape, 3)).copy()
    faces, face_of = np.unique(seen[hit], return_inverse=True)  # a picture sees a small part of a large mesh
    a, b, c = (mesh.vertices_um[mesh.triangles[faces, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    light = 0.55 + 0.45 * np.abs(normals @ view.T @ LIGHT)
    colours = of_corners[mesh.triangles[faces]].astype(np.float64).mean(axis=1) * light[:, None]
    drawn[hit] = colours[face_of]
    return drawn.astype(np.uint8)


def picture_of_layer(package: PrintPackage, layer: int, *, most_px: int = 1600) -> Image.Image:
    """All fields of a layer side by side, as the platform sees them; shrunk where larger than most_px."""
    manifest = package.manifest
    columns, rows = manifest.machine.field_px
    shrink = max(1.0, max(manifest.canvas.columns, manifest.canvas.rows) / most_px)
    size = (math.ceil(manifest.canvas.columns / shrink), math.ceil(manifest.canvas.rows / shrink))
    from PIL import Image

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
