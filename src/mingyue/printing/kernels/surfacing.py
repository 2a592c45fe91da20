"""A solid between two levels as triangles: brings the room that the compiled loops need."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.cells import cell_table
from mingyue.printing.kernels.compiled import entry

Singles = NDArray[np.float32]
Places = NDArray[np.int32]


@dataclass
class Marcher:
    """Goes down from level to level; vertices between two slabs are numbered once.

    rows, columns: of the planes, whose outermost pixels are dark; left_um, top_um: middle of the first pixel.
    """

    rows: int
    columns: int
    pitch_um: float
    left_um: float
    top_um: float
    vertices: int = 0
    _above: Places = field(init=False)
    _level: Places = field(init=False)
    _between: Places = field(init=False)

    def __post_init__(self) -> None:
        self._above, self._level = (np.empty((2 * self.rows, self.columns), dtype=np.int32) for _ in range(2))
        self._between = np.empty((self.rows, self.columns), dtype=np.int32)
        self._corners = np.zeros((self.columns + 15) // 8 * 8, dtype=np.uint8)

    def slab(
        self,
        upper: Singles,
        lower: Singles,
        *,
        solid_from: tuple[float, float],
        z_um: tuple[float, float],
        penetration_depth_um: float,
        same_within_px: float = -1.0,
    ) -> tuple[Singles, Places]:
        """(n, 3) float32 new vertices and (m, 3) int32 triangles between two levels, anticlockwise from outside.

        upper, lower: (rows, columns) dose; solid_from, z_um: of either. Where the levels are apart the dose falls from the
        upper one by the penetration depth. same_within_px: vertices of both levels that are no further apart are one.
        """
        numbers = np.array(solid_from, dtype=np.float32)
        frame = np.array(
            [self.left_um, self.top_um, self.pitch_um, *z_um, penetration_depth_um, same_within_px], dtype=np.float64
        )
        planes = (upper, lower, numbers)
        room = (self._corners, self._corners.view(np.int64))
        counts, table = np.empty(3, dtype=np.int64), cell_table()
        self._above, self._level = self._level, self._above
        entry("slab_count")(*planes, *room, table, counts)
        vertices = np.empty((int(counts[0] + counts[1]), 3), dtype=np.float32)
        numbered = (self._above, self._level, self._between)
        made = entry("slab_vertices")(*planes, frame, *numbered, *room, self.vertices, vertices)
        triangles = np.empty((int(counts[2]), 3), dtype=np.int32)
        count = entry("slab_triangles")(*planes, *numbered, *room, table, triangles)
        self.vertices += made
        return vertices[:made], triangles[:count]
