"""The dose operator of one window: how masks shine down their columns, and how deep the resin is felt there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.curing.doses import Cure
from mingyue.printing.kernels import shining

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Columns:
    """Layers of a window, the lowest first; doses in thresholds.

    gains: (layers,) dose of a full pixel; decays: (layers,) what is left at the top of a layer of what arrived at the top
    of the one above; tops_um, thickness_um: (layers,); above: (rows, columns) unblurred light at the top of the layer
    over the window.
    """

    gains: Singles
    decays: Singles
    tops_um: Floats
    thickness_um: Floats
    depth_um: float
    above: Singles

    def shine(self, shares: Singles, *, out: Singles | None = None) -> Singles:
        """(layers, rows, columns) the unblurred light at the top of each layer."""
        return shining.shine(shares, self.gains, self.decays, self.above, out=out)

    def through_um(self, depth_um: Floats) -> Singles:
        """What is left of light so far below the top of a layer."""
        return np.exp(-depth_um / self.depth_um).astype(np.float32)


def columns_of(
    cure: Cure, *, bottom_um: Floats, thickness_um: Floats, seconds: Floats, above: Singles, next_um: float
) -> Columns:
    """bottom_um, thickness_um, seconds: (layers,) of the window; next_um: thickness of the layer over it."""
    over_um = np.append(thickness_um[1:], next_um)
    return Columns(
        gains=(cure.irradiance_mw_cm2 * seconds / cure.threshold_mj_cm2).astype(np.float32),
        decays=np.exp(-over_um / cure.penetration_depth_um).astype(np.float32),
        tops_um=bottom_um + thickness_um,
        thickness_um=thickness_um,
        depth_um=cure.penetration_depth_um,
        above=above,
    )


def overcure_um(cure: Cure, *, thickness_um: Floats, seconds: Floats) -> float:
    """How far below a thick solid the resin is cured at most: the reach of light that matters."""
    doses = cure.irradiance_mw_cm2 * seconds / cure.threshold_mj_cm2
    lit = doses > 0
    if not lit.any():
        return 0.0
    thinnest = float(thickness_um[lit].min())
    most = float(doses.max()) / (1.0 - math.exp(-thinnest / cure.penetration_depth_um))
    return max(0.0, cure.penetration_depth_um * math.log(most))
