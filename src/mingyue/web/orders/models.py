"""Tariffs, quotes that never change, what approves and follows them. A row of a customer and a facility is both's to read:
`organisation` is the customer, `provider` the organisation that operates the facility."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from mingyue.web.facilities.models import Facility
from mingyue.web.parts.models import Revision
from mingyue.web.people.models import Organisation, Owned, User
from mingyue.web.records.language import said

CURRENCY = "CNY"


class Tariff(Owned):
    """One version of what a facility asks for; `organisation` operates it. A draft may change, a published one never."""

    class State(models.TextChoices):
        """Whether it counts."""

        DRAFT = "draft", said("Draft")
        PUBLISHED = "published", said("Published")

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="tariffs")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    currency = models.CharField(max_length=3, default=CURRENCY)
    numbers = models.JSONField()  # see numbers.py
    why = models.CharField(max_length=300, blank=True)
    valid_from = models.DateTimeField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "number"], name="tariffs_are_counted"),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(valid_from__isnull=False),
                name="published_from_a_day_on",
            ),
        ]


def _of_content(what: str, name: str, *, null: bool = False) -> models.GeneratedField:
    """A column that PostgreSQL fills from a quote's content."""
    path = KeyTextTransform(name, KeyTransform(what, "content"))
    return models.GeneratedField(expression=path, output_field=models.TextField(null=null), db_persist=True)


class Quote(Owned):
    """A promise with an end date. What it says stands in `content`, for ever; a change is another quote."""

    class State(models.TextChoices):
        """Where it stands."""

        REVIEW = "review", said("Looked at by the facility")
        OFFERED = "offered", said("Offered")
        DECLINED = "declined", said("Declined")
        SUPERSEDED = "superseded", said("Replaced by another quote")
        WITHDRAWN = "withdrawn", said("Withdrawn")
        ACCEPTED = "accepted", said("Accepted")

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="quotes")
    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=12, unique=True)
    content = models.JSONField()  # see contents.py
    digest = models.CharField(max_length=64)  # SHA-256 of the content
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices)
    valid_until = models.DateTimeField(null=True)  # none before it was offered
    looked_at = models.DateTimeField(null=True)  # when a person of the facility offered it as it is
    looked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # who that was
    closed_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)  # why it was declined or withdrawn
    # Of the content, beside it: who looks for something in it would read the contents of all quotes.
    part_key = _of_content("part", "id")
    part_name = _of_content("part", "name")
    follows_key = _of_content("follows", "id", null=True)  # the quote of an earlier revision
    found_by: object = None  # the viewer whom a query just showed it; no column

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=("offered", "accepted")) | models.Q(valid_until__isnull=False),
                name="offered_until_a_day",
            )
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="quotes_by_time"),
            models.Index(fields=["part_key"], name="quotes_by_part"),
            models.Index(fields=["follows_key"], condition=models.Q(follows_key__isnull=False), name="quotes_followed"),
        ]

    def __str__(self) -> str:
        return self.number


class Message(Owned):
    """What customer and facility say to each other about a quote. Never edited."""

    class Side(models.TextChoices):
        """Who speaks."""

        CUSTOMER = "customer", said("Customer")
        PROVIDER = "provider", said("Facility")

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="messages")
    side = models.CharField(max_length=8, choices=Side.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=4000)
    at = models.DateTimeField()


class Project(Owned):
    """What pays: a grant or a cost centre of the customer, which nobody else sees. Less than nothing never remains."""

    number = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3, default=CURRENCY)
    budget_fen = models.BigIntegerField()
    committed_fen = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="one_project_a_number"),
            models.CheckConstraint(
                condition=models.Q(committed_fen__gte=0, committed_fen__lte=models.F("budget_fen")),
                name="budgets_suffice",
            ),
        ]

    @property
    def remaining_fen(self) -> int:
        """What may still be promised."""
        return self.budget_fen - self.committed_fen

    def __str__(self) -> str:
        return self.number


class Approval(Owned):
    """A budget holder lets a project pay for one option of a quote. returned_fen: what came back to the project."""

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="approvals")
    option = models.PositiveSmallIntegerField()
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="approvals")
    amount_fen = models.BigIntegerField()
    returned_fen = models.BigIntegerField(default=0)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)  # when its people heard that the quote runs out soon

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quote"], condition=models.Q(ended_at=None), name="one_approval_at_a_time"),
            models.CheckConstraint(
                condition=models.Q(returned_fen__gte=0, returned_fen__lte=models.F("amount_fen")),
                name="no_more_returns_than_went",
            ),
        ]


