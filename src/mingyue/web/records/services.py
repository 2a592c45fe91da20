"""Writing what everything else stands on: an event, a blob."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, models, transaction

from mingyue.web.records.models import HOUSE, Chain, Event

FIRST = "0" * 64
CHANNEL = "mingyue_events"  # where whoever tells of events hears whose chain grew, once that is committed


class Actor(Protocol):
    """Whoever does something: what people's Viewer is."""

    @property
    def person_id(self) -> UUID | None: ...


def record(
    *,
    actor: Actor | None,
    what: str,
    subject: models.Model,
    at: datetime,
    organisation_id: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Event:
    """Add an event to its organisation's chain, in the transaction of what it tells. Outside of one it is a bug.

    what: app and act, such as "part.uploaded". organisation_id: the subject's own where it is not said; the house's
    where it has none. facts: JSON; no secret belongs there.
    """
    if not transaction.get_connection().in_atomic_block:
        raise AssertionError(f"{what} is recorded outside the transaction of what it tells")
    owner = organisation_id or getattr(subject, "organisation_id", None) or HOUSE
    Chain.objects.get_or_create(organisation_id=owner, defaults={"head": FIRST})
    chain = Chain.objects.select_for_update().get(organisation_id=owner)
    event = Event(
        organisation_id=owner,
        number=chain.count + 1,
        at=at,
        actor_id=actor.person_id if actor else None,
        what=what,
        subject_kind=subject._meta.label_lower,
        subject_id=str(subject.pk),
        facts=dict(facts or {}),
        previous=chain.head,
    )
    event.digest = digest_of(event)
    event.save(force_insert=True)
    Chain.objects.filter(organisation_id=owner).update(count=event.number, head=event.digest)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(owner)])
    return event


def digest_of(event: Event) -> str:
    """SHA-256 over everything that an event says, the digest before it included."""
    said = [
        str(event.organisation_id),
        event.number,
        event.at.isoformat(timespec="microseconds"),
        str(event.actor_id or ""),
        event.what,
        event.subject_kind,
        event.subject_id,
        event.facts,
        event.previous,
    ]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
