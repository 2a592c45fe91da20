"""Boxes, rods and prisms for the samples that are made by adding and cutting solids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import manifold3d
import numpy as np
from numpy.typing import NDArray

from mingyue.printing.meshes import Mesh
from mingyue.printing.samples.sample import Point

# manifold3d is compiled and carries no types that a checker could follow.
Solid = Any

# The polygon that stands for a circle: 0.12 % short of it in radius at its flats, 0.06 µm on a pin of 100 µm.
CIRCLE_SIDES = 64


def box(low_um: Point, high_um: Point) -> Solid:
    """The box between two corners."""
    size = tuple(high - low for low, high in zip(low_um, high_um, strict=True))
    return manifold3d.Manifold.cube(size).translate(low_um)


def rod(
    centre_um: tuple[float, float],
    diameter_um: float,
    *,
    bottom_um: float,
    top_um: float,
    top_diameter_um: float | None = None,
    sides: int = CIRCLE_SIDES,
) -> Solid:
    """An upright cylinder, or a blunt cone where top_diameter_um is given. Its corners lie on the circle."""
    top = diameter_um if top_diameter_um is None else top_diameter_um
    upright = manifold3d.Manifold.cylinder(top_um - bottom_um, diameter_um / 2, top / 2, sides)
    return upright.translate((*centre_um, bottom_um))


def prism(outline_um: Sequence[tuple[float, float]], *, bottom_um: float, top_um: float) -> Solid:
    """An upright prism over an anticlockwise outline in x and y."""
    section = manifold3d.CrossSection([np.asarray(outline_um, dtype=np.float64)])
    return manifold3d.Manifold.extrude(section, top_um - bottom_um).translate((0, 0, bottom_um))


def united(solids: Sequence[Solid]) -> Solid:
    """All of them as one solid."""
    return manifold3d.Manifold.batch_boolean(list(solids), manifold3d.OpType.Add)


def cut(solid: Solid, holes: Sequence[Solid]) -> Solid:
    """The solid without the holes."""
    return manifold3d.Manifold.batch_boolean([solid, *holes], manifold3d.OpType.Subtract)


def meshed(solid: Solid) -> Mesh:
    """The solid's surface, in double precision."""
    surface = solid.to_mesh64()
    vertices: NDArray[np.float64] = np.asarray(surface.vert_properties, dtype=np.float64)[:, :3]
    return Mesh(vertices, np.asarray(surface.tri_verts, dtype=np.int64))
