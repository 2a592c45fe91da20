"""Tariffs whose published versions never change."""

from __future__ import annotations

from django.db import models

from mingyue.web.facilities.models import Facility
from mingyue.web.people.models import Owned, User
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
