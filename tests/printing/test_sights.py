"""A place is drawn with its box in red, from a side from which it is seen."""

from __future__ import annotations

import numpy as np
import pytest

from mingyue.printing.meshes import joined
from mingyue.printing.sights import picture_of_place
from tests.solids import box

TABLE = joined([box((0, 0, 100), (400, 400, 120)), box((180, 180, 0), (220, 220, 110))])
Corners = tuple[tuple[float, float, float], tuple[float, float, float]]
UNDER: Corners = ((40, 40, 98), (120, 120, 100))


def red_px(picture: np.ndarray) -> int:
    return int(((picture[..., 0] > 170) & (picture[..., 1] < 90) & (picture[..., 2] < 90)).sum())


@pytest.mark.parametrize("from_below", [False, True])
def test_the_box_is_drawn_in_red_and_the_part_around_it(from_below: bool) -> None:
    picture = np.asarray(picture_of_place(TABLE, UNDER, from_below=from_below))

    assert picture.shape == (480, 640, 3)
    assert red_px(picture) > 200
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 3


def test_what_is_far_away_is_left_out() -> None:
    far = joined([TABLE, box((5000, 0, 0), (5100, 100, 100))])

    one, other = (np.asarray(picture_of_place(mesh, UNDER, around_um=150)) for mesh in (TABLE, far))

    assert np.array_equal(one, other)


def test_a_place_that_is_a_point_is_marked_all_the_same() -> None:
    corner: Corners = ((400, 400, 120), (400, 400, 120))

    assert red_px(np.asarray(picture_of_place(TABLE, corner))) > 50


def test_where_nothing_is_the_box_alone_is_drawn() -> None:
    nowhere: Corners = ((9000, 0, 0), (9100, 100, 100))

    assert red_px(np.asarray(picture_of_place(TABLE, nowhere))) > 200
