"""The laws of slicing. Each kernel must keep all of them, and the fast one must equal the clear one to the last run."""

from __future__ import annotations

from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mingyue.printing.kernels import fast, reference
from mingyue.printing.runs import Runs

ROWS, COLUMNS = 9, 12
KERNELS = pytest.mark.parametrize("kernel", [reference, fast], ids=["reference", "fast"])

# Free places and places on the grid: contours love to run along the borders of pixels.
coordinates = st.one_of(st.floats(-2.0, 14.0), st.integers(-2, 14).map(float), st.integers(-4, 28).map(lambda n: n / 2))
points = st.tuples(coordinates, coordinates)
polygons = st.lists(points, min_size=3, max_size=7)
soups = st.lists(polygons, min_size=0, max_size=4)
within = st.one_of(st.floats(1.0, 5.0), st.integers(1, 5).map(float), st.integers(2, 10).map(lambda n: n / 2))


def contours(polygons: list[list[tuple[float, float]]]) -> NDArray[np.float64]:
    """Closed rings as segments, heights on the grid of the kernels."""
    rings = []
    for polygon in polygons:
        ring = np.array(polygon, dtype=np.float64)
        ring[:, 1] = np.rint(ring[:, 1] * reference.STEPS_PER_PIXEL) / reference.STEPS_PER_PIXEL
        rings.append(np.hstack([ring, np.roll(ring, -1, axis=0)]))
    return np.concatenate(rings) if rings else np.empty((0, 4))


def covered(kernel: ModuleType, segments: NDArray[np.float64], rows: int = ROWS, columns: int = COLUMNS) -> Runs:
    return Runs(rows, columns, *kernel.cover(segments, rows, columns)[:4])


def box(left: float, top: float, right: float, bottom: float, *, hole: bool = False) -> list[tuple[float, float]]:
    """Anticlockwise seen from above, which is down the left side where v grows downwards."""
    ring = [(left, top), (left, bottom), (right, bottom), (right, top)]
    return ring[::-1] if hole else ring


def as_text(runs: Runs) -> str:
    glyphs = {0: ".", 255: "#"}
    return "\n".join("".join(glyphs.get(int(grey), "+") for grey in row) for row in runs.painted())


@given(soups)
def test_fast_equals_reference(polygons: list[list[tuple[float, float]]]) -> None:
    segments = contours(polygons)

    assert covered(fast, segments) == covered(reference, segments)


