"""Small windows to bend: greys, columns and the cure they are made for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.compensation.bending import Bending
from mingyue.printing.compensation.columns import Columns, columns_of
from mingyue.printing.compensation.spots import spot_of
from mingyue.printing.curing.doses import Cure
from mingyue.printing.curing.optics import gaussian_blur

LAYER_UM, PITCH_UM, DEPTH_UM = 5.0, 2.0, 39.2
CURE = Cure(irradiance_mw_cm2=33.0, penetration_depth_um=DEPTH_UM, critical_dose_mj_cm2=12.3, blur=gaussian_blur(0.36))
# Cures two layers deep, as `mingyue build` exposes.
SECONDS = 12.3 * np.exp(2 * LAYER_UM / DEPTH_UM) / 33.0


def columns(layers: int, rows: int, columns_: int) -> Columns:
    """Even layers with nothing above them."""
    bottom = np.arange(layers) * LAYER_UM
    return columns_of(
        CURE,
        bottom_um=bottom,
        thickness_um=np.full(layers, LAYER_UM),
        seconds=np.full(layers, SECONDS),
        above=np.zeros((rows, columns_), dtype=np.float32),
        next_um=LAYER_UM,
    )


def bending(steps: int = 12, **how: float) -> Bending:
    return Bending(spot=spot_of(CURE.blur), pitch_um=PITCH_UM, steps=steps, **how)  # type: ignore[arg-type]


def block(layers: int, rows: int, columns_: int) -> NDArray[np.uint8]:
    """All of it lit."""
    return np.full((layers, rows, columns_), 255, dtype=np.uint8)
