"""Islands and overhangs are exactly those that a search on bitmaps finds: in random layers, and in the nest."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import Delaunay

from mingyue.printing.components import components_of, overlaps_of
from mingyue.printing.findings.islands import are_islands, stand_on_legs
from mingyue.printing.findings.overhangs import hanging
from mingyue.printing.frames import centred_canvas
from mingyue.printing.layers import cover_layers, layer_table
from mingyue.printing.runs import Runs, from_picture
from mingyue.printing.samples.birds_nest import BirdsNest, birds_nest

Picture = NDArray[np.bool_]
two_layers = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12).flatmap(
    lambda shape: st.tuples(*[hnp.arrays(np.bool_, shape)] * 2)
)
SHARE, REACH_PX = 0.25, 3.0


def runs(picture: Picture) -> Runs:
    return from_picture(np.where(picture, 255, 0).astype(np.uint8))


def islands_on_bitmaps(below: Picture, layer: Picture, reach_px: float) -> Picture:
    """Label, count what of each component is carried, keep those that are not carried enough."""
    labels, count = ndimage.label(layer)
    areas, carried = (np.bincount(labels.ravel(), weights=what.ravel(), minlength=count + 1) for what in (layer, below))
    is_island = carried < np.maximum(1.0, SHARE * np.minimum(areas, reach_px**2))
    is_island[0] = False  # what is dark
    return np.asarray(is_island[labels])


def hanging_on_bitmaps(below: Picture, layer: Picture, islands: Picture, reach_px: float) -> Picture:
    """What of the rest is farther from the layer below than the reach."""
    away = ndimage.distance_transform_edt(~below) if below.any() else np.full(below.shape, np.inf)
    return np.asarray(layer & ~islands & (away > reach_px))


def found_on_runs(below: Runs, layer: Runs, reach_px: float) -> tuple[Runs, Runs]:
    parts, under = components_of(layer), components_of(below)
    chosen = are_islands(parts, overlaps_of(under, parts), share=SHARE, reach_px=reach_px)
    return parts.only(chosen), hanging(parts, chosen, below, reach_px=reach_px).runs


@given(two_layers)
def test_islands_and_overhangs_are_those_of_bitmaps(layers: tuple[Picture, Picture]) -> None:
    below, layer = layers

    islands, overhangs = found_on_runs(runs(below), runs(layer), REACH_PX)

    expected = islands_on_bitmaps(below, layer, REACH_PX)
    assert islands == runs(expected)
    assert overhangs == runs(hanging_on_bitmaps(below, layer, expected, REACH_PX))


def test_the_nests_islands_and_unsupported_struts_are_those_of_bitmaps() -> None:
    nest = birds_nest(BirdsNest(second_count=16, facade_twig_count=30, roof_twig_count=20)).mesh
    pitch_um, layer_um, reach_px = 8.0, 40.0, 12.0
    canvas = centred_canvas(rows=420, columns=508, pitch_um=pitch_um)
    table = layer_table(float(nest.size_um[2]), layer_um=layer_um)
    placed_px = canvas.to_px(nest.vertices_um - (nest.box_um[0] + nest.box_um[1]) * (0.5, 0.5, 0.0))
    layers = [
        layer.binary()
        for layer in cover_layers(placed_px, nest.triangles, table.cut_um, rows=canvas.rows, columns=canvas.columns)
    ]
    counts = np.zeros(2, dtype=np.int64)

    for below, layer in pairwise(layers):
        islands, overhangs = found_on_runs(below, layer, reach_px)

        low, high = below.painted() > 0, layer.painted() > 0
        expected = islands_on_bitmaps(low, high, reach_px)
        assert islands == runs(expected)
        assert overhangs == runs(hanging_on_bitmaps(low, high, expected, reach_px))
        counts += components_of(islands).count, components_of(overhangs).count

    assert (counts > 10).all()  # there is something to be found


def test_a_roof_on_four_walls_is_no_island_but_hangs_in_its_middle() -> None:
    roof = np.ones((40, 40), dtype=np.bool_)
    walls = roof.copy()
    walls[2:-2, 2:-2] = False

    islands, overhangs = found_on_runs(runs(walls), runs(roof), REACH_PX)

    assert len(islands) == 0
    assert components_of(overhangs).boxes_px.tolist() == [[5, 5, 35, 35]]


def test_a_spot_that_hangs_by_one_pixel_is_an_island() -> None:
    spot, below = np.zeros((2, 12, 12), dtype=np.bool_)
    spot[2:5, 2:5] = True
    below[4:, 4:] = True

    assert len(found_on_runs(runs(below), runs(spot), REACH_PX)[0]) == 3


# # carries, o is carried by nothing, all of it is one part
TABLES = {
    "a table on four legs": ("#ooo#", "ooooo", "ooooo", "#ooo#", True),
    "a disc on one leg in its middle": ("ooooo", "oo#oo", "ooooo", "", True),
    "a strip that hangs by one end": ("#oooo", "", "", "", False),
    "a plate that hangs by two legs at one side": ("#ooo#", "ooooo", "ooooo", "ooooo", False),
    "a plate on three legs, its middle between them": ("#ooo#", "ooooo", "ooooo", "oo#oo", True),
    "a long bridge, its middle out of reach": ("#oooooooo#", "", "", "", False),
    "a long bridge with a leg in its middle": ("#oooo#ooo#", "", "", "", True),
}


@pytest.mark.parametrize("name", TABLES)
def test_what_stands_on_legs_on_all_sides_of_its_middle_and_within_reach_is_carried(name: str) -> None:
    *lines, expected = TABLES[name]
    wide = max(map(len, lines))
    letters = np.array([list(f" {line.ljust(wide)} ") for line in ["", *lines, ""]])
    layer, below = runs(letters != " "), runs(letters == "#")
    parts = components_of(layer)

    assert parts.count == 1
    assert stand_on_legs(parts, np.array([True]), below, reach_px=REACH_PX).tolist() == [expected]
    assert stand_on_legs(parts, np.array([False]), below, reach_px=REACH_PX).tolist() == [False]


@given(two_layers)
def test_what_stands_on_legs_is_what_a_search_on_bitmaps_says(layers: tuple[Picture, Picture]) -> None:
    below, layer = layers
    parts = components_of(runs(layer))
    labels, count = ndimage.label(layer)
    lies = np.array([(below & (labels == label)).any() for label in range(1, count + 1)], dtype=np.bool_)

    stands = stand_on_legs(parts, lies, runs(below), reach_px=REACH_PX)

    for label in np.flatnonzero(lies) + 1:
        part = labels == label
        legs = part & below
        is_near = ndimage.distance_transform_edt(~legs)[part].max() <= REACH_PX
        rows, columns = np.nonzero(legs)
        corners = np.array([(c + x, r + y) for r, c in zip(rows, columns, strict=True) for x in (0, 1) for y in (0, 1)])
        middle = np.argwhere(part).mean(axis=0)[::-1] + 0.5
        is_between = Delaunay(corners, qhull_options="QJ").find_simplex(middle, tol=1e-6) >= 0
        row, column = np.argwhere(part)[0]
        mine = [k for k in range(parts.count) if parts.only(np.arange(parts.count) == k).painted()[row, column]]
        assert stands[mine[0]] == (is_near and is_between)
