"""Deliveries arrive: at least once, always as the same one; what does not is tried again, later and later, and given up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from mingyue.client import ForgedWebhookError, verify_webhook
from mingyue.web.notices import delivering, rules, services
from mingyue.web.notices.delivering import claimed, deliver, finish
from mingyue.web.notices.models import Delivery, Webhook
from mingyue.web.notices.posting import Outcome
from mingyue.web.records.errors import NotFoundError, RefusedError
from mingyue.web.records.models import Event
from tests.web.conftest import NOW
from tests.web.notices.conftest import Tell, heard, of
from tests.web.notices.receiver import receiving
from tests.web.orders.conftest import Deal


class Line:
    """A webhook of the institute to a receiver, and the teller's clock."""

    def __init__(self, deal: Deal, tell_all: Tell, url: str) -> None:
        self.deal, self.tell_all, self.now = deal, tell_all, NOW
        self.home = deal.cast.institute
        self.webhook, self.secret = services.make_webhook(
            actor=deal.be(deal.cast.owner), organisation_id=self.home.pk, url=url, kinds=["quote.*"], at=NOW
        )

    def quote(self) -> None:
        self.deal.quote()
        self.tell_all(self.now)

    def send(self, **more: Any) -> bool:
        return deliver(self.home.pk, self.webhook.pk, clock=lambda: self.now, **more)

    def only(self) -> Delivery:
        with of(self.home):
            return Delivery.objects.get()

    def hook(self) -> Webhook:
        with of(self.home):
            return Webhook.objects.get()

    def owner(self) -> Any:
        return self.deal.be(self.deal.cast.owner)


def failing(*_: Any, **__: Any) -> Outcome:
    return Outcome(3, 500, "sorry", "status")


def arriving(*_: Any, **__: Any) -> Outcome:
    return Outcome(3, 200, "thanks")


@pytest.fixture
def line(told_deal: Deal, tell_all: Tell) -> Line:
    """To nobody: what is sent is said by the test."""
    return Line(told_deal, tell_all, "https://receiver.example.org/hook")


def test_what_arrives_is_the_event_signed_so_that_anybody_can_check_it(told_deal: Deal, tell_all: Tell) -> None:
    with receiving() as receiver:
        line = Line(told_deal, tell_all, receiver.url)
        line.quote()
        assert line.send()
        assert not line.send()  # nothing more is due

    (call,) = receiver.calls
    now = NOW.timestamp()
    event = verify_webhook(line.secret, call.headers, call.body, now=now)
    key = base64.b64decode(line.secret.removeprefix("whsec_"))
    said = f"{call.headers['webhook-id']}.{int(now)}.".encode() + call.body
    mac = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    assert call.headers["webhook-signature"] == f"v1,{mac}"
    with of(line.home):
        told = Event.objects.get(what="quote.asked")
    assert (event.id, event.number, event.type, event.facts) == (str(told.pk), told.number, "quote.asked", told.facts)
    assert json.loads(call.body)["organisation"] == "lake-institute"
    kept = line.only()
    assert (str(kept.pk), kept.state, kept.attempts, kept.status, kept.answer, kept.fault) == (
        call.headers["webhook-id"], "delivered", 1, 200, "thank you", "",
    )  # fmt: skip
    with pytest.raises(ForgedWebhookError):
        verify_webhook(line.secret, call.headers, call.body.replace(b"quote", b"order"), now=now)


def test_what_fails_comes_again_as_the_same_delivery_until_it_arrives(told_deal: Deal, tell_all: Tell) -> None:
    with receiving("fails", "fails", "well") as receiver:
        line = Line(told_deal, tell_all, receiver.url)
        line.quote()
        for pause_s in (0, 11.1, 66.1):
            line.now += timedelta(seconds=pause_s)
            line.send()
        kept = line.only()

    assert len(receiver.calls) == 3
    assert len(set(receiver.ids)) == len({call.body for call in receiver.calls}) == 1
    assert (kept.state, kept.attempts, kept.failures, kept.status) == ("delivered", 3, 0, 200)


