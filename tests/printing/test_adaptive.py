"""Adaptive layers keep their cusp bound wherever they can, and are thick wherever they may."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.errors import BadInputError, LimitError
from mingyue.printing.adaptive import adaptive_table
from mingyue.printing.layers import SLIVER_UM, LayerTable, layer_table
from mingyue.printing.meshes import Mesh, joined
from tests.solids import ball, box


def worst_cusp_um(mesh: Mesh, bottom_um: float, thickness_um: float) -> float:
    """Of one layer: thickness · |n_z| of each triangle that passes through it, one after the other."""
    worst = 0.0
    for corners in mesh.vertices_um[mesh.triangles]:
        low, high = corners[:, 2].min(), corners[:, 2].max()
        is_within = high > bottom_um + SLIVER_UM and low < bottom_um + thickness_um - SLIVER_UM
        if is_within:
            normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
            worst = max(worst, thickness_um * abs(normal[2]) / float(np.linalg.norm(normal)))
    return worst


def assert_whole(table: LayerTable, *, height_um: float, thinnest_um: float, thickest_um: float) -> None:
    """Without gaps from 0 to the top, every layer as thick as allowed."""
    tops = table.bottom_um + table.thickness_um
    assert table.bottom_um[0] == 0
    np.testing.assert_allclose(table.bottom_um[1:], tops[:-1], rtol=1e-12)
    assert (table.thickness_um >= thinnest_um - 1e-9).all()
    assert (table.thickness_um <= thickest_um + 1e-9).all()
    assert (table.cut_um > table.bottom_um).all()
    assert (table.cut_um <= table.bottom_um + table.thickness_um / 2).all()
    assert tops[-1] >= height_um - SLIVER_UM
    assert table.cut_um[-1] < height_um


@st.composite
def piles(draw: st.DrawFn) -> Mesh:
    """Up to three overlapping boxes and balls that stand on z = 0."""
    solids = [box((0, 0, 0), (50, 40, draw(st.floats(3, 60))))]
    for _ in range(draw(st.integers(0, 2))):
        low, size = draw(st.floats(0, 40)), draw(st.floats(2, 40))
        if draw(st.booleans()):
            solids.append(box((5, 5, low), (20, 20, low + size)))
        else:
            solids.append(ball(radius_um=size / 2, centre_um=(0, 0, low + size / 2), rings=6))
    return joined(solids)


@given(piles(), st.floats(0.3, 3), st.integers(1, 6), st.floats(0.05, 4))
def test_no_cusp_is_higher_than_the_bound_where_layers_can_be_thinner(
    pile: Mesh, thinnest_um: float, times: int, cusp_um: float
) -> None:
    thickest_um = times * thinnest_um
    table = adaptive_table(pile, thinnest_um=thinnest_um, thickest_um=thickest_um, cusp_um=cusp_um)

    step_um = thickest_um / max(10, math.ceil(thickest_um / 0.5))
    thinnest_made_um = math.ceil(thinnest_um / step_um - 1e-9) * step_um
    assert_whole(table, height_um=pile.size_um[2], thinnest_um=thinnest_um, thickest_um=thickest_um)
    for bottom, thickness in zip(table.bottom_um, table.thickness_um, strict=True):
        if thickness > thinnest_made_um + 1e-9:
            # A flat face lies on its border but for half a step (the top for a whole one), so look within that.
            slanted = sloped_triangles(pile)
            assert worst_cusp_um(slanted, bottom, thickness) <= cusp_um * (1 + 1e-6)
            flat_um = flat_heights_um(pile)
            inside = flat_um[(flat_um > bottom + step_um / 2 + 0.01) & (flat_um < bottom + thickness - step_um - 0.01)]
            assert not len(inside) or thickness <= cusp_um * (1 + 1e-6)


def sloped_triangles(mesh: Mesh) -> Mesh:
    heights = mesh.vertices_um[mesh.triangles][:, :, 2]
    return Mesh(mesh.vertices_um, mesh.triangles[np.ptp(heights, axis=1) > 2 * SLIVER_UM])


def flat_heights_um(mesh: Mesh) -> np.ndarray:
    heights = mesh.vertices_um[mesh.triangles][:, :, 2]
    return heights[np.ptp(heights, axis=1) <= 2 * SLIVER_UM].max(axis=1)


@given(st.integers(1, 200), st.floats(1, 20), st.floats(0.01, 50))
def test_upright_walls_take_the_thickest_layer_everywhere(layers: int, thickest_um: float, cusp_um: float) -> None:
    height_um = layers * thickest_um
    table = adaptive_table(
        box((0, 0, 0), (50, 40, height_um)), thinnest_um=thickest_um / 5, thickest_um=thickest_um, cusp_um=cusp_um
    )

    even = layer_table(height_um, layer_um=thickest_um)
    np.testing.assert_array_equal(table.thickness_um, even.thickness_um)
    np.testing.assert_allclose(table.bottom_um, even.bottom_um, rtol=1e-12)
    np.testing.assert_allclose(table.cut_um, even.cut_um, rtol=1e-12)


@pytest.mark.parametrize(
    ("tops_um", "thickness_um"),
    [
        ((12.0,), [5, 5, 2]),
        ((10.5,), [5, 4.5, 1]),  # 5, 5 and a half would leave a layer thinner than the thinnest
        ((0.4,), [1]),  # the part ends within the thinnest layer
        ((13.0, 20.0), [5, 5, 3, 5, 2]),  # a terrace at 13 µm is met, although it falls on no whole layer
        ((10.5, 20.0), [5, 4.5, 1, 5, 4.5]),
        ((0.5, 20.0), [1, 5, 5, 5, 4]),  # lower than the thinnest layer: one layer has to break the bound, no more do
    ],
)
def test_flat_tops_lie_on_borders(tops_um: tuple[float, ...], thickness_um: list[float]) -> None:
    terraces = joined([box((60.0 * k, 0, 0), (60.0 * k + 50, 40, top)) for k, top in enumerate(tops_um)])

    table = adaptive_table(terraces, thinnest_um=1.0, thickest_um=5.0, cusp_um=0.4)

    np.testing.assert_allclose(table.thickness_um, thickness_um)


def test_a_ball_takes_thin_layers_at_its_poles_and_thick_ones_at_its_waist() -> None:
    radius_um, cusp_um = 200.0, 1.0
    table = adaptive_table(
        ball(radius_um=radius_um, centre_um=(0, 0, radius_um), rings=200),
        thinnest_um=1.0,
        thickest_um=10.0,
        cusp_um=cusp_um,
    )

    assert table.thickness_um[0] == table.thickness_um[-1] == 1.0
    middle = np.abs(table.bottom_um + table.thickness_um / 2 - radius_um) < 10
    assert set(table.thickness_um[middle]) == {10.0}
    # |n_z| at height z is |z − r| / r, so the bound is known, but for the height of a facet, 3 µm, and a step of 0.5 µm.
    tops = table.bottom_um + table.thickness_um
    furthest = np.maximum(np.abs(table.bottom_um - radius_um), np.abs(tops - radius_um))
    assert (table.thickness_um <= np.clip(cusp_um * radius_um / (furthest - 3.2), 1.0, 10.0)).all()
    assert (table.thickness_um >= np.clip(cusp_um * radius_um / (furthest + 3.2), 1.0, 10.0) - 0.51).all()
    assert len(table) < len(layer_table(2 * radius_um, layer_um=1.0)) / 1.5


def test_the_order_of_triangles_and_faces_without_area_change_nothing() -> None:
    mesh = ball(radius_um=40, centre_um=(0, 0, 40), rings=12)
    mixed = np.random.default_rng(5).permutation(mesh.triangles)
    needle = np.array([[0, 0, 7]])
    settings = {"thinnest_um": 1.0, "thickest_um": 6.0, "cusp_um": 0.5}

    table = adaptive_table(mesh, **settings)
    other = adaptive_table(Mesh(mesh.vertices_um, np.vstack([mixed, needle])), **settings)

    np.testing.assert_array_equal(table.bottom_um, other.bottom_um)
    np.testing.assert_array_equal(table.cut_um, other.cut_um)


@pytest.mark.parametrize("cusp_um", [0.0, -1.0, math.nan, math.inf])
def test_a_senseless_cusp_height_is_refused(cusp_um: float) -> None:
    with pytest.raises(BadInputError, match="cusp") as caught:
        adaptive_table(box((0, 0, 0), (1, 1, 1)), thinnest_um=1.0, thickest_um=5.0, cusp_um=cusp_um)

    assert "--cusp-um" in caught.value.remedy


def test_layers_thicker_than_the_thickest_and_too_many_are_refused() -> None:
    with pytest.raises(BadInputError, match="no layers of 5 to 1 µm"):
        adaptive_table(box((0, 0, 0), (1, 1, 1)), thinnest_um=5.0, thickest_um=1.0, cusp_um=1.0)
    with pytest.raises(LimitError, match="layers"):
        adaptive_table(box((0, 0, 0), (1, 1, 1e9)), thinnest_um=1.0, thickest_um=1.0, cusp_um=1.0)
