"""Fields share their light so that nobody can tell: doses add to one, seams cut least, copies cost nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.errors import BadInputError
from mingyue.printing.fields import FieldGrid, Ramp, arrayed, field_grid, least_cut, ramp_shares, shifted
from mingyue.printing.masks import masks_of
from mingyue.printing.runs import Runs, from_picture

ramps = st.sampled_from(["linear", "smooth", "none"])


def put_together(layer: Runs, grid: FieldGrid) -> np.ndarray:
    """What all fields together shine on the canvas."""
    light = np.zeros((grid.canvas.rows, grid.canvas.columns), dtype=int)
    for mask in masks_of(layer, grid):
        field = grid.fields[mask.field]
        light[field.row : field.row + grid.rows_px, field.column : field.column + grid.columns_px] += (
            mask.runs.painted()
        )
    return light


def grid_of(fields: tuple[int, int], overlap_px: int, ramp: Ramp) -> FieldGrid:
    """So many fields of 12 × 10 px, with pixels of 1 µm."""
    width, height = (n * side - (n - 1) * overlap_px for n, side in zip(fields, (12, 10), strict=True))
    return field_grid((width, height), field_px=(12, 10), pitch_um=1.0, overlap_px=overlap_px, ramp=ramp)


@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 5), ramps, st.integers(0, 2**32 - 1))
def test_doses_of_all_fields_add_up_to_the_layer(
    across: int, down: int, overlap_px: int, ramp: Ramp, seed: int
) -> None:
    grid = grid_of((across, down), overlap_px, ramp)
    assert len(grid.fields) == across * down
    greys = np.array([0, 0, 1, 77, 254, 255], dtype=np.uint8)
    picture = np.random.default_rng(seed).choice(greys, (grid.canvas.rows, grid.canvas.columns))

    assert np.array_equal(put_together(from_picture(picture), grid), picture)


@given(st.integers(0, 60), ramps)
def test_a_ramp_falls_from_one_to_nothing_and_its_two_sides_mirror(overlap_px: int, ramp: Ramp) -> None:
    shares = ramp_shares(overlap_px, ramp)

    assert len(shares) == overlap_px
    assert ((shares >= 0) & (shares <= 1)).all()
    assert (np.diff(shares) <= 0).all()
    if overlap_px % 2 == 0:
        np.testing.assert_allclose(shares + shares[::-1], 1.0, atol=1e-12)


def test_a_linear_ramp_over_four_pixels() -> None:
    grid = grid_of((2, 1), 4, "linear")
    full = from_picture(np.full((10, 20), 255, dtype=np.uint8))

    left, right = (mask.runs.painted()[0] for mask in masks_of(full, grid))

    assert left.tolist() == [255] * 8 + [223, 159, 96, 32]
    assert right.tolist() == [32, 96, 159, 223] + [255] * 8


def test_the_golden_offsets_of_an_open_printer() -> None:
    # Two by two fields of 2560 × 1600 px, 7.6 µm, that share 4 px: ±9712.8 µm and ±6064.8 µm on such a machine.
    size = ((2 * 2560 - 4) * 7.6, (2 * 1600 - 4) * 7.6)

    grid = field_grid(size, field_px=(2560, 1600), pitch_um=7.6, overlap_px=4)

    offsets = {(round(x, 6), round(y, 6)) for x, y in (field.offset_um for field in grid.fields)}
    assert offsets == {(-9712.8, 6064.8), (9712.8, 6064.8), (9712.8, -6064.8), (-9712.8, -6064.8)}


@given(st.floats(1, 200), st.floats(1, 200), st.integers(0, 4))
def test_the_fewest_fields_cover_the_part(width_um: float, depth_um: float, overlap_px: int) -> None:
    grid = field_grid((width_um, depth_um), field_px=(12, 10), pitch_um=1.0, overlap_px=overlap_px)

    assert width_um <= grid.canvas.columns + 0.01
    assert depth_um <= grid.canvas.rows + 0.01
    assert width_um > grid.canvas.columns - (12 - overlap_px) or grid.canvas.columns == 12
    assert depth_um > grid.canvas.rows - (10 - overlap_px) or grid.canvas.rows == 10


@pytest.mark.parametrize("overlap_px", [-1, 6, 12])
def test_too_much_overlap_is_refused(overlap_px: int) -> None:
    with pytest.raises(BadInputError, match="cannot overlap"):
        field_grid((30, 30), field_px=(12, 10), pitch_um=1.0, overlap_px=overlap_px)


def test_a_field_of_a_few_pixels_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(BadInputError, match="are the most") as refusal:
        field_grid((4000, 4000), field_px=(1, 1), pitch_um=2.0)
    assert "--field-px" in refusal.value.remedy


def test_seams_are_laid_between_the_walls_that_they_would_cut() -> None:
    grid = grid_of((2, 1), 2, "linear")  # 22 columns, of which 10 and 11 are shared
    picture = np.zeros((10, 22), dtype=np.uint8)
    picture[:, 9:13] = 255  # a wall right where the seam is
    picture[2:4, 3:18] = 255  # and a beam that cannot be avoided

    moved = least_cut(grid, [from_picture(picture)], size_um=(15.0, 10.0))

    # Part and seam may move by 3 px. The shared pixels and one beside them now lie beside the wall, 3 px away.
    shift = round((moved.canvas.left_um - grid.canvas.left_um) / 1.0)
    assert abs(shift) == 3
    assert moved.canvas.top_um == grid.canvas.top_um
    assert [field.offset_um[0] for field in moved.fields] == [field.offset_um[0] + shift for field in grid.fields]


def test_a_single_field_stays_in_the_middle() -> None:
    grid = grid_of((1, 1), 0, "linear")

    assert least_cut(grid, [from_picture(np.full((10, 12), 255, np.uint8))], size_um=(3.0, 3.0)) == grid


@given(st.integers(1, 4), st.integers(1, 4))
def test_copies_stand_about_the_middle_and_the_stage_goes_to_a_neighbour(columns: int, rows: int) -> None:
    grid = arrayed(grid_of((1, 1), 0, "linear"), columns=columns, rows=rows, pitch_um=(20.0, 30.0))

    places = np.array(grid.copies_um)
    assert len({tuple(place) for place in places}) == columns * rows
    np.testing.assert_allclose(places.mean(axis=0), 0.0, atol=1e-9)
    assert all(step.tolist() in ([20.0, 0.0], [0.0, 30.0]) for step in np.abs(np.diff(places, axis=0)))


def test_a_shift_moves_canvas_and_stage_together() -> None:
    grid = grid_of((2, 2), 2, "smooth")

    moved = shifted(grid, columns=3, rows=-2)

    assert (moved.canvas.left_um - grid.canvas.left_um, moved.canvas.top_um - grid.canvas.top_um) == (3.0, 2.0)
    for before, after in zip(grid.fields, moved.fields, strict=True):
        assert after.offset_um == pytest.approx((before.offset_um[0] + 3.0, before.offset_um[1] + 2.0))
        assert (after.row, after.column) == (before.row, before.column)
