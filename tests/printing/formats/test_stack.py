"""Masks are laid over each other without painting them, and small pictures show what is lit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.errors import BadInputError, FileFormatError, LimitError
from mingyue.printing.formats.stack import (
    Losses,
    MaskStack,
    added,
    base_exposure,
    check_picture_size,
    commonest,
    even_thickness_um,
    on_one_screen,
    placed_fields,
    screen_of,
)
from mingyue.printing.formats.thumbnails import shrunk
from mingyue.printing.runs import Runs, blank, from_picture
from tests.printing.formats.stacks import GREYS, pictures, stack_of, stitched

FULL_LIGHT = np.full((2, 3), 255, dtype=np.uint8)


@given(st.data())
def test_added_pictures_are_their_painted_sum_cut_at_full(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(3, 8)), data.draw(st.integers(3, 9))
    parts, painted = [], np.zeros((rows, columns), dtype=np.int64)
    for _ in range(data.draw(st.integers(0, 4))):
        height, width = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3))
        row, column = data.draw(st.integers(0, rows - height)), data.draw(st.integers(0, columns - width))
        share = data.draw(st.sampled_from([1.0, 0.5, 0.1]))
        picture = data.draw(pictures(height, width, GREYS))
        parts.append((from_picture(picture), row, column, share))
        painted[row : row + height, column : column + width] += np.rint(picture * share).astype(np.int64)

    together = added(parts, rows=rows, columns=columns)

    assert together == from_picture(np.minimum(painted, 255).astype(np.uint8))


@given(stitched())
def test_one_screen_shows_the_dose_of_all_fields(stack: MaskStack) -> None:
    losses = Losses()

    for layer, screen in enumerate(on_one_screen(stack, losses)):
        dose = np.zeros((stack.canvas.rows, stack.canvas.columns))
        for flash in stack.layers[layer].exposures:
            field, picture = stack.fields[flash.field], flash.picture.read().painted()
            rows, columns = picture.shape
            place = np.s_[field.row_px : field.row_px + rows, field.column_px : field.column_px + columns]
            dose[place] += picture * flash.seconds
        if screen.seconds:
            wanted = np.minimum(dose / screen.seconds, 255)
            flashes = len(stack.layers[layer].exposures)
            assert np.abs(screen.runs.painted() - wanted).max() <= 0.5 * flashes  # each is rounded to a grey step
        else:
            assert not dose.any()
        assert screen.runs == screen_of(stack, layer)


def test_what_one_screen_cannot_say_is_told() -> None:
    stack = stack_of(
        [[(0, 1.0, FULL_LIGHT), (0, 2.0, FULL_LIGHT), (1, 2.0, FULL_LIGHT)]],
        offsets_um=[(-2.0, 0.0), (2.0, 0.0)],
    )
    losses = Losses()

    (screen,) = on_one_screen(stack, losses)

    assert screen.seconds == 2.0
    assert [str(told) for told in losses.told()] == [
        "2 fields became one screen of 5 × 2 px.",
        "Not carried over: the stage's positions.",
        "Exposures of different lengths in one layer became one: shorter ones are shown darker.",
        "Several exposures of one field in a layer became one.",
        "Where exposures add up to more than full light, full light is shown.",
    ]


def test_fields_lie_on_the_smallest_canvas_that_holds_them() -> None:
    canvas, fields, stitching = placed_fields(
        [(-9712.8, 6064.8), (9712.8, 6064.8), (-9712.8, -6064.8)], pixel_um=7.6, field_px=(2560, 1600)
    )

    assert [(field.row_px, field.column_px) for field in fields] == [(0, 0), (0, 2556), (1596, 0)]
    assert (canvas.columns, canvas.rows, canvas.left_um, canvas.top_um) == (5116, 3196, -19440.8, 12144.8)
    assert stitching.overlap_px == 4


@pytest.mark.parametrize("size", [(0, 5), (65_537, 1), (20_000, 10_000)])
def test_a_screen_that_does_not_exist_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(LimitError, match="px are the most"):
        check_picture_size(*size, name="a")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"thickness_um": [0.0]}, "layer of 0.0 µm"),
        ({"thickness_um": [float("inf")]}, "no number above 0"),
    ],
)
def test_numbers_that_no_print_has_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        stack_of([[(0, 1.0, FULL_LIGHT)]], **change)  # type: ignore[arg-type]


def test_pixels_of_no_size_are_refused() -> None:
    with pytest.raises(FileFormatError, match="pixels of nan µm"):
        replace(stack_of([[(0, 1.0, FULL_LIGHT)]]), pixel_um=float("nan"))


def test_an_exposure_below_zero_is_refused() -> None:
    with pytest.raises(FileFormatError, match="height or exposure"):
        stack_of([[(0, -1.0, FULL_LIGHT)]])


def test_layers_of_two_thicknesses_are_not_taken_for_one() -> None:
    stack = stack_of([[(0, 1.0, FULL_LIGHT)]] * 3, thickness_um=[10.0, 5.0, 5.0])

    assert even_thickness_um(stack, format_name="sl1", free_first=True) == 5.0
    with pytest.raises(BadInputError, match="Layers are 5 to 10 µm thick; sl1 knows one"):
        even_thickness_um(stack, format_name="sl1")


def test_the_common_exposure_is_that_of_most_layers_that_get_light() -> None:
    assert commonest([9.0, 9.0, 2.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0]) == 2.0
    assert commonest([0.0]) == 0.0
    assert base_exposure([9.0, 9.0, 2.0, 2.0, 2.0]) == (2, 9.0)
    assert base_exposure([2.0, 2.0]) == (0, 2.0)


@pytest.mark.parametrize("most_px", [1, 3, 7, 50])
def test_a_small_picture_has_the_mean_of_what_it_stands_for(most_px: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    picture = np.zeros((40, 30), dtype=np.uint8)
    picture[4:37, 6:29] = rng.integers(1, 256, (33, 23))
    monkeypatch.setattr("mingyue.printing.formats.thumbnails._BAND_PX", 60)  # many bands

    small = shrunk(from_picture(picture), most_px=most_px)

    factor = -(-33 // most_px)
    lit = picture[4:37, 6:29].astype(float)
    wanted = [[lit[i : i + factor, j : j + factor].mean() for j in range(0, 23, factor)] for i in range(0, 33, factor)]
    assert np.array_equal(small, np.rint(wanted))
    assert max(small.shape) <= most_px


def test_a_dark_layer_is_one_dark_pixel() -> None:
    dark: Runs = blank(rows=5, columns=9)

    assert shrunk(dark, most_px=4).tolist() == [[0]]
