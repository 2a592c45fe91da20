"""Two quotes beside each other: every option and every line counts once, and the differences add up."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mingyue.web.orders.against import OptionChange, asked, compared

Json = dict[str, Any]
amounts = st.integers(-1000_00, 1000_00)
kinds = st.sampled_from(["setup", "machine", "resin", "class"])
rates = st.sampled_from([60, 130])


@st.composite
def lines(draw: st.DrawFn) -> list[Json]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        amount, rate = draw(amounts), draw(rates)
        found.append({
            "number": number, "kind": draw(kinds), "tax_per_mille": rate, "amount_fen": amount,
            "tax_fen": amount * rate // 1000,
        })  # fmt: skip
    return found


@st.composite
def contents(draw: st.DrawFn) -> Json:
    options = []
    for number in range(draw(st.integers(0, 5))):
        priced = draw(lines())
        tax = sum(line["tax_fen"] for line in priced)
        options.append({
            "number": number, "machine": {"id": draw(st.sampled_from("ab"))}, "resin": {"id": "r"}, "layer_um": 5.0,
            "rotation": draw(st.sampled_from([None, [90.0, 0.0, 0.0]])), "quantity": draw(st.sampled_from([1, 2])),
            "inspection": "visual", "tolerance_um": 25, "service_class": {"id": "s"}, "lines": priced, "tax_fen": tax,
            "total_fen": tax + sum(line["amount_fen"] for line in priced),
        })  # fmt: skip
    return {"options": options}


@given(contents(), contents())
def test_every_option_and_every_line_counts_once(was: Json, now: Json) -> None:
    found = compared(was, now)

    assert [one.now for one in found if one.now] == now["options"]
    assert by_number([one.was for one in found if one.was]) == was["options"]
    for one in found:
        assert [line.now for line in one.lines if line.now] == (one.now or {"lines": []})["lines"]
        assert by_number([line.was for line in one.lines if line.was]) == (one.was or {"lines": []})["lines"]


@given(contents(), contents())
def test_the_differences_add_up_to_the_fen(was: Json, now: Json) -> None:
    found = compared(was, now)

    for one in found:
        assert sum(line.difference_fen for line in one.lines) + one.tax_difference_fen == one.difference_fen
    assert sum(one.difference_fen for one in found) == total(now) - total(was)


@given(contents(), contents())
def test_only_what_asks_the_same_is_compared_and_all_of_that_is(was: Json, now: Json) -> None:
    found = compared(was, now)

    for one in found:
        assert one.was is None or one.now is None or asked(one.was) == asked(one.now)
    left = {asked(one.was) for one in found if one.now is None and one.was}
    assert not left & {asked(one.now) for one in found if one.was is None and one.now}


@given(contents())
def test_against_itself_nothing_differs(was: Json) -> None:
    found = compared(was, was)

    assert all(one.was and one.now and not one.difference_fen for one in found)


def test_an_old_quote_that_says_nothing_of_turning_lies_as_uploaded() -> None:
    option = {
        "machine": {"id": "a"}, "resin": {"id": "r"}, "layer_um": 5, "quantity": 1, "inspection": "visual",
        "tolerance_um": 25, "service_class": {"id": "s"}, "lines": [], "tax_fen": 0, "total_fen": 1,
    }  # fmt: skip

    assert compared({"options": [option]}, {"options": [option | {"rotation": None, "layer_um": 5.0}]}) == [
        OptionChange(option, option | {"rotation": None, "layer_um": 5.0}, ())
    ]


def by_number(rows: list[Json]) -> list[Json]:
    return sorted(rows, key=lambda row: int(row["number"]))


def total(content: Json) -> int:
    return sum(option["total_fen"] for option in content["options"])
