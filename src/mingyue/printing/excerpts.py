"""A few pixels of a part: a mesh, a place on its canvas and layers come in; what the masks show there goes out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.frames import Canvas
from mingyue.printing.kernels import fast
from mingyue.printing.layers import LayerTable, cover_corners
from mingyue.printing.meshes import Mesh

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Greys = NDArray[np.uint8]

# Places are rounded to less than this.
_SLACK_UM = 0.01


@dataclass(eq=False)
class Excerpts:
    """Cuts windows out of the layers of a part. A window costs the triangles beside it, however many the part has.

    A row's winding number is counted from the left, so all triangles that reach the window's rows and layers are cut.
    """

    placed: Mesh
    canvas: Canvas
    table: LayerTable
    _by_height: Ints = field(init=False)
    _low: Floats = field(init=False)
    _high: Floats = field(init=False)
    _tallest_um: float = field(init=False)

    def __post_init__(self) -> None:
        sides = self.placed.vertices_um[:, 1:]
        corners = [sides[self.placed.triangles[:, corner]] for corner in range(3)]
        low, high = np.minimum(*corners[:2]), np.maximum(*corners[:2])
        low, high = np.minimum(low, corners[2]), np.maximum(high, corners[2])
        self._by_height = np.argsort(low[:, 1], kind="stable")
        self._low, self._high = low[self._by_height], high[self._by_height]
        self._tallest_um = float((high[:, 1] - low[:, 1]).max(initial=0.0))

    def greys(self, row: int, column: int, side_px: int, first: int, layers: int) -> Greys:
        """(layers, side, side) uint8 from that row, column and layer on; dark where there is no canvas or no layer.

        Raises OpenLayerError and InsideOutError as `cover_corners` does.
        """
        shown = np.zeros((layers, side_px, side_px), dtype=np.uint8)
        begin, after = max(0, first), min(first + layers, len(self.table))
        if begin >= after:
            return shown
        pitch = self.canvas.pitch_um
        left_um, top_um = self.canvas.left_um + column * pitch, self.canvas.top_um - row * pitch
        cut_um = self.table.cut_um[begin:after]
        beside = self._beside(top_um - (side_px + 1) * pitch, top_um + pitch, float(cut_um[0]), float(cut_um[-1]))
        corners = fast.gather(self.placed.standing, beside, left=left_um, top=top_um, pitch=pitch)
        for place, layer in enumerate(cover_corners(corners, cut_um, rows=side_px, columns=side_px)):
            shown[begin - first + place] = layer.painted()
        return shown

    def _beside(self, y_low_um: float, y_high_um: float, z_low_um: float, z_high_um: float) -> Ints:
        """The triangles that reach these heights and rows; a hundredth of a micrometre more, against rounding."""
        some = slice(
            *np.searchsorted(self._low[:, 1], (z_low_um - self._tallest_um - _SLACK_UM, z_high_um + _SLACK_UM))
        )
        low, high = self._low[some], self._high[some]
        reach = (high[:, 1] >= z_low_um - _SLACK_UM) & (low[:, 0] <= y_high_um) & (high[:, 0] >= y_low_um)
        return np.sort(self._by_height[some][reach])
