"""What who runs the platform sees of events that were set aside, and does about them. On real connections."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client

from mingyue.web.notices import services
from mingyue.web.notices.fanning import tell, tell_aside
from mingyue.web.notices.models import Delivery, Notice, SetAside
from mingyue.web.people.models import User
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.notices.conftest import of
from tests.web.notices.test_aside import mended, poisoned
from tests.web.notices.test_tellers import TELLERS, at_once
from tests.web.orders.conftest import Deal, deal_apart


@pytest.fixture
def deal(django_db_setup: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deal]:
    """One that every connection sees, with a webhook; a quote that was asked for could not be told."""
    logging.getLogger("notices.aside").setLevel(logging.CRITICAL)
    with deal_apart(django_db_blocker, budget_fen=10**9) as made:
        owner, home = made.be(made.cast.owner), made.cast.institute.pk
        services.make_webhook(
            actor=owner, organisation_id=home, url="https://a.example.org", kinds=["quote.*"], at=NOW
        )  # fmt: skip
        poisoned(monkeypatch, what="quote.asked")
        for _ in range(6):
            made.quote()
        while tell(home, at=NOW):
            pass
        yield made
        connections["owner"].close()
    logging.getLogger("notices.aside").setLevel(logging.NOTSET)


def run(command: str) -> tuple[int, list[str]]:
    """Exit code and lines."""
    out = StringIO()
    try:
        call_command(command, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def everything(deal: Deal) -> tuple[int, int, int]:
    """Deliveries, notices, events that are set aside."""
    with of(deal.cast.institute):
        deliveries, aside = Delivery.objects.count(), SetAside.objects.count()
    with seen_by(person_id=deal.holder.pk):
        return deliveries, Notice.objects.count(), aside


def test_they_are_named_and_told_again_once(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    with of(deal.cast.institute):
        number = SetAside.objects.select_related("event").order_by("event__number")[0].event.number
    code, lines = run("untold")
    assert (code, len(lines)) == (1, 7)
    assert lines[0] == (
        f"✗ lake-institute, event {number}, quote.asked: KeyError: 'missing'. Tried 1 times, again at 2026-11-25 08:00:10Z."
    )
    assert lines[-1].endswith("events set aside: 6.")

    assert run("tell_again") == (1, ["Told: 0. Still set aside: 6."])
    assert everything(deal) == (0, 0, 6)
    mended(monkeypatch)

    assert run("tell_again") == (0, ["Told: 6. Still set aside: 0."])
    assert everything(deal) == (6, 6, 0)
    assert run("tell_again") == (0, ["Told: 0. Still set aside: 0."])
    assert everything(deal) == (6, 6, 0)


def test_told_again_by_several_at_once_each_is_told_once(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    mended(monkeypatch)
    home = deal.cast.institute.pk

    counts = at_once(lambda: tell_aside(home, at=NOW, even_given_up=True))

    assert (len(counts), sum(counts)) == (TELLERS, 6)
    assert everything(deal) == (6, 6, 0)


def test_the_offices_page_and_ready_say_how_many_there_are(deal: Deal) -> None:
    client = Client()
    watched = client.get("/ready").json()["teller"]
    assert watched["set_aside"] == 6
    assert watched["behind_s"] > 0  # the facility's chain was not told

    def page(person: User) -> Any:
        client.force_login(person)
        return client.get("/administration/")

    shown = page(deal.cast.office).content.decode()
    assert "Events set aside" in shown
    assert "Whoever looks after the machine finds out which they are" in shown
    assert page(deal.cast.owner).status_code == 404
