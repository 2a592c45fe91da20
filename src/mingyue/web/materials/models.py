"""Resins as a facility offers them, batches of them, and recipes whose versions never change."""

from __future__ import annotations

from datetime import date

from django.db import models

from mingyue.web.facilities.models import Facility
from mingyue.web.people.models import Organisation, Owned, User
from mingyue.web.records.language import current_language, said


class Resin(Owned):
    """A resin that a facility offers. profile: the engine's name for it, such as pr48-385."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="resins")
    profile = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80, blank=True)
    about = models.CharField(max_length=400, blank=True)
    about_zh = models.CharField(max_length=400, blank=True)
    is_offered = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "profile"], name="one_resin_a_profile")]

    @property
    def title(self) -> str:
        """Its name in the reader's language."""
        return (current_language() == "zh" and self.name_zh) or self.name

    @property
    def description(self) -> str:
        """What it is, in the reader's language."""
        return (current_language() == "zh" and self.about_zh) or self.about


class Batch(Owned):
    """One bottle or mixing of a resin."""

    resin = models.ForeignKey(Resin, on_delete=models.PROTECT, related_name="batches")
    number = models.CharField(max_length=60)
    volume_ml = models.PositiveIntegerField()
    made_on = models.DateField()
    expires_on = models.DateField()
    opened_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resin", "number"], name="one_batch_a_number"),
            models.CheckConstraint(
                condition=models.Q(made_on__lte=models.F("expires_on")), name="made_before_it_expires"
            ),
        ]

    def is_usable(self, on: date) -> bool:
        """Whether it may be printed with on that day."""
        return self.discarded_at is None and self.expires_on >= on


class Recipe(Owned):
    """How something is printed with a resin on a class of machine; its numbers stand in its versions."""

    class Share(models.TextChoices):
        """Who may read it."""

        PRIVATE = "private", said("Only us")
        CHOSEN = "chosen", said("Chosen organisations")
        EVERYONE = "everyone", said("Everyone")

    name = models.CharField(max_length=100)
    machine_profile = models.CharField(max_length=60)
    resin_profile = models.CharField(max_length=60)
    share = models.CharField(max_length=8, choices=Share.choices, default=Share.PRIVATE)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class RecipeShare(Owned):
    """One organisation that may read a recipe of `organisation`."""

    recipe = models.ForeignKey(Recipe, on_delete=models.PROTECT, related_name="shares")
    reader = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipe", "reader"], name="one_share_a_reader")]


class RecipeVersion(Owned):
    """The numbers of a recipe, for ever: a change is a new version."""

    recipe = models.ForeignKey(Recipe, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    layer_um = models.FloatField()
    exposure_s = models.FloatField()
    irradiance_mw_cm2 = models.FloatField()
    settings = models.JSONField(default=dict)  # what else the engine takes: base layers, transition, regions
    why = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipe", "number"], name="versions_are_counted")]
