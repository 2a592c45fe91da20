"""The books of an order: what is billed, paid, credited, and what is refused."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.utils import DatabaseError

from mingyue.web.orders import queries, services
from mingyue.web.orders.ledger import books
from mingyue.web.orders.ledger.accounts import Balance, checked
from mingyue.web.orders.ledger.exports import COLUMNS, ledger_csv
from mingyue.web.orders.models import Account, Entry, Invoice, Order, Posting, Project
from mingyue.web.records.errors import NotFoundError, RefusedError
from mingyue.web.records.walls import seen_by, tell
from tests.web.conftest import NOW
from tests.web.orders.conftest import Deal, Everything

DAY = timedelta(days=1)
TOTAL = 636_92


class Facility:
    """Acts as the facility's manager on one order."""

    def __init__(self, deal: Deal, order: Order) -> None:
        self.deal, self.order = deal, order

    def bill(self, amount_fen: int | None = None) -> Invoice:
        return services.bill_order(actor=self.me, order_id=self.order.pk, amount_fen=amount_fen, at=NOW)

    def pay(self, amount_fen: int, reference: str = "b1") -> Entry:
        return services.note_payment(
            actor=self.me, order_id=self.order.pk, amount_fen=amount_fen, reference=reference, at=NOW
        )

    def refund(self, amount_fen: int, reference: str = "r1") -> Entry:
        return services.note_refund(
            actor=self.me, order_id=self.order.pk, amount_fen=amount_fen, reference=reference, at=NOW
        )

    def write_off(self, amount_fen: int) -> Entry:
        return services.write_off(actor=self.me, order_id=self.order.pk, amount_fen=amount_fen, why="bankrupt", at=NOW)

    def void(self, invoice: Invoice) -> None:
        services.void_invoice(actor=self.me, invoice_id=invoice.pk, why="wrong", at=NOW)

    def credit(self, invoice: Invoice, amount_fen: int) -> Invoice:
        return services.credit_invoice(
            actor=self.me, invoice_id=invoice.pk, amount_fen=amount_fen, why="scratched", at=NOW
        )

    def cancel(self) -> Order:
        me = self.deal.be(self.deal.cast.owner)
        return services.cancel_order(actor=me, order_id=self.order.pk, at=NOW)

    @property
    def me(self) -> Any:
        return self.deal.be(self.deal.cast.manager)

    @property
    def balance(self) -> Balance:
        with seen_by(organisation_id=self.order.provider_id):
            return books.balance_of(self.order)


@pytest.fixture
def facility(deal: Deal) -> Facility:
    return Facility(deal, deal.ordered())


def fault_list(deal: Deal) -> tuple[int, list[str]]:
    """What check_ledger says, read on the test's own connection for both sides at once: one looks as a person of the
    customer's and acts for the facility."""
    out = StringIO()
    tell(person_id=deal.holder.pk, organisation_id=deal.cast.facility_operator.pk)
    try:
        call_command("check_ledger", stdout=out, database="default")
    except SystemExit as end:
        return int(str(end.code)), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def is_right(deal: Deal) -> bool:
    code, lines = fault_list(deal)
    assert code == 0, lines
    return len(lines) == 1


# --- acts ---------------------------------------------------------------------------------------------------------


def test_accepting_binds_both_sides(deal: Deal, facility: Facility) -> None:
    assert facility.balance == Balance(committed=TOTAL, backlog=-TOTAL)
    assert is_right(deal)


