"""What an event may be, by what it is about. A test holds it against what the apps record."""

from __future__ import annotations

from typing import Final

# Of the first word of a type its second ones: part.added, part.archived, …
TYPES: Final[dict[str, tuple[str, ...]]] = {
    "part": (
        "added",
        "archived",
        "changed",
        "looked_at",
        "reader_added",
        "reader_removed",
        "revised",
    ),
    "revision": (
        "read",
        "units_said",
    ),
    "check": (
        "asked",
        "cancelled",
        "done",
    ),
    "study": (
        "asked",
        "done",
    ),
    "quote": (
        "accepted",
        "approval_lapsed",
        "approval_withdrawn",
        "approved",
        "asked",
        "declined",
        "message_said",
        "released",
        "replaced",
        "review_asked",
        "running_out",
        "withdrawn",
    ),
    "order": (
        "advanced",
        "billed",
        "cancelled",
        "paid",
        "refunded",
        "written_off",
    ),
    "invoice": (
        "credited",
        "overdue",
        "voided",
    ),
    "project": (
        "budget_changed",
        "closed",
        "opened",
    ),
    "tariff": (
        "changed",
        "drafted",
        "published",
    ),
    "webhook": (
        "changed",
        "made",
        "removed",
        "replayed",
        "secret_renewed",
        "switched_off",
        "tested",
    ),
    "facility": (
        "changed",
        "hours_set",
        "opened",
    ),
    "machine": (
        "added",
        "state_set",
    ),
    "downtime": (
        "announced",
        "withdrawn",
    ),
    "resin": ("offered",),
    "batch": (
        "added",
        "discarded",
    ),
    "recipe": (
        "shared",
        "version_added",
        "written",
    ),
    "organisation": (
        "changed",
        "created",
    ),
    "membership": (
        "began",
        "changed",
        "ended",
    ),
    "invitation": (
        "accepted",
        "sent",
        "withdrawn",
    ),
    "key": (
        "made",
        "revoked",
    ),
    "person": ("registered",),
    "office": ("appointed",),
    "service_class": ("added",),
    "capability": ("added",),
}
