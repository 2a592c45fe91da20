"""Layers cover the whole height, and what they cover is the part."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mingyue.errors import BadInputError, LimitError
from mingyue.printing.frames import Canvas
from mingyue.printing.layers import SLIVER_UM, OpenLayerError, cover_layers, layer_table
from mingyue.printing.meshes import Mesh
from mingyue.printing.runs import Runs
from tests.solids import box


@given(st.floats(0.02, 5000), st.floats(0.5, 50))
def test_layers_cover_the_whole_height_and_none_is_empty(height_um: float, layer_um: float) -> None:
    table = layer_table(height_um, layer_um=layer_um)

    top = table.bottom_um[-1] + table.thickness_um[-1]
    assert top >= height_um - SLIVER_UM - 1e-9
    assert len(table) == 1 or table.bottom_um[-1] < height_um - SLIVER_UM + 1e-9
    assert (table.cut_um > table.bottom_um).all()
    assert (table.cut_um[:-1] == table.bottom_um[:-1] + layer_um / 2).all()
    assert table.cut_um[-1] < max(height_um, SLIVER_UM)


@pytest.mark.parametrize(
    ("height_um", "layers", "last_cut_um"),
    [
        (20.0, 4, 17.5),  # whole layers: every cut at mid-height
        (
            21.0,
            5,
            20.5,
        ),  # the part does not reach the last layer's middle: cut in the middle of what there is
        (24.0, 5, 22.0),
        (20.000004, 4, 17.5),  # float32 noise is no layer
        (20.02, 5, 20.01),
        (1.0, 1, 0.5),
    ],
)
def test_the_last_layer_is_printed_however_little_is_in_it(height_um: float, layers: int, last_cut_um: float) -> None:
    table = layer_table(height_um, layer_um=5.0)

    assert len(table) == layers
    assert table.cut_um[-1] == pytest.approx(last_cut_um)


@pytest.mark.parametrize("layer_um", [0.0, -5.0, math.nan, math.inf])
def test_a_senseless_thickness_is_refused(layer_um: float) -> None:
    with pytest.raises(BadInputError, match="layer"):
        layer_table(100.0, layer_um=layer_um)


def test_a_part_in_the_wrong_unit_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(LimitError, match="layers") as refusal:
        layer_table(5e6, layer_um=5.0)
    assert "--units" in refusal.value.remedy


CANVAS = Canvas(pitch_um=1.0, rows=7, columns=8, left_um=0.0, top_um=7.0)


def covered(part: Mesh, cut_um: NDArray[np.float64]) -> list[Runs]:
    return list(
        cover_layers(CANVAS.to_px(part.vertices_um), part.triangles, cut_um, rows=CANVAS.rows, columns=CANVAS.columns)
    )


def test_a_box_covers_its_pixels() -> None:
    layers = covered(box((1.5, 1.0, 0.0), (6.0, 5.0, 10.0)), layer_table(10.0, layer_um=5.0).cut_um)

    expected = np.zeros((7, 8), dtype=np.uint8)
    expected[2:6, 1:6] = 255  # y 1 … 5 µm lies in the rows 2 … 5, counted from y max
    expected[2:6, 1] = 128
    assert len(layers) == 2
    assert all(np.array_equal(layer.painted(), expected) for layer in layers)


def test_from_the_top_is_as_from_the_bottom() -> None:
    part = box((1.2, 2.3, 0.0), (6.7, 5.1, 10.0))
    cuts = np.array([1.0, 4.0, 9.0])
    upside_down = Mesh(part.vertices_um * [1, 1, -1] + [0, 0, 10], part.triangles[:, ::-1])

    up, down = covered(part, cuts), covered(upside_down, np.sort(10 - cuts))

    assert all(layer.area_px > 0 for layer in up)
    assert up == down[::-1]


def test_an_open_contour_is_refused_with_its_height() -> None:
    part = box((1.0, 2.0, 0.0), (6.0, 5.0, 10.0))
    without_a_side = part.triangles[:-2]

    with pytest.raises(OpenLayerError, match=r"z = 2\.50 µm") as refusal:
        covered(Mesh(part.vertices_um, without_a_side), np.array([2.5]))
    assert "repair" in refusal.value.remedy
