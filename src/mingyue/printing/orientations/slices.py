"""A laid part becomes a few dozen layers: which fields have light in them, and where resin is shut in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.fields import FieldGrid, field_grid
from mingyue.printing.frames import centred_canvas
from mingyue.printing.layers import cover_layers
from mingyue.printing.mending.edges import components
from mingyue.printing.meshes import Mesh
from mingyue.printing.profiles.machines import Machine
from mingyue.printing.runs import Runs

Floats = NDArray[np.float64]

# Layers that are looked at for fields, and, coarser, for cups; and pixels along the longest side for cups.
_FIELD_SAMPLES = 32
_CUP_SAMPLES = 64
_CUP_PX = 96
# Fewer coarse pixels than this in a layer are a notch in its outline, not a cup.
_LEAST_CUP_PX = 4


def fields_of(placed: Mesh, machine: Machine, *, layers: int) -> tuple[int, int]:
    """How many fields there are, and how many have light in all layers together, from a sample of the layers.

    placed: in the build frame, as `frames.place` lays it.
    """
    width_um, depth_um, height_um = (float(side) for side in placed.size_um)
    grid = field_grid((width_um, depth_um), field_px=machine.field_px, pitch_um=machine.pixel_um)
    if len(grid.fields) == 1:
        return 1, layers
    count = min(layers, _FIELD_SAMPLES)
    cuts = (np.arange(count) + 0.5) * height_um / count
    canvas = grid.canvas
    sample = cover_layers(
        canvas.to_px(placed.vertices_um), placed.triangles, cuts, rows=canvas.rows, columns=canvas.columns
    )
    return len(grid.fields), round(sum(_lit_fields(layer, grid) for layer in sample) * layers / count)


def _lit_fields(layer: Runs, grid: FieldGrid) -> int:
    """How many fields a layer has light in, where fields lie side by side."""
    across = layer.columns // grid.columns_px
    down = np.repeat(np.arange(layer.rows) // grid.rows_px, np.diff(layer.row_starts))
    first, last = layer.starts // grid.columns_px, (layer.stops - 1) // grid.columns_px
    lit = np.zeros((layer.rows // grid.rows_px, across + 1), dtype=np.int64)
    np.add.at(lit, (down, first), 1)
    np.subtract.at(lit, (down, last + 1), 1)
    return int((np.cumsum(lit, axis=1)[:, :across] > 0).sum())


def cups_of(placed: Mesh) -> tuple[int, float]:
    """How many cups the part forms while it grows, and the most resin they shut in, in µm³. An estimate.

    A cup is a void that the layer being made closes all around, and that no way through what is printed leads out of: it
    sucks when the layer is pulled off. Voids thinner than a hundredth of the part are not seen.
    """
    from skimage.measure import label

    solid, cell_um3 = _coarse(placed)
    shut: dict[int, float] = {}  # a void's size so far, by its label in the layer below, if it is shut
    below = np.zeros(solid.shape[1:], dtype=np.int64)
    cups, most = 0, 0.0
    for layer in solid:
        here = label(~layer, connectivity=1)
        now = _shut_voids(here, below, shut)
        cups += sum(1 for size in now.values() if size[1])
        most = max(most, sum(size[0] for size in now.values()))
        below, shut = here, {void: size[0] for void, size in now.items()}
    return cups, most * cell_um3


def _shut_voids(
    here: NDArray[np.int64], below: NDArray[np.int64], shut: dict[int, float]
) -> dict[int, tuple[float, bool]]:
    """Voids of this layer that lead nowhere: label → size with what lies below it, and whether it is a new cup.

    Voids of two layers that touch are one; it is open where any of them is. What several hold is counted at the first.
    """
    sizes = np.bincount(here.ravel())
    first_below = len(sizes)
    void_here, void_below = np.divmod(np.unique(here.ravel() * (below.max() + 1) + below.ravel()), below.max() + 1)
    touch = (void_here > 0) & (void_below > 0)
    joined = components(first_below + int(below.max()) + 1, void_here[touch], void_below[touch] + first_below)
    edge = np.unique(np.concatenate([here[0], here[-1], here[:, 0], here[:, -1]]))
    under = np.arange(1, int(below.max()) + 1)
    is_open = set(joined[edge[edge > 0]]) | {joined[first_below + void] for void in under if int(void) not in shut}
    held: dict[int, float] = {}
    for void in under:
        if int(void) in shut:
            place = int(joined[first_below + void])
            held[place] = held.get(place, 0.0) + shut[int(void)]
    return {
        int(void): (
            held.pop(int(joined[void]), 0.0) + float(sizes[void]),
            not (joined[first_below + under] == joined[void]).any(),
        )
        for void in range(1, len(sizes))
        if joined[void] not in is_open and sizes[void] >= _LEAST_CUP_PX
    }


def _coarse(placed: Mesh) -> tuple[NDArray[np.bool_], float]:
    """(layers, rows, columns) what is solid on a coarse grid, dark all around, and the volume of a cell."""
    width_um, depth_um, height_um = (float(side) for side in placed.size_um)
    pitch_um = max(width_um, depth_um) / _CUP_PX
    columns, rows = int(np.ceil(width_um / pitch_um)) + 2, int(np.ceil(depth_um / pitch_um)) + 2
    canvas = centred_canvas(rows=rows, columns=columns, pitch_um=pitch_um)
    cuts = (np.arange(_CUP_SAMPLES) + 0.5) * height_um / _CUP_SAMPLES
    pictures = cover_layers(canvas.to_px(placed.vertices_um), placed.triangles, cuts, rows=rows, columns=columns)
    solid = np.stack([picture.painted() >= 128 for picture in pictures])
    return solid, pitch_um**2 * height_um / _CUP_SAMPLES
