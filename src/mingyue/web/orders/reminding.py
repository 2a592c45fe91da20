"""Customers are reminded of what they should have paid, once: one event for each side of each invoice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from mingyue.web.facilities.models import Facility
from mingyue.web.orders.ledger import books
from mingyue.web.orders.models import Invoice
from mingyue.web.orders.queries import to_be_paid
from mingyue.web.records.services import record
from mingyue.web.records.walls import seen_by

MOST_AT_ONCE = 200  # the rest an hour later, so that no worker is kept from other work


def remind(*, at: datetime, most: int = MOST_AT_ONCE) -> int:
    """Of how many invoices. Whoever else does the same at once reminds of others."""
    reminded = 0
    for provider_id in sorted(set(Facility.objects.values_list("organisation_id", flat=True)), key=str):
        with seen_by(organisation_id=provider_id):
            late = _late(at).filter(organisation_id=provider_id).order_by("overdue_at", "pk")
            found = list(late.values_list("pk", flat=True)[: most - reminded])
        reminded += sum(_remind(invoice_id, provider_id, at) for invoice_id in found)
    return reminded


def _remind(invoice_id: UUID, provider_id: UUID, at: datetime) -> bool:
    """Whether it was us. Nobody acts: the walls let us write for one side after the other, in the order of their chains."""
    with seen_by(organisation_id=provider_id), transaction.atomic():
        if not _late(at).filter(pk=invoice_id).update(reminded_at=at):
            return False
        invoice = Invoice.objects.select_related("order").get(pk=invoice_id)
        order = invoice.order
        left = {one.pk: open_fen for one, open_fen in books.open_of(order, books.balance_of(order))}
        facts = {"invoice": invoice.number, "amount_fen": left[invoice_id], "due_on": str(invoice.due_on)}
        for side in sorted({invoice.customer_id, provider_id}):
            with seen_by(organisation_id=side):
                record(actor=None, what="invoice.overdue", subject=order, organisation_id=side, at=at, facts=facts)
    return True


def _late(at: datetime) -> QuerySet[Invoice]:
    return Invoice.objects.filter(to_be_paid(at), reminded_at=None)