def test_bills_in_two_parts_and_payments_come_to_the_whole(deal: Deal, facility: Facility) -> None:
    first, rest = facility.bill(200_00), facility.bill()
    facility.pay(200_00, "b1")
    assert facility.balance == Balance(receivable=TOTAL - 200_00, revenue=-600_50, tax=-36_42, bank=200_00)
    facility.pay(TOTAL - 200_00, "b2")

    assert (first.number, first.total_fen, rest.number, rest.total_fen) == (1, 200_00, 2, TOTAL - 200_00)
    rates: dict[int, list[int]] = {}
    for rate, net, tax in first.rates + rest.rates:
        rates[rate] = [a + b for a, b in zip(rates.get(rate, [0, 0]), (net, tax), strict=True)]
    assert [[rate, *pair] for rate, pair in rates.items()] == facility.order.rates
    assert facility.balance == Balance(revenue=-600_50, tax=-36_42, bank=TOTAL)
    assert is_right(deal)


def test_a_void_is_as_if_it_had_not_been_but_its_number_stays_used(deal: Deal, facility: Facility) -> None:
    before = facility.balance
    facility.void(facility.bill(100_00))
    assert facility.balance == before
    assert facility.bill().number == 2
    assert is_right(deal)


def test_a_credit_note_lowers_what_is_owed_and_gives_the_project_its_money_back(deal: Deal, facility: Facility) -> None:
    invoice = facility.bill()
    facility.pay(TOTAL)
    note = facility.credit(invoice, 36_92)
    assert (note.kind, note.number, note.about_id) == ("credit_note", 1, invoice.pk)
    assert facility.balance.receivable == -36_92
    facility.refund(36_92)
    assert (facility.balance.receivable, facility.balance.bank) == (0, 600_00)
    deal.be(deal.holder)
    assert Project.objects.get().committed_fen == 600_00
    assert is_right(deal)


def test_what_nobody_pays_is_written_off(deal: Deal, facility: Facility) -> None:
    facility.bill()
    facility.pay(600_00)
    facility.write_off(36_92)
    assert facility.balance == Balance(revenue=-600_50, tax=-36_42, bank=600_00, losses=36_92)
    assert is_right(deal)


@pytest.mark.parametrize(
    ("billed", "share", "charged"),
    [(None, "making", TOTAL), (200_00, "making", TOTAL), (0, "scheduled", 63_69), (10_00, "scheduled", 63_69),
     (200_00, "scheduled", 63_69), (TOTAL, "accepted", 0)],
)  # fmt: skip
def test_cancelling_bills_or_credits_what_is_due_and_releases_the_rest(
    deal: Deal, facility: Facility, billed: int | None, share: str, charged: int
) -> None:
    if share != "accepted":
        services.advance_order(actor=facility.me, order_id=facility.order.pk, state=share, at=NOW)
    if billed:
        facility.bill(billed)
    cancelled = facility.cancel()

    assert cancelled.due_fen == charged == facility.balance.receivable == facility.balance.charged
    assert (facility.balance.committed, facility.balance.backlog) == (0, 0)
    deal.be(deal.holder)
    assert Project.objects.get().committed_fen == charged
    assert is_right(deal)


def test_what_was_credited_is_not_due_again_when_the_order_is_cancelled(deal: Deal, facility: Facility) -> None:
    services.advance_order(actor=facility.me, order_id=facility.order.pk, state="making", at=NOW)
    facility.credit(facility.bill(), 36_92)
    cancelled = facility.cancel()

    assert cancelled.due_fen == facility.balance.charged == 600_00
    deal.be(deal.holder)
    assert Project.objects.get().committed_fen == 600_00
    assert is_right(deal)


# --- refusals -----------------------------------------------------------------------------------------------------


