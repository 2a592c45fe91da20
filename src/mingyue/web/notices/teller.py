"""What there is to tell, and each piece of it done: the events of a chain, the deliveries of a webhook, somebody's letter."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import connection

EVENTS, DELIVERIES, LETTERS = "events", "deliveries", "letters"


def to_tell(*, at: datetime) -> dict[str, list[tuple[UUID, UUID]]]:
    """By what it is: whose, and of which webhook, chain or person. Found past the walls, which show nothing but that."""
    found: dict[str, list[tuple[UUID, UUID]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("SELECT what, whose, which FROM mingyue_to_tell(%s)", [at])
        for what, whose, which in cursor.fetchall():
            found[what].append((whose, which))
    return found
