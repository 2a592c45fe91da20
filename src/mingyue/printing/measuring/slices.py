"""What is solid in each layer, from the last one down: planes of dose in, slices with the plane above them out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.curing.doses import Cure, DosePlane, dose_planes
from mingyue.printing.curing.lights import Light, Window
from mingyue.printing.frames import Canvas
from mingyue.printing.kernels.compiled import entry
from mingyue.printing.measuring.surfaces import SurfacePoints

Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Slice:
    """One layer of the print. canvas: of the window.

    here, above: (rows, columns) float32 dose at the top of this layer and of the one after it; the later one's falls by
    fall_above until it reaches this one. A pixel is solid from the layer's top down to D_p · ln(dose / threshold).
    """

    layer: int
    top_um: float
    thickness_um: float
    here: Singles
    above: Singles
    fall_above: float
    canvas: Canvas
    cure: Cure

    @property
    def plane(self) -> DosePlane:
        return DosePlane(self.layer, self.here)


def slices(light: Light, cure: Cure, window: Window) -> Iterator[Slice]:
    """The slices of a window, from its last layer down. Two planes are held."""
    bottom, thickness = np.asarray(light.bottom_um), np.asarray(light.thickness_um)
    canvas = window_canvas(light, window)
    above, fall = np.zeros((window.rows, window.columns), dtype=np.float32), 0.0
    for plane in dose_planes(light, cure, window):
        layer = plane.layer
        here = plane.dose
        top_um = float(bottom[layer] + thickness[layer])
        yield Slice(layer, top_um, float(thickness[layer]), here, above, fall, canvas, cure)
        above = here
        fall = math.exp(-float(thickness[layer]) / cure.penetration_depth_um)


def window_canvas(light: Light, window: Window) -> Canvas:
    """The pixels of a window as a canvas of their own."""
    return Canvas(
        light.pitch_um,
        window.rows,
        window.columns,
        light.left_um + window.column * light.pitch_um,
        light.top_um - window.row * light.pitch_um,
    )


def window_of_um(light: Light, *, low_um: Sequence[float], high_um: Sequence[float]) -> Window:
    """The pixels and layers that hold a box of the build frame, as far as the canvas and the print go.

    Raises BadInputError where the box lies beside them.
    """
    pitch = light.pitch_um
    bottom, top = np.asarray(light.bottom_um), np.asarray(light.bottom_um) + np.asarray(light.thickness_um)
    first_column = max(0, math.floor((low_um[0] - light.left_um) / pitch))
    after_column = min(light.columns, math.ceil((high_um[0] - light.left_um) / pitch))
    first_row = max(0, math.floor((light.top_um - high_um[1]) / pitch))
    after_row = min(light.rows, math.ceil((light.top_um - low_um[1]) / pitch))
    first_layer = int(np.searchsorted(top, low_um[2], side="right"))
    after_layer = int(np.searchsorted(bottom, high_um[2], side="left"))
    if first_column >= after_column or first_row >= after_row or first_layer >= after_layer:
        raise BadInputError(
            say("The window lies beside the print."),
            remedy=say("x and y count from the middle of the platform, z from the platform, all in µm."),
        )
    return Window(first_row, first_column, after_row - first_row, after_column - first_column, first_layer, after_layer)


def skin(piece: Slice, *, gain: float = 1.0, step: int = 1, border_px: int = 0) -> tuple[SurfacePoints, float]:
    """The solid's surface in one layer, and the layer's solid volume in µm³. gain: so many times the light.

    A point of the surface is wherever it crosses a line of the pixel grid; step: every which line counts;
    border_px: what of the window at each side has no part in the volume.
    """
    cure, canvas = piece.cure, piece.canvas
    numbers = np.array([
        cure.threshold_mj_cm2 / gain, cure.penetration_depth_um, piece.thickness_um, piece.fall_above,
        piece.top_um, canvas.pitch_um, canvas.left_um, canvas.top_um, float(piece.layer == 0),
        float(step), float(border_px),
    ])  # fmt: skip
    filled = np.zeros(1)
    room = 1 << 16
    while True:
        points, normals = np.empty((room, 3)), np.empty((room, 3), dtype=np.float32)
        areas, halves = np.empty(room, dtype=np.float32), np.empty(room, dtype=np.float32)
        made = entry("skin")(piece.above, piece.here, numbers, points, normals, areas, halves, filled)
        if made <= room:
            break
        room = made
    found = SurfacePoints(points, normals, areas, halves).chosen(np.arange(made))
    return found, float(filled[0]) * canvas.pitch_um**2
