"""The platform from Python: `Client(origin, key)` reads, uploads, waits for checks and follows what happens."""

from __future__ import annotations

from mingyue.client.calls import ApiError, UnreachableError
from mingyue.client.client import Client, WaitedTooLongError
from mingyue.client.things import Belonging, Check, Event, Facility, Finding, Machine, Me, Part, PartBrief, Revision
from mingyue.client.webhooks import ForgedWebhookError, verify_webhook

__all__ = [
    "ApiError",
    "Belonging",
    "Check",
    "Client",
    "Event",
    "Facility",
    "Finding",
    "ForgedWebhookError",
    "Machine",
    "Me",
    "Part",
    "PartBrief",
    "Revision",
    "UnreachableError",
    "WaitedTooLongError",
    "verify_webhook",
]
