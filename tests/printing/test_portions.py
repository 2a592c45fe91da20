"""Portions hold all that their layers cut, in its order, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.frames import centred_canvas
from mingyue.printing.layers import cover_layers, layer_table
from mingyue.printing.meshes import Mesh, joined
from mingyue.printing.portions import portions
from mingyue.printing.runs import Runs
from tests.solids import ball, box


@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 20), st.sampled_from([0, 0, 1, 3, 25]))
def test_each_portion_is_what_its_layers_and_those_below_cut(seed: int, cuts: int, layers: int, below: int) -> None:
    rng = np.random.default_rng(seed)
    soup = Mesh(rng.integers(0, 40, (30, 3)) * 1.0, rng.integers(0, 30, (50, 3)))
    cut_um = np.unique(rng.integers(0, 80, cuts) / 2)

    made = list(portions(soup, cut_um, layers=layers, below=below))

    assert len(made) == -(-len(cut_um) // layers)
    for k, portion in enumerate(made):
        heights = cut_um[max(0, k * layers - below) : (k + 1) * layers]
        corners = soup.vertices_um[soup.triangles]
        is_cut = (corners[:, :, 2].min(axis=1) <= heights[-1]) & (corners[:, :, 2].max(axis=1) >= heights[0])
        np.testing.assert_array_equal(portion.vertices_um[portion.triangles], corners[is_cut])
        assert len(portion.vertices_um) == len(np.unique(soup.triangles[is_cut]))


@pytest.mark.parametrize("layers", [1, 7, 1000])
def test_the_layers_of_portions_are_those_of_the_whole(layers: int) -> None:
    part = joined([box((-30, -30, 0), (30, 30, 20)), ball(radius_um=25, centre_um=(0, 0, 25), rings=20)])
    canvas = centred_canvas(rows=70, columns=80, pitch_um=1.0)
    table = layer_table(50.0, layer_um=1.3)

    def covered(mesh: Mesh, cut_um: np.ndarray) -> list[Runs]:
        px = canvas.to_px(mesh.vertices_um)
        return list(cover_layers(px, mesh.triangles, cut_um, rows=canvas.rows, columns=canvas.columns))

    pieces = [
        runs
        for k, portion in enumerate(portions(part, table.cut_um, layers=layers))
        for runs in covered(portion, table.cut_um[k * layers : (k + 1) * layers])
    ]

    assert pieces == covered(part, table.cut_um)
