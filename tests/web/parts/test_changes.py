"""Findings of two revisions: each counts once, as gained, lost or kept, and what hardly moved is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.frames import rotation
from mingyue.web.parts import changes
from mingyue.web.parts.changes import Changes, compared

NEAR_UM = 10.0
Json = dict[str, Any]

places = st.tuples(*[st.integers(0, 60)] * 3)  # so close that many are near many
sides = st.tuples(*[st.integers(0, 20)] * 3)
values = st.one_of(st.none(), st.floats(0, 100))


@st.composite
def findings(draw: st.DrawFn) -> list[Json]:
    found = []
    for number in range(draw(st.integers(0, 12))):
        low, side = draw(places), draw(sides)
        found.append(finding(
            number, kind=draw(st.sampled_from(["island", "thin", "cup"])), low=low, side=side,
            severity=draw(st.sampled_from(changes.SEVERITIES)), measured=draw(values),
        ))  # fmt: skip
    return found


def finding(
    number: int = 0, *, kind: str = "island", low: Any = (0, 0, 0), side: Any = (5, 5, 5), severity: str = "risk",
    measured: float | None = None, limit: float | None = 50.0,
) -> Json:  # fmt: skip
    box = [[float(one) for one in low], [float(one + more) for one, more in zip(low, side, strict=True)]]
    return {
        "id": str(number), "kind": kind, "box_um": box, "points_um": [box[0]], "severity": severity,
        "measured": measured, "limit": limit,
    }  # fmt: skip


def told(found: Changes) -> tuple[list[Json], list[Json]]:
    """What it says of the old ones and of the new ones."""
    return [*found.lost, *(one.was for one in found.kept)], [*found.gained, *(one.now for one in found.kept)]


def by_id(some: list[Json]) -> list[Json]:
    return sorted(some, key=lambda one: int(one["id"]))


@given(findings(), findings())
def test_each_finding_counts_once(was: list[Json], now: list[Json]) -> None:
    old, new = told(compared(was, now, near_um=NEAR_UM))

    assert by_id(old) == was
    assert by_id(new) == now


@given(findings(), findings())
def test_partners_are_of_one_kind_and_near(was: list[Json], now: list[Json]) -> None:
    for one in compared(was, now, near_um=NEAR_UM).kept:
        assert one.was["kind"] == one.now["kind"]
        for axis in range(3):
            (low, high), (other_low, other_high) = (
                [end[axis] for end in each["box_um"]] for each in (one.was, one.now)
            )
            assert other_low - high <= NEAR_UM
            assert low - other_high <= NEAR_UM


@given(findings())
def test_against_itself_nothing_is_gained_or_lost(was: list[Json]) -> None:
    found = compared(was, was, near_um=NEAR_UM)

    assert (found.gained, found.lost) == ((), ())


@given(findings(), st.data())
def test_what_moved_by_less_than_the_allowance_is_kept_whatever_lies_beside_it(was: list[Json], data: Any) -> None:
    """A greedy pairing takes a neighbour's partner away now and then; the law holds because as many as can be are paired."""
    steps = st.tuples(*[st.floats(-NEAR_UM, NEAR_UM)] * 3)
    now = []
    for one in data.draw(st.permutations(was)):
        step = np.array(data.draw(steps))
        now.append(one | {"box_um": (np.array(one["box_um"]) + step).tolist()})

    found = compared(was, now, near_um=NEAR_UM)

    assert (found.gained, found.lost) == ((), ())


@given(findings(), findings())
def test_the_other_way_round_gained_is_lost(was: list[Json], now: list[Json]) -> None:
    """How many; of equally near partners either may be the one."""
    there, back = compared(was, now, near_um=NEAR_UM), compared(now, was, near_um=NEAR_UM)

    assert (len(there.gained), len(there.lost), len(there.kept)) == (len(back.lost), len(back.gained), len(back.kept))


@given(findings(), findings(), st.randoms(use_true_random=False))
def test_in_whichever_order_they_come(was: list[Json], now: list[Json], random: Any) -> None:
    first = compared(was, now, near_um=NEAR_UM)
    for some in (was, now):
        random.shuffle(some)
    again = compared(was, now, near_um=NEAR_UM)

    assert len(again.kept) == len(first.kept)


@given(findings(), findings())
def test_the_worst_come_first(was: list[Json], now: list[Json]) -> None:
    found = compared(was, now, near_um=NEAR_UM)

    for some in (found.gained, found.lost, tuple(one.now for one in found.kept)):
        ranks = [changes.SEVERITIES.index(one["severity"]) for one in some]
        assert ranks == sorted(ranks)