def test_it_is_tried_nine_times_over_two_days_and_given_up(line: Line) -> None:
    line.quote()
    waits = []
    while line.only().state == "due":
        assert line.only().next_at >= line.now
        waits.append((line.only().next_at - line.now).total_seconds())
        line.now = line.only().next_at
        assert not line.send(send=failing)

    kept = line.only()
    assert (kept.state, kept.attempts, kept.status, kept.answer, kept.fault) == ("given up", 9, 500, "sorry", "status")
    for waited, pause in zip(waits, [timedelta(), *rules.PAUSES], strict=True):
        assert pause.total_seconds() <= waited <= pause.total_seconds() * 1.1
    line.now += timedelta(days=30)
    assert not line.send(send=arriving)
    assert line.only() == kept


def test_before_its_time_it_is_not_tried(line: Line) -> None:
    line.quote()
    line.send(send=failing)
    line.now += timedelta(seconds=9.9)

    assert not line.send(send=arriving)

    assert line.only().attempts == 1


def test_who_dies_while_sending_leaves_it_to_the_next_who_sends_the_same(line: Line) -> None:
    line.quote()
    seen = []

    def dies(_url: str, body: bytes, headers: Any, **_: Any) -> Outcome:
        seen.append((headers["webhook-id"], body))
        if len(seen) == 1:
            raise KeyboardInterrupt
        return arriving()

    with pytest.raises(KeyboardInterrupt):
        line.send(send=dies)
    assert not line.send(send=dies)  # nobody takes what is claimed
    line.now += delivering.CLAIMED_FOR
    assert line.send(send=dies)

    assert len(seen) == 2
    assert seen[0] == seen[1]
    assert line.only().state == "delivered"


def test_of_an_attempt_that_was_overtaken_nothing_is_noted(line: Line) -> None:
    line.quote()
    with of(line.home):
        slow = claimed(line.webhook.pk, at=line.now)
        quick = claimed(line.webhook.pk, at=line.now + delivering.CLAIMED_FOR)
        assert slow is not None
        assert quick is not None
        finish(quick, arriving(), at=line.now, chance=0)
        finish(slow, failing(), at=line.now, chance=0)

    assert (slow.delivery_id, slow.attempt, quick.attempt) == (quick.delivery_id, 1, 2)
    assert (line.only().state, line.hook().failing_since) == ("delivered", None)


# --- a webhook that fails -----------------------------------------------------------------------------------------


def test_after_five_days_in_which_nothing_arrived_it_is_switched_off_and_its_owners_are_told(line: Line) -> None:
    line.quote()
    line.send(send=failing)
    assert line.hook().failing_since == line.now
    line.now += rules.GIVES_UP_AFTER - timedelta(seconds=1)
    line.quote()
    line.send(send=failing)
    assert line.hook().active
    line.now += timedelta(days=1)
    line.quote()
    line.send(send=failing)

    with of(line.home):
        assert set(Delivery.objects.values_list("state", flat=True)) == {"given up"}
    assert not line.hook().active
    line.tell_all(line.now)
    off = "The webhook to receiver.example.org was switched off: nothing has arrived there for five days."
    assert off in heard(line.deal.cast.owner)
    assert off not in heard(line.deal.cast.colleague) + heard(line.deal.holder)


def test_whatever_arrives_begins_the_five_days_anew(line: Line) -> None:
    line.quote()
    line.send(send=failing)
    line.now += timedelta(seconds=12)
    line.send(send=arriving)

    assert line.hook().failing_since is None


# --- sent once more -----------------------------------------------------------------------------------------------


def test_a_replay_is_the_same_delivery_once_more(line: Line) -> None:
    line.quote()
    ids: list[str] = []

    def note(_url: str, _body: bytes, headers: Any, **_: Any) -> Outcome:
        ids.append(headers["webhook-id"])
        return arriving()

    line.send(send=note)
    services.replay(actor=line.owner(), delivery_id=line.only().pk, at=line.now)
    line.send(send=note)

    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert (line.only().state, line.only().attempts) == ("delivered", 2)


