"""A place of a part to look at: a mesh and a box or a finding come in, a shaded view with the box drawn goes out."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.findings.finding import Finding
from mingyue.printing.frames import rotation
from mingyue.printing.kernels import fast
from mingyue.printing.meshes import Mesh
from mingyue.printing.pictures import LIGHT, PALETTE

if TYPE_CHECKING:  # whoever asks for no pictures needs no Pillow
    from PIL import Image

Floats = NDArray[np.float64]
Point = tuple[float, float, float]

_RED = (200, 30, 30)
# The four sides that one can stand on; the first from which the place is seen best is taken.
_TURNS_DEG = (-35.0, 55.0, 145.0, -125.0)
# No box is drawn smaller than this share of what is shown around its middle.
_LEAST_SHOWN = 0.06
_EDGES = [(a, b) for a, b in itertools.combinations(range(8), 2) if (a ^ b).bit_count() == 1]

# What one sees only from below.
_FROM_BELOW = ("island", "weak_island", "overhang", "thin_membrane", "suction_cup", "trapped_resin")


def picture_of_finding(placed: Mesh, found: Finding) -> Image.Image:
    """A finding and what is around it. placed: the part in the build frame."""
    widest = max(high - low for low, high in zip(*found.box_um, strict=True))
    around_um = min(max(60.0, 0.6 * widest), 500.0)
    return picture_of_place(placed, found.box_um, from_below=found.kind in _FROM_BELOW, around_um=around_um)


def picture_of_place(
    mesh: Mesh,
    box_um: tuple[Point, Point],
    *,
    from_below: bool = False,
    around_um: float = 100.0,
    width_px: int = 640,
    height_px: int = 480,
) -> Image.Image:
    """What is within `around_um` of a box, from a side from which it is not hidden; the box is drawn in red."""
    from PIL import Image, ImageDraw

    low, high = (np.array(corner) for corner in box_um)
    near = _near(mesh, low - around_um, high + around_um)
    reach = float(np.linalg.norm(high - low)) / 2 + around_um
    views = [_view(turn_deg, -32.0 if from_below else 32.0) for turn_deg in _TURNS_DEG]
    view = max(views, key=lambda view: _visible(near, low, high, reach, view))
    columns, rows = 2 * width_px, 2 * height_px
    matrix, offset = _to_screen(view, (low + high) / 2, reach, columns, rows)
    depth, seen = fast.draw(near.surface, matrix=matrix, offset=offset, rows=rows, columns=columns)
    shaded = fast.shade(near.surface, view=view, light=LIGHT, palette=PALETTE, depth=depth, seen=seen)
    image = Image.fromarray(shaded)
    least = max(0.0, _LEAST_SHOWN * reach - float((high - low).max())) / 2  # a point would not be seen
    corners = _corners(low - least, high + least) @ matrix.T + offset
    draw = ImageDraw.Draw(image)
    for a, b in _EDGES:
        draw.line([tuple(corners[a, :2]), tuple(corners[b, :2])], fill=_RED, width=3)
    return image.resize((width_px, height_px), Image.Resampling.BOX)


def _near(mesh: Mesh, low: Floats, high: Floats) -> Mesh:
    """The triangles whose boxes meet a box."""
    corners = [mesh.vertices_um[mesh.triangles[:, k]] for k in range(3)]
    lowest, highest = np.minimum.reduce(corners), np.maximum.reduce(corners)
    return Mesh(mesh.vertices_um, mesh.triangles[((lowest <= high) & (highest >= low)).all(axis=1)])


def _visible(near: Mesh, low: Floats, high: Floats, reach: float, view: Floats) -> float:
    """How much of the box is seen from there: the share of a few of its points with nothing in front."""
    columns, rows = 160, 120
    matrix, offset = _to_screen(view, (low + high) / 2, reach, columns, rows)
    depth, _ = fast.draw(near.surface, matrix=matrix, offset=offset, rows=rows, columns=columns)
    asked = np.concatenate([_corners(low, high), [(low + high) / 2]]) @ matrix.T + offset
    u = np.clip(asked[:, 0].astype(int), 0, columns - 1)
    v = np.clip(asked[:, 1].astype(int), 0, rows - 1)
    return float((asked[:, 2] >= depth[v, u] - 0.05 * reach).mean())


def _view(turn_deg: float, tilt_deg: float) -> Floats:
    return np.asarray(rotation((tilt_deg - 90.0, 0.0, 0.0)) @ rotation((0.0, 0.0, turn_deg)))


def _corners(low: Floats, high: Floats) -> Floats:
    """(8, 3): corner k has x high for bit 0, y for bit 1, z for bit 2."""
    return np.array([[(high if k >> axis & 1 else low)[axis] for axis in range(3)] for k in range(8)])


def _to_screen(view: Floats, middle: Floats, reach: float, columns: int, rows: int) -> tuple[Floats, Floats]:
    """What takes a point to (column px, row px, nearness): a matrix and what is added."""
    scale = 0.45 * min(columns, rows) / reach
    matrix = np.diag([scale, -scale, 1.0]) @ view
    return matrix, np.array([columns / 2, rows / 2, 0.0]) - matrix @ middle
