"""Light of many layers to their doses and, for whoever seeks the light, back: a linear operator and its transpose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.curing.doses import Cure
from mingyue.printing.curing.optics import Blur
from mingyue.printing.kernels.exposing import expose, laid_taps, light_shape

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@dataclass(frozen=True)
class DoseOperator:
    """A of dose = A · seconds over a block of layers, dark around it; for the same cure and layers again and again.

    thickness_um: (layers,) from the lowest. What came through from layers above the block is no part of it: it is added
    to the last layer as it is, and decays as `carried` says.
    """

    cure: Cure
    thickness_um: Floats

    @property
    def decays(self) -> Floats:
        """(layers,) what of the dose at the top of the next layer is left at the top of this one; 0 for the last."""
        return np.append(np.exp(-np.asarray(self.thickness_um)[1:] / self.cure.penetration_depth_um), 0.0)

    @property
    def carried(self) -> Floats:
        """(layers,) what of a dose at the top of the last layer is left at the top of each."""
        return np.asarray(np.append(np.cumprod(self.decays[-2::-1])[::-1], 1.0))

    def forward(self, seconds: Singles) -> Singles:
        """(layers, rows, columns) float32 seconds of full light → mJ/cm² at the top of each layer, the same shape."""
        doses = np.empty_like(seconds, dtype=np.float32)
        strip = _Strip(self.cure.blur, seconds.shape[1:], gain=self.cure.irradiance_mw_cm2)
        for layer in range(len(seconds) - 1, -1, -1):
            above = doses[layer + 1] if layer + 1 < len(seconds) else None
            strip.blur(seconds[layer], above, float(self.decays[layer]), doses[layer])
        return doses

    def adjoint(self, weights: Singles) -> Singles:
        """Aᵀ · weights: how a weighted sum of doses changes with the seconds of each pixel. Same shape, float32."""
        slopes = np.empty_like(weights, dtype=np.float32)
        strip = _Strip(_turned(self.cure.blur), weights.shape[1:], gain=self.cure.irradiance_mw_cm2)
        gathered = np.zeros(weights.shape[1:], dtype=np.float32)
        for layer in range(len(weights)):
            reached = np.float32(self.decays[layer - 1]) if layer else np.float32(0.0)
            gathered = weights[layer] + reached * gathered
            strip.blur(gathered, None, 0.0, slopes[layer])
        return slopes


class _Strip:
    """Room for one layer of light with dark around it."""

    def __init__(self, blur: Blur, shape: tuple[int, ...], *, gain: float) -> None:
        self._radius = blur.radius_px
        self._laid = laid_taps(blur.taps, blur.separable, gain=gain)
        rows, columns = shape
        self._light = np.zeros(light_shape(rows, columns, self._radius), dtype=np.float32)
        self._inner = self._light[self._radius : self._radius + rows, self._radius : self._radius + columns]
        self._none = np.zeros(shape, dtype=np.float32)

    def blur(self, light: Singles, above: Singles | None, decay: float, out: Singles) -> None:
        self._inner[:] = light
        before = self._none if above is None else above
        expose(self._light, self._laid, self._radius, decay=decay, before=before, after=out)


def _turned(blur: Blur) -> Blur:
    """The blur whose convolution is the transpose: taps turned by half a turn."""
    row = None if blur.separable is None else np.ascontiguousarray(blur.separable[::-1])
    return Blur(np.ascontiguousarray(blur.taps[::-1, ::-1]), row)
