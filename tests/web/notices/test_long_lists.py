"""Many notices: page by page, and what is old enough is forgotten, of everybody and of nobody else's while one looks."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from mingyue.web.notices import forgetting, queries, views
from mingyue.web.notices.forgetting import KEPT_AT_ALL, KEPT_WHEN_DONE, forget
from mingyue.web.notices.models import Delivery, Notice, Webhook
from mingyue.web.notices.tasks import forget_what_is_old
from mingyue.web.people.models import Organisation, User
from mingyue.web.people.queries import viewer_of
from mingyue.web.records.models import Event
from mingyue.web.records.services import record
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast, database_apart, make_cast

Browse = Callable[[User | None], Client]
PAGE = views._A_PAGE
MOMENT = timedelta(seconds=1)


def events(organisation: Organisation, count: int) -> list[Event]:
    """So many of one organisation, which nobody was told of."""
    with seen_by(organisation_id=organisation.pk), transaction.atomic():
        return [record(actor=None, what="x.y", subject=organisation, at=NOW, organisation_id=organisation.pk)
                for _ in range(count)]  # fmt: skip


def notices(person: User, organisation: Organisation, times: list[datetime], **more: Any) -> list[Notice]:
    """One notice of each time, all of something else."""
    with seen_by(organisation_id=organisation.pk):
        return Notice.objects.bulk_create(
            Notice(
                person=person, organisation=organisation, event=event, at=at, on_page=True, group="quotes", who="asker",
                text={"template": "You asked for it.", "values": {}}, address="/", **more,
            )
            for event, at in zip(events(organisation, len(times)), times, strict=True)
        )  # fmt: skip


def listed(page: str) -> list[str]:
    return re.findall(r'href="/notices/([0-9a-f-]{36})/"', page)


def ways(page: str) -> dict[str, str]:
    return {rel: unescape(address) for rel, address in re.findall(r'rel="(\w+)" href="([^"]+)"', page)}


def walked(client: Client, address: str, rel: str) -> Iterator[tuple[str, list[str]]]:
    """The pages that follow one another: address and notices."""
    while True:
        page = client.get(address).content.decode()
        yield address, listed(page)
        if rel not in ways(page):
            return
        address = "/notices/" + ways(page)[rel]


@pytest.fixture
def many(cast: Cast) -> list[str]:
    """Two and a half pages, the newest first; some are of one moment, every other one was read."""
    times = [NOW - place // 3 * MOMENT for place in range(2 * PAGE + PAGE // 2)]
    made = notices(cast.owner, cast.institute, times)
    with seen_by(person_id=cast.owner.pk):
        Notice.objects.filter(pk__in=[one.pk for one in made[::2]]).update(read_at=NOW)
    return [str(one.pk) for one in sorted(made, key=lambda one: (one.at, one.pk), reverse=True)]


def test_all_notices_are_walked_to_the_last_and_back(cast: Cast, browse: Browse, many: list[str]) -> None:
    client = browse(cast.owner)
    there = list(walked(client, "/notices/", "next"))
    back = list(walked(client, there[-1][0], "prev"))

    assert [one for _, page in there for one in page] == many
    assert [len(page) for _, page in there] == [PAGE, PAGE, PAGE // 2]
    assert [page for _, page in reversed(back)] == [page for _, page in there]


def test_what_comes_and_what_is_read_meanwhile_moves_nothing(cast: Cast, browse: Browse, many: list[str]) -> None:
    client = browse(cast.owner)
    (_, first), (second_address, second), _ = walked(client, "/notices/", "next")
    notices(cast.owner, cast.institute, [NOW + MOMENT] * 3)
    client.get(f"/notices/{first[0]}/")
    client.get(f"/notices/{second[0]}/")

    assert listed(client.get(second_address).content.decode()) == second


def test_the_unread_alone_are_walked_too(cast: Cast, browse: Browse, many: list[str]) -> None:
    client = browse(cast.owner)
    with seen_by(person_id=cast.owner.pk):
        unread = {str(one.pk) for one in Notice.objects.filter(read_at=None)}

    pages = list(walked(client, "/notices/?unread=1", "next"))

    assert [one for _, page in pages for one in page] == [one for one in many if one in unread]
    assert len(pages) == 2
    assert "unread=1" in pages[1][0]
    client.post("/notices/read/")
    assert "Nothing is unread." in client.get("/notices/?unread=1").content.decode()


@pytest.mark.parametrize("cursor", ["", "x", "f" * 46, "%00", "f" * 47])
def test_whatever_an_address_says_there_is_a_page(cast: Cast, browse: Browse, many: list[str], cursor: str) -> None:
    client = browse(cast.owner)

    assert client.get(f"/notices/?older_than={cursor}").status_code == 200
    assert client.get(f"/notices/?newer_than={cursor}").status_code == 200


def test_an_index_answers_what_pages_ask(django_db_setup: None, django_db_blocker: Any) -> None:
    """Of two people, each with more notices than a page can read from end to end for every visitor."""
    with django_db_blocker.unblock(), database_apart(f"notices_{os.getpid()}"):
        cast = make_cast()
        _crowd(cast, 4_000)
        viewer = viewer_of(cast.owner)
        with seen_by(person_id=cast.owner.pk):
            page = queries.notices_of(viewer).filter(at__lte=NOW - timedelta(days=1))[:PAGE].explain()
            bell = queries.unread_of(viewer).order_by().explain()

    assert re.search(r"Index Scan using notices_of_person.*\n *Index Cond: .*person_id = .* AND \(at <=", page), page
    assert "Sort" not in page
    assert re.search(r"Scan (using|on) notices_unread.*\n *Index Cond: \(person_id =", bell), bell


def _crowd(cast: Cast, count: int) -> None:
    """Written past the platform, for the tables' owner alone may have them looked over by the planner."""
    events = (
        "INSERT INTO records_event (id, organisation_id, number, at, what, subject_kind, subject_id, facts, previous,"
        " digest) SELECT gen_random_uuid(), %s, 1000000 + n, %s::timestamptz - n * interval '10 minutes', 'x.y', '', '',"
        " '{}', '', '' FROM generate_series(1, %s) n"
    )
    notices = (
        'INSERT INTO notices_notice (id, organisation_id, person_id, event_id, "group", who, text, address, at, on_page,'
        " read_at, mail_attempts) SELECT gen_random_uuid(), organisation_id, %s, id, 'quotes', 'asker', '{}', '/', at, true,"
        " CASE WHEN number %% 50 > 0 THEN at END, 0 FROM records_event WHERE number > 1000000"
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute(events, [cast.institute.pk, NOW, count])
        for person in (cast.owner, cast.colleague):
            cursor.execute(notices, [person.pk])
        cursor.execute("ANALYZE notices_notice")


# --- what is forgotten --------------------------------------------------------------------------------------------


def left_of(person: User) -> set[Any]:
    with seen_by(person_id=person.pk):
        return set(Notice.objects.values_list("pk", flat=True))


def test_read_notices_go_after_ninety_days_and_all_after_a_year(cast: Cast) -> None:
    done, ever = NOW - KEPT_WHEN_DONE, NOW - KEPT_AT_ALL
    assert (KEPT_WHEN_DONE.days, KEPT_AT_ALL.days) == (90, 365)
    stay, go = set(), set()
    for person, organisation in ((cast.owner, cast.institute), (cast.manager, cast.facility_operator)):
        was_read = notices(person, organisation, [done - MOMENT, done], read_at=NOW)
        unread = notices(person, organisation, [ever - MOMENT, ever, done - MOMENT])
        go |= {was_read[0].pk, unread[0].pk}
        stay |= {was_read[1].pk, unread[1].pk, unread[2].pk}

    assert forget(at=NOW) == len(go) == 4

    assert left_of(cast.owner) | left_of(cast.manager) == stay
    assert forget(at=NOW) == 0
    with seen_by(organisation_id=cast.institute.pk):
        assert Event.objects.filter(what="x.y").count() == 5  # what happened stays


def test_much_is_forgotten_in_several_bites(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    notices(cast.owner, cast.institute, [NOW - KEPT_AT_ALL - MOMENT] * 5)
    kept = notices(cast.owner, cast.institute, [NOW])

    with_bites = connection.execute_wrapper(lambda execute, *rest: bites.append(rest[0]) or execute(*rest))
    bites: list[str] = []
    with with_bites:
        assert forget(at=NOW) == 5

    assert len([one for one in bites if one.startswith("DELETE")]) == 4  # the last one finds nothing
    assert left_of(cast.owner) == {kept[0].pk}


def test_deliveries_go_as_notices_do_and_what_is_on_its_way_stays(cast: Cast) -> None:
    done, ever = NOW - KEPT_WHEN_DONE, NOW - KEPT_AT_ALL
    rows = [
        ("delivered", done - MOMENT), ("given up", done - MOMENT), ("due", ever - MOMENT),
        ("delivered", done), ("given up", done), ("due", done - MOMENT), ("due", ever),
    ]  # fmt: skip
    happened = events(cast.institute, len(rows))
    with seen_by(organisation_id=cast.institute.pk):
        webhook = Webhook.objects.create(
            organisation=cast.institute, url="https://a.example.org", kinds=[], salt="", by=cast.owner, at=NOW
        )
        for event, (state, at) in zip(happened, rows, strict=True):
            Delivery.objects.create(organisation=cast.institute, webhook=webhook, event=event, state=state, next_at=at)

    assert forget(at=NOW) == 3

    with seen_by(organisation_id=cast.institute.pk):
        assert list(Delivery.objects.order_by("event__number").values_list("state", "next_at")) == rows[3:]


def test_the_worker_forgets_by_the_clock(cast: Cast) -> None:
    notices(cast.owner, cast.institute, [NOW - KEPT_AT_ALL])

    forget_what_is_old(timestamp=int(NOW.timestamp()))
    assert len(left_of(cast.owner)) == 1
    forget_what_is_old(timestamp=int(NOW.timestamp()) + 1)
    assert left_of(cast.owner) == set()


def test_what_is_to_be_forgotten_is_found_past_the_walls_and_nothing_else_is(cast: Cast) -> None:
    notices(cast.owner, cast.institute, [NOW - KEPT_AT_ALL])

    with seen_by(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mingyue_to_forget(%s, %s)", [NOW, NOW])
        assert cursor.fetchall() == [("notices", cast.owner.pk)]
        assert not Notice.objects.exists()
        assert Notice.objects.filter(at__lt=NOW).delete()[0] == 0
