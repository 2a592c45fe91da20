"""What is wrong with the money: every promise, entry, invoice and budget held against the others, whoever's they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from mingyue.phrases import Phrase, say
from mingyue.web.orders.contents import digest_of
from mingyue.web.orders.ledger import books
from mingyue.web.orders.models import Approval, Entry, Invoice, Order, Posting, Project, Quote
from mingyue.web.orders.rules import ran_out

Fault = tuple[str, Phrase]
"""Number of what is wrong, and what is wrong with it."""


_GRACE = timedelta(days=1)  # after which an approval that ran out must have been ended; the worker does so in minutes


def faults(database: str, *, at: datetime) -> Iterator[Fault]:
    """All of them. database: the alias of whoever sees every organisation."""
    yield from _entries(database)
    for order in Order.objects.using(database).select_related("quote").order_by("at", "pk").iterator():
        yield from ((order.number, fault) for fault in _order(order, database))
    yield from _quotes(database)
    yield from _invoices(database)
    yield from _approvals(database, at)
    yield from _projects(database)


def _entries(database: str) -> Iterator[Fault]:
    summed = (
        Entry.objects.using(database)
        .annotate(
            sum=Coalesce(Sum("postings__amount_fen"), 0),
            currencies=Count("postings__account__currency", distinct=True),
        )
        .exclude(sum=0, currencies=1)
        .select_related("order")
    )
    for found in summed.order_by("order", "number"):
        yield (
            found.order.number,
            say("entry {number} sums to {sum:,} fen in {count} currencies",
                number=found.number, sum=found.sum, count=found.currencies),
        )  # fmt: skip
    strange = Posting.objects.using(database).exclude(account__currency=F("entry__order__currency"))
    for posting in strange.select_related("entry__order"):
        entry = posting.entry
        yield entry.order.number, say("entry {number} is in another currency than its order", number=entry.number)


def _order(order: Order, database: str) -> Iterator[Phrase]:
    now = books.balance_of(order, database=database)
    invoices = list(Invoice.objects.using(database).filter(order=order))
    standing = sum(each.total_fen for each in invoices if each.kind == Invoice.Kind.INVOICE and not each.voided_at)
    credited = sum(each.total_fen for each in invoices if each.kind == Invoice.Kind.CREDIT_NOTE)
    cancelled = order.state == Order.State.CANCELLED
    bound = 0 if cancelled else order.total_fen - standing
    if order.total_fen != order.quote.content["options"][order.option]["total_fen"]:
        yield say("it is not for what its quote says")
    if sum(net + tax for _, net, tax in order.rates) != order.total_fen:
        yield say("its rates do not add up to its total")
    if (now.committed, now.backlog) != (bound, -bound):
        yield say("{found:,} fen are bound instead of {expected:,}", found=now.committed, expected=bound)
    if standing > order.total_fen:
        yield say("more is billed than was ordered")
    if now.charged != standing - credited:
        yield say("{found:,} fen are booked as billed instead of {expected:,}",
                  found=now.charged, expected=standing - credited)  # fmt: skip
    for invoice, open_fen in books.open_of(order, now, database=database):
        if bool(open_fen) == bool(invoice.settled_at):
            yield say("of invoice {number} {open:,} fen are to be paid, and it says otherwise",
                      number=invoice.number, open=open_fen)  # fmt: skip
    if now.bank < 0:
        yield say("more was paid back than was paid")
    if cancelled and order.due_fen != now.charged:
        yield say("it was cancelled for another amount than is booked")
    approval = Approval.objects.using(database).filter(quote_id=order.quote_id, ended_at=None).first()
    promised = now.charged if cancelled else order.total_fen - credited
    if approval is None or approval.amount_fen - approval.returned_fen != promised:
        yield say("what its project promises is another amount")


def _quotes(database: str) -> Iterator[Fault]:
    for quote in Quote.objects.using(database).order_by("at", "pk").iterator():
        if digest_of(quote.content) != quote.digest:
            yield quote.number, say("what the quote says was changed")


def _invoices(database: str) -> Iterator[Fault]:
    found = Invoice.objects.using(database).select_related("order").order_by("organisation_id", "kind", "number")
    receivable = dict(
        Entry.objects.using(database)
        .filter(postings__account__kind="receivable", kind__in=("bill", "credit"))
        .values_list("pk", "postings__amount_fen")
    )
    for _, group in groupby(found, key=lambda invoice: (invoice.organisation_id, invoice.kind)):
        for expected, invoice in enumerate(group, start=1):
            if invoice.number != expected:
                yield invoice.order.number, say("invoices before number {number} are missing", number=invoice.number)
                break
    for invoice in found:
        if bool(invoice.voided_at) != bool(invoice.voiding_id):
            yield invoice.order.number, say("nothing says why invoice {number} was voided", number=invoice.number)
        if sum(net + tax for _, net, tax in invoice.rates) != invoice.total_fen or invoice.total_fen != abs(
            receivable.get(invoice.entry_id, 0)
        ):
            yield invoice.order.number, say("invoice {number} is not what is booked", number=invoice.number)


def _approvals(database: str, at: datetime) -> Iterator[Fault]:
    """What no order needs: of an order's approval its own check tells."""
    found = Approval.objects.using(database).exclude(quote__state=Quote.State.ACCEPTED).select_related("quote")
    for approval in found.exclude(amount_fen=F("returned_fen"), ended_at__isnull=False).order_by("at", "pk"):
        quote, held = approval.quote, approval.amount_fen - approval.returned_fen
        if approval.ended_at:
            yield quote.number, say("an approval that ended keeps {held:,} fen", held=held)
        elif quote.state != Quote.State.OFFERED:
            yield quote.number, say("an approval holds {held:,} fen although the quote is closed", held=held)
        elif ran_out(quote, at=at - _GRACE):
            yield (
                quote.number,
                say("an approval holds {held:,} fen although the quote ran out on {day}",
                    held=held, day=f"{quote.valid_until:%Y-%m-%d}"),
            )  # fmt: skip


def _projects(database: str) -> Iterator[Fault]:
    promised = Coalesce(Sum(F("approvals__amount_fen") - F("approvals__returned_fen")), 0)
    for project in Project.objects.using(database).annotate(promised=promised).order_by("pk"):
        if project.promised != project.committed_fen:
            yield (
                project.number,
                say("{found:,} fen are promised instead of {expected:,}",
                    found=project.committed_fen, expected=project.promised),
            )  # fmt: skip
        if not 0 <= project.committed_fen <= project.budget_fen:
            yield project.number, say("more is promised than its budget")