@pytest.mark.parametrize("seed", range(4))
def test_fast_equals_reference_on_a_thousand_soups(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(250):
        sizes = rng.integers(3, 8, rng.integers(1, 5))
        free, whole, half = rng.uniform(-2, 14, 64), rng.integers(-2, 15, 64), rng.integers(-4, 29, 64) / 2
        values = np.choose(rng.integers(0, 3, 64), [free, whole, half])
        segments = contours([[tuple(rng.choice(values, 2)) for _ in range(size)] for size in sizes])

        assert covered(fast, segments) == covered(reference, segments)


@given(soups)
def test_a_closed_contour_is_never_called_open(polygons: list[list[tuple[float, float]]]) -> None:
    assert fast.cover(contours(polygons), ROWS, COLUMNS)[4] == -1


def test_a_contour_that_is_inside_out_is_named_by_its_first_row() -> None:
    inside_out = contours([box(1, 1, 3, 3), box(5, 2.5, 9, 7, hole=True)])

    assert fast.cover(inside_out, ROWS, COLUMNS)[5] == 3  # in row 2 it is but half a pixel
    assert fast.cover(contours([box(0, 0, 6, 6), box(2, 2, 4, 4, hole=True)]), ROWS, COLUMNS)[5] == -1


def test_an_open_contour_is_named_by_its_first_row() -> None:
    segments = contours([box(2, 1, 6, 5)])[1:]  # without its left side

    assert fast.cover(segments, ROWS, COLUMNS)[4] == 1


@KERNELS
def test_a_clockwise_ring_is_a_hole(kernel: ModuleType) -> None:
    plate = contours([box(0, 0, 6, 6), box(2, 2, 4, 4, hole=True)])

    assert (
        as_text(covered(kernel, plate, 6, 6))
        == """\
######
######
##..##
##..##
######
######"""
    )


@KERNELS
def test_overlapping_shells_are_one_solid(kernel: ModuleType) -> None:
    together = covered(kernel, contours([box(1, 1, 5, 5), box(3.5, 2, 8, 4)]))

    expected = covered(kernel, contours([[(1, 1), (1, 5), (5, 5), (5, 4), (8, 4), (8, 2), (5, 2), (5, 1)]]))
    assert together == expected


@KERNELS
def test_two_shells_that_cross_within_a_pixel_cover_their_union_exactly(kernel: ModuleType) -> None:
    # Two triangles in one pixel, areas 1/2 each, which share a quarter of the pixel.
    one, other = [(3.0, 3.0), (3.0, 4.0), (4.0, 4.0)], [(3.0, 4.0), (4.0, 4.0), (4.0, 3.0)]

    assert covered(kernel, contours([one, other])).values.tolist() == [191]  # 0.75 · 255 = 191.25


@KERNELS
def test_a_hole_that_leaves_its_body_takes_nothing_away_elsewhere(kernel: ModuleType) -> None:
    body, through = box(2, 2, 6, 6), box(4, 3, 9, 5, hole=True)

    assert covered(kernel, contours([body, through])).area_px == 16 - 4


@KERNELS
def test_a_thin_wall_keeps_its_area_whatever_pixels_it_falls_into(kernel: ModuleType) -> None:
    wall = covered(kernel, contours([box(3.9, 1, 4.1, 8)]))

    assert wall.painted()[1:8, 3:5].tolist() == [[26, 26]] * 7  # 0.1 · 255 = 25.5, half goes up


@KERNELS
@given(soups, st.integers(0, 3), st.integers(0, 3))
def test_moving_by_whole_pixels_moves_the_mask(
    kernel: ModuleType, polygons: list[list[tuple[float, float]]], right: int, down: int
) -> None:
    segments = contours([[(u / 2 + 1, v / 2 + 1) for u, v in polygon] for polygon in polygons])
    segments = np.rint(segments * 2**16) / 2**16  # so that moving loses no digits
    moved = segments + np.array([right, down, right, down])

    before = covered(kernel, segments, 8, 9).painted()
    after = covered(kernel, moved, 8 + down, 9 + right).painted()

    assert np.array_equal(before, after[down:, right:])
    assert not after[:down].any()
    assert not after[:, :right].any()


@KERNELS
@given(st.lists(st.tuples(within, within, within, within), min_size=1, max_size=4))
def test_a_quarter_turn_turns_the_mask(kernel: ModuleType, boxes: list[tuple[float, float, float, float]]) -> None:
    segments = contours([box(u, v, u + width, v + height) for u, v, width, height in boxes])
    segments = np.rint(segments * 2**16) / 2**16
    # (u, v) → (v, −u): a turn to the right in a picture whose v points down
    turned = np.stack([segments[:, 1], 12 - segments[:, 0], segments[:, 3], 12 - segments[:, 2]], axis=1)

    assert np.array_equal(
        np.rot90(covered(kernel, segments, 12, 12).painted()), covered(kernel, turned, 12, 12).painted()
    )


@KERNELS
@given(soups)
def test_the_same_shells_twice_cover_the_same(kernel: ModuleType, polygons: list[list[tuple[float, float]]]) -> None:
    segments = contours(polygons)

    once = covered(kernel, segments).painted().astype(int)
    twice = covered(kernel, np.concatenate([segments, segments])).painted().astype(int)

    # Where windings cross zero both ways the halves of a pixel may be summed in another order: a rounding step.
    assert np.abs(once - twice).max(initial=0) <= 1


@KERNELS
@given(st.lists(st.tuples(within, within, within, within), min_size=2, max_size=2))
def test_union_is_at_least_each_and_at_most_the_sum(
    kernel: ModuleType, boxes: list[tuple[float, float, float, float]]
) -> None:
    rings = [box(u, v, u + width, v + height) for u, v, width, height in boxes]
    each = [covered(kernel, contours([ring])).painted().astype(int) for ring in rings]
    both = covered(kernel, contours(rings)).painted().astype(int)

    assert (both >= np.maximum(*each)).all()
    assert (both <= np.minimum(each[0] + each[1] + 1, 255)).all()


@given(soups, st.integers(0, 4), st.integers(0, 4), st.integers(1, 5), st.integers(1, 5))
def test_what_leaves_the_canvas_is_clipped_exactly(
    polygons: list[list[tuple[float, float]]], row: int, column: int, rows: int, columns: int
) -> None:
    segments = contours(polygons)
    window = segments - np.array([column, row, column, row])

    whole = covered(fast, segments).painted()[row : row + rows, column : column + columns].astype(int)
    part = covered(fast, window, rows, columns).painted().astype(int)

    assert np.abs(whole - part).max(initial=0) <= 1  # a split at the side is rounded to the grid of heights


@KERNELS
def test_nothing_covers_nothing(kernel: ModuleType) -> None:
    assert len(covered(kernel, np.empty((0, 4)))) == 0


# --- cutting ---------------------------------------------------------------------------------------------------------

TETRAHEDRON = (
    np.array([[0.0, 0.0, 0.0], [6.0, 0.0, 0.0], [0.0, 6.0, 0.0], [0.0, 0.0, 6.0]]),
    np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]], dtype=np.int64),
)
heights = st.lists(st.one_of(st.floats(-1, 7), st.integers(-1, 7).map(float)), min_size=1, max_size=5).map(sorted)
vertices = st.lists(st.tuples(coordinates, coordinates, st.integers(0, 6).map(float)), min_size=4, max_size=8)


