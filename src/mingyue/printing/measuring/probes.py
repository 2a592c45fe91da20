"""Where somebody wants to know how deep inside the solid a point is: points in, depths out, as the slices pass by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.curing.lights import Light
from mingyue.printing.frames import Canvas
from mingyue.printing.kernels.compiled import entry
from mingyue.printing.measuring.designs import covered
from mingyue.printing.measuring.slices import Slice
from mingyue.printing.runs import Runs

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

_ROUNDING_UM = 1e-6
NEVER_LIT = np.float32(-1e6)


class _ByLayer:
    """Points by the layer in which they lie."""

    def __init__(self, points_um: Floats, light: Light) -> None:
        bottom = np.asarray(light.bottom_um)
        top = float(bottom[-1] + np.asarray(light.thickness_um)[-1])
        heights = points_um[:, 2]
        layer = np.searchsorted(bottom, heights, side="right") - 1
        layer[heights > top + _ROUNDING_UM] = len(bottom)  # above the print
        layer[(layer < 0) & (heights > -_ROUNDING_UM)] = 0  # on the platform
        self._order = np.argsort(layer, kind="stable")
        self._starts = np.searchsorted(layer[self._order], np.arange(len(bottom) + 1))
        self._points_um = points_um

    def _of_layer(self, layer: int) -> NDArray[np.int64]:
        return self._order[self._starts[layer] : self._starts[layer + 1]]


class Probes(_ByLayer):
    """Each point learns its depth when its slice passes.

    depth_um: (n,) float32, how much more the resin would cure below the point: D_p · ln(dose / threshold), above 0 where
    it is solid; NEVER_LIT above and below the print and beside the window.
    """

    def __init__(self, points_um: Floats, light: Light) -> None:
        super().__init__(points_um, light)
        self.depth_um: Singles = np.full(len(points_um), NEVER_LIT, dtype=np.float32)

    def take(self, piece: Slice) -> None:
        """The points of this layer learn their depth."""
        chosen = self._of_layer(piece.layer)
        if len(chosen):
            self.depth_um[chosen] = depth_at(piece, self._points_um[chosen])


class CoveredProbes(_ByLayer):
    """Each point learns whether the design covers its pixel, by half or more, when its layer passes.

    covered: (n,) bool; False above and below the print and beside the window.
    """

    def __init__(self, points_um: Floats, light: Light) -> None:
        super().__init__(points_um, light)
        self.covered: NDArray[np.bool_] = np.zeros(len(points_um), dtype=np.bool_)

    def take(self, layer: int, picture: Runs, canvas: Canvas) -> None:
        """picture: what the design covers of this layer, on this canvas."""
        chosen = self._of_layer(layer)
        if len(chosen):
            self.covered[chosen] = covered(picture, canvas.to_px(self._points_um[chosen]))


def depth_at(piece: Slice, points_um: Floats) -> Singles:
    """(n,) depth of points that lie in this slice, between pixel centres by the root of the dose."""
    cure, canvas = piece.cure, piece.canvas
    places = np.ascontiguousarray(canvas.to_px(points_um))
    numbers = np.array([cure.threshold_mj_cm2, cure.penetration_depth_um, piece.top_um, float(NEVER_LIT)])
    depth = np.empty(len(places), dtype=np.float32)
    entry("probe")(piece.here, places, numbers, depth)
    return depth
