"""What a facility does about the money of an order; each is one transaction, one entry, one event for each side.

The order's row is held while its books are read and written: two acts on one order follow each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from mingyue.phrases import Phrase, say
from mingyue.web.orders import queries, rules
from mingyue.web.orders.budgets import give_back
from mingyue.web.orders.ledger import accounts, books
from mingyue.web.orders.ledger.accounts import Amounts, Balance
from mingyue.web.orders.models import Approval, Entry, Invoice, Order
from mingyue.web.orders.pricing.prices import split
from mingyue.web.orders.sides import acting, tell_both
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import NotFoundError, RefusedError, refuse


def bill_order(
    *, actor: Viewer, order_id: UUID, at: datetime, amount_fen: int | None = None, note: str = ""
) -> Invoice:
    """An invoice over a part of what was ordered, tax included; over all that is left where no amount is said."""
    with _held(actor, order_id) as (order, now):
        amount_fen = now.committed if amount_fen is None else amount_fen
        refuse(rules.why_not_bill(order) + accounts.why_not_bill(now, amount_fen))
        invoice = charge(actor=actor, order=order, amount_fen=amount_fen, at=at, note=note)
        _tell(actor, "order.billed", order, at, invoice=invoice.number, amount_fen=amount_fen)
    return invoice


def charge(*, actor: Viewer, order: Order, amount_fen: int, at: datetime, note: str = "") -> Invoice:
    """The invoice and its entry, inside a transaction that holds the order and found that so much is left."""
    rates = split(amount_fen, books.left_to_bill(order))
    entry = books.post(actor=actor, order=order, kind=Entry.Kind.BILL, amounts=accounts.billed(rates), at=at, note=note)
    return books.issue(order=order, kind=Invoice.Kind.INVOICE, entry=entry, rates=rates, at=at)


def void_invoice(*, actor: Viewer, invoice_id: UUID, why: str, at: datetime) -> None:
    """An invoice that should not have been; it can be billed anew. Its number stays used."""
    invoice = _invoice(actor, invoice_id)
    with _held(actor, invoice.order_id) as (order, now):
        invoice = Invoice.objects.get(pk=invoice_id)
        refuse(
            accounts.why_not_void(
                now, invoice.total_fen, voided=invoice.voided_at is not None,
                credited=invoice.credit_notes.exists(), cancelled=order.state == Order.State.CANCELLED,
            )
        )  # fmt: skip
        entry = _post(actor, order, Entry.Kind.VOID, accounts.voided(books.read(invoice.rates)), at, note=why)
        Invoice.objects.filter(pk=invoice_id).update(voided_at=at, voiding=entry)
        _tell(actor, "invoice.voided", order, at, invoice=invoice.number, amount_fen=invoice.total_fen)


def credit_invoice(*, actor: Viewer, invoice_id: UUID, amount_fen: int, why: str, at: datetime) -> Invoice:
    """Less is to be paid than was billed; the project that pays gets it back."""
    about = _invoice(actor, invoice_id)
    with _held(actor, about.order_id) as (order, now):
        about = Invoice.objects.get(pk=invoice_id)
        refuse(rules.why_not_give(actor, buyers=queries.buyers_of(order.quote)))
        left = 0 if about.voided_at else sum(net + tax for net, tax in books.left_to_credit(about).values())
        refuse(accounts.why_not_credit(now, amount_fen, left_fen=left))
        note = credit(actor=actor, order=order, about=about, amount_fen=amount_fen, at=at, why=why)
        give_back(Approval.objects.get(quote_id=order.quote_id, ended_at=None), amount_fen)
        _tell(actor, "invoice.credited", order, at, invoice=about.number, note=note.number, amount_fen=amount_fen)
    return note


def credit(*, actor: Viewer, order: Order, about: Invoice, amount_fen: int, at: datetime, why: str) -> Invoice:
    """The credit note and its entry, inside a transaction that holds the order and found that so much is left."""
    rates = split(amount_fen, books.left_to_credit(about))
    entry = _post(actor, order, Entry.Kind.CREDIT, accounts.credited(rates), at, note=why)
    return books.issue(order=order, kind=Invoice.Kind.CREDIT_NOTE, entry=entry, rates=rates, at=at, about=about)


def note_payment(*, actor: Viewer, order_id: UUID, amount_fen: int, reference: str, at: datetime) -> Entry:
    """Money came. reference: the bank's number; the same one is noted once, whoever sends it again."""
    with _held(actor, order_id) as (order, now):
        refuse(_why_booked(order, Entry.Kind.PAY, reference) or accounts.why_not_pay(now, amount_fen))
        entry = _post(actor, order, Entry.Kind.PAY, accounts.paid(amount_fen), at, reference=reference)
        _tell(actor, "order.paid", order, at, amount_fen=amount_fen, reference=reference)
    return entry


