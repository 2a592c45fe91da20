"""A mesh becomes layers: at which heights it is cut, and the contours there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError, LimitError
from mingyue.phrases import say
from mingyue.printing.kernels import fast
from mingyue.printing.meshes import InsideOutError
from mingyue.printing.runs import Runs

Floats = NDArray[np.float64]

# A rest thinner than this is rounding of the file (float32 millimetres are good to 4 nm at 50 mm), not a layer.
SLIVER_UM = 0.01
# 50 mm in layers of 0.5 µm. More would be a wrong unit.
MOST_LAYERS = 100_000


class OpenLayerError(BadInputError):
    """A contour does not close, so nobody can say which side is solid."""


@dataclass(frozen=True)
class LayerTable:
    """bottom_um, thickness_um, cut_um: (layers,) float64, build frame, ascending."""

    bottom_um: Floats
    thickness_um: Floats
    cut_um: Floats

    def __len__(self) -> int:
        return len(self.bottom_um)


def layer_table(height_um: float, *, layer_um: float) -> LayerTable:
    """Equal layers that cover the whole height: layer k covers [k·h, (k+1)·h) and is cut at mid-height.

    The last layer is printed in full even where the part ends within it; it is cut in the middle of what the part has
    in it, so that a top that does not reach mid-height is not lost.
    """
    count = layer_count(height_um, layer_um=layer_um)
    bottom = np.arange(count, dtype=np.float64) * float(layer_um)
    cut = bottom + float(layer_um) / 2
    cut[-1] = min(cut[-1], (bottom[-1] + height_um) / 2)
    return LayerTable(bottom, np.full(count, float(layer_um)), cut)


def layer_count(height_um: float, *, layer_um: float) -> int:
    """How many layers of that thickness cover the height; an error where they are senseless or too many."""
    if not (math.isfinite(layer_um) and layer_um > 0):
        raise BadInputError(
            say("A layer of {layer} µm cannot be printed.", layer=layer_um), remedy=say("Give a thickness above 0 µm.")
        )
    count = max(1, math.ceil((height_um - SLIVER_UM) / layer_um))
    if count > MOST_LAYERS:
        raise LimitError(
            say(
                "{height:.3g} mm in layers of {layer:g} µm are {count:,} layers; {most:,} are the most.",
                height=height_um / 1e3,
                layer=layer_um,
                count=count,
                most=MOST_LAYERS,
            ),
            remedy=say("Check the unit of the part (--units), scale it, or take thicker layers."),
        )
    return count


def cover_layers(
    vertices_px: Floats, triangles: NDArray[np.int64], cut_um: Floats, *, rows: int, columns: int
) -> Iterator[Runs]:
    """The runs of each layer: what of each pixel lies inside the union of all shells.

    vertices_px: (n, 3) as (u px, v px, z µm), see `frames.Canvas`; triangles: (m, 3); cut_um: (layers,) ascending.
    A point is inside where its winding number is positive, so overlapping shells are one solid.
    Raises OpenLayerError where a contour does not close, InsideOutError where the winding number falls below zero.
    """
    return cover_corners(vertices_px[triangles].reshape(-1, 9), cut_um, rows=rows, columns=columns)


def cover_corners(corners_px: Floats, cut_um: Floats, *, rows: int, columns: int) -> Iterator[Runs]:
    """As `cover_layers`, of triangles given by their corners: (m, 9) as (u px, v px, z µm) three times."""
    starts, segments = fast.cut_corners(corners_px, cut_um)
    for layer, height_um in enumerate(cut_um):
        row_starts, run_starts, run_stops, values, open_row, negative_row = fast.cover(
            segments[starts[layer] : starts[layer + 1]], rows, columns
        )
        if open_row >= 0:
            raise OpenLayerError(
                say("A contour at z = {z:.2f} µm does not close (pixel row {row}).", z=height_um, row=open_row),
                remedy=say("Run `mingyue inspect` to see what is open, and `mingyue repair` to close it."),
            )
        if negative_row >= 0:
            raise InsideOutError(
                say("A surface is inside out at z = {z:.2f} µm (pixel row {row}).", z=height_um, row=negative_row),
                remedy=say("Run `mingyue repair`, or turn the faces in the program that made the part."),
            )
        yield Runs(rows, columns, row_starts, run_starts, run_stops, values)
