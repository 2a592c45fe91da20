"""The pages of notices and webhooks, and the bell on every other."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from mingyue.web.notices import services
from mingyue.web.notices.models import Delivery, Notice, Webhook, Wishes
from mingyue.web.people.models import User
from mingyue.web.records import live
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.notices.conftest import Tell, heard, of
from tests.web.orders.conftest import Deal

Browse = Callable[[User | None], Client]
HOOKS = "/organisations/lake-institute/webhooks/"


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def bell(page: str) -> tuple[str, bool]:
    """What it counts, and whether the count is seen."""
    found = re.search(r'class="bell-count"( hidden)?>(\d+)<', page)
    assert found
    return found[2], found[1] is None


def links_in(page: str) -> list[str]:
    """Where the notices of a page lead."""
    return re.findall(r'href="(/notices/[0-9a-f-]{36}/)"', page)


@pytest.fixture
def waiting(told_deal: Deal, tell_all: Tell) -> Deal:
    """Two quotes wait for the budget holder."""
    told_deal.quote()
    told_deal.quote()
    tell_all()
    return told_deal


def test_the_bell_counts_what_is_new_on_every_page(waiting: Deal, browse: Browse) -> None:
    holder = browse(waiting.holder)

    assert bell(shown(holder.get("/"))) == bell(shown(holder.get("/quotes/"))) == ("2", True)
    assert holder.get("/notices/count").json() == {"unread": 2}
    assert bell(shown(browse(waiting.cast.owner).get("/"))) == ("0", False)
    assert 'id="bell"' not in shown(browse(None).get("/"))


def test_a_notice_leads_to_what_it_is_about_and_is_read_then(waiting: Deal, browse: Browse) -> None:
    holder = browse(waiting.holder)
    page = shown(holder.get("/notices/"))
    links = links_in(page)
    assert len(links) == 2
    assert page.count("You decide about budgets.") == 2

    led = holder.get(links[0], follow=True)

    assert led.redirect_chain[0][0].startswith("/quotes/")
    assert (led.status_code, bell(shown(led))) == (200, ("1", True))
    assert links_in(shown(holder.get("/notices/"))) == links  # each stays where it was
    assert links_in(shown(holder.get("/notices/?unread=1"))) == links[1:]


def test_all_are_read_at_once(waiting: Deal, browse: Browse) -> None:
    holder = browse(waiting.holder)

    holder.post("/notices/read/")

    assert holder.get("/notices/count").json() == {"unread": 0}
    assert "Mark all as read" not in shown(holder.get("/notices/"))
    with seen_by(person_id=waiting.holder.pk):
        assert not Notice.objects.exclude(mail_at=None).exists()


def test_what_is_read_at_once_keeps_the_letter_that_is_on_its_way(waiting: Deal, browse: Browse) -> None:
    letter = UUID(int=7)
    with seen_by(person_id=waiting.holder.pk):
        first, second = Notice.objects.order_by("event__number")
        Notice.objects.filter(pk=first.pk).update(mail_id=letter)

    browse(waiting.holder).post("/notices/read/")

    with seen_by(person_id=waiting.holder.pk):
        assert Notice.objects.get(pk=first.pk).mail_at == first.mail_at is not None
        assert Notice.objects.get(pk=second.pk).mail_at is None


def test_a_notice_reads_in_the_language_of_the_page(waiting: Deal, browse: Browse) -> None:
    holder = browse(waiting.holder)
    holder.post("/language/", {"language": "zh-hans", "next": "/"})

    page = shown(holder.get("/notices/"))

    assert page.count("等待经费负责人批准") == 2
    assert "waits for" not in page
    assert User.objects.get(pk=waiting.holder.pk).language == "zh-hans"


def test_others_notices_are_not_there(waiting: Deal, browse: Browse) -> None:
    with seen_by(person_id=waiting.holder.pk):
        theirs = Notice.objects.order_by("pk").first()
    assert theirs is not None

    assert browse(waiting.cast.owner).get(f"/notices/{theirs.pk}/").status_code == 404

    with seen_by(person_id=waiting.holder.pk):
        assert Notice.objects.filter(read_at=None).count() == 2


def test_what_one_wants_to_hear_is_kept_as_it_was_chosen(told_deal: Deal, browse: Browse) -> None:
    owner = browse(told_deal.cast.owner)
    before = shown(owner.get("/notices/settings/"))
    assert len(re.findall(r"<input[^>]*checked", before)) == 9  # all but letters about checks

    owner.post("/notices/settings/", {"on_page": ["quotes", "checks"], "by_mail": ["checks"]})

    after = shown(owner.get("/notices/settings/"))
    assert re.findall(r'name="(\w+)" value="(\w+)"[^>]*checked', after) == [
        ("on_page", "quotes"), ("on_page", "checks"), ("by_mail", "checks"),
    ]  # fmt: skip
    bad = owner.post("/notices/settings/", {"on_page": ["weather"]})
    assert bad.status_code == 400
    with seen_by(person_id=told_deal.cast.owner.pk):
        assert Wishes.objects.get().on_page == ["checks", "quotes"]


def test_the_page_of_a_person_hears_when_there_is_something_new(db: None) -> None:
    """The stream of the bell is that of its person."""

    async def scene() -> bytes:
        stream = live._events("person", "1")
        try:
            return [await asyncio.wait_for(anext(stream), 20) for _ in range(2)][1]
        finally:
            await stream.aclose()  # type: ignore[attr-defined]

    assert b'data: {"person": "1"}' in asyncio.run(scene())


def test_the_stream_is_for_those_who_are_signed_in(told_deal: Deal, browse: Browse) -> None:
    answer = browse(told_deal.cast.owner).get("/notices/live")

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
    assert browse(None).get("/notices/live").status_code == 302


# --- webhooks -----------------------------------------------------------------------------------------------------


def made(deal: Deal, browse: Browse, **said: str) -> str:
    answer = browse(deal.cast.owner).post(
        HOOKS, {"url": "https://a.example.org/hook", "kinds": "quote.*, order.billed"} | said
    )
    assert answer.status_code == 200, shown(answer)
    return shown(answer)


def hook_of(deal: Deal) -> Webhook:
    with of(deal.cast.institute):
        return Webhook.objects.get()


def test_an_owner_adds_a_webhook_and_sees_its_secret_once(told_deal: Deal, browse: Browse) -> None:
    page = made(told_deal, browse)

    secret = re.search(r"whsec_[A-Za-z0-9+/=]{44}", page)
    assert secret
    assert (hook_of(told_deal).kinds, hook_of(told_deal).by_id) == (
        ["order.billed", "quote.*"],
        told_deal.cast.owner.pk,
    )
    owner = browse(told_deal.cast.owner)
    address = f"{HOOKS}{hook_of(told_deal).pk}/"
    assert "whsec_" not in shown(owner.get(HOOKS)) + shown(owner.get(address))
    renewed = re.search(r"whsec_[A-Za-z0-9+/=]{44}", shown(owner.post(f"{address}renew/")))
    assert renewed
    assert renewed[0] != secret[0]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"url": "http://a.example.org"}, "by https only"),
        ({"url": "nowhere"}, "This is no address."),
        ({"kinds": "everything"}, "everything is no kind of event"),
        ({"url": "https://me:secret@a.example.org"}, "no password"),
    ],
)
def test_a_webhook_that_makes_no_sense_is_refused_with_a_reason(
    told_deal: Deal, browse: Browse, settings: Any, said: dict[str, str], why: str
) -> None:
    settings.WEBHOOKS_PRIVATE = False

    answer = browse(told_deal.cast.owner).post(HOOKS, {"url": "https://a.example.org", "kinds": ""} | said)

    assert (answer.status_code, why in shown(answer)) == (400, True)
    with of(told_deal.cast.institute):
        assert not Webhook.objects.exists()


def test_what_was_sent_is_listed_with_what_came_of_it(told_deal: Deal, browse: Browse, tell_all: Tell) -> None:
    made(told_deal, browse)
    address = f"{HOOKS}{hook_of(told_deal).pk}/"
    owner = browse(told_deal.cast.owner)
    assert owner.post(f"{address}test/").status_code == 302
    tell_all()
    with of(told_deal.cast.institute):
        Delivery.objects.update(attempts=3, failures=3, status=500, took_ms=12, answer="<script>x", fault="status")
        delivery = Delivery.objects.get()

    page = owner.get(address).content.decode()

    for told in ("webhook.tested", "It answered that it failed.", "12 ms", "&lt;script&gt;x", ">3<"):
        assert told in page
    assert owner.post(f"{address}deliveries/{delivery.pk}/replay/").status_code == 302
    assert owner.post(f"{address}replay/", {"since": "2026-01-01T00:00"}).status_code == 302
    assert owner.post(f"{address}replay/", {"since": "yesterday"}).status_code == 400
    with of(told_deal.cast.institute):
        assert Delivery.objects.get().failures == 0


def test_a_webhook_is_changed_switched_off_and_removed(told_deal: Deal, browse: Browse) -> None:
    made(told_deal, browse)
    address = f"{HOOKS}{hook_of(told_deal).pk}/"
    owner = browse(told_deal.cast.owner)

    owner.post(f"{address}change/", {"url": "https://b.example.org/", "kinds": ""})
    assert (hook_of(told_deal).url, hook_of(told_deal).kinds, hook_of(told_deal).active) == (
        "https://b.example.org/",
        [],
        False,
    )
    refused = owner.post(f"{address}test/")
    assert (refused.status_code, "This webhook is switched off." in shown(refused)) == (400, True)
    owner.post(f"{address}remove/")

    assert owner.get(address).status_code == 404
    assert "b.example.org" not in shown(owner.get(HOOKS))


def test_of_twenty_webhooks_there_is_no_more(told_deal: Deal) -> None:
    from mingyue.web.records.errors import RefusedError

    owner = told_deal.be(told_deal.cast.owner)
    for count in range(20):
        services.make_webhook(
            actor=owner,
            organisation_id=told_deal.cast.institute.pk,
            url=f"https://a.example.org/{count}",
            kinds=[],
            at=NOW,
        )
    with pytest.raises(RefusedError, match="at most 20 webhooks"):
        services.make_webhook(
            actor=owner, organisation_id=told_deal.cast.institute.pk, url="https://a.example.org/", kinds=[], at=NOW
        )
    assert heard(told_deal.cast.owner) == []
