"""An event that cannot be told stops nobody: it is set aside, tried again, and told once when the fault is mended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from mingyue.web.notices import aside, fanning
from mingyue.web.notices.fanning import tell, tell_aside
from mingyue.web.notices.models import SetAside, Told
from mingyue.web.notices.rules import PAUSES
from mingyue.web.notices.subjects import about
from mingyue.web.notices.teller import behind, to_tell
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.notices.conftest import Tell, heard, of
from tests.web.notices.test_fanning import delivered_kinds, hook
from tests.web.orders.conftest import Deal

POISON = "quote.approved"


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Its tracebacks are for the log of who runs it."""
    logging.getLogger("notices.aside").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("notices.aside").setLevel(logging.NOTSET)


def poisoned(monkeypatch: pytest.MonkeyPatch, fail: Callable[[Event], Any] | None = None, what: str = POISON) -> None:
    """From now on this kind of event cannot be told."""

    def broken(event: Event) -> Any:
        if event.what == what:
            return fail(event) if fail else event.facts["missing"]
        return about(event)

    monkeypatch.setattr(fanning, "about", broken)


def mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanning, "about", about)


def asides(deal: Deal) -> list[tuple[str, str, int]]:
    with of(deal.cast.institute):
        found = SetAside.objects.order_by("event__number").select_related("event")
        return [(one.event.what, one.why, one.failures) for one in found]


