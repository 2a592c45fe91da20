"""An event as the world outside reads it: in the feed, and in the body of a webhook."""

from __future__ import annotations

import json
from typing import Any

from mingyue.web.records.models import Event

# Where the API tells more about a subject.
_PATHS = {
    "parts.part": "/api/parts/{id}",
    "parts.check": "/api/checks/{id}",
    "orders.quote": "/api/quotes/{id}",
    "orders.order": "/api/orders/{id}",
    "notices.webhook": "/api/webhooks/{id}",
}


def as_outside(event: Event, *, organisation: str, amounts: bool = True) -> dict[str, Any]:
    """organisation: the slug of the one in whose chain it stands. api: None where the API has no place for the subject.

    amounts: whether its reader may know them; else facts about money are left out, which are named `*_fen` wherever they
    stand, and only there.
    """
    facts = event.facts if amounts else {name: fact for name, fact in event.facts.items() if not name.endswith("_fen")}
    path = _PATHS.get(event.subject_kind)
    return {
        "id": str(event.pk),
        "number": event.number,
        "type": event.what,
        "at": event.at.isoformat(),
        "organisation": organisation,
        "actor": str(event.actor_id) if event.actor_id else None,
        "subject": {"kind": event.subject_kind, "id": event.subject_id},
        "facts": facts,
        "api": path.format(id=event.subject_id) if path else None,
    }


def body_of(event: Event, *, organisation: str) -> bytes:
    """The same bytes whenever it is sent: an event never changes."""
    told = as_outside(event, organisation=organisation)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
