"""A price adds up to the fen, never falls where more is asked for, and rounds nobody's fen away."""

from __future__ import annotations

import string
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.phrases import in_language
from mingyue.printing.estimates import estimate, read_times
from mingyue.web.orders.names import TwoNames
from mingyue.web.orders.pricing.dividing import apportioned, divided, rounded
from mingyue.web.orders.pricing.numbers import CANCELLABLE, INSPECTIONS, TAXED, Numbers, as_json, faults_of, read
from mingyue.web.orders.pricing.prices import (
    Needs,
    Wish,
    line_as_json,
    paid_parts_milli,
    price,
    split,
    why_not_price,
)
from mingyue.web.records.kept_phrases import from_json
from tests.web.orders.conftest import PLAIN

TIMES = read_times()
NEEDS = Needs("s230", "pr48-385", printing_s=(3000.0, 4200.0), handling_s=(1200.0, 2400.0), resin_mm3=(100.0, 120.0))
WISH = Wish(quantity=1, inspection="visual", tolerance_um=25, service_class="standard")

fen = st.integers(0, 1_000_000)
times = st.integers(0, 3000)


@st.composite
def tariffs(draw: st.DrawFn) -> Numbers:
    """Any that `faults_of` lets pass."""
    starts = sorted(draw(st.sets(st.integers(2, 60), max_size=4)))
    less = sorted(draw(st.lists(st.integers(0, 999), min_size=len(starts), max_size=len(starts))))
    taxes = {name: draw(st.sampled_from([0, 15, 30, 60, 90, 130, 333, 1000])) for name in TAXED}
    taxes["minimum"] = min(taxes.values())
    numbers = replace(
        PLAIN,
        setup_fen=draw(fen), machine_hour_fen={"s230": draw(fen)}, resin_ml_fen={"pr48-385": draw(fen)},
        cleaning_fen=draw(fen), inspection_fen={name: draw(fen) for name in INSPECTIONS},
        handling_hour_fen=draw(fen), minimum_fen=draw(st.integers(0, 20_000_000)),
        rebate_per_mille={str(start): share for start, share in zip(starts, less, strict=True)},
        kind_per_mille={"university": draw(times)}, class_per_mille={"standard": draw(times)},
        tolerance_per_mille={"25": draw(times)}, tax_per_mille=taxes,
    )  # fmt: skip
    assert faults_of(as_json(numbers)) == {}
    return numbers


seconds = st.floats(0, 1e6)
bands = st.tuples(seconds, seconds).map(lambda band: (min(band), max(band)))


@st.composite
def needs(draw: st.DrawFn) -> Needs:
    return replace(NEEDS, printing_s=draw(bands), handling_s=draw(bands), resin_mm3=draw(bands))


kinds = st.sampled_from(["university", "company"])
counts = st.integers(1, 70)


def priced(numbers: Numbers, what: Needs, *, kind: str = "company", **wish: Any) -> Any:
    return price(numbers, what, replace(WISH, **wish), kind=kind, class_name="Standard")


# --- laws ---------------------------------------------------------------------------------------------------------


@given(tariffs(), needs(), counts, kinds)
def test_lines_add_up_to_the_total_whatever_the_rounding(numbers: Numbers, what: Needs, count: int, kind: str) -> None:
    found = priced(numbers, what, quantity=count, kind=kind)

    assert all(type(n) is int for line in found.lines for n in (line.amount_fen, line.tax_fen, line.quantity_milli))
    assert sum(line.amount_fen + line.tax_fen for line in found.lines) == found.total_fen
    assert found.net_fen >= numbers.minimum_fen
    assert sum(net + tax for net, tax in found.by_rate.values()) == found.total_fen
    assert all(net >= 0 and tax >= 0 for net, tax in found.by_rate.values())
    exact = sum(Fraction(line.amount_fen * line.tax_per_mille, 1000) for line in found.lines)
    assert found.tax_fen == rounded(exact.numerator, exact.denominator)
    for line in found.lines:
        assert abs(line.tax_fen - Fraction(line.amount_fen * line.tax_per_mille, 1000)) < 1


