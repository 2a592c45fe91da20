"""The feed says what happened, in order, to who may see it; who goes on where they stopped misses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mingyue.web.orders import services as orders
from mingyue.web.people.models import Organisation, User
from mingyue.web.records.models import Event
from tests.web.api.conftest import Program, in_session, with_key
from tests.web.notices.conftest import of
from tests.web.orders.conftest import Deal

__all__ = ["in_session", "with_key"]  # fixtures

WithKey = Callable[..., Program]


@pytest.fixture
def feed(with_key: WithKey) -> Callable[..., list[Any]]:
    """What a person's program reads with a key of these scopes; all of it."""

    def read(person: User, organisation: Organisation, *scopes: str, query: str = "") -> list[Any]:
        answer = with_key(person, organisation, *scopes)("GET", f"/events?limit=200{query}")
        assert answer.status_code == 200, answer.content
        return list(answer.json()["items"])

    return read


def kinds(items: list[Any]) -> list[str]:
    return [one["type"] for one in items if not one["type"].startswith("key.")]


def test_an_owner_reads_all_of_the_organisations_events_in_order(deal: Deal, feed: Any) -> None:
    order = deal.ordered()

    items = feed(deal.cast.owner, deal.cast.institute)

    assert kinds(items) == ["project.opened", "quote.asked", "quote.approved", "quote.accepted"]
    assert [one["number"] for one in items] == list(range(1, len(items) + 1))
    accepted = next(one for one in items if one["type"] == "quote.accepted")
    with of(deal.cast.institute):
        event = Event.objects.get(what="quote.accepted")
    assert accepted == {
        "id": str(event.pk), "number": event.number, "type": "quote.accepted", "at": "2026-11-25T08:00:00Z",
        "organisation": "lake-institute", "actor": str(deal.cast.owner.pk),
        "subject": {"kind": "orders.quote", "id": str(order.quote_id)},
        "facts": {"order": order.number, "option": 0, "total_fen": order.total_fen},
        "api": f"/api/quotes/{order.quote_id}",
    }  # fmt: skip


def test_a_key_that_may_not_read_orders_reads_that_they_happen_and_no_amounts(deal: Deal, feed: Any) -> None:
    order = deal.ordered()
    orders.bill_order(actor=deal.be(deal.cast.manager), order_id=order.pk, at=order.at)

    for person, side in ((deal.cast.owner, deal.cast.institute), (deal.cast.manager, deal.cast.facility_operator)):
        told = feed(person, side, "events:read", "orders:read")
        narrow = feed(person, side, "events:read")
        assert kinds(narrow) == kinds(told)
        assert '_fen"' in json.dumps(told)
        assert '_fen"' not in json.dumps(narrow)
        assert [one | {"facts": 0} for one in narrow[: len(told)]] == [one | {"facts": 0} for one in told]
    assert [one["facts"] for one in narrow if one["type"] == "quote.accepted"] == [{"order": order.number, "option": 0}]


def test_each_side_reads_its_own_chain_and_a_stranger_neither(deal: Deal, feed: Any) -> None:
    deal.ordered()

    facility = feed(deal.cast.manager, deal.cast.facility_operator)
    assert kinds(facility) == ["tariff.drafted", "tariff.published", "quote.asked", "quote.approved", "quote.accepted"]
    assert {one["organisation"] for one in facility} == {"micro-works"}
    assert "NSFC" not in str(facility)
    assert kinds(feed(deal.cast.stranger, deal.cast.firm)) == []


def test_a_member_reads_what_is_about_things_that_they_see_and_about_themselves(deal: Deal, feed: Any) -> None:
    deal.ordered()

    # A colleague sees no confidential part, nor what it costs; who holds the budget sees quotes and projects.
    assert kinds(feed(deal.cast.colleague, deal.cast.institute)) == []
    assert [one["type"] for one in feed(deal.cast.colleague, deal.cast.institute)] == ["key.made"] * 2


def test_a_session_of_a_budget_holder_reads_quotes_and_projects(deal: Deal, in_session: Any) -> None:
    deal.ordered()

    items = in_session(deal.holder)("GET", "/events").json()["items"]

    assert kinds(items) == ["project.opened", "quote.asked", "quote.approved", "quote.accepted"]


def test_a_reader_who_goes_on_where_they_stopped_misses_nothing_and_gets_nothing_twice(
    deal: Deal, with_key: WithKey
) -> None:
    program = with_key(deal.cast.owner, deal.cast.institute)
    deal.quote()
    read, after = [], 0
    for _ in range(3):
        page = program("GET", f"/events?after={after}&limit=2").json()
        read += page["items"]
        after = page["next"]
    assert kinds(read) == ["project.opened", "quote.asked"]

    deal.ordered()
    page = program("GET", f"/events?after={after}").json()

    assert kinds(page["items"]) == ["quote.asked", "quote.approved", "quote.accepted"]
    assert program("GET", f"/events?after={page['next']}").json() == {"items": [], "next": page["next"]}


def test_what_a_member_may_not_see_is_passed_over(deal: Deal, with_key: WithKey) -> None:
    program = with_key(deal.cast.colleague, deal.cast.institute)
    deal.ordered()

    page = program("GET", "/events?after=2").json()

    with of(deal.cast.institute):
        assert page == {"items": [], "next": Event.objects.filter(organisation_id=deal.cast.institute.pk).count()}


def test_kinds_are_chosen_by_name_or_by_what_they_are_about(deal: Deal, feed: Any) -> None:
    order = deal.ordered()
    orders.advance_order(actor=deal.be(deal.cast.manager), order_id=order.pk, state="making", at=order.at)
    works = deal.cast.facility_operator

    assert kinds(feed(deal.cast.manager, works, query="&kind=order.advanced")) == ["order.advanced"]
    assert kinds(feed(deal.cast.manager, works, query="&kind=tariff.*")) == ["tariff.drafted", "tariff.published"]
    assert kinds(feed(deal.cast.manager, works, query="&kind=quot.*")) == []


def test_who_belongs_to_several_says_which_is_meant(deal: Deal, in_session: Any) -> None:
    from mingyue.web.people.models import Membership

    with of(deal.cast.firm):
        Membership.objects.create(
            person=deal.cast.owner, organisation=deal.cast.firm, roles=["member"], since=deal.check.asked_at
        )
    owner = in_session(deal.cast.owner)

    assert owner("GET", "/events").status_code == 400
    assert owner("GET", "/events?organisation=lake-institute").status_code == 200
    assert owner("GET", "/events?organisation=micro-works").status_code == 404
