"""Parts, revisions of them that never change, and checks: can this be made, on which machine, with which resin."""

from __future__ import annotations

from django.db import models

from mingyue.web.facilities.models import Machine
from mingyue.web.materials.models import Resin
from mingyue.web.people.models import Owned, User
from mingyue.web.records.language import said
from mingyue.web.records.models import Blob


class Part(Owned):
    """A customer's thing."""

    class Confidentiality(models.TextChoices):
        """Who may see it; the words are those of product data protection (collection, display, transfer, deletion)."""

        PUBLIC = "public", said("Public: everyone who is signed in")
        INTERNAL = "internal", said("Internal: everyone in the organisation")
        CONFIDENTIAL = "confidential", said("Confidential: its owner, those named, and the organisation's owners")
        CONTROLLED = "controlled", said("Controlled: as confidential, and every look is recorded")

    name = models.CharField(max_length=120)
    note = models.TextField(max_length=2000, blank=True)
    confidentiality = models.CharField(max_length=12, choices=Confidentiality.choices, default="confidential")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    terms_version = models.CharField(max_length=20)  # which terms its owner accepted when it came
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], condition=models.Q(archived_at=None), name="parts_newest_first")
        ]

    def __str__(self) -> str:
        return self.name


class PartReader(Owned):
    """A colleague who may see a confidential part."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="readers")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "person"], name="one_grant_a_reader")]


class Revision(Owned):
    """One geometry of a part, as it came. What was read from it is written once, by the worker."""

    class State(models.TextChoices):
        """How far its reading is."""

        WAITING = "waiting", said("Waiting to be read")
        READING = "reading", said("Being read")
        READ = "read", said("Read")
        REFUSED = "refused", said("Cannot be read")

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    file_name = models.CharField(max_length=255)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    units = models.CharField(max_length=12, blank=True)  # what its sender said; empty where the file says it
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempt = models.PositiveIntegerField(default=0)  # the fencing token: only the last attempt may write
    problem = models.JSONField(null=True)  # message and remedy as templates with values; see records.language
    facts = models.JSONField(null=True)  # size_um, volume_mm3, triangles, bodies, faults, units
    view = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")  # decimated GLB

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "number"], name="revisions_are_counted")]


class Check(Owned):
    """Whether a revision can be made on a machine with a resin; what was found, where, and what to do."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", said("Waiting")
        RUNNING = "running", said("Running")
        DONE = "done", said("Done")
        FAILED = "failed", said("Could not be done")
        CANCELLED = "cancelled", said("Cancelled")

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="checks")
    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="+")
    resin = models.ForeignKey(Resin, on_delete=models.PROTECT, related_name="+")
    layer_um = models.FloatField()
    rotation = models.JSONField(
        null=True
    )  # degrees about x, y, z as lying.turn_of writes them; none: as the file has it
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    attempt = models.PositiveIntegerField(default=0)
    done_share = models.FloatField(default=0.0)  # 0…1
    doing = models.JSONField(null=True)  # what is being done now, as a phrase
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    problem = models.JSONField(null=True)
    verdict = models.CharField(max_length=8, blank=True)  # fails, risk, note or fine: the worst that was found
    findings = models.JSONField(default=list)
    looked = models.JSONField(null=True)  # placement, layers, fields, mended, notes, counts, model_asked
    estimate = models.JSONField(null=True)
    masks = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")  # print package

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "machine", "resin", "layer_um", "rotation"],
                condition=~models.Q(state="cancelled"),
                nulls_distinct=False,
                name="one_check_a_way_of_making",
            )
        ]


class Study(Owned):
    """What more was asked about a check, answered once."""

    class Kind(models.TextChoices):
        """What was asked."""

        ORIENTATIONS = "orientations", said("How it may lie")
        DEVIATION = "deviation", said("What will come out")

    about = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="studies")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=9, choices=Check.State.choices, default=Check.State.WAITING)
    attempt = models.PositiveIntegerField(default=0)
    done_share = models.FloatField(default=0.0)  # 0…1
    doing = models.JSONField(null=True)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    problem = models.JSONField(null=True)
    result = models.JSONField(null=True)
    blob = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")  # coloured GLB

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about", "kind"], name="one_study_a_kind")]
