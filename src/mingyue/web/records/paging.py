"""Long lists in pages: newest first, each page begun by a cursor, so that rows added meanwhile move nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from ninja import Query, Schema

LONGEST = 200
_START = datetime(1970, 1, 1, tzinfo=UTC)
# Microseconds since 1970 and the row's id, in hexadecimal. Whatever fits the pattern is the cursor of some moment.
_MOMENT_DIGITS = 14
CURSOR = r"^[0-9a-f]{46}$"

M = TypeVar("M", bound=Model)
T = TypeVar("T")

Cursor = Annotated[str, Query(None, pattern=CURSOR, description="Where the page begins: `next` of the page before it.")]
Limit = Annotated[int, Query(50, ge=1, le=LONGEST, description="How many at most.")]


class Page(Schema, Generic[T]):
    """Some of a list. next: the cursor of the page after it; null on the last."""

    items: list[T]
    next: str | None


def page_of(rows: QuerySet[M], *, cursor: str | None, limit: int, by: str = "created_at") -> dict[str, Any]:
    """The rows after the cursor, newest first, as a Page takes them. by: the field that says when a row came to be."""
    if cursor:
        at, row = _read(cursor)
        rows = rows.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at, "pk__lt": row}))
    found = list(rows.order_by(f"-{by}", "-pk")[: limit + 1])
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return {"items": found[:limit], "next": None if last is None else _write(getattr(last, by), last.pk)}


def _write(at: datetime, row: UUID) -> str:
    return f"{(at - _START) // timedelta(microseconds=1):0{_MOMENT_DIGITS}x}{row.hex}"


def _read(cursor: str) -> tuple[datetime, UUID]:
    moment = timedelta(microseconds=int(cursor[:_MOMENT_DIGITS], 16))
    return _START + moment, UUID(cursor[_MOMENT_DIGITS:])