def test_an_event_in_the_middle_that_cannot_be_told_stops_no_other(
    told_deal: Deal, tell_all: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook, home = hook(told_deal, "quote.*"), told_deal.cast.institute.pk
    tell_all()
    poisoned(monkeypatch)
    order = told_deal.ordered()
    said = f"Quote {order.quote.number} waits for the approval of a budget holder."

    assert tell(home, at=NOW) == 3

    assert delivered_kinds(told_deal, webhook) == ["quote.asked", "quote.accepted"]
    assert heard(told_deal.holder) == [said]
    assert asides(told_deal) == [(POISON, "KeyError: 'missing'", 1)]
    with of(told_deal.cast.institute):
        assert Told.objects.get().number == Event.objects.filter(organisation_id=home).count()
    assert tell(home, at=NOW) == 0


def test_told_again_each_webhook_and_person_hears_of_it_once(
    told_deal: Deal, tell_all: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook, home = hook(told_deal, "quote.*"), told_deal.cast.institute.pk
    other = hook(told_deal, "quote.asked")
    tell_all()
    poisoned(monkeypatch, what="quote.asked")
    told_deal.ordered()
    tell(home, at=NOW)
    mended(monkeypatch)

    assert [tell_aside(home, at=NOW, even_given_up=True) for _ in range(3)] == [1, 0, 0]

    assert delivered_kinds(told_deal, webhook) == ["quote.asked", "quote.approved", "quote.accepted"]
    assert len(heard(told_deal.holder)) == 1
    assert asides(told_deal) == []
    assert delivered_kinds(told_deal, other) == ["quote.asked"]


def test_it_is_tried_again_as_a_delivery_is_and_then_only_when_asked(
    told_deal: Deal, tell_all: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, at = told_deal.cast.institute.pk, NOW
    poisoned(monkeypatch, what="quote.asked")
    told_deal.quote()
    tell(home, at=at)

    for failures, pause in enumerate(PAUSES, start=1):
        assert asides(told_deal)[0][2] == failures
        assert "aside" not in to_tell(at=at + pause - timedelta(seconds=1))
        at += pause
        assert to_tell(at=at)["aside"] == [(home, home)]
        assert tell_aside(home, at=at) == 0
    with of(told_deal.cast.institute):
        assert SetAside.objects.get().next_at is None
    assert "aside" not in to_tell(at=at + timedelta(days=999))
    mended(monkeypatch)
    assert tell_aside(home, at=at + timedelta(days=999)) == 0
    assert tell_aside(home, at=at, even_given_up=True) == 1
    assert len(heard(told_deal.holder)) == 1


def test_a_question_that_the_database_refuses_is_a_fault_of_the_event_and_not_of_the_database(
    told_deal: Deal, tell_all: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each leaves the transaction broken, and the first error is the one that is told."""
    asked = {
        "quote.asked": "SELECT 1 / 0",
        "quote.approved": "SET LOCAL statement_timeout = 20; SELECT pg_sleep(9)",
    }

    def fail(event: Event) -> Any:
        if event.what in asked:
            with seen_by(person_id=told_deal.holder.pk), connection.cursor() as cursor:
                cursor.execute(asked[event.what])
        return about(event)

    monkeypatch.setattr(fanning, "about", fail)
    told_deal.ordered()
    tell_all()

    assert asides(told_deal) == [
        ("quote.asked", "django.db.utils.DataError: division by zero", 1),
        ("quote.approved", "django.db.utils.OperationalError: canceling statement due to statement timeout", 1),
    ]
    assert len(heard(told_deal.cast.manager)) == 1  # whose own chain tells of the acceptance alone


def test_a_database_that_is_lost_is_no_fault_of_the_event(
    told_deal: Deal, tell_all: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_: Any) -> Any:
        monkeypatch.setattr(aside, "database_is_lost", lambda _: True)
        raise OperationalError("the connection is closed")

    poisoned(monkeypatch, lost)
    told_deal.ordered()
    with of(told_deal.cast.institute):
        before = Told.objects.get().number

    with pytest.raises(OperationalError):
        tell(told_deal.cast.institute.pk, at=NOW)

    assert asides(told_deal) == []
    with of(told_deal.cast.institute):
        assert Told.objects.get().number == before


@pytest.mark.parametrize("step", ["before it is set aside", "after it is set aside"])
def test_who_dies_while_it_sets_aside_has_told_nothing_and_lost_nothing(
    told_deal: Deal, tell_all: Tell, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    webhook, home = hook(told_deal, "quote.*"), told_deal.cast.institute.pk
    tell_all()
    poisoned(monkeypatch)
    told_deal.ordered()
    create = SetAside.objects.create

    def die(**values: Any) -> None:
        if step.startswith("after"):
            create(**values)
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(SetAside.objects, "create", die)
        with pytest.raises(KeyboardInterrupt):
            tell(home, at=NOW)
    assert asides(told_deal) == delivered_kinds(told_deal, webhook) == heard(told_deal.holder) == []

    assert tell(home, at=NOW) == 3
    assert delivered_kinds(told_deal, webhook) == ["quote.asked", "quote.accepted"]
    assert [what for what, _, _ in asides(told_deal)] == [POISON]


def test_who_dies_while_it_tells_again_leaves_it_set_aside(
    told_deal: Deal, tell_all: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = told_deal.cast.institute.pk
    poisoned(monkeypatch, what="quote.asked")
    told_deal.quote()
    tell(home, at=NOW)
    mended(monkeypatch)

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(SetAside, "delete", die)  # all is written by then
        with pytest.raises(KeyboardInterrupt):
            tell_aside(home, at=NOW, even_given_up=True)
    assert heard(told_deal.holder) == []

    assert tell_aside(home, at=NOW, even_given_up=True) == 1
    assert len(heard(told_deal.holder)) == 1


def test_what_is_set_aside_is_behind_its_organisations_wall(
    told_deal: Deal, tell_all: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned(monkeypatch)
    told_deal.ordered()
    tell_all()

    for other in (told_deal.cast.firm, told_deal.cast.park):
        with of(other):
            assert not SetAside.objects.exists()
            assert SetAside.objects.update(why="") == 0
    with of(told_deal.cast.institute):
        assert SetAside.objects.exists()


def test_how_far_behind_is_told_past_the_walls_in_two_numbers(
    told_deal: Deal, tell_all: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = NOW + timedelta(seconds=90)
    with seen_by():
        assert (behind(at=later).behind_s, behind(at=later).set_aside) == (0.0, 0)
    poisoned(monkeypatch)
    told_deal.ordered()

    with seen_by():
        assert (behind(at=later).behind_s, behind(at=later).set_aside) == (90.0, 0)
        assert behind(at=NOW - timedelta(seconds=1)).behind_s == 0.0  # clocks differ
    tell_all()
    with seen_by():
        assert (behind(at=later).behind_s, behind(at=later).set_aside) == (0.0, 2)  # in the chain of each side