@given(needs(), counts, st.integers(0, 3000))
def test_a_factor_is_said_as_the_tariff_has_it_however_few_fen_it_changes(what: Needs, count: int, share: int) -> None:
    found = priced(replace(PLAIN, kind_per_mille={"university": share}), what, quantity=count, kind="university")

    said = [line.reason for line in found.lines if line.kind == "organisation"]
    assert [text for text in said if not text.startswith(f"University: {(share - 1000) / 10:+.1f} % of ")] == []


@given(tariffs(), needs(), counts, kinds)
def test_what_a_line_says_is_what_it_costs(numbers: Numbers, what: Needs, count: int, kind: str) -> None:
    for line in priced(numbers, what, quantity=count, kind=kind).lines:
        assert line.amount_fen == rounded(line.unit_price_fen * line.quantity_milli, 1000)


@given(tariffs(), needs(), counts, kinds)
def test_one_part_more_never_costs_less(numbers: Numbers, what: Needs, count: int, kind: str) -> None:
    some, more = (priced(numbers, what, quantity=n, kind=kind) for n in (count, count + 1))

    assert some.net_fen <= more.net_fen
    assert some.total_fen <= more.total_fen


@given(tariffs(), needs(), counts, kinds, st.sampled_from(["printing_s", "handling_s", "resin_mm3"]), bands)
def test_more_time_and_more_resin_never_cost_less(
    numbers: Numbers, what: Needs, count: int, kind: str, grown: str, by: tuple[float, float]
) -> None:
    band = getattr(what, grown)
    larger = replace(what, **{grown: (band[0] + by[0], band[1] + by[1])})
    some, more = (priced(numbers, each, quantity=count, kind=kind) for each in (what, larger))

    assert some.net_fen <= more.net_fen
    assert some.total_fen <= more.total_fen


layers = st.lists(
    st.tuples(st.integers(0, 16), st.integers(0, 4)), min_size=1, max_size=12
)  # fields, and how many more


@given(tariffs(), layers, layers, st.floats(0, 500), st.floats(0, 500), counts, st.integers(0, 20), kinds)
def test_a_larger_part_on_more_fields_never_costs_less(
    numbers: Numbers, some: Any, above: Any, volume: float, by: float, count: int, more: int, kind: str
) -> None:
    """Through the engine's own estimate: more fields in a layer, more layers, more resin, more parts, all else equal."""

    def total(fields: list[int], volume_mm3: float, quantity: int) -> int:
        taken = estimate(np.array(fields), volume_mm3=volume_mm3, exposure_s=0.8, findings=3, times=TIMES)
        what = replace(NEEDS, printing_s=taken.printing_s, handling_s=taken.handling_s, resin_mm3=taken.resin_mm3)
        return int(priced(numbers, what, quantity=quantity, kind=kind).total_fen)

    small = [fields for fields, _ in some]
    wider = [fields + grown for fields, grown in some]
    taller = [*wider, *(fields for fields, _ in above)]

    prices = [
        total(small, volume, count), total(wider, volume, count), total(taller, volume, count),
        total(taller, volume + by, count), total(taller, volume + by, count + more),
    ]  # fmt: skip
    assert prices == sorted(prices)


@given(st.integers(1, 1000))
def test_without_rebates_every_part_is_paid_for(count: int) -> None:
    assert paid_parts_milli(replace(PLAIN, rebate_per_mille={}), count) == 1000 * count


@given(tariffs(), st.integers(1, 200))
def test_each_part_pays_its_own_rebate(numbers: Numbers, count: int) -> None:
    def less(part: int) -> int:
        return max((share for start, share in numbers.rebates if start <= part), default=0)

    assert paid_parts_milli(numbers, count) == sum(1000 - less(part) for part in range(1, count + 1))


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_what_is_divided_adds_up_and_nobody_is_a_fen_off(total: int, weights: list[int]) -> None:
    parts = divided(total, weights)

    assert sum(parts) == total
    if sum(weights):
        exact = [Fraction(total * weight, sum(weights)) for weight in weights]
        assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=5), st.data())
