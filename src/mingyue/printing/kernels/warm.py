"""Every kernel called once on next to nothing, with the types that the engine uses."""

from __future__ import annotations

import numpy as np

from mingyue.printing.kernels import fast, zbuffer


def warm() -> None:
    """Compile what is not compiled yet; quick where all of it is."""
    vertices = np.array([[0.0, 0.0, 0.0], [3.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 3.0]])
    triangles = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]], dtype=np.int64)
    starts, segments = fast.cut(vertices, triangles, np.array([1.0, 2.0]))
    fast.cover(segments[starts[0] : starts[1]], 4, 4)
    triangles.setflags(write=False)  # a mesh's own arrays are read-only, which numba counts as a type of its own
    zbuffer.draw(vertices, triangles, np.full((4, 4), -np.inf), np.full((4, 4), -1, dtype=np.int64))
