"""What was told long ago is forgotten. The event stays in its chain for ever; that somebody was told of it does not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from mingyue.web.notices.models import Delivery, Notice
from mingyue.web.records.walls import seen_by

KEPT_WHEN_DONE = timedelta(days=90)  # a notice that was read, a delivery that arrived or was given up
KEPT_AT_ALL = timedelta(days=365)
AT_ONCE = 1_000  # rows of one transaction, so that nobody waits for their locks


def forget(*, at: datetime) -> int:
    """Delete what is old enough, piece by piece; how many rows that were. Whoever dies in between leaves the rest."""
    done, everything = at - KEPT_WHEN_DONE, at - KEPT_AT_ALL
    gone = 0
    for what, whose in _with_something_old(done, everything):
        if what == "notices":
            with seen_by(person_id=whose):
                gone += _delete(_old_notices(whose, done, everything))
        else:
            with seen_by(organisation_id=whose):
                gone += _delete(_old_deliveries(whose, done, everything))
    return gone


def _with_something_old(done: datetime, everything: datetime) -> list[tuple[str, UUID]]:
    """Whose notices, whose deliveries. Found past the walls, which show nothing but that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT what, whose FROM mingyue_to_forget(%s, %s)", [done, everything])
        return list(cursor.fetchall())


def _old_notices(person_id: UUID, done: datetime, everything: datetime) -> QuerySet[Notice]:
    was_read = Q(read_at__isnull=False, at__lt=done)
    return Notice.objects.filter(was_read | Q(at__lt=everything), person_id=person_id)


def _old_deliveries(organisation_id: UUID, done: datetime, everything: datetime) -> QuerySet[Delivery]:
    """By when they were tried last; those that still wait are of a webhook that is off."""
    has_ended = ~Q(state=Delivery.State.DUE) & Q(next_at__lt=done)
    return Delivery.objects.filter(has_ended | Q(next_at__lt=everything), organisation_id=organisation_id)


def _delete(rows: QuerySet[Any]) -> int:
    gone = 0
    while deleted := rows.model._default_manager.filter(pk__in=rows.values("pk")[:AT_ONCE]).delete()[0]:
        gone += deleted
    return gone