def test_bills_in_pieces_come_to_the_whole_and_never_take_more_than_is_left(
    rates: list[tuple[int, int]], data: st.DataObject
) -> None:
    left = dict(enumerate(rates))
    while whole := sum(net + tax for net, tax in left.values()):
        piece = split(data.draw(st.integers(max(1, whole // 3), whole)), left)
        left = {rate: (left[rate][0] - net, left[rate][1] - tax) for rate, (net, tax) in piece.items()}
        assert all(net >= 0 and tax >= 0 for net, tax in left.values())


def test_the_largest_remainder_gets_the_fen() -> None:
    assert divided(100, [1, 1, 1]) == [34, 33, 33]
    assert divided(5, [0, 0]) == [5, 0]
    assert apportioned(0, [-6, 6], 10) == [-1, 1]
    with pytest.raises(ValueError, match="cannot be divided"):
        divided(1, [-1, 2])
    with pytest.raises(ValueError, match="too far"):
        apportioned(3, [1, 1], 10)


@pytest.mark.parametrize(("numerator", "whole"), [(0, 0), (4, 0), (5, 1), (14, 1), (15, 2), (-5, 0), (-6, -1)])
def test_a_half_goes_up(numerator: int, whole: int) -> None:
    assert rounded(numerator, 10) == whole


# --- a picture ----------------------------------------------------------------------------------------------------


def told(found: Any, language: Any = "en") -> list[tuple[int, int, str]]:
    return [(line.amount_fen, line.tax_fen, in_language(line.reason, language)) for line in found.lines]


def test_a_price_tells_how_it_came_about() -> None:
    found = priced(PLAIN, NEEDS, quantity=20, kind="university", inspection="dimensional", tolerance_um=10)

    assert told(found) == [
        (200_00, 12_00, "Setting up, once"),
        (6000_00, 360_00, "20 × 1.000 h on the machine: the middle of 0.833 to 1.167 h"),
        (110_00, 14_30, "20 × 0.110 ml of resin, losses included"),
        (400_00, 24_00, "Cleaning of each part"),
        (1600_00, 96_00, "Inspection of each part, measured where it matters"),
        (1500_00, 90_00, "20 × 0.500 h of work by hand: the middle of 0.333 to 0.667 h"),
        (-522_50, -31_35, "Rebate on quantity: -5.4 % of what is taxed at 6 %"),
        (-6_05, -79, "Rebate on quantity: -5.5 % of what is taxed at 13 %"),
        (2753_25, 165_19, "Tolerance of ±10 µm: +30.0 % of what is taxed at 6 %"),
        (31_19, 4_06, "Tolerance of ±10 µm: +30.0 % of what is taxed at 13 %"),
        (-3579_22, -214_75, "University: -30.0 % of what is taxed at 6 %"),
        (-40_54, -5_27, "University: -30.0 % of what is taxed at 13 %"),
    ]
    assert (found.net_fen, found.tax_fen, found.total_fen) == (8446_13, 513_39, 8959_52)


def test_a_price_is_told_in_chinese_from_what_is_kept() -> None:
    found = priced(PLAIN, NEEDS, quantity=20, kind="university")
    kept = [from_json(line_as_json(line)["reason"]) for line in found.lines]

    assert [in_language(reason, "zh") for reason in kept] == [text for *_, text in told(found, "zh")]
    assert told(found, "zh")[-2][2] == "大学：-30.0 %（税率 6 % 部分）"


def test_a_service_class_is_named_in_the_readers_language() -> None:
    fast = replace(PLAIN, class_per_mille={"standard": 1500})
    found = price(fast, NEEDS, WISH, kind="company", class_name=TwoNames("Express", "加急"))
    kept = from_json(line_as_json(found.lines[-1])["reason"])

    assert in_language(kept, "en") == "Express: +50.0 % of what is taxed at 13 %"
    assert in_language(kept, "zh") == "加急：+50.0 %（税率 13 % 部分）"


def test_a_small_order_is_topped_up_to_the_minimum() -> None:
    cheap = replace(PLAIN, setup_fen=10_00)
    found = priced(cheap, replace(NEEDS, printing_s=(0, 0), handling_s=(0, 0), resin_mm3=(0, 0)))

    assert [(line.kind, line.amount_fen) for line in found.lines] == [
        ("setup", 10_00), ("cleaning", 20_00), ("minimum", 470_00)
    ]  # fmt: skip


def test_a_rebate_for_all_parts_would_make_the_tenth_part_cheaper_than_nothing() -> None:
    """Why rebates are for the parts from their quantity on."""
    steep = replace(PLAIN, rebate_per_mille={"10": 200})
    each = 400_00

    assert 10 * each * 800 // 1000 < 9 * each
    assert paid_parts_milli(steep, 10) * each // 1000 == 9 * each + each * 800 // 1000


@pytest.mark.parametrize(
    ("what", "wish", "reason"),
    [
        ({"machine": "x"}, {}, "The tariff has no price for this machine."),
        ({"resin": "x"}, {}, "The tariff has no price for this resin."),
        ({}, {"quantity": 0}, "A quantity is from 1 to 100,000."),
        ({}, {"quantity": 100_001}, "A quantity is from 1 to 100,000."),
        ({}, {"inspection": "x"}, "There is no inspection named x."),
        ({}, {"tolerance_um": 5}, "The tariff has no price for a tolerance of ±5 µm."),
        ({}, {"service_class": "x"}, "The tariff has no price for this service class."),
    ],
)
def test_what_a_tariff_has_no_price_for_is_said(what: dict[str, Any], wish: dict[str, Any], reason: str) -> None:
    assert why_not_price(PLAIN, NEEDS, WISH) == []
    assert why_not_price(PLAIN, replace(NEEDS, **what), replace(WISH, **wish)) == [reason]


# --- numbers ------------------------------------------------------------------------------------------------------


def test_numbers_come_back_from_json() -> None:
    assert read(as_json(PLAIN)) == PLAIN
    assert faults_of(as_json(PLAIN)) == {}


WHOLE = "It takes a whole number from 0 to 10,000,000,000."


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("setup_fen", -1, WHOLE),
        ("setup_fen", 1.5, WHOLE),
        ("setup_fen", True, WHOLE),
        ("setup_fen", None, WHOLE),
        ("machine_hour_fen", {}, "It takes from 1 to 200 numbers."),
        ("machine_hour_fen", {"s230": "1"}, WHOLE),
        ("machine_hour_fen", 1, "It takes numbers by name."),
        ("machine_hour_fen", {1: 1}, "It takes numbers by name."),
        ("inspection_fen", {"visual": 1}, "It takes one number for each of: visual, dimensional, full."),
        ("rebate_per_mille", {"1": 1}, "It takes a whole number from 2 to 100,000."),
        ("rebate_per_mille", {"010": 1}, "It takes a whole number from 2 to 100,000."),
        ("rebate_per_mille", {"10": 1000}, "It takes a whole number from 0 to 999."),
        ("rebate_per_mille", {"10": 200, "100": 100}, "A larger quantity has no smaller rebate."),
        ("tolerance_per_mille", {"²": 1}, "It takes a whole number from 1 to 1,000."),
        ("tax_per_mille", dict.fromkeys(TAXED, 60) | {"resin": 30},
         "What is added up to the minimum is taxed no higher than any other line."),
        ("cancel_due_per_mille", dict(zip(CANCELLABLE, (0, 500, 400), strict=True)), "Cancelling later costs no less."),
        ("moon", 1, "A tariff has no such number."),
    ],
)  # fmt: skip
def test_a_number_that_is_wrong_is_named(field: str, value: Any, fault: str) -> None:
    assert faults_of(as_json(PLAIN) | {field: value}) == {field: fault}


@given(st.dictionaries(st.text(string.printable, max_size=5), st.integers() | st.text(max_size=3)))
def test_what_is_no_tariff_is_refused_and_never_breaks_us(said: dict[str, Any]) -> None:
    assert set(faults_of(said)) >= {"setup_fen", "tax_per_mille"}
