"""A window cut out of a part shows what the whole layers show there, and is dark where they end."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mingyue.printing.excerpts import Excerpts
from mingyue.printing.frames import centred_canvas
from mingyue.printing.layers import cover_layers, layer_table
from mingyue.printing.meshes import Mesh, joined
from tests.solids import ball, box

CANVAS = centred_canvas(rows=30, columns=40, pitch_um=2.0)
PART = joined([
    box((-30.0, -20.3, 0.0), (31.7, 21.1, 8.0)),
    ball(radius_um=17.3, centre_um=(3.1, -1.7, 21.0), rings=9),
    box((-33.3, -3.0, 2.0), (-28.9, 14.0, 41.0)),
])  # fmt: skip
TABLE = layer_table(41.0, layer_um=3.0)
WHOLE = np.stack([
    layer.painted()
    for layer in cover_layers(
        CANVAS.to_px(PART.vertices_um), PART.triangles, TABLE.cut_um, rows=CANVAS.rows, columns=CANVAS.columns
    )
])  # fmt: skip
AROUND = 50


@settings(deadline=None)
@given(
    row=st.integers(-20, 40),
    column=st.integers(-20, 50),
    side=st.integers(1, 12),
    first=st.integers(-4, 16),
    layers=st.integers(1, 9),
    order=st.randoms(use_true_random=False),
)
def test_an_excerpt_is_a_window_of_the_whole(row, column, side, first, layers, order) -> None:  # type: ignore[no-untyped-def]
    shuffled = np.array(order.sample(range(len(PART.triangles)), len(PART.triangles)))
    excerpts = Excerpts(Mesh(PART.vertices_um, PART.triangles[shuffled]), CANVAS, TABLE)

    found = excerpts.greys(row, column, side, first, layers)

    edged = np.pad(WHOLE, AROUND)
    expected = edged[
        AROUND + first : AROUND + first + layers,
        AROUND + row : AROUND + row + side,
        AROUND + column : AROUND + column + side,
    ]
    # Places are rounded where they are counted from another corner: a grey may be one off.
    assert found.shape == (layers, side, side)
    assert np.abs(found.astype(int) - expected).max() <= 1
