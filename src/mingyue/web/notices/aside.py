"""An event that cannot be told is set aside, and its chain goes on at once; it is tried again by the clock, then when asked.

That it is set aside is written in the transaction in which the chain goes on, and forgotten in the one in which it is
told: whoever dies in between has done neither, so nothing is lost and nothing is told twice. The others keep their order.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Q

from mingyue.web.notices import rules
from mingyue.web.notices.models import SetAside
from mingyue.web.records.models import Event

log = logging.getLogger("notices.aside")

Telling = Callable[[Sequence[Event]], None]
_LONGEST = 500


def database_is_lost(error: Exception) -> bool:
    """Whether this is because the connection broke. Else it was one question, such as one that took too long."""
    driver = connection.connection
    return isinstance(error, DatabaseError | InterfaceError) and (driver is None or driver.closed)


def tell_or_set_aside(tell: Telling, events: Sequence[Event], *, at: datetime) -> None:
    """All of them together; where that fails one by one, and which it is because of is set aside."""
    if not _fault(tell, events):
        return
    for event in events:
        if why := _fault(tell, [event]):
            log.error("event %s of %s is set aside: %s", event.number, event.organisation_id, why)
            SetAside.objects.create(
                organisation_id=event.organisation_id, event=event, why=why, at=at,
                next_at=rules.next_try(1, at=at, chance=0.0),
            )  # fmt: skip


def tell_again(tell: Telling, organisation_id: UUID, *, at: datetime, due: Q) -> int:
    """Those of them that were set aside, the oldest first, each by itself; how many were told."""
    chosen = SetAside.objects.filter(due, organisation_id=organisation_id)
    told = 0
    for each in list(chosen.order_by("event__number").values_list("pk", flat=True)):
        with transaction.atomic():
            aside = (
                chosen.select_for_update(skip_locked=True, of=("self",)).select_related("event").filter(pk=each).first()
            )
            if aside is not None:  # else somebody else is at it, or has told it
                told += _told(tell, aside, at)
    return told


def _told(tell: Telling, aside: SetAside, at: datetime) -> bool:
    if why := _fault(tell, [aside.event]):
        failures = aside.failures + 1
        again = rules.next_try(failures, at=at, chance=0.0)
        SetAside.objects.filter(pk=aside.pk).update(why=why, failures=failures, next_at=again)
    else:
        aside.delete()
    return not why


def _fault(tell: Telling, events: Sequence[Event]) -> str:
    """Why they cannot be told; empty where they were. A database that was lost is no fault of theirs."""
    try:
        with transaction.atomic():
            tell(events)
    except Exception as error:
        if database_is_lost(error):
            raise
        log.exception("%s events from %s of %s", len(events), events[0].number, events[0].organisation_id)
        said = "".join(traceback.format_exception_only(error)).strip()
        return said.partition("\n")[0].replace("\x00", "")[:_LONGEST]
    return ""