def refused(act: Any, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        act()


def test_an_invoice_never_bills_more_than_was_ordered(facility: Facility, everything: Everything) -> None:
    facility.bill(600_00)
    before = everything()
    refused(lambda: facility.bill(36_93), "36.92 of the order is left to be billed, and this is 36.93")
    refused(lambda: facility.bill(0), "more than nothing")
    refused(lambda: facility.bill(-1), "more than nothing")
    assert everything() == before
    facility.bill(36_92)
    refused(facility.bill, "more than nothing")


def test_nobody_pays_or_gives_up_what_was_not_billed(facility: Facility, everything: Everything) -> None:
    facility.bill(100_00)
    before = everything()
    refused(lambda: facility.pay(100_01), "100.00 is billed and not yet paid")
    refused(lambda: facility.write_off(100_01), "100.00 is billed and not yet paid")
    refused(lambda: facility.refund(1), "0.00 was paid without being owed")
    refused(lambda: facility.pay(1, " "), "bank's reference")
    assert everything() == before


def test_a_payment_is_noted_once(deal: Deal, facility: Facility, everything: Everything) -> None:
    other = Facility(deal, deal.ordered())
    facility.bill()
    other.bill()
    facility.pay(1_00, "bank 7")
    before = everything()
    refused(lambda: facility.pay(1_00, "bank 7"), "noted already")
    refused(lambda: other.pay(1_00, " bank 7 "), "noted already")
    assert everything() == before


def test_what_was_written_off_is_not_paid_back(facility: Facility, everything: Everything) -> None:
    invoice = facility.bill()
    facility.write_off(TOTAL)
    before = everything()
    refused(lambda: facility.credit(invoice, 1), "0.00 of the invoice is left to be credited")
    refused(lambda: facility.refund(1), "0.00 was paid without being owed")
    assert everything() == before


def test_an_invoice_that_was_touched_is_not_voided(facility: Facility, everything: Everything) -> None:
    voided, paid, credited = facility.bill(100_00), facility.bill(100_00), facility.bill(100_00)
    facility.void(voided)
    facility.pay(150_00)
    note = facility.credit(credited, 10_00)
    before = everything()
    refused(lambda: facility.void(voided), "voided already")
    refused(lambda: facility.void(paid), "paid or written off")
    refused(lambda: facility.void(credited), "a credit note about this invoice")
    refused(lambda: facility.void(note), "A credit note stands")
    refused(lambda: facility.credit(note, 1), "A credit note stands")
    refused(lambda: facility.credit(voided, 1), "0.00 of the invoice is left")
    refused(lambda: facility.credit(credited, 90_01), "90.00 of the invoice is left")
    assert everything() == before


def test_a_cancelled_order_is_billed_no_more(facility: Facility, everything: Everything) -> None:
    services.advance_order(actor=facility.me, order_id=facility.order.pk, state="making", at=NOW)
    facility.cancel()
    with seen_by(organisation_id=facility.order.provider_id):
        invoice = Invoice.objects.get()
    before = everything()
    refused(lambda: facility.bill(1), "was cancelled")
    refused(lambda: facility.void(invoice), "was cancelled")
    assert everything() == before


@pytest.mark.parametrize("name", ["owner", "colleague", "holder", "operator", "office", "stranger", "rival"])
def test_only_the_facilitys_managers_keep_its_books(
    deal: Deal, facility: Facility, everything: Everything, name: str
) -> None:
    invoice = facility.bill()
    before = everything()
    inside = name in {"owner", "holder", "operator"}
    viewer = deal.be(getattr(deal, name, None) or getattr(deal.cast, name))

    assert (queries.invoice_of(viewer, invoice.pk) is not None) == inside
    assert queries.entries_of(viewer).count() == (2 if inside else 0)
    walled = inside or name == "colleague"
    assert {Invoice.objects.exists(), Posting.objects.exists(), Account.objects.exists()} == {walled}
    order = {"actor": viewer, "order_id": facility.order.pk, "at": NOW}
    about = {"actor": viewer, "invoice_id": invoice.pk, "at": NOW}
    for act in (
        lambda: services.bill_order(**order, amount_fen=1),
        lambda: services.note_payment(**order, amount_fen=1, reference="x"),
        lambda: services.note_refund(**order, amount_fen=1, reference="x"),
        lambda: services.write_off(**order, amount_fen=1, why="w"),
        lambda: services.void_invoice(**about, why="w"),
        lambda: services.credit_invoice(**about, amount_fen=1, why="w"),
    ):
        with pytest.raises(RefusedError if inside else NotFoundError):
            act()
    assert everything() == before


# --- what PostgreSQL holds ----------------------------------------------------------------------------------------


def test_that_amounts_do_not_sum_to_zero_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="do not sum to zero"):
        checked({"bank": 1})


