"""An approved quote becomes one order; it goes forward, or is cancelled by the rules that its quote posted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from mingyue.web.orders import queries, services
from mingyue.web.orders.models import Approval, Order, Project
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.orders.conftest import Deal, Everything, member

DAY = timedelta(days=1)
TOTAL = 636_92
BUDGET = 100_000_00


def test_an_accepted_quote_is_an_order_for_what_was_promised(deal: Deal) -> None:
    order = deal.ordered()
    quote = order.quote
    quote.refresh_from_db()

    assert (quote.state, quote.closed_at) == ("accepted", NOW)
    assert (order.state, order.total_fen, order.reference) == ("accepted", TOTAL, "NSFC-52375001")
    assert order.rates == [[60, 595_00, 35_70], [130, 5_50, 72]]
    for organisation in (deal.cast.institute, deal.cast.facility_operator):
        with seen_by(organisation_id=organisation.pk):
            (event,) = Event.objects.filter(organisation_id=organisation.pk, what="quote.accepted")
            assert event.facts == {"order": order.number, "option": 0, "total_fen": TOTAL}


def test_who_accepts_the_same_again_gets_the_same_order(deal: Deal, everything: Everything) -> None:
    order = deal.ordered()
    before = everything()
    owner = deal.be(deal.cast.owner)

    assert services.accept_quote(actor=owner, quote_id=order.quote_id, option=0, at=NOW + 30 * DAY) == order
    assert everything() == before


def test_a_second_caller_gets_no_order(deal: Deal, everything: Everything) -> None:
    order = deal.ordered()
    before = everything()
    with pytest.raises(ConflictError, match="accepted already"):
        services.accept_quote(actor=deal.be(deal.holder), quote_id=order.quote_id, option=0, at=NOW)
    assert everything() == before


def test_nothing_is_accepted_that_nobody_approved(deal: Deal, everything: Everything) -> None:
    quote = deal.quote()
    before = everything()
    owner = deal.be(deal.cast.owner)
    with pytest.raises(RefusedError, match="No budget holder has approved"):
        services.accept_quote(actor=owner, quote_id=quote.pk, option=0, at=NOW)
    with pytest.raises(InvalidError, match="no such option"):
        services.accept_quote(actor=owner, quote_id=quote.pk, option=1, at=NOW)
    assert everything() == before


def test_only_the_option_that_was_approved_is_accepted(deal: Deal, everything: Everything) -> None:
    owner = deal.be(deal.cast.owner)
    quote = services.ask_quote(actor=owner, asked=[*deal.asked(), *deal.asked(quantity=2)], at=NOW)
    services.approve_quote(actor=deal.be(deal.holder), quote_id=quote.pk, option=1, project_id=deal.project.pk, at=NOW)
    before = everything()
    owner = deal.be(deal.cast.owner)
    with pytest.raises(RefusedError, match="Another option of this quote was approved"):
        services.accept_quote(actor=owner, quote_id=quote.pk, option=0, at=NOW)
    assert everything() == before
    order = services.accept_quote(actor=owner, quote_id=quote.pk, option=1, at=NOW)
    assert order.total_fen == quote.content["options"][1]["total_fen"]


def test_a_quote_is_accepted_until_its_last_moment_and_not_in_it(deal: Deal, everything: Everything) -> None:
    quote = deal.approved()
    before = everything()
    owner = deal.be(deal.cast.owner)
    with pytest.raises(ConflictError, match="ran out on 2026-12-09"):
        services.accept_quote(actor=owner, quote_id=quote.pk, option=0, at=NOW + 14 * DAY)
    assert everything() == before
    last = NOW + 14 * DAY - timedelta(microseconds=1)
    assert services.accept_quote(actor=owner, quote_id=quote.pk, option=0, at=last).at == last


def test_what_was_accepted_stays_approved(deal: Deal, everything: Everything) -> None:
    order = deal.ordered()
    before = everything()
    with pytest.raises(RefusedError, match="accepted already"):
        services.withdraw_approval(actor=deal.be(deal.holder), quote_id=order.quote_id, at=NOW)
    with pytest.raises(RefusedError, match="accepted already"):
        services.withdraw_quote(actor=deal.be(deal.cast.owner), quote_id=order.quote_id, at=NOW)
    assert everything() == before


# --- forward ------------------------------------------------------------------------------------------------------


def advance(deal: Deal, order: Order, *states: str) -> None:
    manager = deal.be(deal.cast.manager)
    for state in states:
        services.advance_order(actor=manager, order_id=order.pk, state=state, at=NOW)


def test_an_order_goes_forward_only(deal: Deal, everything: Everything) -> None:
    order = deal.ordered()
    advance(deal, order, "scheduled", "made")
    before = everything()
    for state, reason in (
        ("made", "so far already"), ("making", "so far already"), ("accepted", "no state named"),
        ("cancelled", "no state named"), ("moon", "no state named"),
    ):  # fmt: skip
        with pytest.raises(RefusedError, match=reason):
            advance(deal, order, state)
    assert everything() == before


@pytest.mark.parametrize(
    ("states", "due"), [((), 0), (("scheduled",), 63_69), (("scheduled", "making"), TOTAL)], ids=str
)
def test_cancelling_costs_what_the_quote_said_and_the_rest_comes_back(
    deal: Deal, states: tuple[str, ...], due: int
) -> None:
    order = deal.ordered()
    advance(deal, order, *states)
    cancelled = services.cancel_order(actor=deal.be(deal.cast.owner), order_id=order.pk, at=NOW + DAY)

    assert (cancelled.state, cancelled.due_fen, cancelled.cancelled_at) == ("cancelled", due, NOW + DAY)
    project = Project.objects.get()
    approval = Approval.objects.get()
    assert (project.committed_fen, approval.amount_fen - approval.returned_fen) == (due, due)


@pytest.mark.parametrize("state", ["made", "delivered"])
def test_what_is_made_is_not_cancelled(deal: Deal, everything: Everything, state: str) -> None:
    order = deal.ordered()
    advance(deal, order, state)
    before = everything()
    with pytest.raises(RefusedError, match="What is made cannot be cancelled"):
        services.cancel_order(actor=deal.be(deal.cast.owner), order_id=order.pk, at=NOW)
    assert everything() == before


def test_a_cancelled_order_is_over(deal: Deal, everything: Everything) -> None:
    order = deal.ordered()
    services.cancel_order(actor=deal.be(deal.cast.owner), order_id=order.pk, at=NOW)
    before = everything()
    with pytest.raises(RefusedError, match="was cancelled"):
        services.cancel_order(actor=deal.be(deal.cast.owner), order_id=order.pk, at=NOW)
    with pytest.raises(RefusedError, match="was cancelled"):
        advance(deal, order, "scheduled")
    assert everything() == before


@pytest.mark.parametrize("change", [{"total_fen": 1}, {"rates": []}, {"reference": "x"}, {"option": 1}], ids=str)
def test_postgresql_itself_keeps_what_was_ordered(deal: Deal, change: dict[str, Any]) -> None:
    order = deal.ordered()
    for act in (
        lambda: Order.objects.filter(pk=order.pk).update(**change),
        lambda: Order.objects.filter(pk=order.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="what is promised in orders_order never changes"), transaction.atomic():
            act()


# --- who sees and does what ---------------------------------------------------------------------------------------

INSIDE = {"owner", "holder", "manager", "operator"}
DOES = {"owner": {"accept", "cancel"}, "holder": {"cancel"}, "manager": {"advance"}, "operator": set()}


@pytest.mark.parametrize("name", ["owner", "colleague", "holder", "manager", "operator", "office", "stranger", "rival"])
def test_an_order_is_seen_by_both_sides_and_each_does_what_is_theirs(
    deal: Deal, everything: Everything, name: str
) -> None:
    order = deal.ordered()
    before = everything()
    viewer = deal.be(getattr(deal, name, None) or getattr(deal.cast, name))

    assert (queries.order_of(viewer, order.pk) is not None) == (name in INSIDE)
    assert Order.objects.exists() == (name in INSIDE or name == "colleague")  # the wall
    acts: dict[str, Any] = {
        "accept": lambda: services.accept_quote(actor=viewer, quote_id=order.quote_id, option=0, at=NOW),
        "advance": lambda: services.advance_order(actor=viewer, order_id=order.pk, state="making", at=NOW),
        "cancel": lambda: services.cancel_order(actor=viewer, order_id=order.pk, at=NOW),
    }
    for what, act in acts.items():
        if what not in DOES.get(name, set()):
            with pytest.raises((RefusedError, ConflictError) if name in INSIDE else NotFoundError):
                act()
    assert everything() == before


def test_a_member_who_may_see_the_part_may_cancel(deal: Deal) -> None:
    """Whoever belongs to the customer and sees the order; the facility's people do not."""
    order = deal.ordered()
    boss = member("boss@example.org", "Wu", deal.cast.institute, "owner")
    assert services.cancel_order(actor=deal.be(boss), order_id=order.pk, at=NOW).state == "cancelled"
