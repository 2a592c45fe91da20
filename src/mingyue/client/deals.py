"""What the platform answers about quotes, orders and money, as frozen things. Amounts are whole fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody or something by id, with its name in both languages."""

    id: str
    name: str
    name_zh: str = ""


class Numbered(msgspec.Struct, frozen=True, kw_only=True):
    """A quote or an order by id and by the number that people call it."""

    id: str
    number: str


class ServiceClass(Named, frozen=True, kw_only=True):
    """How fast a facility is. lead_days: working days."""

    lead_days: int


class QuotedPart(msgspec.Struct, frozen=True, kw_only=True):
    """Which revision of which part. sha256: of the file as it came. None where the quote is withheld."""

    id: str
    name: str
    revision: int
    file_name: str | None = None
    sha256: str | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a price: quantity_milli thousandths of a unit at unit_price_fen. tax_fen is not in amount_fen.

    changed: what a person at the facility made of it, `amount_fen` before and `why`; None where nobody did.
    """

    kind: str
    quantity_milli: int
    unit: str
    unit_price_fen: int
    amount_fen: int
    tax_per_mille: int
    tax_fen: int
    reason: str
    changed: dict[str, Any] | None = None


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """What is taxed at one rate."""

    tax_per_mille: int
    net_fen: int
    tax_fen: int


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One way of making the part, with its price. number: counted from 0.

    settled: False where it was priced while its check still ran: it can be approved when that is done.
    """

    number: int
    check: str
    machine: dict[str, Any]
    resin: dict[str, Any]
    layer_um: float
    quantity: int
    inspection: str
    tolerance_um: int
    service_class: ServiceClass
    verdict: str
    lines: tuple[Line, ...]
    rates: tuple[Rate, ...]
    net_fen: int
    tax_fen: int
    total_fen: int
    settled: bool = True
    placement: dict[str, Any] | None = None


class QuoteBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A quote in a list. state: review, offered, declined, superseded, withdrawn or accepted. totals_fen: of each option."""

    id: str
    number: str
    state: str
    state_said: str
    at: datetime
    currency: str
    totals_fen: tuple[int, ...]
    customer: Named
    provider: Named
    facility: Named
    part: QuotedPart
    valid_until: datetime | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said. side: customer or provider."""

    id: str
    side: str
    by: str
    text: str
    at: datetime


class Payer(msgspec.Struct, frozen=True, kw_only=True):
    """A project by id, number and name."""

    id: str
    number: str
    name: str


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """Which project pays for which option."""

    option: int
    project: Payer
    amount_fen: int
    returned_fen: int
    by: str
    at: datetime


class Quote(QuoteBrief, frozen=True, kw_only=True):
    """A promise with an end date. closed: why it cannot be approved or accepted. review: why a person looks at it first.

    content: what is frozen, word for word; digest: its SHA-256. withheld: True where a facility reads of a controlled part
    that is not ordered; what is kept back is None, and the digest is of more.
    """

    answer: str
    review: tuple[str, ...]
    cancel_due_per_mille: dict[str, int]
    options: tuple[Option, ...]
    thread: tuple[Message, ...]
    digest: str
    content: dict[str, Any]
    closed: str | None = None
    approval: Approval | None = None
    order: Numbered | None = None
    supersedes: Numbered | None = None
    superseded_by: Numbered | None = None
    withheld: bool = False


class OrderBrief(msgspec.Struct, frozen=True, kw_only=True):
    """An order in a list. state: accepted, scheduled, making, made, delivered or cancelled."""

    id: str
    number: str
    state: str
    state_said: str
    at: datetime
    quote: Numbered
    reference: str
    currency: str
    total_fen: int
    customer: Named
    provider: Named
    facility: Named
    part: QuotedPart


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """Where the money of an order is. to_pay_fen below zero: so much was paid without being owed."""

    to_bill_fen: int
    billed_fen: int
    to_pay_fen: int
    paid_fen: int
    written_off_fen: int


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """kind: invoice or credit_note. about: the invoice that a credit note is about. due_on: the last day to pay, in the
    facility's zone. settled_at: since when nothing of it is to be paid any more."""

    id: str
    kind: str
    kind_said: str
    number: int
    order: Numbered
    currency: str
    total_fen: int
    rates: tuple[Rate, ...]
    at: datetime
    about: str | None = None
    due_on: date | None = None
    settled_at: datetime | None = None
    overdue: bool = False
    voided_at: datetime | None = None
    voided_why: str | None = None


class Order(OrderBrief, frozen=True, kw_only=True):
    """A promise that was accepted. due_on_cancelling_fen: what cancelling would cost now; None where nothing cancels it."""

    option: Option
    rates: tuple[Rate, ...]
    balance: Balance
    invoices: tuple[Invoice, ...]
    due_on_cancelling_fen: int | None = None
    due_fen: int | None = None
    cancelled_at: datetime | None = None


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """A debit is above zero, a credit below."""

    account: str
    account_said: str
    amount_fen: int


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to the money of an order; the postings sum to zero. about: the invoice that is voided or credited."""

    id: str
    order: Numbered
    number: int
    kind: str
    kind_said: str
    reference: str
    note: str
    currency: str
    at: datetime
    postings: tuple[Posting, ...]
    invoice: str | None = None
    about: str | None = None


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """What pays: a grant or a cost centre. organisation: its slug."""

    id: str
    organisation: str
    number: str
    name: str
    currency: str
    budget_fen: int
    committed_fen: int
    remaining_fen: int
    at: datetime
    version: int
    closed_at: datetime | None = None


class Tariff(msgspec.Struct, frozen=True, kw_only=True):
    """A version of what a facility asks for. counts: whether it is the one by which is quoted now."""

    id: str
    number: int
    state: str
    currency: str
    why: str
    counts: bool
    numbers: dict[str, Any]
    valid_from: datetime | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Another amount for a line of an option, before tax, and why; both are counted from 0."""

    option: int
    line: int
    amount_fen: int
    why: str
