"""What rules know beside the layers: pixels, heights, seams and limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.findings.finding import Point
from mingyue.printing.findings.limits import Bounds, Limits, bounds_of
from mingyue.printing.frames import Canvas
from mingyue.printing.layers import LayerTable
from mingyue.printing.profiles.machines import Machine
from mingyue.printing.profiles.resins import Resin

# What is exactly at a limit keeps it, also where rounding takes a hair off.
SLACK = 0.999


@dataclass(frozen=True, slots=True)
class Setting:
    """canvas: the pixels around the part, one dark pixel on each side of it.

    seam_columns, seam_rows: the first pixel of the later of two fields, on this canvas. fields_px: first row and column,
    row and column after, of each field, as far as it is on this canvas.
    """

    canvas: Canvas
    table: LayerTable
    machine: Machine
    resin: Resin
    limits: Limits
    seam_columns: tuple[int, ...] = ()
    seam_rows: tuple[int, ...] = ()
    fields_px: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def pixel_um(self) -> float:
        return self.canvas.pitch_um

    @property
    def layer_um(self) -> float:
        """Of the thickest layer."""
        return float(self.table.thickness_um.max())

    def bounds(self, kind: str) -> Bounds:
        """The limit of this kind in µm."""
        return bounds_of(
            self.limits[kind],
            pixel_um=self.machine.pixel_um,
            penetration_depth_um=self.resin.penetration_depth_um,
            layer_um=self.layer_um,
        )

    def box_um(
        self, box_px: NDArray[np.int32] | tuple[int, int, int, int], first: int, last: int
    ) -> tuple[Point, Point]:
        """Build frame: lowest and highest corner of a box of pixels in the layers first … last."""
        row, column, row_after, column_after = (int(number) for number in box_px)
        left, pitch, top = self.canvas.left_um, self.canvas.pitch_um, self.canvas.top_um
        low, high = self.table.bottom_um[first], self.table.bottom_um[last] + self.table.thickness_um[last]
        return (
            (left + column * pitch, top - row_after * pitch, float(low)),
            (left + column_after * pitch, top - row * pitch, float(high)),
        )

    def point_um(self, at_px: NDArray[np.float64], z_um: float) -> Point:
        """Build frame: a place on the canvas, (2,) u and v, at a height."""
        u_px, v_px = at_px
        return (
            self.canvas.left_um + float(u_px) * self.canvas.pitch_um,
            self.canvas.top_um - float(v_px) * self.canvas.pitch_um,
            float(z_um),
        )

    def middle_um(self, layer: int) -> float:
        """Where that layer is cut."""
        return float(self.table.cut_um[layer])
