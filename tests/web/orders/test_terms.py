"""When an invoice is due, which are paid, what is overdue, and that the customer hears of that once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connections
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from mingyue.web.orders import services
from mingyue.web.orders.ledger.terms import due_of, still_open
from mingyue.web.orders.models import Invoice, Order
from mingyue.web.orders.pages.tariff_versions import differences
from mingyue.web.orders.pricing.numbers import complete, faults_of, read
from mingyue.web.orders.reminding import remind
from mingyue.web.people.models import User
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by
from tests.web.api.conftest import in_session
from tests.web.conftest import NOW
from tests.web.notices.conftest import Tell, heard, tell_all
from tests.web.orders.conftest import PLAIN, Deal, deal_apart, member

__all__ = ["in_session", "tell_all"]  # fixtures
DUE = datetime(2026, 12, 26, tzinfo=ZoneInfo("Asia/Shanghai"))  # of what is issued NOW: the first moment after the day
LATE = DUE + timedelta(hours=1)
Browse = Callable[[User | None], Client]
zones = st.sampled_from(
    ["Asia/Shanghai", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Sao_Paulo", "Europe/London"]
)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


# --- terms --------------------------------------------------------------------------------------------------------


@given(moments, st.integers(1, 366), zones)
def test_an_invoice_is_due_so_many_days_after_its_own_and_overdue_from_the_next_on(
    at: datetime, days: int, zone: str
) -> None:
    due_on, overdue_at = due_of(at, days=days, zone=zone)

    there = ZoneInfo(zone)
    assert due_on - at.astimezone(there).date() == timedelta(days=days)
    assert overdue_at.astimezone(there).date() == due_on + timedelta(days=1)
    assert (overdue_at - timedelta(microseconds=1)).astimezone(there).date() <= due_on


@given(st.lists(st.integers(0, 10**9), max_size=6), st.integers(-(10**9), 10**10))
def test_what_is_open_stands_on_the_newest_invoices_and_adds_up(asked: list[int], receivable: int) -> None:
    found = still_open(receivable, asked)

    assert sum(found) == min(max(receivable, 0), sum(asked))
    assert all(0 <= left <= amount for left, amount in zip(found, asked, strict=True))
    begun = next((place for place, left in enumerate(found) if left), len(found))
    assert found[begun + 1 :] == asked[begun + 1 :]  # but for one, each is open wholly or not at all


def test_a_tariff_of_before_means_thirty_days_and_another_says_how_many() -> None:
    old = {name: value for name, value in numbers().items() if name != "payment_days"}

    assert (read(old).payment_days, read(numbers(payment_days=14)).payment_days) == (30, 14)
    assert (faults_of(old), complete(old)["payment_days"]) == ({}, 30)
    assert [set(faults_of(numbers(payment_days=days))) for days in (0, 367, 1.5, None)] == [{"payment_days"}] * 4


def numbers(**others: Any) -> dict[str, Any]:
    return asdict(PLAIN) | others


def test_the_terms_that_were_quoted_count_whatever_the_tariff_says_later(deal: Deal) -> None:
    order = deal.ordered()
    manager = deal.be(deal.cast.manager)
    later = services.draft_tariff(
        actor=manager, facility=deal.shop.facility, numbers=deal.shop.numbers(payment_days=7), why="", at=NOW
    )
    services.publish_tariff(actor=manager, tariff_id=later.pk, version=1, valid_from=NOW, at=NOW)
    old = services.bill_order(actor=manager, order_id=order.pk, at=NOW)
    new = services.bill_order(actor=deal.be(deal.cast.manager), order_id=deal.ordered().pk, at=NOW)

    deal.be(deal.cast.manager)
    assert (old.due_on, old.overdue_at) == (date(2026, 12, 25), DUE)
    assert new.due_on == date(2026, 12, 2)


# --- what is paid -------------------------------------------------------------------------------------------------


def billed(deal: Deal, *amounts_fen: int) -> Order:
    order = deal.ordered()
    manager = deal.be(deal.cast.manager)
    for amount_fen in amounts_fen:
        services.bill_order(actor=manager, order_id=order.pk, amount_fen=amount_fen, at=NOW)
    return order


def settled(order: Order) -> list[bool]:
    """Of each invoice by its number."""
    return [one.settled_at is not None for one in order.invoices.filter(kind="invoice").order_by("number")]


def test_each_act_says_which_invoices_are_paid(deal: Deal) -> None:
    order = billed(deal, 100_00, 200_00)
    manager = deal.be(deal.cast.manager)
    seen = [settled(order)]

    def after(act: Callable[..., Any], **said: Any) -> None:
        act(actor=manager, at=NOW, **said)
        seen.append(settled(order))

    second = order.invoices.get(number=2)
    after(services.note_payment, order_id=order.pk, amount_fen=99_99, reference="b1")
    after(services.note_payment, order_id=order.pk, amount_fen=1, reference="b2")
    after(services.note_payment, order_id=order.pk, amount_fen=150_00, reference="b3")
    after(services.credit_invoice, invoice_id=second.pk, amount_fen=50_00, why="late")
    after(services.bill_order, order_id=order.pk, amount_fen=10_00)
    after(services.write_off, order_id=order.pk, amount_fen=10_00, why="small")

    assert seen == [
        [False, False], [False, False], [True, False], [True, False], [True, True], [True, True, False], [True] * 3,
    ]  # fmt: skip


# --- overdue ------------------------------------------------------------------------------------------------------


def test_what_is_overdue_is_told_by_lists_pages_and_programs(deal: Deal, browse: Browse, in_session: Any) -> None:
    def program(method: str, address: str) -> Any:
        """Signed in just now: a session does not last until then."""
        return in_session(deal.cast.owner)(method, address)

    order = billed(deal, 100_00, 200_00)
    services.note_payment(
        actor=deal.be(deal.cast.manager), order_id=order.pk, amount_fen=100_00, reference="b1", at=NOW
    )

    def overdue() -> tuple[list[int], bool, bool]:
        found = [one["number"] for one in program("GET", "/invoices?overdue=true").json()["items"]]
        pages = [
            browse(deal.cast.owner).get(page).content.decode()
            for page in ("/invoices/?state=overdue", f"/orders/{order.pk}/")
        ]
        return found, "Invoice 2" in pages[0], 'severity-fails">Overdue' in pages[1]

    with time_machine.travel(DUE - timedelta(seconds=1), tick=False):
        assert overdue() == ([], False, False)
    with time_machine.travel(DUE, tick=False):
        assert overdue() == ([2], True, True)
        told = {one["number"]: one for one in program("GET", f"/invoices?order={order.pk}").json()["items"]}
        assert [(told[n]["due_on"], told[n]["overdue"], bool(told[n]["settled_at"])) for n in (1, 2)] == [
            ("2026-12-25", False, True), ("2026-12-25", True, False),
        ]  # fmt: skip
        open_page = browse(deal.cast.manager).get("/invoices/?state=open").content.decode()
        assert ("Invoice 2" in open_page, "Invoice 1" in open_page) == (True, False)


def test_a_voided_invoice_is_neither_open_nor_overdue_and_says_why(deal: Deal, in_session: Any) -> None:
    order = billed(deal, 100_00)
    bill = order.invoices.get()
    services.void_invoice(actor=deal.be(deal.cast.manager), invoice_id=bill.pk, why="wrong project", at=NOW)

    with time_machine.travel(LATE, tick=False):
        told = in_session(deal.cast.owner)("GET", f"/invoices/{bill.pk}").json()
        assert (told["overdue"], told["voided_why"]) == (False, "wrong project")
        assert in_session(deal.cast.owner)("GET", "/invoices?overdue=true").json()["items"] == []


# --- reminding ----------------------------------------------------------------------------------------------------


def reminders(deal: Deal) -> list[int]:
    """How many events of it are in the chain of the customer, and in the facility's."""
    counts = []
    for organisation in (deal.cast.institute, deal.cast.facility_operator):
        with seen_by(organisation_id=organisation.pk):
            counts.append(Event.objects.filter(what="invoice.overdue", organisation_id=organisation.pk).count())
    return counts


