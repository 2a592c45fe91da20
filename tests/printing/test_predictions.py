"""A virtual print is measured where it is known what came out: larger, smaller, lost, grown together, closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from mingyue.errors import BadInputError
from mingyue.printing.curing.lights import MaskStack, Window
from mingyue.printing.curing.optics import gaussian_blur
from mingyue.printing.curing.uncertainty import Range, Ranges
from mingyue.printing.measuring.designs import Design
from mingyue.printing.measuring.slices import window_of_um
from mingyue.printing.meshes import Mesh, joined
from mingyue.printing.samples import Detail
from mingyue.printing.samples.tubes import tube
from mingyue.printing.virtual_print import Prediction, simulate
from tests.printing.prints import exact_cure, exact_light
from tests.solids import ball, box

PITCH_UM = 2.0
# What is asked of a distance: a tenth of a pixel.
CLOSE_UM = 0.1 * PITCH_UM


def printed(design: Mesh, came_out: Mesh, *, layer_um: float = 0.5, **settings: object) -> Prediction:
    light = exact_light(came_out, pitch_um=PITCH_UM, layer_um=layer_um)
    return simulate(light, exact_cure(), Design(design), samples=20_000, **settings)


@pytest.mark.parametrize("grown_um", [3.7, 0.3, -2.3])
def test_walls_of_a_box_deviate_by_what_it_grew(grown_um: float) -> None:
    sides = (40.3, 30.3)  # so that what comes out lies on the pixel grid, and the design does not
    design = box((-sides[0], -sides[1], 0), (*sides, 40))
    grown = tuple(side + grown_um for side in sides)
    came_out = box((-grown[0], -grown[1], 0), (*grown, 44))

    marks = np.array(
        [(40.3, 0, 20), (-40.3, 9, 13), (7, 30.3, 20), (0, -30.3, 31), (0, 0, 40), (9, -8, 40), (0, 0, 0)], dtype=float
    )

    prediction = printed(design, came_out, marks_um=marks)

    expected = [grown_um] * 4 + [4.0, 4.0, 0.0]
    assert prediction.marks_um == pytest.approx(expected, abs=CLOSE_UM)


def _dome(radius_um: float) -> Mesh:
    """Half a ball on the platform."""
    whole = ball(radius_um=radius_um, centre_um=(0.3, -0.4, 0.0), rings=61)
    return Mesh(np.maximum(whole.vertices_um, (-np.inf, -np.inf, 0.0)), whole.triangles)


@pytest.mark.parametrize("grown_um", [3.3, -3.3])
def test_a_dome_deviates_everywhere_by_what_it_grew(grown_um: float) -> None:
    polar, around = np.meshgrid(np.radians([3, 20, 38, 52, 66, 78]), np.radians([0, 31, 45, 77, 90, 200]))
    outwards = np.stack([np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), np.cos(polar)], axis=-1)
    centre = np.array([0.3, -0.4, 0.0])

    prediction = printed(
        _dome(40.0), _dome(40.0 + grown_um), layer_um=0.25, marks_um=centre + 40.0 * outwards.reshape(-1, 3)
    )

    assert np.median(prediction.marks_um) == pytest.approx(grown_um, abs=CLOSE_UM)
    # The grid gives each place its own part of a pixel.
    assert np.abs(prediction.marks_um - grown_um).max() < 3 * CLOSE_UM


def test_the_volume_is_that_of_what_came_out() -> None:
    came_out = box((-40, -30, 0), (40, 30, 40))

    assert printed(came_out, came_out).volume_mm3 == pytest.approx(80 * 60 * 40 / 1e9, rel=0.005)


def test_what_stands_out_far_from_the_design_is_seen_from_the_print() -> None:
    design = box((-40, -30, 0), (40, 30, 40))
    came_out = joined([design, box((50, -5, 0), (60, 5, 40))])

    prediction = printed(design, came_out)

    assert prediction.deviations.of_design.abs_max < 1.0
    assert prediction.deviations.of_solid.abs_max == pytest.approx(20.0, abs=CLOSE_UM)
    assert prediction.figures["deviation_um.abs_max"] == pytest.approx(20.0, abs=CLOSE_UM)
    assert [change.kind for change in prediction.topology.changes] == ["flash"]
    assert prediction.topology.changes[0].centre_um == pytest.approx((55, 0, 20), abs=1.5)


def test_a_part_that_is_not_printed_is_as_far_away_as_the_rest_is() -> None:
    design = joined([box((-40, -30, 0), (0, 30, 40)), box((50, -5, 0), (60, 5, 40))])
    came_out = box((-40, -30, 0), (0, 30, 40))

    prediction = printed(design, came_out)

    assert prediction.deviations.of_design.abs_max == pytest.approx(60.0, abs=0.5)
    assert prediction.deviations.of_design.p5 < -50
    lost = prediction.topology.changes[0]
    assert (lost.kind, lost.volume_um3) == ("lost", pytest.approx(10 * 10 * 44, rel=0.2))
    assert lost.centre_um == pytest.approx((55, 0, 20), abs=1.5)


def test_bodies_that_grow_together_are_named_with_the_gap_between_them() -> None:
    left, right = box((-40, -30, 0), (-6, 30, 40)), box((6, -30, 0), (40, 30, 40))

    prediction = printed(joined([left, right]), joined([left, right, box((-7, -30, 20), (7, 30, 30))]))

    assert (prediction.topology.design_bodies, prediction.topology.print_bodies) == (2, 1)
    assert [change.kind for change in prediction.topology.changes] == ["fused"]
    assert len(prediction.gaps) == 1
    assert prediction.gaps[0].width_um == pytest.approx(12.0, abs=PITCH_UM)
    assert prediction.gaps[0].centre_um[2] == pytest.approx(25.0, abs=2.0)


def test_gaps_that_stay_open_are_not_named() -> None:
    apart = joined([box((-40, -30, 0), (-6, 30, 40)), box((6, -30, 0), (40, 30, 40))])

    prediction = printed(apart, apart)

    assert prediction.gaps == ()
    assert prediction.topology.changes == ()


def _block_with_channel(open_from_um: float) -> Mesh:
    """A block of four walls with a channel along y from there on."""
    walls = [
        box((-40, -60, 0), (40, 60, 20)), box((-40, -60, 40), (40, 60, 60)),
        box((-40, -60, 10), (-10, 60, 50)), box((10, -60, 10), (40, 60, 50)),
    ]  # fmt: skip
    plug = [] if open_from_um <= -60 else [box((-12, -60, 15), (12, open_from_um, 45))]
    return joined(walls + plug)


def test_a_channel_that_is_shut_at_both_ends_is_a_closed_space() -> None:
    ends = [box((-12, -60, 15), (12, -50, 45)), box((-12, 50, 15), (12, 60, 45))]

    prediction = printed(_block_with_channel(-60), joined([_block_with_channel(-60), *ends]))

    assert [change.kind for change in prediction.topology.changes] == ["closed"]
    assert prediction.topology.changes[0].volume_um3 == pytest.approx(20 * 100 * 19, rel=0.05)
    assert prediction.topology.print_cavities == 1


def test_a_channel_that_is_shut_at_one_end_stays_open() -> None:
    prediction = printed(_block_with_channel(-60), _block_with_channel(-50))

    assert prediction.topology.changes == ()


def test_inner_walls_of_overlapping_bodies_are_no_surface() -> None:
    whole = box((-40, -30, 0), (40, 30, 40))
    halves = joined([box((-40, -30, 0), (10, 30, 40)), box((-10, -30, 0), (40, 30, 40))])

    deviations = printed(halves, whole).deviations

    assert deviations.of_design.abs_p95 < CLOSE_UM
    assert deviations.of_design.abs_max < PITCH_UM / 2
    assert deviations.of_solid.abs_max < PITCH_UM / 2


@dataclass(frozen=True)
class Bar:
    name: str
    axis_um: np.ndarray
    radius_um: float
    kind: str = "bar"

    @property
    def low_um(self) -> tuple[float, float, float]:
        x, y, z = (self.axis_um.min(axis=0) - self.radius_um).tolist()
        return x, y, z

    @property
    def high_um(self) -> tuple[float, float, float]:
        x, y, z = (self.axis_um.max(axis=0) + self.radius_um).tolist()
        return x, y, z

    @property
    def nominal_um(self) -> dict[str, float]:
        return {"diameter": 2 * self.radius_um}


def _bar(name: str, x_um: float, radius_um: float = 12.0) -> Bar:
    return Bar(name, np.array([(x_um, -80.0, 30.0), (x_um, 0.0, 40.0), (x_um, 80.0, 30.0)]), radius_um)


def test_each_strut_gets_its_verdict() -> None:
    whole, thick, broken = _bar("whole", -60), _bar("thick", 0), _bar("broken", 60)
    design = joined([tube(bar.axis_um, radius_um=bar.radius_um, sides=48) for bar in (whole, thick, broken)])
    pieces = [np.array([(60, -80.0, 30.0), (60, -6.0, 39.25)]), np.array([(60, 6.0, 39.25), (60, 80.0, 30.0)])]
    came_out = joined(
        [tube(whole.axis_um, radius_um=12.0, sides=48), tube(thick.axis_um, radius_um=15.0, sides=48)]
        + [tube(piece, radius_um=12.0, sides=48) for piece in pieces]
    )
    light = exact_light(came_out)

    prediction = simulate(light, exact_cure(), Design(design, features=(whole, thick, broken)), samples=20_000)

    assert [bar.printed for bar in prediction.bars] == [True, True, False]
    assert prediction.bars[0].diameter_um == pytest.approx(24.0, abs=1.0)  # its underside is a little low
    assert prediction.bars[1].diameter_um - prediction.bars[0].diameter_um == pytest.approx(6.0, abs=0.5)
    assert prediction.bars[2].broken_at_um == pytest.approx((60, -6, 39), abs=5)
    assert (prediction.figures["struts.printed"], prediction.places) == (2.0, ())


def test_named_places_are_measured() -> None:
    plate = box((-60, -60, 0), (60, 60, 20))
    pin = Detail("pin", "pin", (-10.0, -10.0, 20.0), (10.0, 10.0, 50.0), {"width": 20.0, "depth": 20.0, "height": 30.0})
    gone = Detail("gone", "pin", (30.0, 30.0, 20.0), (40.0, 40.0, 50.0), {"width": 10.0})
    design = joined([plate, box((-10, -10, 10), (10, 10, 50)), box((30, 30, 10), (40, 40, 50))])
    came_out = joined([plate, box((-12, -10, 10), (12, 10, 46))])

    prediction = simulate(exact_light(came_out), exact_cure(), Design(design, features=(pin, gone)), samples=5_000)

    first, second = prediction.places
    assert first.there
    assert first.sizes_um["width"] == pytest.approx(24.0, abs=2 * CLOSE_UM)
    assert first.sizes_um["depth"] == pytest.approx(20.0, abs=2 * CLOSE_UM)
    assert first.sizes_um["height"] == pytest.approx(
        26.0, abs=0.51
    )  # a roof is at the end of a layer of half a micrometre
    assert (second.there, dict(second.sizes_um)) == (False, {})


def test_a_round_hole_has_a_diameter_and_a_roundness() -> None:
    from mingyue.printing.samples.solids import box as block
    from mingyue.printing.samples.solids import cut, meshed, rod

    hole = Detail("hole", "hole", (-25.0, -25.0, 0.0), (25.0, 25.0, 20.0), {"diameter": 50.0})

    def plate(diameter_um: float) -> Mesh:
        drill = rod((0.0, 0.0), diameter_um, bottom_um=-1.0, top_um=21.0)
        return meshed(cut(block((-60, -60, 0), (60, 60, 20)), [drill]))

    prediction = simulate(exact_light(plate(47.0)), exact_cure(), Design(plate(50.0), features=(hole,)), samples=5_000)

    (place,) = prediction.places
    assert place.sizes_um["diameter"] == pytest.approx(47.0, abs=CLOSE_UM)
    assert place.roundness_um is not None
    assert place.roundness_um < 0.5


def test_without_the_part_the_masks_say_what_was_meant() -> None:
    came_out = box((-40.6, -30, 0), (40, 30, 40))
    light = exact_light(came_out)
    covers = np.round(255 * np.sqrt(light.shares / light.shares.max(axis=(1, 2), keepdims=True, initial=1e-9)))
    coverage = MaskStack(
        covers.astype(np.uint8),
        pitch_um=2.0,
        thickness_um=0.5,
        exposure_s=1.7,
        left_um=light.left_um,
        top_um=light.top_um,
    )

    prediction = simulate(coverage, exact_cure(), Design(None), samples=10_000)

    # Light in proportion to the cover, not to its square: where a pixel is half covered, a little more is cured.
    assert abs(prediction.deviations.of_design.p50) < 0.5
    assert prediction.deviations.of_design.abs_p95 < PITCH_UM / 2
    assert prediction.topology.changes == ()


def test_a_window_sees_the_same_as_the_whole() -> None:
    design, came_out = box((-200, -30, 0), (200, 30, 40)), box((-203, -33, 0), (203, 33, 44))
    light, cure = exact_light(came_out), exact_cure()
    window = window_of_um(light, low_um=(-50, -60, 0), high_um=(50, 60, 100))

    whole = simulate(light, cure, Design(design), samples=160_000)
    seen = simulate(light, cure, Design(design), window=window, samples=160_000)

    # Both ends of the whole are missing from the window.
    assert seen.deviations.of_design.p95 == pytest.approx(whole.deviations.of_design.p95, abs=CLOSE_UM)
    assert seen.deviations.xy_um == pytest.approx(whole.deviations.xy_um, abs=CLOSE_UM)
    assert seen.deviations.up_um == pytest.approx(whole.deviations.up_um, abs=CLOSE_UM)
    assert seen.deviations.of_design.abs_max == pytest.approx(4.0, abs=CLOSE_UM)
    assert seen.volume_mm3 == pytest.approx(2 * window.columns * 66 * 44 / 1e9, rel=0.01)


def test_a_window_beside_the_part_is_refused() -> None:
    design = box((-40, -30, 0), (40, 30, 40))
    light = exact_light(design, room_um=60.0)

    with pytest.raises(BadInputError, match="Nothing of the part"):
        simulate(light, exact_cure(), Design(design), window=Window(0, 0, 5, 5, 0, 5))


def test_bands_hold_the_figure_and_say_what_matters() -> None:
    design = box((-40, -30, 0), (40, 30, 40))
    ranges = Ranges(
        {"irradiance": Range(0.1, "test"), "critical_dose": Range(0.2, "test"), "penetration_depth": Range(0.1, "test"),
         "blur": Range(0.2, "test")},
        blurs=(gaussian_blur(0.4), gaussian_blur(0.6)),
    )  # fmt: skip
    light = exact_light(design)
    cure = exact_cure()

    prediction = simulate(light, cure, Design(design), ranges=ranges, samples=10_000)

    bands = prediction.bands
    assert bands is not None
    assert bands.runs == 9
    assert set(bands.low) == set(bands.high) == set(prediction.figures)
    assert all(bands.low[name] <= value <= bands.high[name] for name, value in prediction.figures.items())
    # Light and critical dose act by their ratio: a fifth of the one moves walls more than a tenth of the other.
    steps = bands.matters["bias_um.xy"]
    assert steps["critical_dose"] > steps["irradiance"] > 0
    assert bands.high["bias_um.xy"] > prediction.figures["bias_um.xy"] > bands.low["bias_um.xy"]


def test_progress_counts_every_layer_of_every_trial() -> None:
    design = box((-20, -20, 0), (20, 20, 20))
    counted: list[tuple[int, int]] = []

    printed(design, design, layer_um=2.0, progress=lambda done, all_: counted.append((done, all_)))

    assert counted == [(k, 12) for k in range(1, 13)]
