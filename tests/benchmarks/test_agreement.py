"""The comparisons with others: what they count, and that they would notice."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import agreement, areas, pixels, prusa, stacks, tables
from benchmarks.parts import Choice
from mingyue.printing.formats.manifest import CanvasOf
from mingyue.printing.frames import Canvas
from mingyue.printing.kernels import fast
from mingyue.printing.meshes import Mesh, joined


def box(low, high):
    x, y, z = (np.array([low[k], high[k]], dtype=np.float64) for k in range(3))
    corners = np.array([(a, b, c) for c in z for b in y for a in x])
    quads = ((0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (1, 3, 7, 5), (3, 2, 6, 7), (2, 0, 4, 6))
    return Mesh(corners, np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))]))


def picture(*rows):
    return np.array([[cell == "#" for cell in row] for row in rows])


def test_overlapping_bodies_are_one_in_the_exact_area():
    both = joined([box((0, 0, 0), (4, 4, 4)), box((2, 2, 0), (6, 6, 4))])

    assert areas.solid_of(both).slice(1.0).area() == pytest.approx(16 + 16 - 4, rel=1e-12)


@pytest.mark.parametrize(("layers", "picked"), [(1, [0]), (3, [0, 1, 2]), (9, [0, 2, 4, 6, 8])])
def test_picked_layers_are_even_and_hold_the_first_and_the_last(layers, picked):
    assert areas.spread(layers, most=5).tolist() == picked


def test_the_area_of_a_sample_is_exact_where_its_walls_lie_on_the_pixel_grid(tmp_path):
    row = areas.compare_areas(Choice("channel_coupon"), tmp_path)

    assert (row.sum_error, row.worst_error) == (0.0, 0.0)
    assert row.compared == row.judged == areas.MOST_LAYERS
    assert row.ours_px == row.exact_px > 0


@pytest.mark.parametrize("flip_rows", [False, True])
@pytest.mark.parametrize("flip_columns", [False, True])
def test_the_turn_that_was_applied_is_found(flip_rows, flip_columns):
    ours = np.zeros((16, 24), dtype=bool)
    ours[3:9, 4:7] = ours[3:5, 4:15] = True  # an L has no symmetry
    theirs = pixels.Turn(flip_rows, flip_columns)(np.roll(ours, (-2, 3), axis=(0, 1)))

    turn = pixels.find_turn([(ours, theirs)])

    assert (turn.flip_rows, turn.flip_columns) == (flip_rows, flip_columns)
    np.testing.assert_array_equal(turn(theirs), ours)


def test_differing_pixels_are_told_apart_by_their_distance_from_the_contour():
    grey = np.array([[255, 255, 255, 200, 0, 0, 0]] * 3, dtype=np.uint8)
    ours = grey >= 128
    theirs = ours.copy()
    theirs[1] ^= picture("#.####.")[0]  # ours only: 0, 2, 3; theirs only: 4, 5
    differences = pixels.Differences()

    rows, columns = differences.add(ours, grey, theirs)

    assert (rows.tolist(), columns.tolist()) == ([1] * 5, [0, 2, 3, 4, 5])
    assert (differences.mixed, differences.beside, differences.away) == (1, 2, 2)
    assert (differences.ours_only, differences.theirs_only) == (3, 2)
    assert (differences.pixels, differences.lit, differences.boundary) == (21, 12, 3)
    assert differences.by_grey[[0, 200, 255]].tolist() == [2, 1, 2]
    assert differences.by_grey.sum() == differences.differing == 5


def test_equal_masks_do_not_differ():
    grey = np.array([[0, 127, 128, 255]], dtype=np.uint8)
    differences = pixels.Differences()
    differences.add(grey >= 128, grey, grey >= 128)

    assert differences.differing == differences.by_grey.sum() == 0


def test_a_plane_lies_in_a_flat_face_within_a_nanometre_of_it():
    cut_um = np.array([-0.002, 0.0005, 2.0, 3.9995, 4.0, 4.0005, 4.002])

    lies = pixels.in_flat_face(box((0, 0, 0), (4, 4, 4)), cut_um)

    assert lies.tolist() == [False, True, False, True, True, True, False]


def test_the_exact_share_of_a_pixel_is_what_the_section_covers_of_it():
    section = areas.solid_of(box((1, 1, 0), (3, 4, 4))).slice(1.0)
    canvas = CanvasOf(pitch_um=2.0, rows=2, columns=2, left_um=0.0, top_um=4.0)
    rows, columns = (index.ravel() for index in np.indices((2, 2)))

    shares = pixels.exact_shares(section, canvas, rows, columns)

    np.testing.assert_allclose(shares, [0.5, 0.5, 0.25, 0.25], rtol=1e-12)


def test_the_verdict_follows_the_exact_area():
    verdict = pixels.Verdict()
    verdict.add(np.array([128, 127, 200], dtype=np.uint8), np.array([0.501, 0.4, 0.45]))

    assert (verdict.ours_right, verdict.theirs_right) == (2, 1)
    assert verdict.worst_grey == pytest.approx(200 - 0.45 * 255)


def test_contours_of_others_give_the_kernel_their_own_area():
    outline = np.array([(0.0, 0), (7, 1), (5, 6), (1, 5)]) - 3
    hole = np.array([(2.0, 2), (2, 4), (4, 4), (4, 2)]) - 3
    exact = stacks.signed_area(outline) + stacks.signed_area(hole)
    canvas = Canvas(pitch_um=1.0, rows=8, columns=8, left_um=-4.0, top_um=4.0)

    _, starts, stops, values, open_row, negative_row = fast.cover(stacks.segments_px((outline, hole), canvas), 8, 8)

    assert stacks.signed_area(hole) == -4
    assert (open_row, negative_row) == (-1, -1)
    # 255 greys: each of the contour's pixels is off by half a grey at most
    assert ((stops - starts) * values.astype(int)).sum() / 255 == pytest.approx(exact, abs=28 * 0.5 / 255)


def test_the_slice_stack_of_the_sphere_is_read_whole(data_dir):
    stack = stacks.read_stack(data_dir / "parts" / "sphere_sliced.3mf")
    tops = np.array([piece.top_um for piece in stack.slices])

    assert stack.stands_um == 14_967.0
    np.testing.assert_allclose(tops, 80.0 * np.arange(1, 254), atol=0.002)
    assert [len(piece.contours) for piece in stack.slices] == [1] * 252 + [0]


def test_cut_conventions_lie_within_the_slice_they_belong_to():
    slices = [stacks.Slice(80.0 * k, ()) for k in (1, 2)]

    cuts = stacks.cuts_um(slices, stands_um=14_967.0)

    assert {name: found.tolist() for name, found in cuts.items()} == {
        "top": [80.0, 160.0],
        "middle": [40.0, 120.0],
        "bottom": [0.0, 80.0],
        "platform's multiples of the step": [73.0, 153.0],
    }


def test_without_prusaslicer_there_is_no_version(monkeypatch):
    monkeypatch.setenv("PATH", "")

    assert prusa.program_version() is None


def test_what_cannot_be_run_is_said_and_leaves_no_figures(tmp_path, monkeypatch):
    monkeypatch.setenv("MINGYUE_DATA", str(tmp_path / "nowhere"))
    told = {}

    _, without_slicer = agreement.pixel_section(tmp_path, told, None)
    _, without_data = agreement.stack_section(told)

    assert without_slicer == "prusa-slicer is not installed, so this was not run: apt-get install prusa-slicer"
    assert without_data == "The slice stacks were not compared: there are no data by others; set MINGYUE_DATA."
    assert told == {}


def test_a_table_is_markdown():
    assert tables.table(("a", "b"), [(1, "x")]) == "| a | b |\n| --- | --- |\n| 1 | x |"


@pytest.mark.parametrize(("share", "text"), [(0.0, "0"), (0.00123, "+0.12 %"), (-4.4e-7, "-4.4e-05 %")])
def test_shares_have_two_digits_and_their_sign(share, text):
    assert tables.percent(share) == text
