"""The platform from Python: `Client(origin, key)` uploads, waits for checks, asks what parts cost, orders, follows."""

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
from mingyue.client.things import Belonging, Check, Event, Facility, Finding, Machine, Me, Part, PartBrief, Revision
from mingyue.client.webhooks import ForgedWebhookError, verify_webhook

__all__ = [
    "ApiError", "Approval", "Balance", "Belonging", "Change", "Check", "Client", "Entry", "Event", "Facility",
    "Finding", "ForgedWebhookError", "Invoice", "Line", "Machine", "Me", "Message", "Option", "Order",
    "OrderBrief", "Part", "PartBrief", "Posting", "Project", "Quote", "QuoteBrief", "Revision", "ServiceClass",
    "Tariff", "UnreachableError", "WaitedTooLongError", "verify_webhook",
]  # fmt: skip
