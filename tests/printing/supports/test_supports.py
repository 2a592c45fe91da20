"""Laws of supports: they carry all that hangs, stand on the platform, and touch the part at their necks alone."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from mingyue.printing.components import components_of, overlaps_of
from mingyue.printing.frames import Placement, centred_canvas
from mingyue.printing.layers import cover_layers, layer_table
from mingyue.printing.mending.edges import is_closed
from mingyue.printing.meshes import Mesh, joined
from mingyue.printing.painted import Painted, unpainted
from mingyue.printing.profiles.machines import machine
from mingyue.printing.runs import Runs
from mingyue.printing.supports.bases import bar, plate, shortest_net
from mingyue.printing.supports.bodies import lofted
from mingyue.printing.supports.holding import held_by
from mingyue.printing.supports.making import Supports, SupportSettings, held_um2, neck_force_mn, supports_of
from mingyue.printing.supports.needs import needs_of
from mingyue.printing.supports.painting import forbids_of, points_on
from mingyue.printing.supports.parts import supported
from tests.solids import ball, box

S230 = machine("s230")
HERE = Placement(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (0.0, 0.0, 0.0))


def table() -> Mesh:
    """A plate of 300 × 300 µm, 260 µm above the platform, on a leg."""
    return joined([box((-150, -150, 260), (150, 150, 300)), box((-20, -20, 0), (20, 20, 270))])


def gallery() -> Mesh:
    """A second plate under the first: the way down from the upper one leads around it."""
    return joined([table(), box((-80, -80, 120), (80, 80, 140))])


def balls() -> Mesh:
    """Three balls that hang in the air at different heights, and a post."""
    at = ((-100, 0, 150), (0, 60, 220), (90, -40, 300))
    return joined([box((-10, -200, 0), (10, -180, 350)), *(ball(radius_um=40, centre_um=c, rings=10) for c in at)])


def strut() -> Mesh:
    """A thin bar that lies in the air, 400 µm long."""
    return joined([box((-200, -10, 180), (200, 10, 200)), box((-220, -30, 0), (-195, 30, 220))])


PARTS = {"table": table, "gallery": gallery, "balls": balls, "strut": strut}


def settings(**changed: object) -> SupportSettings:
    return SupportSettings(machine=S230, layer_um=5.0, **changed)  # type: ignore[arg-type]


@cache
def made(name: str, joins: bool = True) -> tuple[Mesh, Supports]:
    part = PARTS[name]()
    return part, supports_of(part, settings(joins=joins))


def layers_of(mesh: Mesh) -> Iterator[Runs]:
    canvas = centred_canvas(rows=500, columns=500, pitch_um=2.0)
    cuts = layer_table(350.0, layer_um=5.0).cut_um
    return cover_layers(canvas.to_px(mesh.vertices_um), mesh.triangles, cuts, rows=500, columns=500)


@pytest.mark.parametrize("joins", [True, False])
@pytest.mark.parametrize("name", PARTS)
def test_nothing_hangs_any_more(name: str, joins: bool) -> None:
    part, supports = made(name, joins)

    before = list(needs_of(layers_of(part), reach_px=25.0, island_share=0.25))
    after = list(needs_of(layers_of(joined([part, supports.mesh])), reach_px=25.0, island_share=0.25))

    assert len(before) == supports.islands + supports.overhangs > 0
    assert after == []
    assert supports.left == ()


@pytest.mark.parametrize("name", PARTS)
def test_each_support_goes_down_to_the_platform(name: str) -> None:
    _, supports = made(name)

    below = None
    for layer in layers_of(supports.mesh):
        here = components_of(layer.binary())
        if below is not None:
            assert np.array_equal(np.unique(overlaps_of(below, here).pairs[:, 1]), np.arange(here.count))
        below = here
    assert below is not None


@pytest.mark.parametrize("joins", [True, False])
@pytest.mark.parametrize("name", PARTS)
def test_supports_touch_the_part_at_their_necks_alone(name: str, joins: bool) -> None:
    part, supports = made(name, joins)
    tips = np.array([neck.tip_um for neck in supports.necks])

    for number, (one, other) in enumerate(zip(layers_of(part), layers_of(supports.mesh), strict=True)):
        both = np.argwhere((one.painted() >= 128) & (other.painted() >= 128))
        x, y = (both[:, 1] + 0.5) * 2.0 - 500, 500 - (both[:, 0] + 0.5) * 2.0
        near = np.hypot(x[:, None] - tips[:, 0], y[:, None] - tips[:, 1]) <= 4.0 + 1.5
        at_neck = near & (tips[:, 2] == 5.0 * number)  # a neck goes one layer into the part
        assert at_neck.any(axis=1).all(), f"layer {number}"


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("neck_px", [3.0, 6.0])
def test_necks_are_as_thick_as_asked_for_where_they_touch(name: str, neck_px: float) -> None:
    supports = supports_of(PARTS[name](), settings(neck_px=neck_px))
    lowest = {}
    for neck in supports.necks:
        lowest.setdefault(round(float(neck.tip_um[2]) / 5), []).append(neck)
    seen = 0

    for number, layer in enumerate(layers_of(supports.mesh)):
        for neck in lowest.get(number, []):  # the layer that the neck goes into
            column, row = int((neck.tip_um[0] + 500) / 2), int((500 - neck.tip_um[1]) / 2)
            around = layer.window(row=row - 4, column=column - 4, rows=9, columns=9)
            assert neck.diameter_um == neck_px * 2
            if sum(np.hypot(*(other.tip_um - neck.tip_um)[:2]) < 20 for other in supports.necks) > 1:
                continue  # two in one window
            seen += 1
            assert around.area_px == pytest.approx(math.pi / 4 * neck_px**2, rel=0.02)
    assert seen > len(supports.necks) / 2


@pytest.mark.parametrize("name", PARTS)
def test_supports_are_closed_bodies_of_their_own(name: str) -> None:
    part, supports = made(name)

    assert is_closed(supports.mesh)
    assert 0 < supports.mesh.volume_um3 < part.volume_um3
    assert supports.mesh.box_um[0][2] == 0.0
    assert supports.total_force_mn == pytest.approx(len(supports.necks) * math.pi / 4 * 8.0**2 * 53.0 / 1e3)
    assert supports.neck_force_mn == neck_force_mn(8.0)


def test_branches_join_unless_they_are_to_go_straight() -> None:
    (_, tree), (_, straight) = made("table"), made("table", joins=False)

    assert tree.trunks < tree.branches == len(tree.necks)
    assert straight.trunks == straight.branches == len(straight.necks)
    assert tree.mesh.volume_um3 < straight.mesh.volume_um3


def test_the_same_part_gets_the_same_supports() -> None:
    again = supports_of(gallery(), settings())

    assert np.array_equal(again.mesh.vertices_um, made("gallery")[1].mesh.vertices_um)


def test_what_stands_by_itself_gets_none() -> None:
    supports = supports_of(box((-50, -50, 0), (50, 50, 100)), settings())

    assert (len(supports.mesh.triangles), supports.necks, supports.left) == (0, (), ())
    assert supports.contact_um2 == supports.largest_um2 == pytest.approx(1e4)


@pytest.mark.parametrize(("out_um", "needed"), [(48, False), (60, True)])
def test_a_ledge_within_the_reach_carries_itself(out_um: float, needed: bool) -> None:
    ledge = joined([box((-50, -50, 0), (0, 50, 200)), box((-50, -50, 150), (out_um, 50, 200))])

    supports = supports_of(ledge, settings())

    assert bool(supports.necks) == needed
    assert supports.left == ()


def closed_room() -> Mesh:
    """A hollow box of 260 µm with a bar that hangs from nothing in it: no way leads out."""
    walls = [box((-130, -130, 0), (130, 130, 30)), box((-130, -130, 230), (130, 130, 260))]
    for axis in range(2):
        for side in (-1, 1):
            low, high = [-130.0, -130.0], [130.0, 130.0]
            low[axis], high[axis] = sorted((side * 100.0, side * 130.0))
            walls.append(box((low[0], low[1], 0), (high[0], high[1], 260)))
    return joined([*walls, box((-20, -20, 130), (20, 20, 150))])


def test_nothing_is_put_into_a_room_without_a_way_out() -> None:
    part = closed_room()

    supports = supports_of(part, settings())

    assert [left.kind for left in supports.left] == ["island", "overhang"]  # the bar, and the ceiling above it
    assert {left.why for left in supports.left} == {"no way from there to the platform is free"}
    assert supports.necks == ()


def test_a_pin_stands_on_the_part_where_that_is_allowed() -> None:
    part = closed_room()

    supports = supports_of(part, settings(on_part=True))

    assert supports.left == ()
    assert supports.pins == len(supports.necks) > 0
    bar_pin = min(supports.necks, key=lambda neck: neck.tip_um[2])
    assert (bar_pin.tip_um[2], bar_pin.foot_um) == (130.0, pytest.approx(30.0))
    assert is_closed(supports.mesh)


def painted(**what: object) -> Painted:
    nothing = unpainted()
    return Painted(
        np.array(what.get("triangles", nothing.triangles), dtype=np.int64),
        np.array(what.get("boxes", nothing.boxes_um), dtype=np.float64),
        np.array(what.get("balls", nothing.balls_um), dtype=np.float64),
    )


def test_no_support_enters_a_forbidden_box_or_ball() -> None:
    part = table()
    box_um, ball_um = [[-150, 60, 40], [150, 150, 120]], [-80, -80, 150, 60]
    forbids = forbids_of(painted(boxes=[box_um], balls=[ball_um]), part, HERE, pixel_um=2.0)

    supports = supports_of(part, settings(), forbids=forbids)

    assert supports.left == ()
    dense = points_on(supports.mesh.vertices_um[supports.mesh.triangles], spacing_um=4.0)
    assert not (np.all((dense >= box_um[0]) & (dense <= box_um[1]), axis=1)).any()
    assert not (np.linalg.norm(dense - ball_um[:3], axis=1) <= ball_um[3]).any()


def test_no_neck_touches_a_painted_face_and_what_hangs_there_is_told() -> None:
    part = table()
    underside = np.flatnonzero((part.vertices_um[part.triangles][:, :, 2] == 260.0).all(axis=1))
    forbids = forbids_of(painted(triangles=underside), part, HERE, pixel_um=2.0)

    supports = supports_of(part, settings(), forbids=forbids)

    assert supports.necks == ()
    assert [left.at_um[2] for left in supports.left] == [260.0]
    assert supports.left[0].area_um2 > 40_000


def test_painted_places_turn_with_the_part() -> None:
    part = box((0, 0, 0), (300, 100, 100)).moved(np.eye(3), np.array([1000.0, 0.0, 0.0]))
    paint = painted(boxes=[[[995, -5, -5], [1010, 105, 105]]])

    found = supported(part, settings(), rotate_deg=(0.0, 90.0, 0.0), lift_um=60.0, forbid=paint)

    # The end at x = 1000 looks up after the turn; so nothing forbids necks on the end that looks down.
    assert found.supports.necks
    assert found.supports.left == ()
    upside = supported(part, settings(), rotate_deg=(0.0, -90.0, 0.0), lift_um=60.0, forbid=paint)
    assert upside.supports.necks == ()
    assert len(upside.supports.left) == 1


def test_a_lifted_part_hangs_on_its_necks_above_a_plate() -> None:
    found = supported(box((0, 0, 0), (200, 120, 60)), settings(), lift_um=80.0)

    assert found.part.box_um[0][2] == 80.0
    assert found.supports.left == ()
    assert found.supports.contact_um2 == 0.0
    low = next(iter(layers_of(found.supports.mesh))).binary()
    assert components_of(low).count == 1
    assert components_of(low).area_px[0] * 4.0 > 200 * 120


def test_without_a_base_each_foot_stands_alone() -> None:
    part = table()

    tied, alone = (supports_of(part, settings(base=base)) for base in (True, False))

    first_tied, first_alone = (components_of(next(iter(layers_of(s.mesh))).binary()).count for s in (tied, alone))
    assert first_alone == alone.trunks > first_tied


def test_a_line_becomes_a_closed_body_of_its_volume() -> None:
    straight = lofted(np.array([[0.0, 0.0, 100.0], [0.0, 0.0, 0.0]]), np.array([5.0, 5.0]))
    bent = lofted(np.array([[0, 0, 90], [20, 0, 60], [20, 5, 0]], dtype=float), np.array([3.0, 6.0, 6.0]))

    assert straight.volume_um3 == pytest.approx(math.pi * 25 * 100)
    frustum = math.pi * 30 / 3 * (9 + 18 + 36)
    assert bent.volume_um3 == pytest.approx(frustum + math.pi * 36 * 60)
    assert is_closed(straight)
    assert is_closed(bent)


def test_bars_and_plates_are_closed_and_as_large_as_asked_for() -> None:
    across = bar(np.array([10.0, 20.0]), np.array([40.0, 60.0]), width_um=6.0, height_um=4.0)
    square = plate(np.array([(0, 0), (100, 0), (100, 50), (0, 50), (40, 20)], dtype=float), height_um=20.0)

    assert across.volume_um3 == pytest.approx(50 * 6 * 4)
    assert square.volume_um3 == pytest.approx(100 * 50 * 20)
    assert is_closed(across)
    assert is_closed(square)


def test_the_shortest_net_joins_neighbours() -> None:
    places = np.array([(0, 0), (100, 0), (10, 0), (90, 0)], dtype=float)

    assert {frozenset(pair) for pair in shortest_net(places).tolist()} == {
        frozenset({0, 2}), frozenset({2, 3}), frozenset({3, 1})
    }  # fmt: skip
    assert len(shortest_net(places[:1])) == 0


@pytest.mark.parametrize("name", PARTS)
def test_part_and_supports_lie_on_the_pixels_of_the_part_alone(name: str) -> None:
    part, supports = made(name)
    low, high = joined([part, supports.mesh]).box_um
    own_low, own_high = part.box_um

    off_px = ((low + high) / 2 - (own_low + own_high) / 2)[:2] / 2.0

    np.testing.assert_allclose(off_px, np.round(off_px), atol=1e-3)


@pytest.mark.parametrize("joins", [True, False])
@pytest.mark.parametrize("name", PARTS)
def test_no_trunk_stands_on_an_ankle(name: str, joins: bool) -> None:
    """Where supports stand clear of their feet and heads, what is below is no thinner than what stands on it."""
    _, supports = made(name, joins)
    layers = [components_of(layer.binary()) for layer in layers_of(supports.mesh)]

    for below, above in itertools.pairwise(layers[:20]):
        areas = np.zeros(above.count)
        pairs = overlaps_of(below, above).pairs
        np.add.at(areas, pairs[:, 1], below.area_px[pairs[:, 0]])
        assert (areas >= 0.6 * above.area_px).all()


def test_a_ball_on_one_neck_is_said_to_hang_by_too_little() -> None:
    found = supported(ball(radius_um=300, centre_um=(0, 0, 300), rings=30), settings(), lift_um=60.0)

    pull_mn = math.pi * 300**2 * 50.0 / 1e6
    assert any(f"by {pull_mn:.3g} mN" in note or "by 14" in note for note in found.notes)
    dense = supported(box((0, 0, 0), (100, 100, 40)), settings(reach_um=8.0), lift_um=60.0)
    assert not any("The film pulls" in note for note in dense.notes)


def test_a_lifted_part_gets_necks_that_hold_it() -> None:
    """A wedge that carries itself needs one neck at its edge, and more to hold it as it grows."""
    wedge = box((0, 0, 0), (200, 200, 200)).moved(np.array([[1.0, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]]), np.zeros(3))

    standing, lifted = (supported(wedge, settings(), lift_um=lift_um).supports for lift_um in (0.0, 80.0))

    wanted = math.ceil(lifted.largest_um2 / held_um2(8.0))
    assert len(standing.necks) < 2 < wanted - 1 <= len(lifted.necks) <= wanted + 4  # of one the way may not be free
    assert lifted.left == ()


def test_necks_that_hold_are_far_from_each_other_and_come_as_the_layers_grow() -> None:
    places = np.array([(layer, row, 0) for layer in range(10) for row in range(0, 100, 10)])
    areas = np.linspace(100, 1000, 10)

    chosen = list(held_by(places, areas, np.array([(0, 0, 0)]), a_neck_um2=100.0, layer_px=2.0, neck_px=4.0))

    assert len(chosen) == len(set(chosen)) == 9
    layers = np.append(places[chosen, 0], 0)
    assert all((layers <= k).sum() >= k + 1 for k in range(10))
    assert list(held_by(places[:0], areas, places[:1], a_neck_um2=100.0, layer_px=2.0, neck_px=4.0)) == []
