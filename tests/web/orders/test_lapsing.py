"""An approval whose quote ran out gives its budget back by itself, once, and its people are told before and after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection

from mingyue.web.orders import lapsing, queries, services
from mingyue.web.orders.ledger.faults import faults
from mingyue.web.orders.models import Approval, Project, Quote
from mingyue.web.orders.rules import REMINDED_BEFORE
from mingyue.web.orders.tasks import settle_approvals
from mingyue.web.records.errors import ConflictError, RefusedError
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by, tell
from tests.web.conftest import NOW
from tests.web.orders.conftest import Deal, Everything

DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
END = NOW + 14 * DAY
EARLY = END - REMINDED_BEFORE
BUDGET = 100_000_00
TOTAL = 636_92


def work(at: datetime) -> list[bool]:
    """What the worker does at that time, to whom nobody told who looks."""
    tell()
    return [lapsing.settle(one, at=at) for one in lapsing.due(at=at)]


def committed(deal: Deal) -> int:
    with seen_by(organisation_id=deal.cast.institute.pk):
        return Project.objects.get(pk=deal.project.pk).committed_fen


def told(deal: Deal, what: str) -> list[Event]:
    """The events of both sides, the customer's first."""
    sides = (deal.cast.institute, deal.cast.facility_operator)
    found = []
    for side in sides:
        with seen_by(organisation_id=side.pk):
            found += Event.objects.filter(organisation_id=side.pk, what=what)
    return found


def test_when_a_quote_runs_out_its_approval_ends_and_the_budget_is_free(deal: Deal) -> None:
    quote = deal.approved()
    assert work(END - MOMENT) == [True]  # the reminder
    assert committed(deal) == TOTAL

    assert work(END) == [True]

    assert committed(deal) == 0
    holder = deal.be(deal.holder)
    assert queries.approval_of(holder, quote) is None
    (approval,) = Approval.objects.all()
    assert (approval.ended_at, approval.returned_fen) == (END, TOTAL)
    assert Quote.objects.get().state == "offered"


def test_each_side_is_told_once_that_nobody_did_it(deal: Deal) -> None:
    quote = deal.approved()
    work(END)
    assert work(END) == work(END + DAY) == []

    events = told(deal, "quote.approval_lapsed")
    assert [one.organisation_id for one in events] == [deal.cast.institute.pk, deal.cast.facility_operator.pk]
    for one in events:
        assert (one.subject_id, one.actor_id, one.at) == (str(quote.pk), None, END)
        assert one.facts == {"option": 0, "amount_fen": TOTAL}


@pytest.mark.parametrize("ending", ["accepted", "withdrawn", "review", "replaced", "unapproved", "unapproved later"])
def test_what_ended_otherwise_does_not_lapse(deal: Deal, everything: Everything, ending: str) -> None:
    quote = deal.approved()
    waiting = lapsing.due(at=END)
    owner, holder = deal.cast.owner, deal.holder
    {
        "accepted": lambda: services.accept_quote(actor=deal.be(owner), quote_id=quote.pk, option=0, at=NOW),
        "withdrawn": lambda: services.withdraw_quote(actor=deal.be(owner), quote_id=quote.pk, at=NOW),
        "review": lambda: services.ask_review(actor=deal.be(owner), quote_id=quote.pk, text="?", at=NOW),
        "replaced": lambda: services.replace_quote(
            actor=deal.be(deal.cast.manager), quote_id=quote.pk, changes=[services.Change(0, 0, 1, "w")], at=NOW
        ),
        "unapproved": lambda: services.withdraw_approval(actor=deal.be(holder), quote_id=quote.pk, at=NOW),
        "unapproved later": lambda: services.withdraw_approval(actor=deal.be(holder), quote_id=quote.pk, at=END),
    }[ending]()
    before = everything()

    assert lapsing.due(at=END) == []
    tell()
    assert [lapsing.settle(one, at=END) for one in waiting] == [False]
    assert everything() == before


def test_an_offer_that_nobody_approved_runs_out_by_the_clock_alone(deal: Deal, everything: Everything) -> None:
    deal.quote()
    before = everything()
    assert work(EARLY) == work(END) == []
    assert everything() == before


