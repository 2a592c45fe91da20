"""Light that prints a given mesh almost exactly, so that what is measured on the print is known beforehand."""

from __future__ import annotations

import math

import numpy as np

from mingyue.printing.curing.doses import Cure
from mingyue.printing.curing.lights import MaskStack
from mingyue.printing.curing.optics import gaussian_blur
from mingyue.printing.frames import Canvas
from mingyue.printing.layers import cover_layers
from mingyue.printing.meshes import Mesh

DEPTH_UM = 1.0


def exact_cure() -> Cure:
    """Light of 1 mJ/cm² a second, all of which stays in its pixel; the dose falls to 1/e within 1 µm."""
    return Cure(irradiance_mw_cm2=1.0, penetration_depth_um=DEPTH_UM, critical_dose_mj_cm2=1.0, blur=gaussian_blur(0.0))


def overhang_um(layer_um: float) -> float:
    """How much too low floors come out that have no layer beneath: the working curve, less the layer itself."""
    return DEPTH_UM * math.log(_inside_mj_cm2(layer_um)) - layer_um


def exact_light(mesh: Mesh, *, pitch_um: float = 2.0, layer_um: float = 0.5, room_um: float = 30.0) -> MaskStack:
    """Masks of a mesh with room about it. Under `exact_cure` all but its overhangs come out as they are.

    The dose at the top of a layer is the square of each pixel's cover, so high that half-way down half a pixel's root is
    the threshold's. A layer gets what is missing of that after the light of those above it.
    """
    low, high = mesh.box_um
    columns, rows = (math.ceil((high[axis] - low[axis] + 2 * room_um) / pitch_um) for axis in (0, 1))
    canvas = Canvas(pitch_um, rows, columns, float(low[0]) - room_um, float(high[1]) + room_um)
    count = math.ceil(float(high[2]) / layer_um - 1e-9) + 2
    cut_um = (np.arange(count) + 0.5) * layer_um
    layers = cover_layers(canvas.to_px(mesh.vertices_um), mesh.triangles, cut_um, rows=rows, columns=columns)
    wanted = _inside_mj_cm2(layer_um) * np.stack([(layer.painted() / 255.0) ** 2 for layer in layers])
    shares, fall, dose = np.empty_like(wanted), math.exp(-layer_um / DEPTH_UM), np.zeros((rows, columns))
    for layer in reversed(range(count)):
        shares[layer] = np.maximum(wanted[layer] - fall * dose, 0.0)
        dose = fall * dose + shares[layer]
    return MaskStack(
        shares.astype(np.float32),
        pitch_um=pitch_um,
        thickness_um=layer_um,
        exposure_s=1.0,
        left_um=canvas.left_um,
        top_um=canvas.top_um,
    )


def _inside_mj_cm2(layer_um: float) -> float:
    return 4.0 * math.exp(layer_um / 2 / DEPTH_UM)
