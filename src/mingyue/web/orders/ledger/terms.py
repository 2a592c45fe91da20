"""When an invoice is due, and which of an order's invoices are paid. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def due_of(at: datetime, *, days: int, zone: str) -> tuple[date, datetime]:
    """The last day to pay what was issued at a moment, and the first moment after it, by the facility's calendar."""
    there = ZoneInfo(zone)
    last = at.astimezone(there).date() + timedelta(days=days)
    return last, datetime.combine(last + timedelta(days=1), time.min, tzinfo=there)


def still_open(receivable_fen: int, asked_fen: Sequence[int]) -> list[int]:
    """What is left to be paid of each invoice, the oldest first: what came, or was given up, settles the oldest first."""
    left, found = max(receivable_fen, 0), []
    for amount_fen in reversed(asked_fen):
        found.append(min(amount_fen, left))
        left -= found[-1]
    return found[::-1]
