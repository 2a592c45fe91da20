"""Components without a bitmap: the same as scipy finds on one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy import ndimage

from mingyue.printing.components import beyond_reach, components_of, dark_of, joined, overlaps_of
from mingyue.printing.runs import Runs, blank, from_picture

Picture = NDArray[np.uint8]

# Few different greys, so that neighbours often are alike and often dark.
GREYS = st.sampled_from([0, 0, 0, 255, 255, 100])
pictures = hnp.array_shapes(min_dims=2, max_dims=2, max_side=9).flatmap(
    lambda shape: hnp.arrays(np.uint8, shape, elements=GREYS)
)
pairs_of_pictures = hnp.array_shapes(min_dims=2, max_dims=2, max_side=9).flatmap(
    lambda shape: st.tuples(*[hnp.arrays(np.uint8, shape, elements=GREYS)] * 2)
)


def labelled(picture: Picture) -> tuple[NDArray[np.int64], int]:
    """Labels from 0 in the order of rows and columns, −1 where it is dark."""
    found, count = ndimage.label(picture > 0)
    return found.astype(np.int64) - 1, count


def painted_labels(runs: Runs, labels: NDArray[np.int32]) -> NDArray[np.int64]:
    picture = np.full((runs.rows, runs.columns), -1, dtype=np.int64)
    row_of = np.repeat(np.arange(runs.rows), np.diff(runs.row_starts))
    for row, start, stop, label in zip(row_of, runs.starts, runs.stops, labels, strict=True):
        picture[row, start:stop] = label
    return picture


@given(pictures)
def test_components_are_those_of_a_bitmap(picture: Picture) -> None:
    found = components_of(from_picture(picture))

    expected, count = labelled(picture)
    assert found.count == count
    assert np.array_equal(painted_labels(found.runs, found.labels), expected)


@given(pictures)
def test_boxes_areas_and_centres_are_those_of_a_bitmap(picture: Picture) -> None:
    found = components_of(from_picture(picture))

    labels, count = labelled(picture)
    slices = ndimage.find_objects(labels + 1)
    boxes = [[rows.start, columns.start, rows.stop, columns.stop] for rows, columns in slices]
    areas = [picture[labels == k].sum(dtype=np.int64) / 255 for k in range(count)]
    centres = [ndimage.center_of_mass(np.where(labels == k, picture, 0).astype(float)) for k in range(count)]
    assert found.boxes_px.tolist() == boxes
    np.testing.assert_allclose(found.area_px, areas, rtol=1e-12)
    np.testing.assert_allclose(found.centres_px, [(u + 0.5, v + 0.5) for v, u in centres] or np.empty((0, 2)))
    assert found.lit_px.tolist() == [int((labels == k).sum()) for k in range(count)]


@given(pictures, st.data())
def test_chosen_components_alone_make_a_picture(picture: Picture, data: st.DataObject) -> None:
    found = components_of(from_picture(picture))
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=found.count, max_size=found.count)), dtype=np.bool_)

    labels, _ = labelled(picture)
    kept = np.isin(labels, np.flatnonzero(chosen))
    assert found.only(chosen) == from_picture(np.where(kept, picture, 0).astype(np.uint8))


@given(pairs_of_pictures)
def test_overlaps_are_those_of_two_bitmaps(both: tuple[Picture, Picture]) -> None:
    below, above = (components_of(from_picture(picture)) for picture in both)
    found = overlaps_of(below, above)

    low, high = (labelled(picture)[0] for picture in both)
    met = (low >= 0) & (high >= 0)
    pairs, counts = np.unique(np.stack([low[met], high[met]], axis=1).reshape(-1, 2), axis=0, return_counts=True)
    assert found.pairs.tolist() == pairs.tolist()
    assert found.shared_px.tolist() == counts.tolist()


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30))
def test_things_joined_by_pairs_are_the_components_of_a_graph(pairs: list[tuple[int, int]]) -> None:
    found = joined(20, np.array(pairs, dtype=np.int32).reshape(-1, 2))

    group = list(range(20))
    for one, other in pairs:
        a, b = group[one], group[other]
        group = [a if label == b else label for label in group]
    firsts = {label: group.index(label) for label in set(group)}
    assert found.tolist() == [firsts[label] for label in group]


@given(pictures)
def test_what_is_dark_is_all_the_rest(picture: Picture) -> None:
    assert dark_of(from_picture(picture)) == from_picture(np.where(picture == 0, 255, 0).astype(np.uint8))


@given(pairs_of_pictures, st.sampled_from([0.0, 1.0, 1.5, 2.0, 2.9, 4.0]))
def test_what_is_beyond_reach_is_what_a_distance_map_says(both: tuple[Picture, Picture], reach_px: float) -> None:
    layer, below = both
    found = beyond_reach(from_picture(layer), from_picture(below), reach_px=reach_px)

    away = ndimage.distance_transform_edt(below == 0) if below.any() else np.full(below.shape, np.inf)
    beyond = (layer > 0) & (away > reach_px)
    assert found == from_picture(np.where(beyond, 255, 0).astype(np.uint8))


def test_a_row_that_falls_into_many_pieces_has_room() -> None:
    comb = np.zeros((1, 4000), dtype=np.uint8)
    comb[:, ::2] = 255

    rest = beyond_reach(from_picture(np.full_like(comb, 255)), from_picture(comb), reach_px=0)

    assert len(rest) == 2000


@pytest.mark.parametrize("angle_deg", [0, 20, 45, 70])
@pytest.mark.parametrize(("width", "length"), [(3.0, 30.0), (6.0, 14.0), (4.0, 4.0)])
def test_the_thickness_of_a_rectangle_is_right_to_a_tenth_whichever_way_it_points(
    angle_deg: float, width: float, length: float
) -> None:
    fine = 16
    u, v = (np.mgrid[0 : 40 * fine, 0 : 40 * fine] + 0.5) / fine - 20.3
    along = u * np.cos(np.radians(angle_deg)) + v * np.sin(np.radians(angle_deg))
    across = -u * np.sin(np.radians(angle_deg)) + v * np.cos(np.radians(angle_deg))
    inside = (np.abs(along) <= length / 2) & (np.abs(across) <= width / 2)
    grey = np.rint(255 * inside.reshape(40, fine, 40, fine).mean(axis=(1, 3))).astype(np.uint8)

    (thickness,) = components_of(from_picture(grey)).thickness_px

    assert thickness == pytest.approx(width, rel=0.1)


def test_nothing_has_no_components() -> None:
    nothing = components_of(blank(rows=3, columns=4))

    assert (nothing.count, nothing.boxes_px.shape, nothing.thickness_px.tolist()) == (0, (0, 4), [])
    assert overlaps_of(nothing, nothing).pairs.shape == (0, 2)


def test_layers_of_two_sizes_are_a_bug() -> None:
    with pytest.raises(ValueError, match="do not match"):
        beyond_reach(blank(rows=2, columns=3), blank(rows=3, columns=2), reach_px=1)
