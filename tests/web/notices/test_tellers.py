"""Two tellers at once, on real connections: everything is told once, and one letter leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core import mail
from django.db import connections

from mingyue.web.notices import fanning, services
from mingyue.web.notices.delivering import claimed
from mingyue.web.notices.fanning import MAIL_WAITS, tell
from mingyue.web.notices.mailing import send_letter
from mingyue.web.notices.models import Delivery, Notice, Told
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.notices.conftest import of
from tests.web.orders.conftest import Deal, deal_apart

TELLERS = 4


@pytest.fixture
def deal(django_db_setup: None, django_db_blocker: Any) -> Iterator[Deal]:
    """One that every connection sees."""
    with deal_apart(django_db_blocker, budget_fen=10**9) as made:
        yield made


def at_once(act: Callable[[], Any]) -> list[Any]:
    """What several tellers get who do this at the same moment, each on a connection of its own."""
    together = Barrier(TELLERS)

    def do(_: int) -> Any:
        try:
            together.wait(30)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TELLERS) as threads:
        return list(threads.map(do, range(TELLERS)))


def test_of_several_tellers_each_event_is_told_by_one(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanning, "MOST_AT_ONCE", 1)  # so that they meet again and again
    home = deal.cast.institute.pk
    services.make_webhook(
        actor=deal.be(deal.cast.owner), organisation_id=home, url="https://a.example.org", kinds=[], at=NOW
    )
    quotes = [deal.quote() for _ in range(6)]

    def tell_all() -> int:
        told = 0
        for _ in range(60):
            told += tell(home, at=NOW)
        return told

    counts = at_once(tell_all)

    with of(deal.cast.institute):
        number = Event.objects.filter(organisation_id=home).count()
        assert (sum(counts), Told.objects.get().number) == (number, number)
        kinds = list(Delivery.objects.values_list("event__what", flat=True))
    assert kinds.count("quote.asked") == len(quotes)
    assert len(kinds) == number  # all of them happened when the webhook was there already
    with seen_by(person_id=deal.holder.pk):
        assert Notice.objects.count() == len(quotes)


def test_of_several_tellers_each_gets_another_delivery(deal: Deal) -> None:
    home = deal.cast.institute.pk
    webhook, _ = services.make_webhook(
        actor=deal.be(deal.cast.owner), organisation_id=home, url="https://a.example.org", kinds=["quote.*"], at=NOW
    )
    deal.quote()
    deal.quote()
    while tell(home, at=NOW):
        pass

    def claim() -> Any:
        with of(deal.cast.institute):
            return claimed(webhook.pk, at=NOW)

    claims = [one for one in at_once(claim) if one]

    with of(deal.cast.institute):
        assert {one.delivery_id for one in claims} <= set(Delivery.objects.values_list("pk", flat=True))
        assert set(Delivery.objects.values_list("attempts", flat=True)) <= {0, 1}
    assert len({one.delivery_id for one in claims}) == len(claims) >= 1


def test_of_several_tellers_one_sends_the_letter(deal: Deal) -> None:
    deal.quote()
    deal.quote()
    while tell(deal.cast.institute.pk, at=NOW):
        pass
    at = NOW + MAIL_WAITS + timedelta(seconds=1)

    left = at_once(lambda: send_letter(deal.holder.pk, clock=lambda: at, origin="https://a.example.org"))

    assert sorted(left) == [False] * (TELLERS - 1) + [True]
    assert [letter.subject for letter in mail.outbox] == ["2 notices from Mingyue"]