class Order(Owned):
    """A promise that was accepted: one option of a quote. What is done for it stands elsewhere."""

    class State(models.TextChoices):
        """How far the facility says it is."""

        ACCEPTED = "accepted", said("Accepted")
        SCHEDULED = "scheduled", said("Scheduled")
        MAKING = "making", said("Being made")
        MADE = "made", said("Made")
        DELIVERED = "delivered", said("Delivered")
        CANCELLED = "cancelled", said("Cancelled")

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    quote = models.OneToOneField(Quote, on_delete=models.PROTECT, related_name="order")
    number = models.CharField(max_length=12, unique=True)
    option = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=60)  # the number of the project that pays, for the invoice
    currency = models.CharField(max_length=3)
    total_fen = models.BigIntegerField()  # tax included
    rates = models.JSONField()  # [[tax per mille, net, tax], …]: they add up to the total
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.ACCEPTED)
    cancelled_at = models.DateTimeField(null=True)
    due_fen = models.BigIntegerField(null=True)  # of a cancelled order
    parties = models.JSONField(null=True)  # see parties.py; none in orders of before

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="orders_by_time")]

    def __str__(self) -> str:
        return self.number


# --- the ledger ---------------------------------------------------------------------------------------------------
# The books are the facility's: `organisation` is the provider here, and the customer reads what is about its orders.


class Account(Owned):
    """Where amounts of one kind and one currency are gathered."""

    class Kind(models.TextChoices):
        """A debit is above zero, a credit below."""

        COMMITTED = "committed", said("Ordered, not yet billed")
        BACKLOG = "backlog", said("Owed as work")  # what stands against it
        RECEIVABLE = "receivable", said("Billed, not yet paid")
        REVENUE = "revenue", said("Revenue")
        TAX = "tax", said("Tax")
        BANK = "bank", said("Bank")
        LOSSES = "losses", said("Written off")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "currency"], name="one_account_a_kind_and_currency")
        ]


class Entry(Owned):
    """What happened to the money of an order; its postings sum to zero. Never edited: a mistake is another entry."""

    class Kind(models.TextChoices):
        """What happened."""

        ACCEPT = "accept", said("Order accepted")
        BILL = "bill", said("Billed")
        VOID = "void", said("Invoice voided")
        PAY = "pay", said("Paid")
        REFUND = "refund", said("Paid back")
        WRITE_OFF = "write_off", said("Written off")
        CREDIT = "credit", said("Credited")
        RELEASE = "release", said("Rest released")

    customer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()  # counted in its order
    kind = models.CharField(max_length=9, choices=Kind.choices)
    reference = models.CharField(max_length=100, blank=True)  # such as the bank's number of a payment
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="entries_are_counted"),
            models.UniqueConstraint(
                fields=["organisation", "kind", "reference"], condition=~models.Q(reference=""), name="booked_once"
            ),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="entries_by_time")]

    @property
    def document(self) -> Invoice | None:
        """The invoice or credit note that was written with it."""
        return getattr(self, "invoice", None)

    @property
    def about(self) -> Invoice | None:
        """The invoice that it voids, or of which it credits something."""
        return getattr(self, "voids", None) or (self.document.about if self.document else None)


class Posting(Owned):
    """One amount of an entry. Never edited."""

    customer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "account"], name="one_posting_an_account"),
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="postings_are_amounts"),
        ]


class Invoice(Owned):
    """What the customer is asked to pay, or a credit note about it. Only what became of it is said later: that it was
    voided, that it is paid, that the customer was reminded."""

    class Kind(models.TextChoices):
        """Counted apart."""

        INVOICE = "invoice", said("Invoice")
        CREDIT_NOTE = "credit_note", said("Credit note")

    customer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    number = models.PositiveIntegerField()  # counted for the facility's organisation, without a gap
    about = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="credit_notes")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="invoice")
    total_fen = models.BigIntegerField()
    rates = models.JSONField()  # [[tax per mille, net, tax], …]
    at = models.DateTimeField()
    parties = models.JSONField(null=True)  # see parties.py; none in invoices of before
    due_on = models.DateField(null=True)  # the last day to pay, in the facility's zone; none where no terms were quoted
    overdue_at = models.DateTimeField(null=True)  # the first moment after that day
    settled_at = models.DateTimeField(null=True)  # since when nothing of it is to be paid any more
    reminded_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    voiding = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="voids")  # says why

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "number"], name="invoices_are_counted"),
            models.CheckConstraint(condition=models.Q(total_fen__gt=0), name="invoices_ask_for_something"),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="invoices_by_time"),
            models.Index(
                fields=["overdue_at"], name="invoices_to_be_paid",
                condition=models.Q(kind="invoice", settled_at=None, voided_at=None),
            ),
        ]  # fmt: skip

    @property
    def is_open(self) -> bool:
        """Whether something of it is still to be paid."""
        return self.kind == self.Kind.INVOICE and self.settled_at is None and self.voided_at is None

    def is_overdue(self, at: datetime) -> bool:
        """Whether it should have been paid before."""
        return self.is_open and self.overdue_at is not None and self.overdue_at <= at
