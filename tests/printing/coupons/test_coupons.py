"""Coupons: exactly what their parameters say, each place exposed for its time, and read back what was written in."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mingyue.errors import BadInputError, FileFormatError
from mingyue.printing.chain import build
from mingyue.printing.coupons.coupon import Coupon, CouponRequest, exposures_between, nearly_square
from mingyue.printing.coupons.ladder import ladder, read_ladder
from mingyue.printing.coupons.rerf import BestExposure, Tried, best_exposure, read_rerf, rerf
from mingyue.printing.coupons.staircase import bridge, staircase
from mingyue.printing.coupons.star import SPOKES, read_star, star, star_mesh, worst
from mingyue.printing.curing.doses import Cure, dose_planes
from mingyue.printing.curing.lights import PackageLight, Window
from mingyue.printing.curing.optics import gaussian_blur
from mingyue.printing.formats.measurements import read_measurements
from mingyue.printing.formats.print_package import PrintPackage, open_package
from mingyue.printing.mending.edges import require_closed
from mingyue.printing.meshes import Mesh
from mingyue.printing.profiles.machines import machine
from mingyue.printing.profiles.resins import resin
from mingyue.printing.profiles.working_curves import fit_working_curve

REQUEST = CouponRequest(machine=machine("s230"), resin=resin("pr48-385"))
MAKERS = [staircase, star, ladder, rerf]


def volume_um3(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices_um[mesh.triangles[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def rows_of(made: Coupon) -> list[dict[str, str]]:
    lines = [line for line in made.form.text().lstrip("\ufeff").splitlines() if not line.lstrip('"').startswith("#")]
    return list(csv.DictReader(io.StringIO("\n".join(lines))))


def filled(made: Coupon, path: Path, **columns: Callable[[dict[str, str]], object]) -> Path:
    """The form with these columns written in, and its remarks left where they are."""
    text = made.form.text("zh")
    remarks = "".join(line for line in text.splitlines(keepends=True) if line.lstrip('\ufeff"').startswith("#"))
    rows = rows_of(made)
    out = io.StringIO()
    table = csv.DictWriter(out, list(rows[0]))
    table.writeheader()
    table.writerows(row | {name: write(row) for name, write in columns.items()} for row in rows)
    path.write_text(remarks + out.getvalue(), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("make", MAKERS)
def test_a_coupon_is_a_closed_part_that_builds_for_its_machine(
    make: Callable[[CouponRequest], Coupon], tmp_path: Path
) -> None:
    made = make(REQUEST)
    require_closed(made.part.mesh)

    result = build(made.part, made.settings, package=tmp_path / "job.zip")

    assert result.volume_mm3 * 1e9 == pytest.approx(
        volume_um3(made.part.mesh) * math.prod(made.settings.array), rel=2e-3
    )
    assert made.part.format == "coupon"
    assert made.part.sha256 == make(REQUEST).part.sha256


@pytest.mark.parametrize("make", [staircase, star, rerf])
@pytest.mark.parametrize("name", ["s240", "open-7p6"])
def test_a_coupon_scales_with_the_pixel_of_its_machine(make: Callable[[CouponRequest], Coupon], name: str) -> None:
    fine, coarse = make(REQUEST), make(replace(REQUEST, machine=machine(name), layer_um=10.0))

    grown = coarse.part.mesh.size_um[0] / fine.part.mesh.size_um[0]
    assert grown == pytest.approx(machine(name).pixel_um / 2.0, rel=1e-6)


def seconds_by_place(package: PrintPackage, layer: int) -> dict[tuple[float, float], float]:
    manifest = package.manifest
    return {
        (round(manifest.fields[shown.field].offset_um[0], 6), round(manifest.fields[shown.field].offset_um[1], 6)): (
            shown.seconds
        )
        for shown in manifest.layers[layer].exposures
    }


@pytest.mark.parametrize("make", [staircase, rerf])
def test_each_place_of_the_form_is_exposed_for_its_time_and_the_rest_alike(
    make: Callable[[CouponRequest], Coupon], tmp_path: Path
) -> None:
    made = make(REQUEST)
    build(made.part, made.settings, package=tmp_path / "job.zip")

    with open_package(tmp_path / "job.zip") as package:
        first, last = seconds_by_place(package, 0), seconds_by_place(package, len(package.manifest.layers) - 1)
    rows = rows_of(made)

    assert {(float(row["x_um"]), float(row["y_um"])): float(row["exposure_s"]) for row in rows} == last
    assert set(first.values()) == {made.settings.exposure_s}
    assert len(first) == len(last) == 12
    assert [int(row["place"]) for row in rows] == list(range(1, 13))
    assert [float(row["exposure_s"]) for row in rows] == sorted(last.values())
    assert float(rows[0]["x_um"]) < 0 < float(rows[0]["y_um"])  # the first place is the upper left one


def test_the_virtual_print_of_a_bridge_hangs_as_deep_as_the_working_curve_says(tmp_path: Path) -> None:
    made = staircase(REQUEST)
    build(made.part, made.settings, package=tmp_path / "job.zip")
    cure = Cure(irradiance_mw_cm2=33.0, penetration_depth_um=39.2, critical_dose_mj_cm2=12.3, blur=gaussian_blur(0.36))

    with open_package(tmp_path / "job.zip") as package:
        manifest = package.manifest
        last, row, column = len(manifest.layers) - 1, manifest.canvas.rows // 2, manifest.canvas.columns // 2
        middle = Window(row - 2, column - 2, 4, 4, last, last + 1)  # over the gap, far from both rails
        by_place = {
            (round(manifest.fields[copy].offset_um[0], 6), round(manifest.fields[copy].offset_um[1], 6)): (
                float(cure.depth_um(next(dose_planes(PackageLight(package, copy=copy), cure, middle)).dose).mean())
            )
            for copy in range(12)
        }

    for form_row in rows_of(made):
        seconds = float(form_row["exposure_s"])
        hangs_um = by_place[float(form_row["x_um"]), float(form_row["y_um"])]
        assert hangs_um == pytest.approx(39.2 * math.log(33.0 * seconds / 12.3), abs=0.05)


def test_the_bridge_is_one_layer_over_a_gap_and_shows_its_lower_left() -> None:
    mesh = bridge(pixel_um=2.0, gap_um=100.0, layer_um=5.0)

    rails, deck, mark = 2 * 100 * 200 * 100.0, 320 * 200 * 5.0, 40 * 40 * 105.0
    assert volume_um3(mesh) == pytest.approx(rails + deck - mark, rel=1e-12)
    assert tuple(mesh.size_um) == (320.0, 200.0, 105.0)


def test_the_gap_is_deeper_than_the_longest_exposure_is_expected_to_cure() -> None:
    made = staircase(REQUEST)
    copies = made.settings.copies
    assert copies is not None

    longest = float(REQUEST.resin.penetration_depth_um * np.log(20))
    assert longest < copies.from_um / 1.9
    assert made.part.mesh.size_um[2] == copies.from_um + 5.0
    assert copies.from_um % 5.0 == 0.0


def test_spokes_and_gaps_of_the_star_are_equally_wide_at_each_radius() -> None:
    mesh = star_mesh(pixel_um=2.0, layer_um=5.0)

    outer, inner, rim, sides = 12 * 2 * 36 / math.pi, 0.5 * 2 * 36 / math.pi, 12 * 2 * 36 / math.pi + 24, 8 * SPOKES
    disc = sides / 2 * math.sin(2 * math.pi / sides)  # area of the polygon that stands for a circle of radius 1
    plate, ring = disc * rim**2 * 20, disc * (rim**2 - outer**2) * 20
    spokes = 36 * math.sin(math.pi / 36) / 2 * (outer**2 - inner**2) * 20
    notch = 12 * 48 * 40  # a little less, for the rim is round
    assert volume_um3(mesh) == pytest.approx(plate + ring + spokes - notch, rel=2e-3)


def test_a_staircase_that_was_measured_gives_the_curve_it_was_measured_from(tmp_path: Path) -> None:
    made = staircase(replace(REQUEST, repeats=2))
    depth = lambda row: round(max(40 * math.log(float(row["exposure_s"]) * 33 / 10), 0.0), 2)  # noqa: E731

    measured, notes = read_measurements(filled(made, tmp_path / "form.csv", depth_um=depth))
    curve = fit_working_curve(measured)

    assert notes == ()
    assert (curve.depths, curve.limits) == (20, 4)
    assert curve.penetration_depth_um == pytest.approx(40.0, rel=1e-3)
    assert curve.critical_dose_mj_cm2 == pytest.approx(10.0, rel=1e-3)


def test_a_star_that_was_measured_gives_the_line_it_was_blurred_to(tmp_path: Path) -> None:
    blur = {"0": 6.0, "45": 8.0, "90": 6.5}
    diameter = lambda row: 2 * SPOKES * blur[row["direction_deg"]] / math.pi if row["direction_deg"] in blur else ""  # noqa: E731

    found = read_star(filled(star(REQUEST), tmp_path / "form.csv", diameter_um=diameter))

    assert [one.line_um for one in found] == pytest.approx([6.0, 8.0, 6.5])
    assert worst(found).direction_deg == 45
    assert worst(found).line_px == pytest.approx(4.0)


def test_a_ladder_that_was_looked_at_gives_the_smallest_open_channel(tmp_path: Path) -> None:
    made = ladder(REQUEST)
    is_open = lambda row: "是" if float(row["height_um"]) >= 155 and float(row["width_um"]) >= 8 else "否"  # noqa: E731

    found = read_ladder(filled(made, tmp_path / "form.csv", open=is_open))

    assert len(found.channels) == len(made.form.rows) == 56
    assert (found.least_height_um, found.least_width_um) == (155.0, 8.0)
    assert found.height_depths == pytest.approx(155 / 39.2)
    assert found.width_px == 4.0
    assert found.smallest is not None
    assert (found.smallest.height_um, found.smallest.width_um) == (155.0, 8.0)
    assert found.odd == ()


def test_a_channel_that_is_closed_though_a_smaller_one_is_open_is_named_and_not_counted(tmp_path: Path) -> None:
    made = ladder(REQUEST)

    def is_open(row: dict[str, str]) -> str:
        clogged = (row["width_um"], row["height_um"]) == ("40", "195")
        return "yes" if float(row["height_um"]) >= 155 and not clogged else "no"

    found = read_ladder(filled(made, tmp_path / "form.csv", open=is_open))

    assert [(channel.height_um, channel.width_um) for channel in found.odd] == [(195.0, 40.0)]
    assert found.least_height_um == 235.0


def test_an_array_that_was_measured_gives_the_exposure_at_which_lines_are_as_drawn(tmp_path: Path) -> None:
    made = rerf(REQUEST)
    grow = lambda row: 5 * math.log(float(row["exposure_s"]) / 0.6)  # noqa: E731

    best = read_rerf(
        filled(
            made, tmp_path / "form.csv", fin_um=lambda row: 16 + grow(row) + 1, slot_um=lambda row: 16 - grow(row) + 1
        )
    )

    # The microscope that sees both a fin and a gap 1 µm too wide does not move the answer.
    assert best.exposure_s == pytest.approx(0.6, rel=1e-6)
    assert best.width_um_per_e == pytest.approx(5.0, rel=1e-6)
    assert not best.is_outside


def test_the_interval_of_the_best_exposure_covers_it_as_often_as_it_says() -> None:
    seconds, truth, draws = np.geomspace(0.25, 1.0, 9), 0.5, 200
    rng = np.random.default_rng(3)

    def trial() -> BestExposure:
        errors = 6 * np.log(seconds / truth) + 0.5 * rng.standard_normal(9)
        return best_exposure([Tried(float(s), float(e)) for s, e in zip(seconds, errors, strict=True)], level=0.8)

    covered = [best.interval_s.low <= truth <= best.interval_s.high for best in (trial() for _ in range(draws))]
    assert sum(covered) / draws == pytest.approx(0.8, abs=4 * math.sqrt(0.8 * 0.2 / draws))


@pytest.mark.parametrize(("count", "grid"), [(12, (4, 3)), (24, (6, 4)), (9, (3, 3)), (7, (7, 1)), (3, (3, 1))])
def test_places_fill_a_grid(count: int, grid: tuple[int, int]) -> None:
    assert nearly_square(count) == grid


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"steps": 2}, "2 exposures"),
        ({"steps": 500}, "500 exposures"),
        ({"repeats": 0}, "0 times each"),
        ({"least_s": 2.0, "most_s": 1.0}, "no range"),
        ({"least_s": -1.0, "most_s": 1.0}, "no range"),
        ({"most_s": math.inf}, "no range"),
        ({"most_s": math.nan}, "no range"),
        ({"layer_um": 90.0}, "prints layers of"),
    ],
)
@pytest.mark.parametrize("make", [staircase, rerf])
def test_what_cannot_be_tried_is_refused(
    make: Callable[[CouponRequest], Coupon], change: dict[str, float], says: str, tmp_path: Path
) -> None:
    def make_and_build() -> None:
        made = make(replace(REQUEST, **change))  # type: ignore[arg-type]
        build(made.part, made.settings, package=tmp_path / "job.zip")

    with pytest.raises(BadInputError, match=says):
        make_and_build()
    assert list(tmp_path.iterdir()) == []


def test_a_resin_nobody_knows_asks_for_exposures(tmp_path: Path) -> None:
    unknown = replace(REQUEST, resin=resin("pegda-nps2-365"))

    with pytest.raises(BadInputError) as no_exposure:
        rerf(unknown)
    with pytest.raises(BadInputError) as no_range:
        staircase(replace(unknown, exposure_s=0.4))
    made = staircase(replace(unknown, exposure_s=0.4, least_s=0.05, most_s=5.0))

    assert "--exposure-s" in no_exposure.value.remedy
    assert "--least-s" in no_range.value.remedy
    assert (
        build(made.part, made.settings, package=tmp_path / "job.zip").layers == 20
    )  # a gap of ten penetration depths, and the bridge


def test_exposures_rise_by_equal_shares_and_repeat() -> None:
    seconds = exposures_between(0.1, 1.6, steps=5, repeats=2)

    assert seconds == (0.1, 0.2, 0.4, 0.8, 1.6) * 2


@pytest.mark.parametrize(
    ("read", "content", "says"),
    [
        (read_star, "direction_deg,spokes,pixel_um,diameter_um\n0,36,2,\n", "Not one diameter_um"),
        (read_star, "direction_deg,spokes,pixel_um,diameter_um\n0,0,2,5\n", "make no star"),
        (read_star, "direction_deg,spokes,pixel_um,diameter_um\n0,36,2,-5\n", "make no star"),
        (read_star, "direction_deg,spokes\n0,36\n", "no column pixel_um, diameter_um"),
        (read_ladder, "height_um,width_um,open\n10,4,\n", "Not one open"),
        (read_ladder, "height_um,width_um,open\n10,4,maybe\n", "'maybe' is neither yes nor no"),
        (read_ladder, "height_um,width_um,open\n0,4,yes\n", "no size"),
        (read_rerf, "exposure_s,nominal_um,fin_um\n1,16,\n", "Not one fin_um"),
        (read_rerf, "exposure_s,nominal_um,fin_um\n0,16,16\n", "make no sense"),
        (read_rerf, "exposure_s,nominal_um,fin_um\n1,16,16\n2,16,17\n", "2 places at 2 exposures"),
        (read_rerf, "exposure_s,nominal_um,fin_um\n1,16,18\n2,16,17\n3,16,16\n", "do not grow"),
    ],
)
def test_a_form_that_says_nothing_or_nonsense_is_refused(
    read: Callable[[Path], object], content: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / "form.csv").write_text(content)

    with pytest.raises(BadInputError, match=says) as refused:
        read(tmp_path / "form.csv")

    assert refused.value.remedy
    assert isinstance(refused.value, FileFormatError) or "exposure" in str(refused.value)
