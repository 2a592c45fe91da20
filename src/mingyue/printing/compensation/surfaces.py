"""Where the design's surface is, read from the greys of its masks: places at which the dose should be at the threshold."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.compensation.columns import Columns
from mingyue.printing.compensation.spots import MIDDLE, PHASES

Singles = NDArray[np.float32]
Greys = NDArray[np.uint8]
Places = NDArray[np.int32]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FULL = 255
HALF = 128
# A pixel is well inside or outside where no border passes near its centre; only there is it guarded.
WELL_INSIDE, WELL_OUTSIDE = 192, 63
# Guarded are pixels whose dose to begin with is nearer to the threshold than this, from the wrong side of comfort.
_NEARLY_SOFT, _NEARLY_SOLID = 1.5, 0.7
# A guard speaks for volume, a place on the surface for area; it counts this share.
_GUARD_SHARE = 0.3

ON, AT_LEAST, AT_MOST = 0, -1, 1


@dataclass(frozen=True, slots=True)
class Surface:
    """n places. places: (n, 5) int32 layer, row, column, phases; weights: (n,) float32 what is left of the dose at the
    layer's top; sides: (n,) int8, whether the dose should be at the threshold (ON), AT_LEAST it or AT_MOST it;
    areas_um2: (n,).
    """

    places: Places
    weights: Singles
    sides: NDArray[np.int8]
    areas_um2: Singles

    def __len__(self) -> int:
        return len(self.places)

    def those(self, chosen: Flags) -> Surface:
        """The places chosen, (n,) bool."""
        return Surface(*(getattr(self, entry.name)[chosen] for entry in fields(self)))


def surface_of(greys: Greys, columns: Columns, *, pitch_um: float, margin_px: int) -> Surface:
    """Borders of contours at half height of each layer, faces that look down, and tops, which must be solid throughout.

    greys: (layers, rows, columns). What is beneath the lowest layer is no surface. Places within margin_px of the window's
    border are left out, since not all light that reaches them is known.
    """
    found = [
        _borders(greys, columns, 1, pitch_um),
        _borders(greys, columns, 2, pitch_um),
        _undersides(greys, pitch_um),
        _tops(greys, columns, pitch_um),
    ]
    return _inside(_together(found), greys.shape, margin_px)


def guards_of(
    greys: Greys, light: Singles, least: Singles, moving: Flags, *, pitch_um: float, margin_px: int
) -> Surface:
    """Pixels well inside that have little light to spare, and pixels well outside that nearly gel or may be lit.

    light: (layers, rows, columns) what the window starts with, blurred or not: guards are chosen with room to spare.
    least: what they should have at least; moving: pixels that may change.
    """
    area = _GUARD_SHARE * pitch_um**2
    soft = np.nonzero((greys >= WELL_INSIDE) & (least > 0) & (light < _NEARLY_SOFT * least))
    hard = np.nonzero((greys <= WELL_OUTSIDE) & ((light > _NEARLY_SOLID) | moving))
    found = [
        _at_centres(*soft, weights=1 / least[soft], side=AT_LEAST, area_um2=area),
        _at_centres(*hard, weights=np.ones(len(hard[0])), side=AT_MOST, area_um2=area),
    ]
    return _inside(_together(found), greys.shape, margin_px)


def _borders(greys: Greys, columns: Columns, axis: int, pitch_um: float) -> Surface:
    """Where contours cross the rows (axis 2) or columns (axis 1) of pixel centres, at half height of their layer.

    Each counts with the length of contour that it stands for, so that both directions together count it once.
    """
    along = np.moveaxis(greys, axis, 2)
    solid = along >= HALF
    layer, across, before = np.nonzero(solid[:, :, :-1] != solid[:, :, 1:])
    at = _crossing(along, layer, across, before)
    cell = np.clip(np.floor(at).astype(np.int64), 0, along.shape[2] - 1)
    phase = np.clip(np.rint((at - cell) * (PHASES - 1)), 0, PHASES - 1).astype(np.int64)
    middle = np.full(len(cell), MIDDLE)
    order = (layer, across, cell, middle, phase) if axis == 2 else (layer, cell, across, phase, middle)
    length = _share_of_normal(along, layer, across, before) * pitch_um
    return Surface(
        np.stack(order, axis=1).astype(np.int32),
        columns.through_um(columns.thickness_um / 2)[layer],
        np.full(len(layer), ON, dtype=np.int8),
        (length * columns.thickness_um[layer]).astype(np.float32),
    )


def _crossing(along: Greys, layer: Ints, across: Ints, before: Ints) -> Floats:
    """(n,) pixels from the start of the line to the contour between `before` and its neighbour.

    Exact where the border is steep: what four pixels are covered by tells where it lies. Else where the grey is half.
    """
    last = along.shape[2] - 1
    four = [along[layer, across, np.clip(before + step, 0, last)].astype(np.float64) / FULL for step in range(-1, 3)]
    covered = four[0] + four[1] + four[2] + four[3]
    falling, rising = (four[0] == 1) & (four[3] == 0), (four[0] == 0) & (four[3] == 1)
    halfway = before + 0.5 + (four[1] - 0.5) / (four[1] - four[2])
    return np.where(falling, before - 1 + covered, np.where(rising, before + 3 - covered, halfway))


def _share_of_normal(along: Greys, layer: Ints, across: Ints, before: Ints) -> Floats:
    """(n,) |component of the contour's normal| along the line, from the greys around."""
    lines, last = along.shape[1] - 1, along.shape[2] - 1

    def grey(side: int, step: int) -> Floats:
        return along[layer, np.clip(across + side, 0, lines), np.clip(before + step, 0, last)].astype(np.float64)

    down = sum(grey(1, step) - grey(-1, step) for step in (0, 1)) / 2
    right = sum(grey(side, 1) - grey(side, 0) for side in (-1, 0, 1)) / 1.5
    return np.asarray(np.abs(right) / np.maximum(np.hypot(down, right), 1e-9))


