"""The list of parts, as a person and as a program walk it: each part once, whatever comes meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection, transaction

from mingyue.web.parts import pages
from mingyue.web.parts.models import Part
from mingyue.web.parts.queries import parts_of
from mingyue.web.records.paging import page_of
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast

PAGE = pages._A_PAGE


def add_parts(cast: Cast, count: int, *, first: int = 0, **more: Any) -> None:
    """So many, three of each moment; those with a higher number are older."""
    with seen_by(organisation_id=cast.institute.pk):
        Part.objects.bulk_create(
            Part(
                **{
                    "organisation": cast.institute, "owner": cast.owner, "confidentiality": "internal", "terms_version": "1",
                    "name": f"{'even' if place % 2 == 0 else 'odd'}-{place:03}",
                    "created_at": NOW - place // 3 * timedelta(seconds=1),
                } | more
            )
            for place in range(first, first + count)
        )  # fmt: skip


def newest_first(cast: Cast) -> list[str]:
    with seen_by(organisation_id=cast.institute.pk):
        return list(Part.objects.order_by("-created_at", "-pk").values_list("name", flat=True))


def listed(page: str) -> list[str]:
    return re.findall(r'class="part-name"><a[^>]*>([^<]+)<', page)


def ways(page: str) -> dict[str, str]:
    return {rel: unescape(address) for rel, address in re.findall(r'rel="(\w+)" href="([^"]+)"', page)}


def walked(client: Any, address: str, rel: str) -> Iterator[tuple[str, list[str]]]:
    while True:
        page = client.get(address).content.decode()
        yield address, listed(page)
        if rel not in ways(page):
            return
        address = "/parts/" + ways(page)[rel]


@pytest.fixture
def many(cast: Cast) -> list[str]:
    """Two and a half pages, newest first, and others that the colleague does not see."""
    add_parts(cast, 2 * PAGE + PAGE // 2)
    seen = newest_first(cast)
    add_parts(cast, PAGE, confidentiality="confidential")
    add_parts(cast, PAGE, archived_at=NOW)
    return seen


def test_the_list_is_walked_to_its_end_and_back(cast: Cast, browse: Any, many: list[str]) -> None:
    client = browse(cast.colleague)
    there = list(walked(client, "/parts/", "next"))
    back = list(walked(client, there[-1][0], "prev"))

    assert [name for _, page in there for name in page] == many
    assert [len(page) for _, page in there] == [PAGE, PAGE, PAGE // 2]
    assert [page for _, page in reversed(back)] == [page for _, page in there]


def test_parts_that_come_meanwhile_move_nothing(cast: Cast, browse: Any, many: list[str]) -> None:
    client = browse(cast.colleague)
    _, (older, before), _ = walked(client, "/parts/", "next")
    add_parts(cast, 5, first=-30)

    assert listed(client.get(older).content.decode()) == before


def test_a_search_goes_along_from_page_to_page(cast: Cast, browse: Any, many: list[str]) -> None:
    found = list(walked(browse(cast.colleague), "/parts/?q=even", "next"))

    assert [name for _, page in found for name in page] == [name for name in many if name.startswith("even")]
    assert len(found) == 2
    assert "q=even" in found[1][0]


@pytest.mark.parametrize(
    "said",
    ["page=2", "page=last", "older_than=x", "newer_than=%00", "older_than=" + "f" * 46, "q=%00", "q=a%00&page=9"],
)
def test_no_address_of_the_list_is_broken(cast: Cast, browse: Any, many: list[str], said: str) -> None:
    assert browse(cast.colleague).get(f"/parts/?{said}").status_code == 200


def test_where_nothing_is_older_any_more_the_first_page_is_shown(cast: Cast, browse: Any, many: list[str]) -> None:
    page = browse(cast.colleague).get(f"/parts/?older_than={'0' * 46}").content.decode()

    assert listed(page) == many[:PAGE]
    assert "prev" not in ways(page)


def test_former_addresses_lead_to_the_first_page_of_what_they_searched(
    cast: Cast, browse: Any, many: list[str]
) -> None:
    client = browse(cast.colleague)

    page = client.get("/parts/?q=odd&page=2").content.decode()

    assert listed(page) == [name for name in many if name.startswith("odd")][:PAGE]
    assert "page=" not in ways(page)["next"]


def test_a_program_walks_the_same_list(cast: Cast, as_viewer: Any, many: list[str]) -> None:
    viewer, names, cursor = as_viewer(cast.colleague), [], None
    while True:
        page = page_of(parts_of(viewer), cursor=cursor, limit=7)
        names += [part.name for part in page["items"]]
        if (cursor := page["next"]) is None:
            break

    assert names == many


def test_an_index_answers_from_any_page_on(cast: Cast, as_viewer: Any, many: list[str]) -> None:
    """However few rows a test has: where the table may not be read from end to end, this is the way that is left."""
    viewer = as_viewer(cast.colleague)
    rows = parts_of(viewer).filter(created_at__lte=NOW - timedelta(seconds=9))[:PAGE]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        plan = rows.explain()

    assert re.search(r"Index Scan using parts_newest_first.*\n *Index Cond: \(created_at <=", plan), plan