def test_many_wait_for_the_next_time(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lapsing, "MOST_AT_ONCE", 2)
    for _ in range(3):
        deal.approved()
    assert [work(END), work(END), work(END)] == [[True, True], [True], []]
    assert committed(deal) == 0


def test_the_workers_task_does_it(deal: Deal) -> None:
    deal.approved()
    tell()
    settle_approvals(timestamp=int(END.timestamp()))
    assert committed(deal) == 0


def test_books_that_are_broken_keep_no_others_waiting(deal: Deal) -> None:
    broken = deal.approved()
    sound = services.open_project(
        actor=deal.be(deal.holder),
        organisation_id=deal.cast.institute.pk,
        number="S-1",
        name="",
        budget_fen=BUDGET,
        at=NOW,
    )
    quote = services.ask_quote(actor=deal.be(deal.cast.owner), asked=deal.asked(), at=NOW + DAY)
    services.approve_quote(actor=deal.be(deal.holder), quote_id=quote.pk, option=0, project_id=sound.pk, at=NOW + DAY)
    Project.objects.filter(pk=deal.project.pk).update(committed_fen=0)  # less than is to come back
    tell()
    assert [one.quote_id for one in lapsing.due(at=END + DAY)] == [broken.pk, quote.pk]

    with pytest.raises(IntegrityError):  # whoever looks at jobs that failed hears of it
        settle_approvals(timestamp=int((END + DAY).timestamp()))

    with seen_by(organisation_id=deal.cast.institute.pk):
        assert Project.objects.get(pk=sound.pk).committed_fen == 0
        assert [one.quote_id for one in Approval.objects.filter(ended_at=None)] == [broken.pk]


def test_whoever_serves_pages_learns_of_no_quote_by_asking_what_is_due(deal: Deal) -> None:
    quote = deal.approved()
    tell()
    assert lapsing.due(at=END) == [lapsing.Due(True, deal.cast.institute.pk, quote.pk)]
    assert not Quote.objects.exists()


# --- making room --------------------------------------------------------------------------------------------------


def approve(deal: Deal, quote: Quote, *, at: datetime) -> Approval:
    return services.approve_quote(
        actor=deal.be(deal.holder), quote_id=quote.pk, option=0, project_id=deal.project.pk, at=at
    )


@pytest.fixture
def for_one(deal: Deal) -> Quote:
    """Approved, of a project that can pay for one."""
    services.change_budget(actor=deal.be(deal.holder), project_id=deal.project.pk, version=1, budget_fen=TOTAL, at=NOW)
    return deal.approved()


def asked_at(deal: Deal, at: datetime) -> Quote:
    return services.ask_quote(actor=deal.be(deal.cast.owner), asked=deal.asked(), at=at)


def test_what_ran_out_makes_room_for_what_is_approved(deal: Deal, for_one: Quote) -> None:
    other = asked_at(deal, NOW + DAY)
    with pytest.raises(RefusedError, match=r"has 0\.00 CNY left"):
        approve(deal, other, at=END - MOMENT)

    approve(deal, other, at=END)

    assert committed(deal) == TOTAL
    deal.be(deal.holder)
    assert queries.approval_of(deal.be(deal.holder), for_one) is None
    assert queries.approval_of(deal.be(deal.holder), other) is not None
    assert [one.subject_id for one in told(deal, "quote.approval_lapsed")] == [str(for_one.pk)] * 2
    kinds = (
        Event.objects.filter(organisation_id=deal.cast.institute.pk).order_by("-number").values_list("what", flat=True)
    )
    assert list(kinds[:2]) == ["quote.approved", "quote.approval_lapsed"]
    assert work(END) == []


def test_an_approval_that_is_refused_makes_no_room(deal: Deal, for_one: Quote, everything: Everything) -> None:
    assert for_one.state == "offered"
    dear = services.ask_quote(actor=deal.be(deal.cast.owner), asked=deal.asked(quantity=2), at=NOW + DAY)
    before = everything()
    with pytest.raises(RefusedError, match=r"has 636\.92 CNY left"):
        approve(deal, dear, at=END)
    assert everything() == before


def test_who_approves_waits_for_few_that_ran_out_and_the_worker_ends_the_others(
    deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lapsing, "MOST_BESIDE", 2)
    for _ in range(3):
        deal.approved()
    approve(deal, services.ask_quote(actor=deal.be(deal.cast.owner), asked=deal.asked(), at=END), at=END)

    assert committed(deal) == 2 * TOTAL
    assert len(told(deal, "quote.approval_lapsed")) == 2 * 2
    assert work(END) == [True]
    assert committed(deal) == TOTAL


