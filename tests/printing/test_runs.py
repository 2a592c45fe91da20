"""Runs are pictures: whatever is done to runs is what would be done to the painted picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mingyue.printing.kernels import reference
from mingyue.printing.runs import FULL, Runs, blank, from_picture


@st.composite
def pictures(draw: st.DrawFn) -> NDArray[np.uint8]:
    rows, columns = draw(st.integers(1, 12)), draw(st.integers(1, 15))
    seed = draw(st.integers(0, 2**32 - 1))
    return np.random.default_rng(seed).choice([0, 0, 0, 1, 127, 128, 255, 255], (rows, columns)).astype(np.uint8)


@given(pictures())
def test_painting_gives_the_picture_back(picture: NDArray[np.uint8]) -> None:
    assert np.array_equal(from_picture(picture).painted(), picture)


@given(pictures())
def test_a_picture_has_one_form(picture: NDArray[np.uint8]) -> None:
    assert from_picture(picture) == Runs(*picture.shape, *reference.pack(picture))


@given(pictures(), st.data())
def test_a_window_is_that_part_of_the_picture(picture: NDArray[np.uint8], data: st.DataObject) -> None:
    row = data.draw(st.integers(0, picture.shape[0] - 1))
    column = data.draw(st.integers(0, picture.shape[1] - 1))
    rows = data.draw(st.integers(1, picture.shape[0] - row))
    columns = data.draw(st.integers(1, picture.shape[1] - column))

    window = from_picture(picture).window(row=row, column=column, rows=rows, columns=columns)

    assert window == from_picture(picture[row : row + rows, column : column + columns])


def test_a_window_outside_is_refused() -> None:
    with pytest.raises(IndexError):
        blank(rows=4, columns=4).window(row=0, column=2, rows=4, columns=3)


@given(pictures())
def test_binary_lights_what_is_half_covered(picture: NDArray[np.uint8]) -> None:
    assert from_picture(picture).binary() == from_picture(np.where(picture >= 128, FULL, 0).astype(np.uint8))


@given(pictures())
def test_areas_are_counted_without_painting(picture: NDArray[np.uint8]) -> None:
    runs = from_picture(picture)

    assert runs.lit_px == np.count_nonzero(picture)
    assert runs.area_px == pytest.approx(picture.sum(dtype=np.int64) / FULL)


def test_runs_cannot_be_changed() -> None:
    runs = from_picture(np.eye(3, dtype=np.uint8))

    with pytest.raises(ValueError, match="read-only"):
        runs.values[0] = 3


def test_pictures_of_another_kind_are_a_bug() -> None:
    with pytest.raises(TypeError, match="2-D uint8"):
        from_picture(np.zeros((2, 2), dtype=np.float64))  # type: ignore[arg-type]
