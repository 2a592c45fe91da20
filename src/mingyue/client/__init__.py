"""The platform from Python: `Client(origin, key)` reads facilities and parts, uploads, and waits for checks."""

from __future__ import annotations

from mingyue.client.calls import ApiError, UnreachableError
from mingyue.client.client import Client, WaitedTooLongError
from mingyue.client.things import Belonging, Check, Facility, Finding, Machine, Me, Part, PartBrief, Revision

__all__ = [
    "ApiError",
    "Belonging",
    "Check",
    "Client",
    "Facility",
    "Finding",
    "Machine",
    "Me",
    "Part",
    "PartBrief",
    "Revision",
    "UnreachableError",
    "WaitedTooLongError",
]
