"""What a customer wants a price for, made of finished checks and what the facility offers."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from mingyue.client import Check, Part, Revision, ServiceClass, Tariff
from mingyue.client.wishes import checks_of, options_of, several
from mingyue.errors import BadInputError

STANDARD = ServiceClass(id="s", name="Standard", name_zh="标准", lead_days=15)
EXPRESS = ServiceClass(id="e", name="Express", name_zh="加急", lead_days=5)
TARIFF = Tariff(
    id="t", number=1, state="published", currency="CNY", why="", counts=True,
    numbers={"class_per_mille": {"e": 1400, "s": 1000}, "tolerance_per_mille": {"10": 1350, "50": 1000, "25": 1100}},
)  # fmt: skip


def check(name: str, *, at: str = "works", state: str = "done", verdict: str = "fine", estimated: bool = True) -> Check:
    return Check(
        id=name, machine={"id": "m", "name": "M", "facility_slug": at}, resin={"id": "r", "name": "R"}, layer_um=5.0,
        state=state, done=1.0, verdict=verdict, counts={}, estimate={"printing_s": [1, 2]} if estimated else None,
    )  # fmt: skip


def part(*checks: Check) -> Part:
    revision = Revision(
        id="1", number=1, file_name="a.stl", size_bytes=1, units="mm", state="read", checks=checks, problem=None
    )
    return Part(
        id="p", name="nozzle", note="", confidentiality="internal", version=1, revisions=(revision,), may_change=True,
        may_ask=True, created_at=datetime(2026, 11, 25, tzinfo=UTC),
    )  # fmt: skip


def options(*checks: Check, **said: Any) -> list[dict[str, Any]]:
    wanted = {"wanted": [], "quantities": [1], "inspections": ["visual"], "tolerances_um": []} | said
    return options_of(checks, tariff=TARIFF, classes=[STANDARD, EXPRESS], **wanted)


def test_what_is_not_said_is_what_the_facility_names_first_and_its_widest_tolerance() -> None:
    assert options(check("a")) == [
        {"check": "a", "service_class": "s", "quantity": 1, "inspection": "visual", "tolerance_um": 50}
    ]


def test_a_class_without_a_price_is_not_meant() -> None:
    unpriced = ServiceClass(id="u", name="Unpriced", lead_days=1)

    (option,) = options_of(
        [check("a")], tariff=TARIFF, classes=[unpriced, EXPRESS], wanted=[], quantities=[1], inspections=["visual"],
        tolerances_um=[10],
    )  # fmt: skip

    assert (option["service_class"], option["tolerance_um"]) == ("e", 10)


@pytest.mark.parametrize("name", ["express", "Express", "加急", "e"])
def test_a_class_is_known_by_either_name(name: str) -> None:
    assert options(check("a"), wanted=[name])[0]["service_class"] == "e"


def test_a_class_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadInputError, match="no service class named Overnight") as refused:
        options(check("a"), wanted=["Overnight"])

    assert refused.value.remedy == "Choose one of these: Standard, Express."


def test_there_is_an_option_for_each_combination() -> None:
    found = options(check("a"), check("b"), quantities=[1, 10], inspections=["visual", "full"], tolerances_um=[25])

    assert [(one["check"], one["quantity"], one["inspection"]) for one in found] == list(
        product("ab", [1, 10], ["visual", "full"])
    )


def test_only_finished_checks_at_one_facility_are_meant() -> None:
    mine = part(
        check("waits", state="waiting"),
        check("unknown", estimated=False),
        check("a"),
        check("far", at="elsewhere"),
        check("b"),
    )

    assert [one.id for one in checks_of(mine)] == ["a", "b"]
    assert [one.id for one in checks_of(mine, facility="elsewhere")] == ["far"]


def test_what_fails_is_asked_for_only_where_nothing_else_is_there() -> None:
    bad, good = check("bad", verdict="fails"), check("good")

    assert checks_of(part(bad, good)) == [good]
    assert checks_of(part(bad)) == [bad]


def test_a_check_that_knows_what_it_takes_need_not_be_done() -> None:
    early = check("early", state="running")

    assert checks_of(part(early, check("later", state="waiting", estimated=False))) == [early]


def test_a_part_without_a_finished_check_says_what_to_do() -> None:
    with pytest.raises(BadInputError, match="nozzle has no finished check") as refused:
        checks_of(part(check("a", state="waiting"), check("b", state="running", estimated=False)))

    assert "Wait for its checks" in refused.value.remedy


@pytest.mark.parametrize(
    ("said", "meant"), [(1, [1]), ("full", ["full"]), ([1, 20], [1, 20]), ((), []), (("a", "b"), ["a", "b"])]
)
def test_one_or_some_are_some(said: Any, meant: list[Any]) -> None:
    assert several(said) == meant
