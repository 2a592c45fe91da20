"""Work that may be begun twice and is written once: every attempt has a number, and only the last may write.

A worker that was thought dead and lives after all finds that its number is an old one, and stops.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from mingyue.web.parts.models import Check, Revision, Study

CHANNEL = "mingyue_live"
Row = Revision | Check | Study


class LostError(Exception):
    """This attempt may write no more: it was cancelled, or somebody else has begun anew."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a row's work. busy: the state in which that work is done."""

    row: Row
    number: int
    part_id: UUID
    busy: str

    @property
    def _mine(self) -> models.QuerySet[Any]:
        manager: models.Manager[Any] = type(self.row)._default_manager
        return manager.filter(pk=self.row.pk, attempt=self.number, state=self.busy)

    def write(self, **values: Any) -> None:
        """Set columns, and tell who looks. Raises LostError where the work is not ours any more."""
        with transaction.atomic():
            if not self._mine.update(**values):
                raise LostError
            announce(self.part_id)

    def require(self) -> None:
        """Raises LostError where the work is not ours any more."""
        if not self._mine.exists():
            raise LostError


def begin(row: Row, *, part_id: UUID, at: datetime) -> Attempt | None:
    """Take the work on, whoever had it before; None where there is nothing to do any more."""
    waiting = Check.State.WAITING.value  # of all three
    busy = Revision.State.READING.value if isinstance(row, Revision) else Check.State.RUNNING.value
    fresh: dict[str, Any] = {} if isinstance(row, Revision) else {"started_at": at, "done_share": 0.0, "doing": None}
    manager: models.Manager[Any] = type(row)._default_manager
    with transaction.atomic():
        won = manager.filter(pk=row.pk, state__in=[waiting, busy]).update(
            state=busy, attempt=models.F("attempt") + 1, **fresh
        )
        if not won:
            return None
        number = manager.values_list("attempt", flat=True).get(pk=row.pk)  # the row is ours until the end of this
        announce(part_id)
    return Attempt(row, number, part_id, busy)


def announce(part_id: UUID) -> None:
    """Tell whoever looks at a part that something of it changed, when this transaction ends well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"part": str(part_id)})])