def note_refund(*, actor: Viewer, order_id: UUID, amount_fen: int, reference: str, at: datetime) -> Entry:
    """Money went back: what was paid and is not owed."""
    with _held(actor, order_id) as (order, now):
        refuse(_why_booked(order, Entry.Kind.REFUND, reference) or accounts.why_not_refund(now, amount_fen))
        entry = _post(actor, order, Entry.Kind.REFUND, accounts.refunded(amount_fen), at, reference=reference)
        _tell(actor, "order.refunded", order, at, amount_fen=amount_fen, reference=reference)
    return entry


def write_off(*, actor: Viewer, order_id: UUID, amount_fen: int, why: str, at: datetime) -> Entry:
    """Nobody will pay this."""
    with _held(actor, order_id) as (order, now):
        refuse(rules.why_not_give(actor, buyers=queries.buyers_of(order.quote)))
        refuse(accounts.why_not_write_off(now, amount_fen))
        entry = _post(actor, order, Entry.Kind.WRITE_OFF, accounts.written_off(amount_fen), at, note=why)
        _tell(actor, "order.written_off", order, at, amount_fen=amount_fen)
    return entry


def settle_cancelled(*, actor: Viewer, order: Order, due_fen: int, at: datetime) -> int:
    """What is due of an order that is cancelled is billed or credited, the rest released; what the customer then owes in all.

    Inside the transaction that holds the order. What was credited before is no longer due, whatever the rules say.
    """
    now = books.balance_of(order)
    billed_fen = order.total_fen - now.committed
    due_fen = min(due_fen, order.total_fen - (billed_fen - now.charged))
    if due_fen > now.charged:
        charge(actor=actor, order=order, amount_fen=due_fen - now.charged, at=at)
    _credit_back(actor, order, now.charged - due_fen, now, at)
    now = books.balance_of(order)
    if now.committed:
        _post(actor, order, Entry.Kind.RELEASE, accounts.released(now.committed), at)
    books.settle(order, at=at)
    return now.charged


def _credit_back(actor: Viewer, order: Order, amount_fen: int, now: Balance, at: datetime) -> None:
    """Credit so much over the invoices that stand, the last one first; what was written off is not given away again."""
    wanted = min(amount_fen, now.receivable + now.bank)
    for invoice in order.invoices.filter(kind=Invoice.Kind.INVOICE, voided_at=None).order_by("-number"):
        piece = min(wanted, sum(net + tax for net, tax in books.left_to_credit(invoice).values()))
        if piece > 0:
            credit(actor=actor, order=order, about=invoice, amount_fen=piece, at=at, why="")
            wanted -= piece


@contextmanager
def _held(actor: Viewer, order_id: UUID) -> Iterator[tuple[Order, Balance]]:
    """The order, held until the transaction ends, and what stands in its books; to managers of its facility."""
    order = queries.order_of(actor, order_id)
    if order is None or not actor.may("orders:write"):
        raise NotFoundError
    if not rules.may_provide(actor, order.provider_id):
        raise RefusedError([say("Only a manager of the facility may do this.")])
    with acting(actor, order):
        held = Order.objects.select_for_update(no_key=True).get(pk=order_id)
        yield held, books.balance_of(held)


def _invoice(actor: Viewer, invoice_id: UUID) -> Invoice:
    invoice = queries.invoice_of(actor, invoice_id)
    if invoice is None:
        raise NotFoundError
    if invoice.kind != Invoice.Kind.INVOICE:
        raise RefusedError([say("A credit note stands as it is.")])
    return invoice


def _post(
    actor: Viewer,
    order: Order,
    kind: Entry.Kind,
    amounts: Amounts,
    at: datetime,
    *,
    reference: str = "",
    note: str = "",
) -> Entry:
    try:
        return books.post(actor=actor, order=order, kind=kind, amounts=amounts, at=at, reference=reference, note=note)
    except IntegrityError as error:  # noted for another order between our look and our entry
        if "booked_once" not in str(error):
            raise
        raise RefusedError([_booked()]) from error


def _why_booked(order: Order, kind: Entry.Kind, reference: str) -> list[Phrase]:
    if not reference.strip():
        return [say("Say the bank's reference: by it nothing is noted twice.")]
    known = Entry.objects.filter(organisation_id=order.provider_id, kind=kind, reference=reference.strip())
    return [_booked()] if known.exists() else []


def _booked() -> Phrase:
    return say("This reference was noted already.")


def _tell(actor: Viewer, what: str, order: Order, at: datetime, **facts: int | str) -> None:
    """The last of each act: which invoices are paid now, and what happened."""
    books.settle(order, at=at)
    tell_both(actor=actor, what=what, subject=order, shared=order, at=at, facts=facts)