def test_another_projects_approvals_are_left_to_the_worker(deal: Deal, for_one: Quote) -> None:
    holder = deal.be(deal.holder)
    second = services.open_project(
        actor=holder, organisation_id=deal.cast.institute.pk, number="2", name="", budget_fen=TOTAL, at=NOW
    )
    other = asked_at(deal, NOW + DAY)
    services.approve_quote(actor=deal.be(deal.holder), quote_id=other.pk, option=0, project_id=second.pk, at=END)
    assert committed(deal) == TOTAL
    assert Approval.objects.get(quote=for_one).ended_at is None


def test_what_lapsed_is_approved_and_accepted_no_more(deal: Deal, everything: Everything) -> None:
    quote = deal.approved()
    work(END)
    before = everything()
    with pytest.raises(ConflictError, match="ran out on 2026-12-09"):
        approve(deal, quote, at=END)
    with pytest.raises(ConflictError, match="ran out on 2026-12-09"):
        services.accept_quote(actor=deal.be(deal.cast.owner), quote_id=quote.pk, option=0, at=END)
    with pytest.raises(RefusedError, match="No budget holder has approved this quote"):
        services.withdraw_approval(actor=deal.be(deal.holder), quote_id=quote.pk, at=END)
    assert everything() == before


# --- reminding ----------------------------------------------------------------------------------------------------


def test_three_days_before_the_customer_is_reminded_once_and_the_facility_is_not(deal: Deal) -> None:
    quote = deal.approved()
    assert work(EARLY - MOMENT) == []
    assert work(EARLY) == [True]
    assert work(EARLY) == work(END - MOMENT) == []

    (event,) = told(deal, "quote.running_out")
    assert (event.organisation_id, event.subject_id, event.actor_id) == (deal.cast.institute.pk, str(quote.pk), None)
    assert event.facts == {"valid_until": END.isoformat(), "day": "2026-12-09"}
    assert committed(deal) == TOTAL


def test_whoever_approves_in_the_last_days_knows_it(deal: Deal) -> None:
    quote = deal.quote()
    approve(deal, quote, at=EARLY + MOMENT)
    assert work(EARLY + MOMENT) == work(END - MOMENT) == []


def test_a_reminder_comes_too_late_for_what_was_accepted(deal: Deal, everything: Everything) -> None:
    quote = deal.approved()
    waiting = lapsing.due(at=EARLY)
    services.accept_quote(actor=deal.be(deal.cast.owner), quote_id=quote.pk, option=0, at=EARLY)
    before = everything()
    tell()
    assert [lapsing.settle(one, at=EARLY) for one in waiting] == [False]
    assert everything() == before


# --- check_ledger -------------------------------------------------------------------------------------------------


def changed(deal: Deal, statement: str) -> None:
    with seen_by(organisation_id=deal.cast.institute.pk), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 1


FAULTS: list[tuple[Callable[[Deal, Quote], Any], datetime, str | None]] = [
    (lambda _deal, _quote: None, END + DAY - MOMENT, None),
    (lambda _deal, _quote: None, END + DAY, "an approval holds 63,692 fen although the quote ran out on 2026-12-09"),
    (lambda _deal, _quote: work(END), END + 9 * DAY, None),
    (
        lambda deal, _: changed(deal, "UPDATE orders_quote SET state = 'withdrawn'"),
        NOW, "an approval holds 63,692 fen although the quote is closed",
    ),
    (
        lambda deal, _: changed(deal, "UPDATE orders_approval SET ended_at = now(), returned_fen = 2"),
        NOW, "an approval that ended keeps 63,690 fen",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "at", "said"), FAULTS)
def test_check_ledger_finds_approvals_that_should_have_ended(
    deal: Deal, change: Callable[[Deal, Quote], Any], at: datetime, said: str | None
) -> None:
    quote = deal.approved()
    change(deal, quote)
    tell(person_id=deal.holder.pk, organisation_id=deal.cast.facility_operator.pk)
    found = [(number, str(fault)) for number, fault in faults("default", at=at) if number == quote.number]
    assert found == ([(quote.number, said)] if said else [])
