"""How far each chain of events was told, webhooks with what was sent to them, notices to people and what they want."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from mingyue.web.people.models import Owned, User
from mingyue.web.records.language import said
from mingyue.web.records.models import Event


class Told(Owned):
    """Up to which event of an organisation everybody was told. Its row is the lock under which more is told."""

    number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation"], name="one_place_a_chain")]


class SetAside(Owned):
    """An event that could not be told: its chain went on without it."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=500)  # the last line of the traceback; all of it is in the log
    failures = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()  # since when
    next_at = models.DateTimeField(null=True)  # not before; none: only when somebody asks for it


class Webhook(Owned):
    """An address of a program of the organisation, which wants to hear of some kinds of events."""

    url = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=60))  # such as order.billed or quote.*; none: all
    active = models.BooleanField(default=True)
    # No secret is kept: it follows from the platform's own and these; see signing.py.
    salt = models.CharField(max_length=32)
    salt_before = models.CharField(max_length=32, blank=True)
    before_until = models.DateTimeField(null=True)  # so long the secret before counts too
    failing_since = models.DateTimeField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)


class Delivery(Owned):
    """One event on its way to one webhook. Its id goes with it, however often it is sent."""

    class State(models.TextChoices):
        """Where it stands."""

        DUE = "due", said("On its way")
        DELIVERED = "delivered", said("Arrived")
        GIVEN_UP = "given up", said("Given up")

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.DUE)
    next_at = models.DateTimeField()  # while it is due: not before; moved ahead by whoever sends it now
    attempts = models.PositiveIntegerField(default=0)  # all of them; the number of one fences it from those after it
    failures = models.PositiveIntegerField(default=0)  # in a row, since it was sent or replayed
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)  # of HTTP; none where no answer came
    took_ms = models.PositiveIntegerField(null=True)
    answer = models.CharField(max_length=500, blank=True)  # how it begins
    fault = models.CharField(max_length=12, blank=True)  # see posting.FAULTS

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "event"], name="one_delivery_an_event")]
        indexes = [models.Index(fields=["next_at"], condition=models.Q(state="due"), name="deliveries_due")]


class Group(models.TextChoices):
    """What can be switched off together."""

    QUOTES = "quotes", said("Quotes and approvals")
    ORDERS = "orders", said("Orders and money")
    MESSAGES = "messages", said("Messages")
    CHECKS = "checks", said("Checks of parts")
    PROGRAMS = "programs", said("Webhooks that fail")


class Notice(Owned):
    """What one person is told of one event. `organisation`: for which they are told; they alone see it."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=8, choices=Group.choices)
    who = models.CharField(max_length=8)  # as what they are told; see telling.py
    text = models.JSONField()  # a phrase; see records.kept_phrases
    address = models.CharField(max_length=200)  # a path of the pages
    at = models.DateTimeField()
    on_page = models.BooleanField()
    read_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)  # not before; none: no letter, or none any more
    mail_id = models.UUIDField(null=True)  # of the letter: who sends it again sends the same
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "event"], name="one_notice_an_event")]
        indexes = [
            # As a page lists them, and as the bell counts them; every other page asks that.
            models.Index(fields=["person", "-at", "-id"], condition=models.Q(on_page=True), name="notices_of_person"),
            models.Index(
                fields=["person", "-at", "-id"],
                include=["organisation"],
                condition=models.Q(on_page=True, read_at=None),
                name="notices_unread",
            ),
            models.Index(fields=["mail_at"], condition=models.Q(mail_at__isnull=False), name="letters_due"),
        ]


class Wishes(models.Model):
    """Of which groups a person wants to hear, and where. Whoever has no row wants the usual; see telling.py."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    on_page = ArrayField(models.CharField(max_length=8, choices=Group.choices))
    by_mail = ArrayField(models.CharField(max_length=8, choices=Group.choices))
