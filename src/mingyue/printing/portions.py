"""A mesh in portions: the corners of what each block of layers cuts, and no more, so that a block is light to send away."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.frames import Canvas
from mingyue.printing.kernels import fast
from mingyue.printing.meshes import Mesh

Floats = NDArray[np.float64]


def portions(mesh: Mesh, canvas: Canvas, cut_um: Floats, *, layers: int, below: int = 0) -> Iterator[Floats]:
    """For each `layers` of the cutting heights the triangles that they cut, in their order.

    cut_um: ascending; below: of so many heights under each portion the triangles come along too. Each portion is (c, 9):
    three corners as (u px, v px, z µm) on the canvas. Which triangles go where is found in one pass; each portion then
    costs what it holds.
    """
    starts, order = fast.deal(mesh.standing, cut_um, layers=layers, below=below)
    for first, after in itertools.pairwise(starts):
        yield fast.gather(
            mesh.standing,
            order[first:after],
            left=canvas.left_um,
            top=canvas.top_um,
            pitch=canvas.pitch_um,
        )
