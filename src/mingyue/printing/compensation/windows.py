"""How a job is cut for compensation: slabs of layers from the top down, and tiles of pixels within them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

# Layers that are finished together. More wastes less on what is looked at below them, and takes more memory.
_LAYERS_A_SLAB: Final = 96
# Voxels of a window, of some 40 bytes each while it is worked on.
_VOXELS_A_WINDOW: Final = 3_000_000
_LEAST_SIDE_PX, _MOST_SIDE_PX = 48, 160
# Light of a pixel reaches one radius, and what stands there answers: after three nothing of it is left.
_RADII_AROUND: Final = 3
# Light from above that is weaker than this, in thresholds, is forgotten.
_FAINTEST: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Slab:
    """Layers first … after are finished; those from `deepest` on are looked at, since light reaches them."""

    deepest: int
    first: int
    after: int


def slabs(bottom_um: Floats, *, reach_um: float) -> Iterator[Slab]:
    """The slabs from the top down. bottom_um: (layers,)."""
    for after in range(len(bottom_um), 0, -_LAYERS_A_SLAB):
        first = max(0, after - _LAYERS_A_SLAB)
        deepest = int(np.searchsorted(bottom_um[:first], bottom_um[first] - reach_um, side="right")) - 1
        yield Slab(max(0, deepest), first, after)


@dataclass(frozen=True, slots=True)
class Tiles:
    """Squares of side_px on the canvas, with margin_px around each that is looked at, too."""

    side_px: int
    margin_px: int

    @property
    def window_px(self) -> int:
        return self.side_px + 2 * self.margin_px

    @property
    def inner(self) -> slice:
        """The rows, or columns, of a window that are its tile."""
        return slice(self.margin_px, self.margin_px + self.side_px)


def tiles_for(layers: int, *, radius_px: int) -> Tiles:
    """Tiles whose windows of so many layers fit into memory."""
    margin_px = _RADII_AROUND * radius_px + 2
    side_px = math.isqrt(_VOXELS_A_WINDOW // max(layers, 1)) - 2 * margin_px
    return Tiles(min(max(side_px, _LEAST_SIDE_PX), _MOST_SIDE_PX), margin_px)


class Planes:
    """Light that goes on down, tile by tile; only where there is any."""

    def __init__(self, tiles: Tiles) -> None:
        self._tiles = tiles
        self._planes: dict[tuple[int, int], Singles] = {}

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self._planes)

    def put(self, row: int, column: int, light: Singles) -> None:
        """Keep the light of a tile, (side, side); row, column: which tile."""
        if float(light.max(initial=0.0)) > _FAINTEST:
            self._planes[row, column] = light

    def around(self, row: int, column: int) -> Singles:
        """The light of a tile's window, (window, window); dark where nothing was put."""
        side, margin = self._tiles.side_px, self._tiles.margin_px
        wide = np.zeros((3 * side, 3 * side), dtype=np.float32)
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                plane = self._planes.get((row + down, column + right))
                if plane is not None:
                    wide[(down + 1) * side : (down + 2) * side, (right + 1) * side : (right + 2) * side] = plane
        inner = slice(side - margin, 2 * side + margin)
        return np.ascontiguousarray(wide[inner, inner])