def _undersides(greys: Greys, pitch_um: float) -> Surface:
    """Faces that look down. Below them lies the light of the layer beneath, so that is where they are looked at."""
    solid = greys >= HALF
    layer, row, column = np.nonzero(solid[1:] & ~solid[:-1])
    return _at_centres(layer, row, column, weights=np.ones(len(layer)), side=ON, area_um2=pitch_um**2)


def _tops(greys: Greys, columns: Columns, pitch_um: float) -> Surface:
    """Uppermost layers of a solid: more light does not lift them, but too little thins them from below."""
    top = greys >= HALF
    top[:-1] &= greys[1:] < HALF
    layer, row, column = np.nonzero(top)
    weights = columns.through_um(columns.thickness_um)[layer]
    return _at_centres(layer, row, column, weights=weights, side=AT_LEAST, area_um2=pitch_um**2)


def _at_centres(
    layer: Ints, row: Ints, column: Ints, *, weights: NDArray[np.floating], side: int, area_um2: float
) -> Surface:
    middle = np.full(len(layer), MIDDLE)
    return Surface(
        np.stack((layer, row, column, middle, middle), axis=1).astype(np.int32),
        weights.astype(np.float32),
        np.full(len(layer), side, dtype=np.int8),
        np.full(len(layer), area_um2, dtype=np.float32),
    )


def _together(found: list[Surface]) -> Surface:
    return Surface(*(np.concatenate([getattr(one, entry.name) for one in found]) for entry in fields(Surface)))


def together(first: Surface, second: Surface) -> Surface:
    """The places of both."""
    return _together([first, second])


def _inside(surface: Surface, shape: tuple[int, ...], margin_px: int) -> Surface:
    row, column = surface.places[:, 1], surface.places[:, 2]
    fits = (row >= margin_px) & (row < shape[1] - margin_px) & (column >= margin_px) & (column < shape[2] - margin_px)
    return surface.those(fits)
