"""Widths by grey: walls and gaps come out as wide as they are, whichever way they run, and nothing else is called thin."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from mingyue.printing.kernels import fast
from mingyue.printing.runs import Runs, from_picture
from mingyue.printing.thickness import Stretches, thin_stretches, turned

ROWS = COLUMNS = 80
pictures = hnp.array_shapes(min_dims=2, max_dims=2, max_side=9).flatmap(
    lambda shape: hnp.arrays(np.uint8, shape, elements=st.sampled_from([0, 0, 255, 255, 100]))
)
Ring = list[tuple[float, float]]


def bar(width: float, length: float, angle_deg: float, *, hole: bool = False, at: float = 40.2) -> Ring:
    """A rectangle about the middle of the picture; its length points along the rows at 0°."""
    cosine, sine = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    corners = [(-length, -width), (-length, width), (length, width), (length, -width)]
    ring = [(at + (u * cosine - v * sine) / 2, at + 0.1 + (u * sine + v * cosine) / 2) for u, v in corners]
    return ring[::-1] if hole else ring


def box(left: float, top: float, right: float, bottom: float) -> Ring:
    return [(left, top), (left, bottom), (right, bottom), (right, top)]


def picture(*rings: Ring) -> Runs:
    segments = []
    for ring in rings:
        points = np.array(ring, dtype=np.float64)
        points[:, 1] = np.rint(points[:, 1] * 65536) / 65536
        segments.append(np.hstack([points, np.roll(points, -1, axis=0)]))
    return Runs(ROWS, COLUMNS, *fast.cover(np.concatenate(segments), ROWS, COLUMNS)[:4])


def thin(runs: Runs, limit_px: float, *, of_void: bool = False) -> Stretches:
    return thin_stretches(runs, turned(runs), limit_px=limit_px, least_px=2 * limit_px, of_void=of_void)


@given(pictures)
def test_a_picture_on_its_side_is_the_bitmap_transposed(grey: NDArray[np.uint8]) -> None:
    assert turned(from_picture(grey)) == from_picture(np.ascontiguousarray(grey.T))


@pytest.mark.parametrize("angle_deg", [0, 7, 22.5, 45, 60, 90, 133])
@pytest.mark.parametrize("width", [1.2, 1.9, 3.7, 5.5])
def test_a_wall_is_as_wide_as_it_is_whichever_way_it_runs(width: float, angle_deg: float) -> None:
    found = thin(picture(bar(width, 50, angle_deg)), width + 1)

    assert len(found) >= 1
    np.testing.assert_allclose(found.width_px, width, rtol=0.06)
    assert found.length_px.max() == pytest.approx(50, abs=8)


@pytest.mark.parametrize("angle_deg", [0, 7, 22.5, 45, 60, 90, 133])
@pytest.mark.parametrize("width", [1.2, 3.9, 5.5])
def test_a_gap_is_as_wide_as_it_is_whichever_way_it_runs(width: float, angle_deg: float) -> None:
    block = picture(box(5, 5, 75, 75), bar(width, 40, angle_deg, hole=True))

    found = thin(block, width + 1, of_void=True)

    assert len(found) >= 1
    np.testing.assert_allclose(found.width_px, width, rtol=0.06)


@pytest.mark.parametrize("angle_deg", [0, 7, 22.5, 45, 60, 90, 133])
@pytest.mark.parametrize("limit", [2.0, 4.0, 6.0])
def test_a_wall_or_gap_a_fifth_above_the_limit_is_not_thin(limit: float, angle_deg: float) -> None:
    wall = picture(bar(1.2 * limit, 50, angle_deg))
    block = picture(box(5, 5, 75, 75), bar(1.2 * limit, 40, angle_deg, hole=True))

    assert len(thin(wall, 1.06 * limit)) == 0
    assert len(thin(block, 1.06 * limit, of_void=True)) == 0


@pytest.mark.parametrize("radius", [6.0, 12.3, 30.0])
def test_a_disc_and_a_hole_are_not_thin_at_their_rims(radius: float) -> None:
    around = 2 * np.pi * np.arange(90) / 90
    ring = [(40.3 + radius * math.cos(a), 40.1 - radius * math.sin(a)) for a in around]

    assert len(thin(picture(ring), 4)) == 0
    assert len(thin(picture(box(2, 2, 78, 78), ring[::-1]), 4, of_void=True)) == 0


def test_a_gap_that_opens_at_the_side_is_bounded_only_by_walls() -> None:
    two = picture(box(10, 10, 30, 60), box(33, 10, 50, 60))

    assert len(thin(two, 4)) == 0
    (gap,) = thin(two, 4, of_void=True).boxes_px.tolist()
    assert gap == [10, 30, 60, 33]


def test_a_corner_changes_its_width_along_its_stretch() -> None:
    spike = picture([(10, 40), (60, 46), (60, 34)])

    found = thin(spike, 4)

    assert len(found) >= 1
    assert (found.change_px > 0.15 * found.length_px).all()


def test_a_wall_that_no_pixel_shows_as_solid_is_found() -> None:
    faint = picture(box(20.8, 10, 21.2, 60))

    found = thin(faint, 2)

    assert found.width_px.tolist() == pytest.approx([0.4], abs=0.01)
