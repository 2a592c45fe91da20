"""Writing what everything else stands on: an event, a blob."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, models, transaction
from psycopg.types.json import Jsonb

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
    owner = organisation_id or getattr(subject, "organisation_id", None) or HOUSE
    return record_in_each([owner], actor=actor, what=what, subject=subject, at=at, facts=facts)[0]


def record_in_each(
    organisation_ids: Iterable[UUID],
    *,
    actor: Actor | None,
    what: str,
    subject: models.Model,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> list[Event]:
    """The same event in the chain of each of these, by their ids.

    Chains are locks until the transaction ends, and everybody who acts on a facility waits for its: so they are taken
    together, in one order, that no two wait for each other; and what is written goes in one statement, so that they are
    held for as short as can be. Whoever records does it last.
    """
    if not transaction.get_connection().in_atomic_block:
        raise AssertionError(f"{what} is recorded outside the transaction of what it tells")
    events = [
        Event(
            organisation_id=chain.organisation_id,
            number=chain.count + 1,
            at=at,
            actor_id=actor.person_id if actor else None,
            what=what,
            subject_kind=subject._meta.label_lower,
            subject_id=str(subject.pk),
            facts=dict(facts or {}),
            previous=chain.head,
        )
        for chain in _held(sorted(set(organisation_ids)))
    ]
    for event in events:
        event.digest = digest_of(event)
    _write(events)
    return events


def hold_chain(organisation_id: UUID) -> None:
    """Take the lock of a chain until the transaction ends, before something is recorded in it. Whoever takes several takes
    them in the order of their ids."""
    _held([organisation_id])


def _held(organisation_ids: Sequence[UUID]) -> list[Chain]:
    """Their chains, locked in the order of their ids; one that is not there yet begins."""
    chains = Chain.objects.select_for_update().filter(organisation_id__in=organisation_ids).order_by("organisation_id")
    found = list(chains)
    if len(found) < len(organisation_ids):
        fresh = [Chain(organisation_id=one, head=FIRST) for one in organisation_ids]
        Chain.objects.bulk_create(fresh, ignore_conflicts=True)
        found = list(chains.all())
    return found


_COLUMNS = (
    "id", "organisation_id", "number", "at", "actor_id", "what", "subject_kind", "subject_id", "facts", "previous", "digest",
)  # fmt: skip


def _write(events: Sequence[Event]) -> None:
    """The events, their chains' new heads, and news for whoever tells others of them, in one round trip."""
    rows = [_row(event) for event in events]
    row = f"({', '.join(['%s'] * len(_COLUMNS))})"
    with connection.cursor() as cursor:
        cursor.execute(
            # Nothing is returned by the first: whoever writes an event may not always read it.
            f"WITH told AS (INSERT INTO records_event ({', '.join(_COLUMNS)}) VALUES {', '.join([row] * len(rows))}),"
            " moved AS (UPDATE records_chain SET count = next.count, head = next.head"
            f" FROM (VALUES {', '.join(['(%s::uuid, %s::bigint, %s)'] * len(rows))}) AS next (id, count, head)"
            " WHERE organisation_id = next.id RETURNING organisation_id)"
            " SELECT pg_notify(%s, organisation_id::text) FROM moved",
            [
                *(value for row in rows for value in row),
                *(value for event in events for value in (event.organisation_id, event.number, event.digest)),
                CHANNEL,
            ],
        )


def _row(event: Event) -> list[Any]:
    return [Jsonb(event.facts) if column == "facts" else getattr(event, column) for column in _COLUMNS]


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
