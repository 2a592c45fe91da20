"""Facilities and what stands in them. Prices come with the quote."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from mingyue.web.people.models import Owned, User
from mingyue.web.records.language import current_language, said


class Facility(Owned):
    """A technology opened as a shared service; `organisation` operates it."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    about = models.TextField(max_length=4000, blank=True)
    about_zh = models.TextField(max_length=4000, blank=True)
    zone = models.CharField(max_length=40, default="Asia/Shanghai")  # IANA name; its hours are meant in it
    is_open = models.BooleanField(default=True)
    demonstration = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    @property
    def title(self) -> str:
        """Its name in the reader's language."""
        return (current_language() == "zh" and self.name_zh) or self.name

    @property
    def description(self) -> str:
        """What it does, in the reader's language."""
        return (current_language() == "zh" and self.about_zh) or self.about

    def __str__(self) -> str:
        return self.title


class Machine(Owned):
    """One machine. profile: the engine's name for what it is, such as s230; empty where it prints nothing."""

    class State(models.TextChoices):
        """What its operator says of it; never what a command hoped for."""

        READY = "ready", said("Ready")
        BUSY = "busy", said("Busy")
        MAINTENANCE = "maintenance", said("In maintenance")
        OFF = "off", said("Off")

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="machines")
    name = models.CharField(max_length=80)
    profile = models.CharField(max_length=60, blank=True)
    serial = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.READY)
    state_note = models.CharField(max_length=200, blank=True)
    state_since = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "name"], name="one_machine_a_name")]

    def __str__(self) -> str:
        return self.name


class Capability(Owned):
    """What a machine can do, as a figure somebody can search for, such as lateral pixel = 2 µm."""

    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="capabilities")
    name = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80, blank=True)
    value = models.CharField(max_length=80)
    source = models.CharField(max_length=120, blank=True)

    @property
    def title(self) -> str:
        """Its name in the reader's language."""
        return (current_language() == "zh" and self.name_zh) or self.name


class StaffedHours(Owned):
    """When people are there, in the facility's zone. weekday: 0 is Monday. A day may have several."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="a_week_has_seven_days"),
            models.CheckConstraint(
                condition=models.Q(opens__lt=models.F("closes")), name="hours_open_before_they_close"
            ),
        ]


class Downtime(Owned):
    """When a machine is not to be had. Two never overlap: PostgreSQL holds that."""

    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="downtimes")
    span = DateTimeRangeField()
    why = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    @property
    def starts_at(self) -> datetime:
        """Its first moment."""
        start: datetime = self.span.lower
        return start

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        end: datetime = self.span.upper
        return end


class ServiceClass(Owned):
    """How fast and how careful a facility promises to be. What it costs stands in the tariff."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="service_classes")
    name = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=60, blank=True)
    about = models.CharField(max_length=300, blank=True)
    about_zh = models.CharField(max_length=300, blank=True)
    lead_days = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "name"], name="one_class_a_name")]

    @property
    def title(self) -> str:
        """Its name in the reader's language."""
        return (current_language() == "zh" and self.name_zh) or self.name

    @property
    def description(self) -> str:
        """What it promises, in the reader's language."""
        return (current_language() == "zh" and self.about_zh) or self.about
