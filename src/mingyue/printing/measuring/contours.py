"""The surface that masks show, where nobody has the part: layers of coverage in, points on walls, roofs and floors out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.curing.lights import Light, Window
from mingyue.printing.frames import Canvas
from mingyue.printing.measuring.designs import MaskLayers
from mingyue.printing.measuring.slices import window_canvas
from mingyue.printing.measuring.surfaces import SurfacePoints, no_points, together
from mingyue.printing.runs import FULL

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

_HALF = FULL / 2


def contour_surface(light: Light, window: Window, *, most: int) -> SurfacePoints:
    """Points on the contours where half of a pixel is covered, and on what has nothing above or below it.

    A pixel's grey is the area of it that is covered, so between two pixel centres the contour is known to a small part of
    a pixel. Thinned to about `most` points.
    """
    masks = MaskLayers(light, window)
    layers = range(window.first_layer, window.after_layer)
    dark = np.zeros((window.rows, window.columns), dtype=np.float32)
    below, here = dark, masks.greys(layers[0]).astype(np.float32)
    found = []
    for layer in layers:
        above = masks.greys(layer + 1).astype(np.float32) if layer + 1 < window.after_layer else dark
        found.append(_of_layer(light, window, layer, below=below, here=here, above=above))
        below, here = here, above
    surface = together(found)
    return surface.thinned(-(-len(surface) // most)) if len(surface) > most else surface


def _of_layer(
    light: Light, window: Window, layer: int, *, below: Singles, here: Singles, above: Singles
) -> SurfacePoints:
    if not here.any():
        return no_points()
    canvas, pitch, thickness = window_canvas(light, window), light.pitch_um, float(light.thickness_um[layer])
    bottom = float(light.bottom_um[layer])
    grown = [np.asarray(slope) for slope in np.gradient(here)]  # a window has room about what is lit, so two and more
    is_in = here > _HALF
    parts = []
    for axis in (0, 1):
        crossed = np.nonzero(np.diff(is_in, axis=axis))
        other = tuple(place + (1 if each == axis else 0) for each, place in enumerate(crossed))
        one, two = here[crossed], here[other]
        at = np.stack(crossed, axis=1).astype(np.float64)
        at[:, axis] += (_HALF - one) / (two - one)
        down, right = ((slope[crossed] + slope[other]) / 2 for slope in grown)
        normals = np.stack([-right, down, np.zeros(len(one))], axis=1)  # rows run down, y runs up
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        areas = pitch * thickness * np.abs(normals[:, 1 if axis == 0 else 0])
        parts.append(_placed(canvas, at, bottom + thickness / 2, normals=normals, areas=areas))
    for neighbour, height, up in ((above, bottom + thickness, 1.0), (below, bottom, -1.0)):
        at = np.stack(np.nonzero(is_in & (neighbour <= _HALF)), axis=1).astype(np.float64)
        normals = np.broadcast_to((0.0, 0.0, up), (len(at), 3))
        parts.append(_placed(canvas, at, height, normals=normals, areas=np.full(len(at), pitch**2)))
    return together(parts)


def _placed(canvas: Canvas, at: Floats, height_um: float, *, normals: Floats, areas: Floats) -> SurfacePoints:
    """at: (n, 2) row and column, counted from the first pixel's centre."""
    points = np.empty((len(at), 3))
    points[:, 0] = canvas.left_um + (at[:, 1] + 0.5) * canvas.pitch_um
    points[:, 1] = canvas.top_um - (at[:, 0] + 0.5) * canvas.pitch_um
    points[:, 2] = height_um
    halves = np.full(len(at), canvas.pitch_um / 2, dtype=np.float32)
    return SurfacePoints(points, normals.astype(np.float32), areas.astype(np.float32), halves)
