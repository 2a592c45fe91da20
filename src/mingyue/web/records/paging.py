"""Long lists in pages: newest first, each page begun by a cursor, so that rows added meanwhile move nothing.

A program goes on from page to page (`page_of`), a person also back (`stretch_of`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    found = list(_older(rows, cursor, by)[: limit + 1])
    more = len(found) > limit
    return {"items": found[:limit], "next": _cursor_of(found[limit - 1], by) if more else None}


@dataclass(frozen=True, slots=True)
class Stretch(Generic[M]):
    """A page for people. newer, older: the cursors that lead to its neighbours; none at an end."""

    items: list[M]
    newer: str | None = None
    older: str | None = None


def stretch_of(
    rows: QuerySet[M], *, limit: int, by: str, older_than: str | None = None, newer_than: str | None = None
) -> Stretch[M]:
    """The page on one side of a cursor, newest first; the first one where there is no cursor, or none that is one.

    Where fewer rows are newer than a page holds, the first page is shown whole; so where none is older any more.
    """
    if newer_than and re.fullmatch(CURSOR, newer_than):
        found = list(_newer(rows, newer_than, by)[: limit + 1])
        if len(found) > limit:
            items = found[:limit][::-1]
            return Stretch(items, newer=_cursor_of(items[0], by), older=_cursor_of(items[-1], by))
        older_than = None
    cursor = older_than if older_than and re.fullmatch(CURSOR, older_than) else None
    page = page_of(rows, cursor=cursor, limit=limit, by=by)
    items = page["items"]
    if cursor and not items:
        return stretch_of(rows, limit=limit, by=by)
    return Stretch(items, newer=_cursor_of(items[0], by) if cursor else None, older=page["next"])


def _older(rows: QuerySet[M], cursor: str | None, by: str) -> QuerySet[M]:
    if cursor:
        at, row = _read(cursor)
        # Said apart, how late a row may be is where an index begins to read.
        rows = rows.filter(Q(**{f"{by}__lt": at}) | Q(pk__lt=row), **{f"{by}__lte": at})
    return rows.order_by(f"-{by}", "-pk")


def _newer(rows: QuerySet[M], cursor: str, by: str) -> QuerySet[M]:
    at, row = _read(cursor)
    return rows.filter(Q(**{f"{by}__gt": at}) | Q(pk__gt=row), **{f"{by}__gte": at}).order_by(by, "pk")


def _cursor_of(row: Model, by: str) -> str:
    return _write(getattr(row, by), row.pk)


def _write(at: datetime, row: UUID) -> str:
    return f"{(at - _START) // timedelta(microseconds=1):0{_MOMENT_DIGITS}x}{row.hex}"


def _read(cursor: str) -> tuple[datetime, UUID]:
    moment = timedelta(microseconds=int(cursor[:_MOMENT_DIGITS], 16))
    return _START + moment, UUID(cursor[_MOMENT_DIGITS:])
