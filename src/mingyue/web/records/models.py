"""Blobs, uploads, events and kept replies. Organisations and persons are named by their ids: nothing here knows them."""

from __future__ import annotations

import uuid

from django.db import models

HOUSE = uuid.UUID(
    int=0
)  # what belongs to no organisation, such as somebody registering, is recorded in the house's chain


class Blob(models.Model):
    """Bytes that never change, of one organisation. The same bytes of two organisations are two blobs: whether somebody
    else has a file is nobody's business."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation_id = models.UUIDField()
    digest = models.CharField(max_length=64)  # SHA-256, in hexadecimal
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation_id", "digest"], name="one_blob_a_digest")]

    @property
    def key(self) -> str:
        """Where its bytes lie in the store."""
        return f"{self.organisation_id}/{self.digest[:2]}/{self.digest}"


class Upload(models.Model):
    """A file on its way, resumable (tus 1.0). How much has come is the length of its file, which survives a crash."""

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open"
        FINISHED = "finished"
        GIVEN_UP = "given up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation_id = models.UUIDField()
    person_id = models.UUIDField()
    file_name = models.CharField(max_length=255)
    length_bytes = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    blob = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()


class Chain(models.Model):
    """The last link of an organisation's events. Its row is also the lock under which the next is made."""

    organisation_id = models.UUIDField(primary_key=True)
    count = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64)


class Event(models.Model):
    """What happened: written in the same transaction as what it tells, never edited, chained by digests."""

    # Made here: asking the database for it would mean reading the row, which its writer may not.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation_id = models.UUIDField()
    number = models.BigIntegerField()
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)  # nobody: the platform itself
    what = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation_id", "number"], name="events_are_a_chain")]
        indexes = [models.Index(fields=["organisation_id", "subject_kind", "subject_id"])]


class KeptReply(models.Model):
    """What a request with this Idempotency-Key was answered, so that its repetition gets the same answer."""

    id = models.BigAutoField(primary_key=True)
    organisation_id = models.UUIDField()
    person_id = models.UUIDField()
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "organisation_id", "key"], name="one_reply_a_key")]
