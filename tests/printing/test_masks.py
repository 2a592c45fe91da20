"""Fields cover the part without gap or overlap, and the stage never runs back empty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.fields import field_grid
from mingyue.printing.kernels import fast
from mingyue.printing.masks import masks_of
from mingyue.printing.runs import Runs, from_picture

sizes = st.floats(0.1, 100.0)


@given(sizes, sizes)
def test_fields_tile_the_canvas_and_the_canvas_covers_the_part(width_um: float, depth_um: float) -> None:
    grid = field_grid((width_um, depth_um), field_px=(8, 5), pitch_um=2.0)

    painted = np.zeros((grid.canvas.rows, grid.canvas.columns), dtype=int)
    for field in grid.fields:
        painted[field.row : field.row + 5, field.column : field.column + 8] += 1
    assert (painted == 1).all()
    assert width_um <= grid.canvas.columns * 2.0 + 0.01
    assert width_um > (grid.canvas.columns - 8) * 2.0  # no field too many
    assert depth_um <= grid.canvas.rows * 2.0 + 0.01
    assert depth_um > (grid.canvas.rows - 5) * 2.0


@given(sizes, sizes)
def test_the_stage_stands_in_the_middle_of_each_field(width_um: float, depth_um: float) -> None:
    grid = field_grid((width_um, depth_um), field_px=(8, 5), pitch_um=2.0)

    for field in grid.fields:
        x_um = grid.canvas.left_um + (field.column + 4) * 2.0
        y_um = grid.canvas.top_um - (field.row + 2.5) * 2.0
        assert field.offset_um == pytest.approx((x_um, y_um))
    steps = np.abs(np.diff([field.offset_um for field in grid.fields], axis=0))
    assert all(step.tolist() in ([16.0, 0.0], [0.0, 10.0]) for step in steps)  # serpentine: always to a neighbour


def test_an_open_field_of_two_by_two_has_the_offsets_of_its_halves() -> None:
    grid = field_grid((2 * 1920 * 2.0, 2 * 1080 * 2.0), field_px=(1920, 1080), pitch_um=2.0)

    assert [field.offset_um for field in grid.fields] == [
        (-1920, 1080),
        (1920, 1080),
        (1920, -1080),
        (-1920, -1080),
    ]


@given(st.integers(0, 2**32 - 1))
def test_masks_side_by_side_are_the_layer_and_dark_fields_are_skipped(seed: int) -> None:
    grid = field_grid((3 * 8, 2 * 5), field_px=(8, 5), pitch_um=1.0)
    picture = np.random.default_rng(seed).choice([0, 9, 255], (10, 24)).astype(np.uint8)
    picture[:5, 8:16] = 0

    masks = list(masks_of(from_picture(picture), grid))

    put_together = np.zeros_like(picture)
    for mask in masks:
        field = grid.fields[mask.field]
        put_together[field.row : field.row + 5, field.column : field.column + 8] = mask.runs.painted()
    assert np.array_equal(put_together, picture)
    assert 1 not in {mask.field for mask in masks}


@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.integers(2, 9), st.integers(2, 9)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.integers(0, 4),
)
def test_fields_cut_in_one_pass_are_the_windows_of_the_layer(
    seed: int, field_px: tuple[int, int], fields: tuple[int, int], overlap: int
) -> None:
    overlap_px = min(overlap, min(field_px) // 2)
    size_um = tuple(count * side - (count - 1) * overlap_px - 0.5 for count, side in zip(fields, field_px, strict=True))
    grid = field_grid(size_um, field_px=field_px, pitch_um=1.0, overlap_px=overlap_px, ramp="none")
    rng = np.random.default_rng(seed)
    picture = rng.choice([0, 0, 0, 9, 255], (grid.canvas.rows, grid.canvas.columns)).astype(np.uint8)
    picture[rng.random(len(picture)) < 0.3] = 0
    layer = from_picture(picture)

    found = {
        (down, right): Runs(grid.rows_px, grid.columns_px, *runs)
        for down, right, runs in fast.cut_up(
            layer.row_starts, layer.starts, layer.stops, layer.values,
            field_px=(grid.rows_px, grid.columns_px),
            step_px=(grid.rows_px - overlap_px, grid.columns_px - overlap_px),
            fields=(fields[1], fields[0]),
        )
    }  # fmt: skip

    windows = {
        (field.row // (grid.rows_px - overlap_px), field.column // (grid.columns_px - overlap_px)): layer.window(
            row=field.row, column=field.column, rows=grid.rows_px, columns=grid.columns_px
        )
        for field in grid.fields
    }
    assert len(windows) == len(grid.fields)
    assert found == {place: window for place, window in windows.items() if len(window)}
