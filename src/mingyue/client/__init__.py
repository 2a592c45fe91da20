"""The platform from Python: `Client(origin, key)` uploads parts, waits for their checks, asks what they cost, orders."""

from __future__ import annotations

from mingyue.client.calls import ApiError, UnreachableError
from mingyue.client.client import Client, WaitedTooLongError
from mingyue.client.deals import (
    Approval,
    Balance,
    Change,
    Entry,
    Invoice,
    Line,
    Message,
    Option,
    Order,
    OrderBrief,
    Posting,
    Project,
    Quote,
    QuoteBrief,
    ServiceClass,
    Tariff,
)
from mingyue.client.things import Belonging, Check, Facility, Finding, Machine, Me, Part, PartBrief, Revision

__all__ = [
    "ApiError", "Approval", "Balance", "Belonging", "Change", "Check", "Client", "Entry", "Facility", "Finding", "Invoice",
    "Line", "Machine", "Me", "Message", "Option", "Order", "OrderBrief", "Part", "PartBrief", "Posting", "Project", "Quote",
    "QuoteBrief", "Revision", "ServiceClass", "Tariff", "UnreachableError", "WaitedTooLongError",
]  # fmt: skip