@given(findings(), findings(), findings())
def test_what_is_far_away_changes_nothing(was: list[Json], now: list[Json], others: list[Json]) -> None:
    far = [one | {"box_um": (np.array(one["box_um"]) + 1e6).tolist()} for one in others]
    alone, beside = compared(was, now, near_um=NEAR_UM), compared([*was, *far], now, near_um=NEAR_UM)

    assert len(beside.lost) == len(alone.lost) + len(far)
    assert len(beside.gained) == len(alone.gained)


def test_a_gap_wider_than_the_allowance_parts_them() -> None:
    was, near, far = finding(), finding(low=(15, 0, 0)), finding(low=(15.1, 0, 0))

    assert len(compared([was], [near], near_um=NEAR_UM).kept) == 1
    assert len(compared([was], [far], near_um=NEAR_UM).kept) == 0
    assert changes.near_um(pixel_um=2.0, layer_um=5.0) == 10.0


def test_of_two_that_are_near_the_nearest_is_its_partner() -> None:
    was = [finding(0), finding(1, low=(8, 0, 0))]
    now = [finding(0, low=(9, 0, 0)), finding(1, low=(1, 0, 0))]

    kept = compared(was, now, near_um=NEAR_UM).kept

    assert {(one.was["id"], one.now["id"]) for one in kept} == {("0", "1"), ("1", "0")}


@pytest.mark.parametrize(
    ("was", "now", "became"),
    [
        ({}, {}, "same"),
        ({"severity": "risk"}, {"severity": "fails"}, "worse"),
        ({"severity": "risk"}, {"severity": "note"}, "better"),
        ({"measured": 40.0}, {"measured": 30.0}, "worse"),  # thinner than the limit, and thinner still
        ({"measured": 60.0}, {"measured": 70.0}, "worse"),  # steeper, and steeper still
        ({"measured": 40.0}, {"measured": 45.0}, "better"),
        ({"measured": 40.0}, {"measured": 40.9}, "same"),  # as the grid moves it
        ({"measured": None}, {"measured": None}, "same"),
        ({"severity": "risk", "measured": 30.0}, {"severity": "note", "measured": 10.0}, "better"),
    ],
)
def test_what_became_of_one_that_stayed(was: Json, now: Json, became: str) -> None:
    assert changes.became(finding() | was, finding() | now) == became


# --- frames -------------------------------------------------------------------------------------------------------


@given(findings(), st.tuples(*[st.sampled_from([0.0, 90.0, 180.0, -90.0])] * 3), st.tuples(*[st.integers(-99, 99)] * 3))
def test_places_come_back_from_the_platform(found: list[Json], turn: Any, offset: Any) -> None:
    matrix = rotation(turn)
    laid = []
    for one in found:
        corners = np.array(one["box_um"]) @ matrix.T + offset
        laid.append(one | {
            "box_um": [corners.min(axis=0).tolist(), corners.max(axis=0).tolist()],
            "points_um": (np.array(one["points_um"]) @ matrix.T + offset).tolist(),
        })  # fmt: skip
    placement = {"matrix": matrix.tolist(), "offset_um": list(offset)}

    assert changes.in_part_frame(laid, placement, moved_um=[0, 0, 0]) == found


BOX = [[0.0, 0.0, 0.0], [1000.0, 500.0, 200.0]]


def moved(by: Any) -> list[list[float]]:
    return (np.array(BOX) + np.array(by)).tolist()


def test_a_part_that_was_moved_as_a_whole_is_known_by_its_box() -> None:
    assert changes.shift_um(BOX, BOX) == [0.0, 0.0, 0.0]
    assert changes.shift_um(BOX, moved([2000.0, 0.0, -5.0])) == [2000.0, 0.0, -5.0]
    assert changes.shift_um(BOX, moved([0.5, 0.0, 0.0])) == [0.0, 0.0, 0.0]  # as a file rounds
    assert changes.shift_um(BOX, [[0.0, 0.0, 0.0], [1100.0, 500.0, 200.0]]) is None


def test_boxes_that_share_nothing_are_apart() -> None:
    assert not changes.are_apart(BOX, moved([999.0, 0.0, 0.0]))
    assert changes.are_apart(BOX, moved([1001.0, 0.0, 0.0]))
