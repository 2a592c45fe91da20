"""Books that were kept before invoices said what became of them: the migrations say it as it would have been said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from mingyue.web.orders import services
from mingyue.web.orders.ledger.faults import faults
from mingyue.web.orders.models import Invoice, Order
from tests.web.conftest import NOW
from tests.web.orders.conftest import Deal, deal_apart

BEFORE = {"notices": "0002_walls", "orders": "0004_who_looked", "parts": "0004_checks_of_a_part_that_is_turned"}


@pytest.fixture
def deal(django_db_setup: None, django_db_blocker: Any) -> Iterator[Deal]:
    """One that is committed, for tables are changed below it."""
    with deal_apart(django_db_blocker, budget_fen=100_000_00) as made:
        yield made


def kept_in_all_ways(deal: Deal) -> list[Order]:
    """Orders whose invoices are open, paid in part, paid, given up, credited, voided twice in one moment, cancelled."""
    orders = [deal.ordered() for _ in range(8)]
    manager = deal.be(deal.cast.manager)

    def bill(order: Order, *amounts_fen: int) -> list[Invoice]:
        return [
            services.bill_order(actor=manager, order_id=order.pk, amount_fen=amount_fen, at=NOW)
            for amount_fen in amounts_fen
        ]

    def pay(order: Order, amount_fen: int, after: int) -> None:
        at = NOW + timedelta(hours=after)
        services.note_payment(actor=manager, order_id=order.pk, amount_fen=amount_fen, reference=f"B-{order.pk}", at=at)

    bill(orders[0], 100_00, 200_00)
    bill(orders[1], 100_00, 200_00)
    pay(orders[1], 150_00, 1)
    bill(orders[2], 100_00, 200_00)
    pay(orders[2], 300_00, 2)
    bill(orders[3], 100_00)
    services.write_off(actor=manager, order_id=orders[3].pk, amount_fen=100_00, why="lost", at=NOW)
    _one, other = bill(orders[4], 100_00, 200_00)
    pay(orders[4], 250_00, 3)
    services.credit_invoice(actor=manager, invoice_id=other.pk, amount_fen=200_00, why="late", at=NOW)
    for voided in (bill(orders[5], 100_00, 100_00, 70_00)[0], *bill(orders[6], 50_00, 60_00)):
        services.void_invoice(actor=manager, invoice_id=voided.pk, why=f"no {voided.number}", at=NOW)
    twice = bill(orders[5], 100_00)[0]
    services.void_invoice(actor=manager, invoice_id=twice.pk, why=f"no {twice.number}", at=NOW)
    bill(orders[7], 100_00)
    services.cancel_order(actor=deal.be(deal.cast.owner), order_id=orders[7].pk, at=NOW)
    return orders


def told() -> list[tuple[int, bool, str]]:
    """Of each invoice: its number, whether it is settled, and why it was voided."""
    found = Invoice.objects.using("owner").filter(kind="invoice").select_related("voiding").order_by("number")
    return [(one.number, one.settled_at is not None, one.voiding.note if one.voiding else "") for one in found]


def test_what_became_of_invoices_of_before_is_told_as_if_it_had_been_told_then(deal: Deal) -> None:
    kept_in_all_ways(deal)
    before = told()
    connections["default"].close()

    for app, name in BEFORE.items():
        call_command("migrate", app, name, database="owner", verbosity=0)
    call_command("migrate", "people", "0002_walls", database="owner", verbosity=0)
    call_command("migrate", database="owner", verbosity=0)

    assert told() == before
    assert not list(faults("owner", at=NOW))
