"""What one projector pixel throws on the resin: numbers of a light path in, a small kernel of shares out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.profiles.machines import Machine

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

# σ/pitch that fits one measured system of 42 µm pixels (PMC11267290, from a secondary source): where nobody knows better.
DEFAULT_SIGMA_PX: Final = 0.36
# Share of a pixel's area that is mirror; typical of micromirrors.
DEFAULT_FILL: Final = 0.92
# A Gaussian further out than this many σ holds 6e-5 of the light.
_REACH_SIGMAS = 4.0
# A wider kernel is a wrong unit, and would cost more than it tells.
MOST_RADIUS_PX: Final = 64
# The tails of an Airy disc fall slowly; beyond this many pixels they are flare, which nobody measured.
_AIRY_RADIUS_PX = 8
# What is less than this of the middle does not widen a kernel.
_NEGLIGIBLE = 1e-4
# Separable within this share of the largest tap: rounding of float32, not optics.
_SEPARABLE = 1e-6


@dataclass(frozen=True, slots=True)
class Blur:
    """How the light of one pixel spreads over its neighbours, at the pixel centres.

    taps: (2r + 1, 2r + 1) float32, its sum is 1, row 0 at y max; separable: (2r + 1,) float32 with
    taps = outer(separable, separable), None where there is no such row.
    """

    taps: Singles
    separable: Singles | None = None

    def __post_init__(self) -> None:
        for array in (self.taps, self.separable):
            if array is not None:
                array.setflags(write=False)  # frozen is only skin-deep for arrays

    @property
    def radius_px(self) -> int:
        """r: how many pixels away light is felt."""
        return len(self.taps) // 2


def gaussian_blur(sigma_px: float) -> Blur:
    """A Gaussian of this standard deviation in pixels; 0 is no blur at all."""
    if not 0 <= sigma_px <= MOST_RADIUS_PX / _REACH_SIGMAS:
        raise BadInputError(
            say("A blur of {sigma:g} pixels cannot be computed.", sigma=sigma_px),
            remedy=say("Give 0 to {most:g} pixels.", most=MOST_RADIUS_PX / _REACH_SIGMAS),
        )
    radius = int(_REACH_SIGMAS * sigma_px + 0.5)
    at = np.arange(-radius, radius + 1)
    row = np.exp(-0.5 * (at / sigma_px) ** 2) if radius else np.ones(1)
    row = row / row.sum()
    return Blur(_single(np.outer(row, row)), _single(row))


def airy_blur(*, pitch_um: float, numerical_aperture: float, wavelength_nm: float, fill: float = DEFAULT_FILL) -> Blur:
    """A square mirror seen through a round aperture without aberrations; pixels add incoherently.

    numerical_aperture: on the resin's side; fill: share of a pixel's area that is mirror. Cut off after 8 pixels.
    """
    if not (0 < numerical_aperture < 1 and 0 < fill <= 1 and pitch_um > 0 and wavelength_nm > 0):
        raise BadInputError(
            say("No light path has an aperture of {aperture:g} and a fill of {fill:g}.",
                aperture=numerical_aperture, fill=fill),
            remedy=say("Give a numerical aperture below 1, a fill of at most 1, and a pitch and a wavelength above 0."),
        )  # fmt: skip
    at_um = np.arange(_AIRY_RADIUS_PX + 1) * pitch_um
    corner = pixel_light(
        at_um,
        pitch_um=pitch_um,
        numerical_aperture=numerical_aperture,
        wavelength_nm=wavelength_nm,
        fill=fill,
    )
    quarter = np.maximum(corner, 0.0)  # quadrature leaves −1e-9 where the light is zero
    whole = np.concatenate((quarter[:0:-1], quarter))
    return measured_blur(np.concatenate((whole[:, :0:-1], whole), axis=1))


def pixel_light(
    at_um: ArrayLike, *, pitch_um: float, numerical_aperture: float, wavelength_nm: float, fill: float = DEFAULT_FILL
) -> Floats:
    """Irradiance of one lit pixel at all pairs of these distances from its middle: (n,) → (n, n), in 1/µm².

    The integral over the plane is 1. It is computed from the transfer function, which is known exactly and ends at 2·NA/λ:
    that of a round aperture times that of a square of side pitch·√fill. Source: J. Goodman, Introduction to Fourier
    Optics, ch. 6 (incoherent imaging with a circular pupil).
    """
    at = np.asarray(at_um, dtype=np.float64)
    cut_off = 2.0 * numerical_aperture / (wavelength_nm / 1e3)
    side_um = pitch_um * math.sqrt(fill)
    # Two nodes a radian of the fastest wave, and enough for the cone's tip at frequency 0.
    nodes = int(256 + 2 * math.pi * cut_off * (float(np.abs(at).max(initial=0.0)) + side_um))
    frequency, weight = np.polynomial.legendre.leggauss(nodes)
    frequency, weight = (frequency + 1) / 2 * cut_off, weight / 2 * cut_off
    rho = np.minimum(np.hypot(frequency[:, None], frequency[None, :]) / cut_off, 1.0)
    aperture = 2 / math.pi * (np.arccos(rho) - rho * np.sqrt(1 - rho * rho))
    square = np.sinc(frequency * side_um) * weight
    waves = 2 * np.cos(2 * math.pi * np.outer(at, frequency)) * square
    return np.asarray(waves @ aperture @ waves.T)


def measured_blur(image: ArrayLike) -> Blur:
    """The picture of one lit pixel, sampled at the pixel pitch, brightest in the middle; (n, n), n odd, background 0.

    Edges without light are cut off. Taps that are an outer product are recognised, since they cost far less.
    """
    taps = np.asarray(image, dtype=np.float64)
    square = taps.ndim == 2 and taps.shape[0] == taps.shape[1] and taps.shape[0] % 2 == 1
    if not square or not np.isfinite(taps).all() or taps.min() < 0 or taps.sum() <= 0:
        raise BadInputError(
            say("A picture of {shape} is no spot of light.", shape=" × ".join(map(str, taps.shape))),
            remedy=say("Give a square picture with an odd number of pixels a side, none below 0, its background at 0."),
        )
    if len(taps) // 2 > MOST_RADIUS_PX:
        raise BadInputError(
            say("A spot of {side} pixels is too wide to compute with.", side=len(taps)),
            remedy=say("Cut it to {most} pixels a side.", most=2 * MOST_RADIUS_PX + 1),
        )
    taps = _trimmed(taps)
    taps = taps / taps.sum()
    row = taps.sum(axis=0)
    is_product = np.abs(np.outer(row, row) - taps).max() <= _SEPARABLE * taps.max()
    return Blur(_single(taps), _single(row) if is_product else None)


def machine_blur(machine: Machine, *, wavelength_nm: float | None = None) -> Blur:
    """The blur of a machine: from its aperture where that is known, else from its stated or the usual sigma.

    wavelength_nm: of the light, where the machine's own is not published.
    """
    wavelength = machine.wavelength_nm or wavelength_nm
    if machine.numerical_aperture is not None and wavelength is not None:
        return airy_blur(
            pitch_um=machine.pixel_um, numerical_aperture=machine.numerical_aperture, wavelength_nm=wavelength
        )
    return gaussian_blur((machine.blur_sigma_um or DEFAULT_SIGMA_PX * machine.pixel_um) / machine.pixel_um)


def _trimmed(taps: Floats) -> Floats:
    """Without the rings at the border that hold next to nothing."""
    while len(taps) > 1:
        ring = max(taps[0].max(), taps[-1].max(), taps[:, 0].max(), taps[:, -1].max())
        if ring > _NEGLIGIBLE * taps.max():
            break
        taps = taps[1:-1, 1:-1]
    return taps


def _single(array: Floats) -> Singles:
    return np.ascontiguousarray(array, dtype=np.float32)
