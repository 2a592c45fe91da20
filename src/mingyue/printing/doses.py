"""How much light each layer gets: a light in, planes of dose from the last layer down, one plane of state."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.lights import Light, Window, whole
from mingyue.printing.optics import Blur

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """How light cures: how bright, how deep, how much is needed.

    irradiance_mw_cm2: at full grey, on the resin. penetration_depth_um: at which light falls to 1/e (D_p).
    critical_dose_mj_cm2: gels the resin (E_c); induction_dose_mj_cm2: is used up by oxygen before anything gels.
    """

    irradiance_mw_cm2: float
    penetration_depth_um: float
    critical_dose_mj_cm2: float
    blur: Blur
    induction_dose_mj_cm2: float = 0.0

    def __post_init__(self) -> None:
        above = (self.irradiance_mw_cm2, self.penetration_depth_um, self.critical_dose_mj_cm2)
        if not all(0 < number < math.inf for number in above) or not 0 <= self.induction_dose_mj_cm2 < math.inf:
            raise BadInputError(
                say("Light of {irradiance:g} mW/cm² in a resin with D_p {depth:g} µm and E_c {dose:g} mJ/cm² cures nothing.",
                    irradiance=self.irradiance_mw_cm2, depth=self.penetration_depth_um, dose=self.critical_dose_mj_cm2),
                remedy=say("Give numbers above 0."),
            )  # fmt: skip

    @property
    def threshold_mj_cm2(self) -> float:
        """The dose from which the resin is solid."""
        return self.critical_dose_mj_cm2 + self.induction_dose_mj_cm2

    def depth_um(self, dose_mj_cm2: ArrayLike) -> Floats:
        """How far below the top of a layer the resin is solid; below 0 where it is not even at the top. Any shape."""
        with np.errstate(divide="ignore"):
            return np.asarray(self.penetration_depth_um * np.log(np.asarray(dose_mj_cm2) / self.threshold_mj_cm2))


@dataclass(frozen=True, slots=True)
class DosePlane:
    """dose: (rows, columns) float32, mJ/cm² at the top of this layer, with what came through all later ones."""

    layer: int
    dose: Singles


def dose_planes(light: Light, cure: Cure, window: Window | None = None) -> Iterator[DosePlane]:
    """The dose at the top of each layer of the window, from its last layer down to its first.

    A layer gets its own light, and what later layers let through: A_k = blur ⊛ (I·t_k) + A_k+1·exp(−h_k+1 / D_p). So
    within a layer the dose falls as exp(−depth / D_p), and light of all layers above the window is counted: whatever
    `after_layer` is, reading begins at the last layer of the print. A window equals the same part of the whole.
    """
    from scipy import ndimage

    window = window or whole(light)
    radius = cure.blur.radius_px
    seen = window.grown(radius)
    tops = np.asarray(light.bottom_um) + np.asarray(light.thickness_um)
    dose = np.zeros((window.rows, window.columns), dtype=np.float32)
    last = len(tops) - 1
    for layer in range(last, window.first_layer - 1, -1):
        if layer < last:
            dose = dose * np.float32(math.exp((tops[layer] - tops[layer + 1]) / cure.penetration_depth_um))
        lit = light.seconds(layer, seen)
        if lit.any():
            lit = ndimage.convolve(lit, cure.blur.taps, mode="constant")
            inner = lit[radius : radius + window.rows, radius : radius + window.columns]
            dose = dose + inner * np.float32(cure.irradiance_mw_cm2)
        if layer < window.after_layer:
            yield DosePlane(layer, dose)