def test_postgresql_refuses_an_entry_that_does_not_balance(deal: Deal, facility: Facility) -> None:
    deal.be(deal.cast.manager)
    ours = {"organisation_id": facility.order.provider_id, "customer_id": facility.order.organisation_id}

    def commit() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def entry(number: int) -> Entry:
        return Entry.objects.create(
            order=facility.order, number=number, kind="pay", by=deal.cast.manager, at=NOW, **ours
        )

    def posted(to: Entry, kind: str, amount_fen: int, currency: str = "CNY") -> None:
        account, _ = Account.objects.get_or_create(
            organisation_id=ours["organisation_id"], kind=kind, currency=currency
        )
        Posting.objects.create(entry=to, account=account, amount_fen=amount_fen, **ours)

    def lopsided() -> None:
        one = entry(9)
        posted(one, "bank", 2)
        posted(one, "receivable", -1)

    def two_currencies() -> None:
        one = entry(9)
        posted(one, "bank", 1)
        posted(one, "bank", -1, "EUR")

    def added_later() -> None:
        posted(Entry.objects.get(number=1), "bank", 1)

    def too_much() -> None:
        one = entry(9)
        posted(one, "committed", -TOTAL - 1)
        posted(one, "backlog", TOTAL + 1)

    for act, why in (
        (lambda: entry(9), "does not balance"), (lopsided, "does not balance"), (two_currencies, "does not balance"),
        (added_later, "does not balance"), (too_much, "bills more than was ordered"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=why), transaction.atomic():  # noqa: PT012 (either may refuse)
            act()
            commit()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_what_is_booked_is_never_edited(deal: Deal, facility: Facility) -> None:
    invoice = facility.bill()
    deal.be(deal.cast.manager)
    for model in (Entry, Posting):
        for act in (
            lambda model=model: model.objects.update(at=NOW) if model is Entry else model.objects.update(amount_fen=1),
            lambda model=model: model.objects.all()._raw_delete("default"),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                act()
    for change in ({"total_fen": 1}, {"rates": []}, {"number": 7}):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            Invoice.objects.filter(pk=invoice.pk).update(**change)
    facility.void(invoice)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(voided_at=None)


# --- export ---------------------------------------------------------------------------------------------


def test_the_ledger_is_exported_for_finance(deal: Deal, facility: Facility) -> None:
    facility.bill()
    facility.pay(600_00, "=1+1")
    manager = deal.be(deal.cast.manager)
    text = "".join(ledger_csv(manager, queries.entries_of(manager)))
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))

    assert text.startswith("\ufefftime,order,")
    assert tuple(rows[0]) == COLUMNS
    assert [(row["kind"], row["account"], row["debit"], row["credit"]) for row in rows if row["kind"] != "accept"] == [
        ("bill", "receivable", "636.92", ""), ("bill", "revenue", "", "600.50"), ("bill", "tax", "", "36.42"),
        ("bill", "committed", "", "636.92"), ("bill", "backlog", "636.92", ""),
        ("pay", "bank", "600.00", ""), ("pay", "receivable", "", "600.00"),
    ]  # fmt: skip
    assert {row["time"] for row in rows} == {"2026-11-25T16:00:00+08:00"}
    assert {row["invoice"] for row in rows if row["kind"] == "bill"} == {"invoice 1"}
    assert {row["bank_reference"] for row in rows if row["kind"] == "pay"} == {"'=1+1"}
    for side in ("debit", "credit"):
        assert sum(round(100 * float(row[side] or 0)) for row in rows) == 2 * TOTAL + TOTAL + 600_00
