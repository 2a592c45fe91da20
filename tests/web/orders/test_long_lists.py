"""However long a list is, a page of it is read along an index, past the walls and whoever asks: nothing is sorted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from mingyue.web.orders import queries, services
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.paging import page_of
from tests.web.conftest import NOW
from tests.web.orders.conftest import Deal

LISTS: dict[str, tuple[Callable[[Viewer], QuerySet[Any]], str]] = {
    "quotes": (queries.quotes_of, "quotes_by_time"),
    "orders": (queries.orders_of, "orders_by_time"),
    "invoices": (queries.invoices_of, "invoices_by_time"),
    "entries": (lambda viewer: queries.entries_of(viewer).prefetch_related(None), "entries_by_time"),
}
PEOPLE = ("owner", "colleague", "holder", "manager")


def plan_of(read: Callable[[], Any]) -> str:
    """How PostgreSQL would read it if there were so many rows that reading all of them, or sorting them, were out of the
    question: as the role that serves pages, for whoever looks."""
    with CaptureQueriesContext(connection) as caught:
        read()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {caught.captured_queries[-1]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_sort = on; SET LOCAL enable_bitmapscan = on")
    return plan


@pytest.fixture
def billed(deal: Deal) -> Deal:
    """A quote, an order and an invoice of it."""
    order = deal.ordered()
    services.bill_order(actor=deal.be(deal.cast.manager), order_id=order.pk, at=NOW)
    return deal


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", LISTS)
def test_each_page_of_a_list_is_read_along_its_times(billed: Deal, name: str, who: str) -> None:
    rows_of, index = LISTS[name]
    viewer = billed.be(getattr(billed, who, None) or getattr(billed.cast, who))
    cursor = "07000000000000" + "0" * 32  # in 2032: there is something older

    first, later = (
        plan_of(lambda begins=begins: page_of(rows_of(viewer), cursor=begins, limit=50, by="at"))
        for begins in (None, cursor)
    )

    for plan in (first, later):
        assert index in plan
        assert "Sort" not in plan
    assert "Index Cond: (at <= " in later  # it begins where it begins


def test_quotes_of_a_part_and_those_that_follow_are_found_by_index(billed: Deal) -> None:
    viewer = billed.be(billed.cast.manager)
    quote = queries.quotes_of(viewer).get()
    part = quote.content["part"]
    assert (quote.part_key, quote.part_name, quote.follows_key) == (part["id"], part["name"], None)

    assert "quotes_by_part" in plan_of(lambda: list(queries.quotes_of(viewer).filter(part_key=part["id"]).order_by()))
    assert "quotes_followed" in plan_of(lambda: list(queries.followers_of(viewer, quote).order_by()))
