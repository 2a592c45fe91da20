"""What there is to tell, and each piece of it done: the events of a chain, the deliveries of a webhook, somebody's letter."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class Behind:
    """behind_s: how long ago the oldest event happened that is not told yet; 0 where all are. set_aside: see aside.py."""

    behind_s: float
    set_aside: int


def to_tell(*, at: datetime) -> dict[str, list[tuple[UUID, UUID]]]:
    """By what it is: whose, and of which webhook, chain or person. Found past the walls, which show nothing but that."""
    found: dict[str, list[tuple[UUID, UUID]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("SELECT what, whose, which FROM mingyue_to_tell(%s)", [at])
        for what, whose, which in cursor.fetchall():
            found[what].append((whose, which))
    return found


def behind(*, at: datetime) -> Behind:
    """How far whoever tells is behind what happened, over all organisations. Two numbers, past the walls."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oldest, set_aside FROM mingyue_untold()")
        oldest, set_aside = cursor.fetchone()
    return Behind(max(0.0, (at - oldest).total_seconds()) if oldest else 0.0, set_aside)
