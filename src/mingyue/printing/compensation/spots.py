"""A blur known at the pixel centres becomes light between them: taps at fine phases, and their slopes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.curing.optics import Blur

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

# Places within a pixel, from border to border: 0.06 px apart, 0.13 µm at 2 µm.
PHASES: Final = 17
MIDDLE: Final = PHASES // 2
# Taps below this share of the largest are as good as dark; it keeps their logarithm finite.
_LEAST_TAP = 1e-9
# Half the step of the difference that gives a slope, px.
_STEP_PX = 1e-3


@dataclass(frozen=True, slots=True)
class Spot:
    """taps, by_row, by_column: (PHASES, PHASES, side, side) float32: what the pixels around give to a place, and how
    that changes per pixel down and to the right. Taps of a place sum to 1, so an evenly lit plate is evenly lit.
    """

    taps: Singles
    by_row: Singles
    by_column: Singles

    @property
    def radius_px(self) -> int:
        return int(self.taps.shape[2] // 2)


def spot_of(blur: Blur) -> Spot:
    """Between the centres ln of the taps is a parabola through three of them, exact for a Gaussian."""
    if not blur.radius_px:
        even = np.ones((PHASES, PHASES, 1, 1), dtype=np.float32)
        return Spot(even, np.zeros_like(even), np.zeros_like(even))
    known = np.asarray(blur.taps, dtype=np.float64)
    logarithms = np.log(np.maximum(known, _LEAST_TAP * known.max()))
    at = np.arange(-blur.radius_px, blur.radius_px + 1) - phases_px()[:, None]
    here, before, after = (_parabolas(at + shift, blur.radius_px) for shift in (0.0, _STEP_PX, -_STEP_PX))
    return Spot(
        _single(_taps(here, logarithms, here)),
        _single((_taps(after, logarithms, here) - _taps(before, logarithms, here)) / (2 * _STEP_PX)),
        _single((_taps(here, logarithms, after) - _taps(here, logarithms, before)) / (2 * _STEP_PX)),
    )


def phases_px() -> Floats:
    """(PHASES,) where the phases lie, in pixels from the middle."""
    return (np.arange(PHASES) - MIDDLE) / (PHASES - 1)


def _taps(rows: Floats, logarithms: Floats, columns: Floats) -> Floats:
    taps = np.exp(np.einsum("pik,kl,qjl->pqij", rows, logarithms, columns))
    return np.asarray(taps / taps.sum(axis=(2, 3), keepdims=True))


def _parabolas(at_px: Floats, radius: int) -> Floats:
    """(…, 2r + 1) weights of the known taps −r … r for a value at each place: the mean of the two parabolas around it."""
    weights = np.zeros((*at_px.shape, 2 * radius + 1))
    for index in np.ndindex(at_px.shape):
        place = at_px[index]
        left = math.floor(place)
        for centre, share in ((left, left + 1 - place), (left + 1, place - left)):
            middle = min(max(centre, 1 - radius), radius - 1)
            u = place - middle
            weights[index][middle + radius - 1 : middle + radius + 2] += share * np.array(
                [u * (u - 1) / 2, 1 - u * u, u * (u + 1) / 2]
            )
    return weights


def _single(array: Floats) -> Singles:
    return np.ascontiguousarray(array, dtype=np.float32)
