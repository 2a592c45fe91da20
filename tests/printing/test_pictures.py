"""A picture shows what is nearest, where it is, lit by how it faces."""

from __future__ import annotations

import numpy as np
import pytest

from mingyue.printing.meshes import Mesh, joined
from mingyue.printing.pictures import drawn_mesh, picture_of_mesh
from tests.solids import ball, box

PAPER = (250, 250, 247)


def shown(picture: np.ndarray) -> np.ndarray:
    return (picture != PAPER).any(axis=2)


def test_a_cube_from_above_is_a_square_in_the_middle() -> None:
    picture = drawn_mesh(box((5, 5, 5), (15, 15, 15)), width_px=100, height_px=80, turn_deg=0.0, tilt_deg=90.0)

    rows, columns = np.nonzero(shown(picture))
    assert (rows.min(), rows.max() + 1) == pytest.approx((40 - 36.8, 40 + 36.8), abs=1)
    assert (columns.min(), columns.max() + 1) == pytest.approx((50 - 36.8, 50 + 36.8), abs=1)
    assert len(np.unique(picture[shown(picture)], axis=0)) == 1  # one face, one grey


def test_what_is_hidden_changes_nothing_but_depth() -> None:
    hull = box((0, 0, 0), (20, 20, 20))
    inside = ball(radius_um=4, centre_um=(10, 10, 10), rings=8)

    alone, together = (drawn_mesh(mesh, width_px=64, height_px=48) for mesh in (hull, joined([hull, inside])))

    np.testing.assert_array_equal(alone, together)


def test_a_flat_sliver_and_a_point_are_drawn_without_complaint() -> None:
    sliver = Mesh(np.array([[0.0, 0, 0], [10, 0, 0], [5, 0, 0]]), np.array([[0, 1, 2]]))

    assert drawn_mesh(sliver, width_px=20, height_px=20).shape == (20, 20, 3)


def test_smooth_edges_come_from_more_samples() -> None:
    part = ball(radius_um=4, centre_um=(10, 10, 10), rings=20)

    coarse, smooth = (np.asarray(picture_of_mesh(part, width_px=60, height_px=60, oversample=k)) for k in (1, 3))

    assert coarse.shape == smooth.shape == (60, 60, 3)
    assert len(np.unique(smooth, axis=0)) >= len(np.unique(coarse, axis=0))
    np.testing.assert_allclose(coarse.mean(), smooth.mean(), atol=2)
