"""Portions hold all that their layers cut, in its order, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.frames import Canvas, centred_canvas, rotation
from mingyue.printing.kernels import fast, threads
from mingyue.printing.layers import cover_corners, cover_layers, layer_table
from mingyue.printing.meshes import EmptyMeshError, Mesh, PlacedMesh, joined
from mingyue.printing.pictures import drawn_mesh
from mingyue.printing.portions import portions
from tests.solids import ball, box

CANVAS = centred_canvas(rows=70, columns=80, pitch_um=1.0)


@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 20), st.sampled_from([0, 0, 1, 3, 25]))
def test_each_portion_is_what_its_layers_and_those_below_cut(seed: int, cuts: int, layers: int, below: int) -> None:
    rng = np.random.default_rng(seed)
    soup = Mesh(rng.integers(0, 40, (30, 3)) * 1.0, rng.integers(0, 30, (50, 3)))
    cut_um = np.unique(rng.integers(0, 80, cuts) / 2)

    made = list(portions(soup, CANVAS, cut_um, layers=layers, below=below))

    assert len(made) == -(-len(cut_um) // layers)
    for k, portion in enumerate(made):
        heights = cut_um[max(0, k * layers - below) : (k + 1) * layers]
        corners = CANVAS.to_px(soup.vertices_um)[soup.triangles]
        z = corners[:, :, 2]
        # A vertex that lies on a plane counts as above it.
        is_cut = ((z.min(axis=1)[:, None] < heights) & (z.max(axis=1)[:, None] >= heights)).any(axis=1)
        np.testing.assert_array_equal(portion.reshape(-1, 3, 3), corners[is_cut])


@given(st.integers(0, 10**6), st.floats(0.1, 10.0), st.floats(-1e4, 1e4))
def test_a_portion_lies_on_the_canvas_to_the_last_bit(seed: int, pitch_um: float, away_um: float) -> None:
    rng = np.random.default_rng(seed)
    soup = Mesh(rng.normal(away_um, 100.0, (30, 3)), rng.integers(0, 30, (50, 3)))
    canvas = Canvas(pitch_um, 70, 80, away_um - 1.0 / 3.0, away_um + 1.0 / 7.0)

    [portion] = portions(soup, canvas, np.array([away_um]), layers=1)

    corners = canvas.to_px(soup.vertices_um)[soup.triangles]
    z = corners[:, :, 2]
    expected = corners[(z.min(axis=1) < away_um) & (z.max(axis=1) >= away_um)]
    np.testing.assert_array_equal(portion.reshape(-1, 3, 3), expected)


def test_many_triangles_are_dealt_in_shares_as_one_would(monkeypatch: pytest.MonkeyPatch) -> None:
    part = ball(radius_um=25, centre_um=(0, 0, 25), rings=20)
    cut_um = np.arange(0.5, 50.0)
    alone = list(portions(part, CANVAS, cut_um, layers=7))
    monkeypatch.setattr(threads, "_LEAST", 10)
    monkeypatch.setattr(threads, "processors", lambda: 5)

    shared = list(portions(part, CANVAS, cut_um, layers=7))

    assert len(alone) == len(shared) == 8
    assert all(np.array_equal(mine, theirs) for mine, theirs in zip(alone, shared, strict=True))


@pytest.mark.parametrize("layers", [1, 7, 1000])
def test_the_layers_of_portions_are_those_of_the_whole(layers: int) -> None:
    part = joined([box((-30, -30, 0), (30, 30, 20)), ball(radius_um=25, centre_um=(0, 0, 25), rings=20)])
    table = layer_table(50.0, layer_um=1.3)
    size = {"rows": CANVAS.rows, "columns": CANVAS.columns}

    pieces = [
        runs
        for k, portion in enumerate(portions(part, CANVAS, table.cut_um, layers=layers))
        for runs in cover_corners(portion, table.cut_um[k * layers : (k + 1) * layers], **size)
    ]

    assert pieces == list(cover_layers(CANVAS.to_px(part.vertices_um), part.triangles, table.cut_um, **size))


@given(st.integers(0, 10**6), st.floats(0.1, 10.0), st.tuples(*[st.floats(-180, 180)] * 3), st.floats(-1e4, 1e4))
def test_a_placed_mesh_is_its_moved_copy_to_the_last_bit(
    seed: int, scale: float, turns: tuple[float, float, float], away_um: float
) -> None:
    rng = np.random.default_rng(seed)
    soup = Mesh(rng.normal(0, 100.0, (30, 3)), rng.integers(0, 30, (50, 3)))
    matrix, offset = scale * rotation(turns), np.array([away_um, -away_um, 50.0])

    placed, moved = PlacedMesh(soup, matrix, offset), soup.moved(matrix, offset)

    cut_um = np.array([0.0, 40.0, 60.0])
    assert [portion.tolist() for portion in portions(placed, CANVAS, cut_um, layers=2)] == [
        portion.tolist() for portion in portions(moved, CANVAS, cut_um, layers=2)
    ]
    assert "vertices_um" not in vars(placed)  # nobody has asked for them
    np.testing.assert_array_equal(placed.box_um, moved.box_um)
    np.testing.assert_allclose(
        placed.box_under(rotation(turns), offset), moved.box_under(rotation(turns), offset), atol=1e-6
    )
    np.testing.assert_array_equal(placed.vertices_um, moved.vertices_um)
    np.testing.assert_array_equal(
        drawn_mesh(placed, width_px=40, height_px=30), drawn_mesh(moved, width_px=40, height_px=30)
    )


@given(
    st.integers(0, 10**6),
    st.floats(0.1, 10.0),
    st.tuples(*[st.sampled_from([-90.0, 0.0, 90.0, 180.0, 33.0])] * 3),
    st.floats(-1e4, 1e4),
)
def test_a_box_is_that_of_all_corners_to_the_last_bit_however_the_part_is_turned(
    seed: int, scale: float, turns: tuple[float, float, float], away_um: float
) -> None:
    rng = np.random.default_rng(seed)
    soup = Mesh(rng.normal(away_um, 100.0, (30, 3)), rng.integers(0, 25, (50, 3)))  # some vertices are in no triangle
    matrix, origin, shift = scale * rotation(turns), rng.normal(0, 50.0, 3), rng.normal(away_um, 50.0, 3)
    at, nowhere = soup.surface, np.zeros(3)

    placed = PlacedMesh(soup, matrix, shift)

    np.testing.assert_array_equal(
        soup.box_under(matrix, origin), fast.box_of(at, matrix=matrix, origin=origin, offset=nowhere)
    )
    np.testing.assert_array_equal(placed.box_um, fast.box_of(at, matrix=matrix, origin=nowhere, offset=shift))
    view = rotation(turns)
    np.testing.assert_array_equal(
        placed.box_under(view, origin),
        fast.box_of(at, matrix=view @ matrix, origin=nowhere, offset=view @ (shift - origin)),
    )


def test_a_placed_mesh_of_no_triangles_has_no_box() -> None:
    nothing = Mesh(np.zeros((3, 3)), np.empty((0, 3), dtype=np.int64))

    for turns in (0.0, 33.0):
        with pytest.raises(EmptyMeshError):
            _ = PlacedMesh(nothing, rotation((turns, 0.0, 0.0)), np.zeros(3)).box_um
