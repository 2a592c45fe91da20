"""What orientations cost, against one triangle after the other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mingyue.printing.frames import place
from mingyue.printing.meshes import Mesh, joined
from mingyue.printing.orientations.choices import orientations_of, unbeaten
from mingyue.printing.orientations.directions import angles_of, hull_points, spread
from mingyue.printing.orientations.facets import area_vectors, facets_of
from mingyue.printing.orientations.figures import Demands, figures_of
from mingyue.printing.orientations.slices import cups_of, fields_of
from mingyue.printing.profiles.machines import machine
from mingyue.printing.samples import make_sample
from tests.solids import ball, box

S230 = machine("s230")


def demands(**changed: float) -> Demands:
    settings = {"layer_um": 5.0, "steepest_deg": 10.0, "exposure_s": 1.0, "move_s": 0.5, "recoat_s": 3.0}
    return Demands(machine=S230, least_contact=0.05, **(settings | changed))  # type: ignore[arg-type]


def by_triangle(mesh: Mesh, up: np.ndarray, wanted: Demands) -> tuple[float, float, float]:
    """Area that hangs too flat, area on the platform, mean step, one triangle after the other."""
    lowest = (mesh.vertices_um @ up).min()
    hangs = rests = steps = whole = 0.0
    for corners, vector in zip(mesh.vertices_um[mesh.triangles], area_vectors(mesh), strict=True):
        area = float(np.linalg.norm(vector))
        looks_up = float(vector @ up) / area
        whole += area
        if looks_up < -math.cos(math.radians(wanted.steepest_deg)):
            hangs += -area * looks_up
            if looks_up < -math.cos(math.radians(1.0)) and (corners @ up).max() < lowest + wanted.layer_um / 2:
                rests += -area * looks_up
        if abs(looks_up) <= math.cos(math.radians(1.0)):
            steps += area * wanted.layer_um * abs(looks_up)
    return hangs - rests, rests, steps / whole


@pytest.mark.parametrize("name", ["artefact", "channel_coupon", "connector_comb"])
def test_figures_of_a_sample_are_those_of_its_triangles(name: str) -> None:
    mesh = make_sample(name).mesh
    wanted = demands()
    ups = np.concatenate([[(0.0, 0.0, 1.0), (0.0, 0.0, -1.0), (1.0, 0.0, 0.0)], spread(5)])

    figures = figures_of(mesh, facets_of(mesh), hull_points(mesh), ups, wanted)

    for way, up in enumerate(ups):
        hangs, rests, steps = by_triangle(mesh, up, wanted)
        area = np.linalg.norm(area_vectors(mesh), axis=1).sum()
        hung = figures.supported_um2[way] - hangs
        assert hung == pytest.approx(0, abs=2e-3 * area) or hung == pytest.approx(
            mesh.volume_um3 / figures.height_um[way], rel=1e-3, abs=2e-3 * area
        )
        assert figures.contact_um2[way] == pytest.approx(rests, rel=1e-6, abs=1e-6 * area)
        assert figures.cusp_um[way] == pytest.approx(steps, rel=5e-3, abs=1e-6)


def test_a_ball_costs_the_same_whichever_way_it_lies() -> None:
    mesh = ball(radius_um=300, centre_um=(0, 0, 300), rings=40)

    figures = figures_of(mesh, facets_of(mesh), hull_points(mesh), spread(40), demands())

    cap = math.pi * (300 * math.sin(math.radians(10.0))) ** 2
    section = mesh.volume_um3 / 600
    np.testing.assert_allclose(figures.supported_um2, cap + section, rtol=0.06)
    np.testing.assert_allclose(figures.cusp_um, 2.5, rtol=0.01)  # the mean of |cos| over the sphere is a half
    np.testing.assert_allclose(figures.slenderness, 1.0, rtol=0.01)
    assert set(figures.layers) == {120}


def test_a_box_on_its_face_needs_nothing_and_on_its_corner_the_section_it_hangs_by() -> None:
    mesh = box((0, 0, 0), (300, 200, 100))
    corner = np.array([1.0, 1.0, 1.0]) / math.sqrt(3)

    figures = figures_of(mesh, facets_of(mesh), hull_points(mesh), np.array([(0.0, 0.0, 1.0), corner]), demands())

    assert figures.supported_um2.tolist() == pytest.approx([0.0, 6e6 / (600 / math.sqrt(3))])
    assert figures.contact_um2.tolist() == pytest.approx([60_000.0, 0.0])
    assert figures.layers.tolist() == [20, math.ceil(600 / math.sqrt(3) / 5)]


def test_only_marked_faces_show_steps() -> None:
    mesh = box((0, 0, 0), (300, 200, 100))
    up = np.array([(0.0, math.sin(0.5), math.cos(0.5))])
    marked = np.abs(area_vectors(mesh)[:, 0]) > 0  # the two faces across x stand upright

    all_of_it, of_marked = (
        figures_of(mesh, facets_of(mesh, mark), hull_points(mesh), up, demands()) for mark in (None, marked)
    )

    assert of_marked.cusp_um[0] == pytest.approx(0, abs=1e-9)
    assert all_of_it.cusp_um[0] > 2


def test_a_part_is_turned_about_z_into_the_fewest_fields() -> None:
    field_um = S230.field_um[0]
    mesh = box((0, 0, 0), (0.05 * field_um, 0.9 * field_um, 50))  # longer than a field is deep, not than it is wide

    figures = figures_of(mesh, facets_of(mesh), hull_points(mesh), np.array([(0.0, 0.0, 1.0)]), demands())

    assert (figures.fields[0], figures.turn_deg[0]) == (1, 90.0)
    assert figures.time_s(demands()).tolist() == [10 * (1.0 + 0.5) + 10 * 3.0]


def placed(mesh: Mesh, up: tuple[float, float, float] = (0, 0, 1)) -> Mesh:
    placement = place(mesh.box_um[0], mesh.box_under, rotate_deg=angles_of(np.array(up, dtype=float)))
    return mesh.moved(np.array(placement.matrix), np.array(placement.offset_um))


def cup(wall_um: float = 40.0) -> Mesh:
    """A box of 400 × 400 × 300 µm without a lid."""
    floor = box((0, 0, 0), (400, 400, wall_um))
    sides = [
        box((0, 0, 0), (400, wall_um, 300)),
        box((0, 400 - wall_um, 0), (400, 400, 300)),
        box((0, 0, 0), (wall_um, 400, 300)),
        box((400 - wall_um, 0, 0), (400, 400, 300)),
    ]
    return joined([floor, *sides])


def test_a_cup_is_one_upright_and_upside_down_but_none_on_its_side() -> None:
    upright, inverted, sideways = (cups_of(placed(cup(), up)) for up in ((0, 0, 1), (0, 0, -1), (1, 0, 0)))

    assert upright[0] == inverted[0] == 1
    assert upright[1] == pytest.approx(320 * 320 * 260, rel=0.05)
    assert inverted[1] == pytest.approx(320 * 320 * 260, rel=0.05)
    assert sideways == (0, 0.0)


def test_a_cup_with_a_slot_down_its_side_is_none() -> None:
    floor_only = box((0, 0, 0), (400, 400, 40))
    walls = [box((0, 0, 0), (400, 40, 300)), box((0, 360, 0), (400, 400, 300)), box((0, 0, 0), (40, 400, 300))]

    assert cups_of(placed(joined([floor_only, *walls]))) == (0, 0.0)


def test_fields_without_light_are_not_exposed() -> None:
    wide, deep = S230.field_um
    corners = joined(
        [box((0, 0, 0), (200, 200, 100)), box((1.5 * wide, 1.5 * deep, 0), (1.5 * wide + 200, 1.5 * deep + 200, 100))]
    )

    assert fields_of(placed(corners), S230, layers=20) == (4, 40)
    assert fields_of(placed(box((0, 0, 0), (200, 200, 100))), S230, layers=20) == (1, 20)


def test_choices_are_unbeaten_and_bear_each_name_once() -> None:
    found = orientations_of(make_sample("artefact").mesh, demands(), spread=60)

    names = [name for laid in found.choices for name in laid.names]
    assert sorted(names) == ["as it is", "best surface", "cheapest", "fastest", "fewest supports"]
    assert found.choices[0].rotate_deg == (0.0, 0.0, 0.0)
    best = {name: laid for laid in found.choices for name in laid.names}
    assert best["fastest"].time_s <= min(laid.time_s for laid in found.choices) * 1.1
    assert best["fewest supports"].supported_um2 <= min(laid.supported_um2 for laid in found.choices) * 1.1 + 1e4
    assert best["best surface"].cusp_um <= min(laid.cusp_um for laid in found.choices) + 0.1


def test_a_tall_bar_is_laid_down_to_be_fast() -> None:
    found = orientations_of(box((0, 0, 0), (100, 120, 1500)), demands(), spread=60)

    best = {name: laid for laid in found.choices for name in laid.names}
    assert best["as it is"].layers == 300
    assert best["fastest"].layers == 20
    assert best["fastest"].supported_um2 == pytest.approx(0, abs=1)


def test_the_unbeaten_are_those_that_no_other_is_better_than_in_everything() -> None:
    costs = np.array([[1, 5], [2, 2], [5, 1], [3, 3], [2, 2], [1, 6]])

    assert unbeaten(costs).tolist() == [True, True, True, False, True, False]
