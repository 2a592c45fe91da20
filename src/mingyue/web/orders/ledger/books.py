"""Writing into the books and reading what stands there. Always inside the transaction of what happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Max, Sum
from django.db.models.functions import Coalesce

from mingyue.web.orders.ledger.accounts import Amounts, Balance, Rates, checked
from mingyue.web.orders.ledger.money import Money, money_of
from mingyue.web.orders.ledger.terms import due_of, still_open
from mingyue.web.orders.models import Account, Entry, Invoice, Order, Posting
from mingyue.web.orders.parties import parties_now
from mingyue.web.people.viewers import Viewer


def post(
    *,
    actor: Viewer,
    order: Order,
    kind: Entry.Kind,
    amounts: Amounts,
    at: datetime,
    reference: str = "",
    note: str = "",
) -> Entry:
    """An entry with its postings. The order's row is held by whoever calls: entries are counted one after the other."""
    last = order.entries.aggregate(last=Max("number"))["last"] or 0
    ours = {"organisation_id": order.provider_id, "customer_id": order.organisation_id}
    entry = Entry.objects.create(
        order=order, number=last + 1, kind=kind, reference=reference.strip()[:100], note=note.strip()[:300],
        by_id=actor.someone, at=at, **ours,
    )  # fmt: skip
    for account_kind, amount_fen in checked(amounts).items():
        account = account_of(order, account_kind)
        Posting.objects.create(entry=entry, account=account, amount_fen=amount_fen, **ours)
    return entry


def account_of(order: Order, kind: str) -> Account:
    """The facility's account of this kind in the order's currency."""
    return Account.objects.get_or_create(
        organisation_id=order.provider_id, kind=kind, currency=order.currency
    )[0]  # fmt: skip


def balance_of(order: Order, *, database: str = "default") -> Balance:
    """What stands in the books of one order."""
    sums = (
        Posting.objects.using(database)
        .filter(entry__order_id=order.pk)
        .values("account__kind")
        .annotate(sum=Sum("amount_fen"))
        .values_list("account__kind", "sum")
    )
    return Balance(**{kind: int(amount) for kind, amount in sums})


def money_in(order: Order) -> Money:
    """What became of the money of one order."""
    sums = {
        kind: order.invoices.filter(kind=kind, voided_at=None).aggregate(sum=Sum("total_fen"))["sum"] or 0
        for kind in (Invoice.Kind.INVOICE, Invoice.Kind.CREDIT_NOTE)
    }
    return money_of(
        order.total_fen, balance_of(order),
        billed_fen=sums[Invoice.Kind.INVOICE], credited_fen=sums[Invoice.Kind.CREDIT_NOTE],
    )  # fmt: skip


def issue(
    *, order: Order, kind: Invoice.Kind, entry: Entry, rates: Rates, at: datetime, about: Invoice | None = None
) -> Invoice:
    """An invoice or a credit note, of the next number: who else counts waits until this transaction ends."""
    # Its key stays free: whoever else posts to this account holds that already, and two would wait for each other.
    Account.objects.select_for_update(no_key=True).get(pk=account_of(order, Account.Kind.RECEIVABLE).pk)
    last = Invoice.objects.filter(organisation_id=order.provider_id, kind=kind).aggregate(last=Max("number"))["last"]
    due_on, overdue_at = _due(order, at) if kind == Invoice.Kind.INVOICE else (None, None)
    return Invoice.objects.create(
        organisation_id=order.provider_id, customer_id=order.organisation_id, order=order, kind=kind,
        number=(last or 0) + 1, about=about, entry=entry, total_fen=_sum(rates), rates=as_json(rates), at=at,
        parties=parties_now(customer_id=order.organisation_id, provider_id=order.provider_id),
        due_on=due_on, overdue_at=overdue_at,
    )  # fmt: skip


def _due(order: Order, at: datetime) -> tuple[date | None, datetime | None]:
    """By the terms that were quoted; a quote of before has none."""
    days = order.quote.content.get("payment_days")
    return (None, None) if days is None else due_of(at, days=days, zone=order.quote.facility.zone)


def settle(order: Order, *, at: datetime) -> None:
    """Say of each invoice that stands whether something of it is still to be paid. After what was posted last."""
    for invoice, open_fen in open_of(order, balance_of(order)):
        if bool(open_fen) == bool(invoice.settled_at):
            Invoice.objects.filter(pk=invoice.pk).update(settled_at=None if open_fen else at)


def open_of(order: Order, now: Balance, *, database: str = "default") -> list[tuple[Invoice, int]]:
    """The invoices that stand, and what is still to be paid of each."""
    standing = list(
        Invoice.objects.using(database)
        .filter(order_id=order.pk, kind=Invoice.Kind.INVOICE, voided_at=None)
        .annotate(credited_fen=Coalesce(Sum("credit_notes__total_fen"), 0))
        .order_by("number")
    )
    asked = [invoice.total_fen - invoice.credited_fen for invoice in standing]
    return list(zip(standing, still_open(now.receivable, asked), strict=True))


def left_to_bill(order: Order) -> dict[int, tuple[int, int]]:
    """By rate: what was ordered, less the invoices that stand."""
    standing = order.invoices.filter(kind=Invoice.Kind.INVOICE, voided_at=None)
    return less(read(order.rates), *(read(invoice.rates) for invoice in standing))


def left_to_credit(invoice: Invoice) -> dict[int, tuple[int, int]]:
    """By rate: what was billed, less the credit notes about it."""
    return less(read(invoice.rates), *(read(note.rates) for note in invoice.credit_notes.all()))


def read(rates: list[list[int]]) -> dict[int, tuple[int, int]]:
    """From JSON."""
    return {rate: (net, tax) for rate, net, tax in rates}


def as_json(rates: Rates) -> list[list[int]]:
    """Those that are something."""
    return [[rate, net, tax] for rate, (net, tax) in rates.items() if net or tax]


def less(whole: Rates, *parts: Rates) -> dict[int, tuple[int, int]]:
    """What is left of each rate."""
    return {
        rate: (net - sum(part.get(rate, (0, 0))[0] for part in parts), tax - sum(part.get(rate, (0, 0))[1] for part in parts))
        for rate, (net, tax) in whole.items()
    }  # fmt: skip


def _sum(rates: Mapping[int, tuple[int, int]]) -> int:
    return sum(net + tax for net, tax in rates.values())
