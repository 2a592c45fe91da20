"""How much light each layer gets: a light in, planes of dose from the last layer down, one plane of state."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.curing.lights import Light, Window, whole
from mingyue.printing.curing.optics import Blur
from mingyue.printing.kernels.exposing import expose, laid_taps, light_shape
from mingyue.printing.kernels.threads import processors

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


def dose_planes(
    light: Light, cure: Cure, window: Window | None = None, *, threads: int | None = None
) -> Iterator[DosePlane]:
    """The dose at the top of each layer of the window, from its last layer down to its first.

    A layer gets its own light, and what later layers let through: A_k = blur ⊛ (I·t_k) + A_k+1·exp(−h_k+1 / D_p). So
    within a layer the dose falls as exp(−depth / D_p), and light of all layers above the window is counted: whatever
    `after_layer` is, reading begins at the last layer of the print. A window equals the same part of the whole.

    Each plane is an array of its own. threads: that read ahead and share the rows; None: as many as there are
    processors. Besides what is kept of the planes, memory is two of them and as many of light as there are threads.
    """
    window = window or whole(light)
    taps = laid_taps(cure.blur.taps, cure.blur.separable, gain=cure.irradiance_mw_cm2)
    decays = _decays(light, cure)
    count = threads or processors()
    dose = np.zeros((window.rows, window.columns), dtype=np.float32)
    with ThreadPoolExecutor(count) as pool:
        for layer, lit in _read_ahead(light, _seen(window, cure.blur), pool, ahead=count):
            before, dose = dose, np.empty_like(dose)
            work = partial(expose, lit, taps, cure.blur.radius_px, decay=decays[layer], before=before, after=dose)
            for share in [pool.submit(work, rows=rows) for rows in _parts(window.rows, count)]:
                share.result()
            if layer < window.after_layer:
                yield DosePlane(layer, dose)


def _decays(light: Light, cure: Cure) -> Floats:
    """(layers,) what of the dose at the top of the next layer is left at the top of this one."""
    tops = np.asarray(light.bottom_um) + np.asarray(light.thickness_um)
    return np.append(np.exp((tops[:-1] - tops[1:]) / cure.penetration_depth_um), 0.0)


def _seen(window: Window, blur: Blur) -> Window:
    """The pixels whose light reaches the window, and those that the loop reads without using them."""
    rows, columns = light_shape(window.rows, window.columns, blur.radius_px)
    row, column = window.row - blur.radius_px, window.column - blur.radius_px
    return Window(row, column, rows, columns, window.first_layer, window.after_layer)


def _read_ahead(light: Light, window: Window, pool: ThreadPoolExecutor, *, ahead: int) -> Iterator[tuple[int, Singles]]:
    """Layers from the last one of the print down to the first of the window, with their light."""
    layers = range(len(light.bottom_um) - 1, window.first_layer - 1, -1)
    read = deque(pool.submit(light.seconds, layer, window) for layer in layers[:ahead])
    for place, layer in enumerate(layers):
        lit = read.popleft().result()
        if place + ahead < len(layers):
            read.append(pool.submit(light.seconds, layers[place + ahead], window))
        yield layer, lit


def _parts(rows: int, parts: int) -> Iterator[tuple[int, int]]:
    """So many nearly equal shares of the rows."""
    return pairwise(rows * part // parts for part in range(parts + 1))
