"""What is timed: the parts, the contestants' commands, the verdicts, and where the tables are written."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from benchmarks import cases, growth, peer_manifold, prusa, sections, series, slicing
from benchmarks.races import Figures
from mingyue.printing.formats.limits import ReadLimits
from mingyue.printing.formats.stl import read_stl
from mingyue.printing.mending.edges import is_closed
from mingyue.printing.profiles.machines import machine

STAGES = {"prepare": 0.1, "cover": 0.2, "encode": 0.3, "store": 0.25, "preview": 0.0}
TOLD = {"layers": 5, "fields": 1, "masks": 5, "seconds": 0.7, "bytes": 1, "stage_seconds": STAGES}


def figures(wall_s=1.0, peak_mib=100.0):
    return Figures(wall_s=wall_s, cpu_s=wall_s, peak_mib=peak_mib, others_share=0.0, runs=3)


def case(**asked):
    return cases.Case("cube", (64, 64), lambda: None, **asked)


def row(ratios, ours=None, theirs=None, sizes=(10, 10)):
    names = (slicing.OURS, slicing.PRUSA)
    return slicing.Row(
        case="cube",
        field_px=(64, 64),
        triangles=12,
        whole_s=1.0,
        told=TOLD,
        figures=dict(zip(names, (ours or figures(), theirs or figures()), strict=True)),
        bytes=dict(zip(names, sizes, strict=True)),
        ratios=ratios,
        gave_up={},
    )


def test_a_ball_is_closed_and_has_the_triangles_and_nearly_the_volume_that_it_should():
    ball = cases.sphere(2.0, around=100, upwards=50)
    a, b, c = (ball.vertices_um[ball.triangles[:, k]] for k in range(3))

    assert len(ball.triangles) == 2 * 100 * 49
    assert is_closed(ball)
    assert np.einsum("ij,ij->", a, np.cross(b, c)) / 6 == pytest.approx(4 / 3 * np.pi * 8, rel=3e-3)
    np.testing.assert_allclose(np.linalg.norm(ball.vertices_um, axis=1), 2.0, rtol=1e-12)


def test_a_case_is_written_in_the_middle_of_its_canvas_on_the_platform(tmp_path):
    tilted = cases.Case("ball", (600, 400), lambda: cases.sphere(1.0, around=8, upwards=4), fit_mm=0.4)

    triangles = cases.write_case(tilted, tmp_path / "part.stl")

    low_um, high_um = read_stl(tmp_path / "part.stl", unit="mm", limits=ReadLimits()).box_um
    pixel_um = machine("s230").pixel_um
    assert triangles == 2 * 8 * 3
    np.testing.assert_allclose((low_um + high_um) / 2, [300 * pixel_um, 200 * pixel_um, 200.0], atol=1e-3)
    assert low_um[2] == pytest.approx(0.0, abs=1e-3)


def test_without_parts_by_others_the_samples_remain(tmp_path, monkeypatch):
    monkeypatch.setenv("MINGYUE_DATA", str(tmp_path / "nowhere"))

    named = [case.name for case in cases.cases_here(short=False)]

    assert named == ["nest", "nest, widest canvas", "gyroid", "sphere", "microneedles", "connector"]
    assert [case.name for case in cases.cases_here(short=True)] == ["nest", "sphere", "connector"]
    assert [case.name for case in cases.cases_here(short=True, names=["gyr"])] == ["gyroid"]


def test_prusaslicer_is_told_the_canvas_and_the_grey(tmp_path):
    prusa.prusa_command(tmp_path / "a.stl", tmp_path / "a.sl1", canvas_px=(1000, 500), gamma=1.0)

    told = dict(line.split(" = ") for line in (tmp_path / "a.ini").read_text().splitlines())
    assert (told["display_pixels_x"], told["display_pixels_y"]) == ("1000", "500")
    assert (told["display_width"], told["display_height"]) == ("2.0", "1.0")
    assert told["bed_shape"] == "0x0,2.0x0,2.0x1.0,0x1.0"
    assert (told["gamma_correction"], told["slice_closing_radius"]) == ("1.0", "0")


@pytest.mark.parametrize(("top", "cuts"), [(0.01, [0.0025, 0.0075]), (0.0101, [0.0025, 0.0075, 0.0125])])
def test_the_simple_peer_cuts_in_the_middle_of_layers_that_cover_the_part(top, cuts):
    assert peer_manifold.cut_mm(top, 0.005) == pytest.approx(cuts)


def test_the_median_of_the_pairs_is_judged_and_a_bound_that_is_just_met_is_met():
    met = list(slicing.judged(case(faster=4.0, size=1.0), row([3.0, 4.0, 9.0])))
    missed = list(slicing.judged(case(faster=4.0, size=1.0), row([3.0, 3.99, 9.0], sizes=(11, 10))))

    assert [verdict.met for verdict in met] == [True, True]
    assert [(verdict.found, verdict.met) for verdict in missed] == [("3.99×", False), ("1.100×", False)]


def test_memory_must_be_less_than_the_share():
    ours, theirs = figures(peak_mib=50), figures(peak_mib=100)

    _, memory = slicing.judged(case(memory=0.5), row([1.0], ours, theirs))

    assert (memory.found, memory.met) == ("0.50", False)


def test_where_the_ratios_differ_widely_the_table_says_so():
    quiet, wide = (slicing.race_table([row(ratios)]).splitlines()[-1] for ratios in ([2.0, 2.1, 2.2], [2.0, 2.5]))

    assert "**2.1×** (2–2.2) |" in quiet
    assert "**2.25×** (2–2.5) wide |" in wide


def test_what_the_build_does_not_count_is_its_start_and_end():
    assert row([1.0]).outside_s == pytest.approx(0.3)


def test_rows_of_an_earlier_run_come_back_as_they_were(tmp_path):
    was = row([2.0, 3.0])
    path = tmp_path / "earlier.json"
    path.write_text(json.dumps({"rows": [asdict(was)]}))

    (found,) = slicing.earlier(path)

    assert asdict(found) == asdict(was) | {"field_px": [64, 64]}
    assert slicing.race_table([found]) == slicing.race_table([was])
    assert slicing.earlier(None) == []


def grown(times, asked, peak_mib=100.0):
    return growth.Row("pixel", "1 µm", figures(peak_mib=peak_mib), times, TOLD, asked)


@pytest.mark.parametrize(("times", "met"), [([2.0, 2.1, 9.0], "yes"), ([2.0, 2.2, 9.0], "**no**")])
def test_growth_is_judged_by_the_median_of_the_rounds(times, met):
    ((asked, _, found),) = growth.judged(grown(times, {"times": 2.1}))

    assert asked == "pixel, 1 µm: at most 2.1× the first"
    assert found == met


def test_memory_is_judged_in_mib():
    ((asked, found, met),) = growth.judged(grown([1.0], {"mib": 1536.0}, peak_mib=1600.0))

    assert (asked, found, met) == ("pixel, 1 µm: less than 1,536 MiB", "1,600 MiB", "**no**")


def test_rows_of_an_earlier_growth_come_back_as_they_were(tmp_path):
    was = grown([1.0, 2.0], {"times": 2.1})
    path = tmp_path / "earlier.json"
    path.write_text(json.dumps({"rows": [asdict(was)]}))

    assert growth.earlier(path) == [was]


def test_balls_apart_keep_their_surface_and_touch_the_sides():
    near, far = series.balls_apart(3_000.0, 2_000.0), series.balls_apart(40_000.0, 30_000.0)

    assert len(near.triangles) == len(far.triangles)
    np.testing.assert_allclose(far.size_um, [40_000.0, 30_000.0, 200.0], rtol=1e-12)
    assert is_closed(far)


def test_a_machine_of_our_own_is_one_that_the_program_reads(tmp_path):
    path = series.own_machine(tmp_path, pixel_um=0.25, side_px=16384)

    own = machine(str(path))

    assert (own.pixel_um, own.field_px, own.why_layer_unfit(5.0)) == (0.25, (16384, 16384), None)


def test_only_the_named_section_of_a_page_is_replaced():
    page = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n<!-- y -->\nkept\n<!-- /y -->\n"

    new = sections.replaced(page, "x", "new\n")

    assert new == "a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb\n<!-- y -->\nkept\n<!-- /y -->\n"
    assert sections.replaced(new, "x", "new") == new


def test_a_page_without_the_section_is_not_touched(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("nothing")

    with pytest.raises(ValueError, match="exactly one <!-- x -->"):
        sections.write_section("x", "new", page=page)
    assert page.read_text() == "nothing"
