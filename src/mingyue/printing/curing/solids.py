"""What has become solid: planes of dose in; runs of each layer, volume, bodies and a surface out, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.curing.doses import Cure, DosePlane
from mingyue.printing.curing.lights import Light, Window, whole
from mingyue.printing.kernels.solid_rows import solid_rows
from mingyue.printing.kernels.surfacing import Marcher
from mingyue.printing.meshes import Mesh
from mingyue.printing.runs import FULL, Runs

Singles = NDArray[np.float32]
Places = NDArray[np.int32]

# Walls of two layers that are this near are one; light is not known to fiftieths of a pixel.
SAME_WALL_PX = 0.02


def solid_runs(plane: DosePlane, cure: Cure, *, depth_um: float = 0.0) -> Runs:
    """Which pixels are solid so far below the top of the layer: wholly lit where they are, row 0 that of the window."""
    threshold = cure.threshold_mj_cm2 * math.exp(depth_um / cure.penetration_depth_um)
    row_starts, starts, stops = solid_rows(plane.dose, threshold)
    rows, columns = plane.dose.shape
    return Runs(rows, columns, row_starts, starts, stops, np.full(len(starts), FULL, dtype=np.uint8))


def solid_volume_um3(planes: Iterable[DosePlane], light: Light, cure: Cure) -> float:
    """What is solid, each pixel a column down to where its dose ends within the layer. Planes of whole layers."""
    depth_um = 0.0
    for plane in planes:
        gelled = plane.dose[plane.dose >= cure.threshold_mj_cm2]
        depth_um += float(np.minimum(cure.depth_um(gelled), light.thickness_um[plane.layer]).sum(dtype=np.float64))
    return depth_um * light.pitch_um**2


@dataclass(frozen=True, slots=True)
class Piece:
    """A slab of a surface. vertices_um: (n, 3) float32, build frame, that come after those of the pieces before.

    triangles: (m, 3) int32 into all vertices so far, anticlockwise seen from outside. layer: to which it belongs.
    """

    layer: int
    vertices_um: Singles
    triangles: Places


def surface_pieces(
    planes: Iterable[DosePlane],
    light: Light,
    cure: Cure,
    window: Window | None = None,
    *,
    same_wall_px: float = SAME_WALL_PX,
) -> Iterator[Piece]:
    """The surface of what is solid, from the top down; all pieces together are closed, cut flat where the window ends.

    Marching cubes with two levels a layer, its top and its bottom. Upward faces lie exactly at the top of a layer; a
    downward face lies below each pixel exactly where its dose falls to the threshold; between two pixels the dose is
    taken as straight. Memory: two planes and five numbers a pixel.

    planes: all of the window, from its last layer down. same_wall_px: where walls of two layers are no further apart than
    this they are one, which spares ledges that nobody sees.
    """
    window = window or whole(light)
    bottom_um, thickness_um = light.bottom_um, light.thickness_um
    marcher = Marcher(
        window.rows + 2,
        window.columns + 2,
        light.pitch_um,
        light.left_um + (window.column - 0.5) * light.pitch_um,
        light.top_um - (window.row - 0.5) * light.pitch_um,
    )
    above, above_from, here = _void(window), cure.threshold_mj_cm2, _void(window)
    for plane in planes:
        bottom, top = bottom_um[plane.layer], bottom_um[plane.layer] + thickness_um[plane.layer]
        here[1:-1, 1:-1] = plane.dose
        bottom_from = cure.threshold_mj_cm2 * math.exp(thickness_um[plane.layer] / cure.penetration_depth_um)
        border = marcher.slab(
            above,
            here,
            solid_from=(above_from, cure.threshold_mj_cm2),
            z_um=(top, top),
            penetration_depth_um=cure.penetration_depth_um,
            same_within_px=same_wall_px,
        )
        within = marcher.slab(
            here,
            here,
            solid_from=(cure.threshold_mj_cm2, bottom_from),
            z_um=(top, bottom),
            penetration_depth_um=cure.penetration_depth_um,
        )
        yield Piece(plane.layer, *(np.concatenate(both) for both in zip(border, within, strict=True)))
        above, here, above_from = here, above, bottom_from
    here[:] = 0.0
    yield Piece(
        window.first_layer,
        *marcher.slab(
            above,
            here,
            solid_from=(above_from, cure.threshold_mj_cm2),
            z_um=(bottom_um[window.first_layer],) * 2,
            penetration_depth_um=cure.penetration_depth_um,
        ),
    )


def _void(window: Window) -> Singles:
    """A dark plane with a dark pixel more on each side, so that the surface closes there."""
    return np.zeros((window.rows + 2, window.columns + 2), dtype=np.float32)


def surface(planes: Iterable[DosePlane], light: Light, cure: Cure, window: Window | None = None) -> Mesh:
    """All pieces as one mesh; some hundred bytes for each µm² of it at 2 µm, so take pieces where the part is large."""
    pieces = list(surface_pieces(planes, light, cure, window))
    return Mesh(
        np.concatenate([piece.vertices_um for piece in pieces]),
        np.concatenate([piece.triangles for piece in pieces]),
    )
