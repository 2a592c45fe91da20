"""What programs read about quotes, orders, invoices, projects and the ledger over HTTP. Amounts are whole fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema

from mingyue.web.orders.models import Account, Entry, Invoice, Message, Order, Quote, Tariff
from mingyue.web.orders.pricing.numbers import INSPECTIONS
from mingyue.web.parts.shapes import Severity, Verdict
from mingyue.web.records.texts import among

Json = dict[str, Any]


class NamesOut(Schema):
    """Somebody or something by id, with its name in both languages."""

    id: UUID
    name: str
    name_zh: str


class NumberedOut(Schema):
    """A quote or an order by id and by the number that people call it."""

    id: UUID
    number: str


class PartOfQuoteOut(Schema):
    """Which geometry of which part is quoted. sha256: of the file as it came. Null where the quote is withheld."""

    id: UUID
    name: str
    revision: int
    file_name: str | None
    sha256: str | None


class TariffOfQuoteOut(Schema):
    """The tariff by which is reckoned."""

    id: UUID
    number: int


class MachineOfOptionOut(Schema):
    """The machine that makes it. profile: what the engine calls its class."""

    id: UUID
    name: str
    profile: str


class ResinOfOptionOut(NamesOut):
    """The resin. profile: what the engine calls it."""

    profile: str


class PromisedClassOut(NamesOut):
    """How fast. lead_days: working days."""

    lead_days: int


class ChangedOut(Schema):
    """What a person at the facility made of a line: its amount before, and why."""

    amount_fen: int
    why: str


class LineOut(Schema):
    """quantity_milli thousandths of a unit at unit_price_fen are amount_fen; tax_fen is not in the amount."""

    kind: str
    quantity_milli: int
    unit: str
    unit_price_fen: int
    amount_fen: int
    tax_per_mille: int
    tax_fen: int
    reason: str
    changed: ChangedOut | None


class RateOut(Schema):
    """What is taxed at one rate."""

    tax_per_mille: int
    net_fen: int
    tax_fen: int


class FindingOut(Schema):
    """One thing that the check found; without where and how much of it, where the quote is withheld."""

    title: str
    message: str | None
    remedy: str | None
    severity: Severity


class OptionOut(Schema):
    """One way of making the part, with its price. number: what approving and accepting name it by.

    settled: false where it was priced while its check still ran: it can be approved when that is done.
    rotation: degrees about x, then y, then z, by which the part is turned; null: as the file has it. lying: how it lies then;
    null where the quote is withheld, and rotation and placement with it.
    """

    number: int
    check: UUID
    machine: MachineOfOptionOut
    resin: ResinOfOptionOut
    layer_um: float
    placement: Json | None
    quantity: int
    inspection: Annotated[str, among(INSPECTIONS)]
    tolerance_um: int
    service_class: PromisedClassOut
    verdict: Verdict
    settled: bool = True
    findings: list[FindingOut]
    lines: list[LineOut]
    rates: list[RateOut]
    net_fen: int
    tax_fen: int
    total_fen: int
    rotation: list[float] | None
    lying: str | None


class FollowedOut(NumberedOut):
    """The quote of an earlier revision that was asked for once more."""

    revision: int


class QuoteBriefOut(Schema):
    """A quote in a list. totals_fen: of each option, tax included."""

    id: UUID
    number: str
    state: Annotated[str, among(Quote.State.values)]
    state_said: str
    at: datetime
    valid_until: datetime | None
    currency: str
    totals_fen: list[int]
    customer: NamesOut
    provider: NamesOut
    facility: NamesOut
    part: PartOfQuoteOut


class MessageOut(Schema):
    """What somebody said about a quote. side: customer or provider."""

    id: UUID
    side: Annotated[str, among(Message.Side.values)]
    by: str
    text: str
    at: datetime


class PayerOut(Schema):
    """A project by id, number and name."""

    id: UUID
    number: str
    name: str


class ApprovalOut(Schema):
    """Which project pays for which option. returned_fen: what came back to the project."""

    option: int
    project: PayerOut
    amount_fen: int
    returned_fen: int
    by: str
    at: datetime


class QuoteOut(QuoteBriefOut):
    """A quote, to either side. payment_days: by which invoices are due; null in quotes of before.

    closed: why it cannot be approved or accepted; null where it can. answer: why it was declined
    or withdrawn. approval: only the customer's side is told. may_order, may_approve, may_answer: what the caller may do.

    content: what is frozen, word for word. digest: its SHA-256, as JSON with sorted names and no spaces, in UTF-8.
    withheld: the caller is of the facility, the part is controlled and not ordered: what is kept back is null, and the digest
    is of more than this content.
    """

    closed: str | None
    closed_at: datetime | None
    answer: str
    tariff: TariffOfQuoteOut
    review: list[str]
    cancel_due_per_mille: dict[str, int]
    payment_days: int | None
    options: list[OptionOut]
    thread: list[MessageOut]
    approval: ApprovalOut | None
    order: NumberedOut | None
    supersedes: NumberedOut | None
    superseded_by: NumberedOut | None
    follows: FollowedOut | None
    may_order: bool
    may_approve: bool
    may_answer: bool
    links: dict[str, str]
    withheld: bool
    digest: str
    content: Json


class OrderBriefOut(Schema):
    """An order in a list. reference: the number of the project that pays."""

    id: UUID
    number: str
    state: Annotated[str, among(Order.State.values)]
    state_said: str
    at: datetime
    quote: NumberedOut
    reference: str
    currency: str
    total_fen: int
    customer: NamesOut
    provider: NamesOut
    facility: NamesOut
    part: PartOfQuoteOut


class BalanceOut(Schema):
    """Where the money of an order is: what is left to be billed; what was billed, less what was voided or credited; what of
    that is still to be paid (below zero: paid without being owed); what was paid and not paid back; what nobody will pay."""

    to_bill_fen: int
    billed_fen: int
    to_pay_fen: int
    paid_fen: int
    written_off_fen: int


class InvoiceOut(Schema):
    """An invoice or a credit note. kind: invoice or credit_note. about: the invoice that a credit note is about.

    due_on: the last day to pay, in the facility's zone; null where no terms were quoted. settled_at: since when nothing of it
    is to be paid any more. overdue: whether it should have been paid by now. voided_why: what the facility said.
    """

    id: UUID
    kind: Annotated[str, among(Invoice.Kind.values)]
    kind_said: str
    number: int
    order: NumberedOut
    about: UUID | None
    currency: str
    total_fen: int
    rates: list[RateOut]
    at: datetime
    due_on: date | None
    settled_at: datetime | None
    overdue: bool
    voided_at: datetime | None
    voided_why: str | None


class OrderOut(OrderBriefOut):
    """An order, to either side. due_on_cancelling_fen: what cancelling it now would cost; null where nothing cancels it.
    due_fen: what is due of an order that was cancelled."""

    option: OptionOut
    rates: list[RateOut]
    balance: BalanceOut
    invoices: list[InvoiceOut]
    cancelled_at: datetime | None
    due_fen: int | None
    due_on_cancelling_fen: int | None
    may_cancel: bool
    may_bill: bool
    links: dict[str, str]


class PostingOut(Schema):
    """An amount in an account: a debit is above zero, a credit below."""

    account: Annotated[str, among(Account.Kind.values)]
    account_said: str
    amount_fen: int


class EntryOut(Schema):
    """What happened to the money of an order. number: counted in its order. The postings sum to zero.

    invoice: the document written with it. about: the invoice that it voids, or of which it credits something.
    """

    id: UUID
    order: NumberedOut
    number: int
    kind: Annotated[str, among(Entry.Kind.values)]
    kind_said: str
    customer: NamesOut
    invoice: UUID | None
    about: UUID | None
    reference: str
    note: str
    currency: str
    at: datetime
    postings: list[PostingOut]


class ProjectOut(Schema):
    """What pays: a grant or a cost centre. organisation: whose, by slug."""

    id: UUID
    organisation: str
    number: str
    name: str
    currency: str
    budget_fen: int
    committed_fen: int
    remaining_fen: int
    at: datetime
    closed_at: datetime | None
    version: int


class TariffOut(Schema):
    """One version of what a facility asks for. counts: whether a quote that is asked for now is reckoned by it.

    numbers: by name, and what has a price: the keys of tolerance_per_mille are half-widths in µm, those of class_per_mille
    ids of service classes, those of machine_hour_fen and resin_ml_fen profiles.
    """

    id: UUID
    number: int
    state: Annotated[str, among(Tariff.State.values)]
    state_said: str
    currency: str
    why: str
    valid_from: datetime | None
    at: datetime
    counts: bool
    numbers: Json