@given(vertices, st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=9), heights)
def test_fast_cuts_as_reference_does(
    places: list[tuple[float, float, float]], faces: list[tuple[int, int, int]], cuts: list[float]
) -> None:
    arguments = np.array(places), np.array(faces, dtype=np.int64), np.array(cuts)

    (starts, segments), (expected_starts, expected) = fast.cut(*arguments), reference.cut(*arguments)

    assert starts.tolist() == expected_starts.tolist()
    for a, b in pairwise(starts):
        assert np.array_equal(segments[a:b], expected[a:b])


@KERNELS
@given(heights)
def test_a_cut_of_a_closed_surface_is_closed(kernel: ModuleType, cuts: list[float]) -> None:
    starts, segments = kernel.cut(*TETRAHEDRON, np.array(cuts))

    for a, b in pairwise(starts):
        begins = sorted(map(tuple, segments[a:b, :2]))
        ends = sorted(map(tuple, segments[a:b, 2:]))
        assert begins == ends


@KERNELS
def test_a_plane_through_a_vertex_counts_it_as_above(kernel: ModuleType) -> None:
    starts, _ = kernel.cut(*TETRAHEDRON, np.array([0.0, 6.0, 6.000001]))

    assert np.diff(starts).tolist() == [0, 3, 0]  # at 6 the tip is above, at 0 nothing is below


@KERNELS
def test_contours_run_anticlockwise_seen_from_above(kernel: ModuleType) -> None:
    vertices_px = TETRAHEDRON[0].copy()
    vertices_px[:, 1] = 6 - vertices_px[:, 1]  # v points down
    _, segments = kernel.cut(vertices_px, TETRAHEDRON[1], np.array([3.0]))

    assert covered(kernel, segments, 6, 6).area_px == pytest.approx(4.5, abs=6 / 255)  # a right triangle of sides 3