def test_what_was_given_up_is_tried_as_often_again(line: Line) -> None:
    line.quote()
    with of(line.home):
        Delivery.objects.update(state="given up", failures=9, attempts=9)
    services.replay(actor=line.owner(), delivery_id=line.only().pk, at=line.now)
    line.send(send=failing)

    kept = line.only()
    assert (kept.state, kept.attempts, kept.failures) == ("due", 10, 1)
    assert timedelta(seconds=10) <= kept.next_at - line.now <= timedelta(seconds=11)


def test_all_since_a_time_are_sent_once_more(line: Line) -> None:
    line.quote()
    line.quote()
    while line.send(send=arriving):
        pass
    owner = line.owner()

    late = services.replay_since(actor=owner, webhook_id=line.webhook.pk, since=NOW + timedelta(seconds=1), at=line.now)
    all_of_them = services.replay_since(actor=owner, webhook_id=line.webhook.pk, since=NOW, at=line.now)

    assert (late, all_of_them) == (0, 2)
    assert [line.send(send=arriving) for _ in range(3)] == [True, True, False]


def test_to_a_webhook_that_is_off_nothing_is_replayed(line: Line, everything: Callable[[], Any]) -> None:
    line.quote()
    line.send(send=arriving)
    services.change_webhook(
        actor=line.owner(), webhook_id=line.webhook.pk, url=line.webhook.url, kinds=[], active=False, at=NOW
    )
    before = everything()

    with pytest.raises(RefusedError, match="switched off"):
        services.replay(actor=line.owner(), delivery_id=line.only().pk, at=NOW)

    assert everything() == before
    assert line.only().state == "delivered"


# --- secrets ------------------------------------------------------------------------------------------------------


def test_a_renewed_secret_signs_and_the_one_before_it_does_for_a_day(line: Line) -> None:
    new = services.renew_secret(actor=line.owner(), webhook_id=line.webhook.pk, at=NOW)
    taken: list[Any] = []

    def note(_url: str, body: bytes, headers: Any, **_: Any) -> Outcome:
        taken.append((body, dict(headers)))
        return arriving()

    def signers(at: datetime) -> list[str]:
        line.now = at
        line.quote()
        line.send(send=note)
        body, headers = taken[-1]
        found = []
        for secret in (line.secret, new):
            try:
                verify_webhook(secret, headers, body, now=at.timestamp())
                found.append(secret)
            except ForgedWebhookError:
                continue
        return found

    assert new != line.secret
    assert signers(NOW + timedelta(hours=23)) == [line.secret, new]
    assert signers(NOW + timedelta(hours=24)) == [new]


def test_no_secret_lies_in_the_database(line: Line) -> None:
    with of(line.home):
        kept = str(list(Webhook.objects.values()))

    assert line.secret not in kept
    assert line.secret.removeprefix("whsec_") not in kept


def test_none_but_owners_lead_webhooks_and_no_key_does(line: Line, everything: Callable[[], Any]) -> None:
    from dataclasses import replace

    before, hook = everything(), line.webhook.pk
    key = replace(line.owner(), scopes=frozenset({"events:read"}))
    for actor in (line.deal.be(line.deal.cast.colleague), line.deal.be(line.deal.cast.stranger), key):
        for act in (
            lambda actor=actor: services.remove_webhook(actor=actor, webhook_id=hook, at=NOW),
            lambda actor=actor: services.renew_secret(actor=actor, webhook_id=hook, at=NOW),
            lambda actor=actor: services.try_webhook(actor=actor, webhook_id=hook, at=NOW),
            lambda actor=actor: services.make_webhook(
                actor=actor, organisation_id=line.home.pk, url="https://a.example.org", kinds=[], at=NOW
            ),
        ):
            with pytest.raises(NotFoundError):
                act()
    assert everything() == before


def test_sending_holds_no_row(line: Line) -> None:
    """While the other side takes its time, the database is not in a transaction of ours."""
    from django.db import connection

    depths: list[int] = []
    outside = len(connection.savepoint_ids)

    def look(*_: Any, **__: Any) -> Outcome:
        depths.append(len(connection.savepoint_ids) - outside)
        return arriving()

    line.quote()
    line.send(send=look)

    assert depths == [0]