def test_whoever_pays_hears_once_of_what_is_overdue(deal: Deal, tell_all: Tell) -> None:
    order = billed(deal, 100_00, 200_00)
    services.note_payment(
        actor=deal.be(deal.cast.manager), order_id=order.pk, amount_fen=150_00, reference="b1", at=NOW
    )
    accountant = member("accounts@example.org", "Wu", deal.cast.institute, "member")
    tell_all()

    with seen_by():
        assert [remind(at=at) for at in (DUE - timedelta(seconds=1), LATE, LATE, LATE + timedelta(days=30))] == [
            0,
            1,
            0,
            0,
        ]
    tell_all(LATE)

    said = f"An invoice of order {order.number} is overdue: ¥150.00."
    counts = [heard(person).count(said) for person in (deal.holder, deal.cast.owner, deal.cast.manager, accountant)]
    assert counts == [1, 1, 0, 0]
    assert reminders(deal) == [1, 1]


def test_what_was_paid_voided_or_has_no_terms_reminds_nobody(deal: Deal) -> None:
    order = billed(deal, 100_00, 100_00)
    manager = deal.be(deal.cast.manager)
    services.void_invoice(actor=manager, invoice_id=order.invoices.get(number=2).pk, why="twice", at=NOW)
    services.note_payment(actor=manager, order_id=order.pk, amount_fen=100_00, reference="b1", at=NOW)

    with seen_by():
        assert remind(at=LATE + timedelta(days=999)) == 0
    assert reminders(deal) == [0, 0]


def test_so_many_at_once_and_the_rest_the_next_time(deal: Deal) -> None:
    billed(deal, *[10_00] * 5)

    with seen_by():
        assert [remind(at=LATE, most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert reminders(deal) == [5, 5]


@pytest.fixture
def apart(django_db_setup: None, django_db_blocker: Any) -> Iterator[Deal]:
    """One that every connection sees."""
    with deal_apart(django_db_blocker, budget_fen=10_000_00) as made:
        yield made


def test_two_workers_at_once_remind_once(apart: Deal) -> None:
    billed(apart, *[10_00] * 6)
    together = Barrier(2)

    def work(_: int) -> int:
        try:
            together.wait(30)
            return remind(at=LATE)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(work, range(2))) == 6
    assert reminders(apart) == [6, 6]
    with seen_by(organisation_id=apart.cast.facility_operator.pk):
        assert Invoice.objects.filter(reminded_at=LATE).count() == 6


def test_the_days_are_posted_and_a_change_of_them_is_a_difference(deal: Deal) -> None:
    facility = deal.shop.facility
    old = {name: value for name, value in deal.shop.numbers().items() if name != "payment_days"}

    def changed(after: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
        return [(one.name, one.before, one.after) for one in differences(facility, old, after)]

    assert changed(deal.shop.numbers()) == []
    assert changed(deal.shop.numbers(payment_days=14)) == [("Days to pay an invoice", "30", "14")]
