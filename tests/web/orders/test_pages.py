"""The way of a quote through the pages: asked, approved, accepted; refusals are shown, strangers see nothing."""

from __future__ import annotations

from typing import Any

import pytest

from mingyue.web.orders.models import Message, Order, Quote
from mingyue.web.orders.templatetags.promised import percent, yuan
from tests.web.orders.browsing import TOTAL, Browse, asked, shown, wishes
from tests.web.orders.conftest import Deal, checked

pytestmark = pytest.mark.usefixtures("today")


def test_a_quote_is_asked_approved_accepted_and_becomes_an_order(deal: Deal, browse: Browse) -> None:
    quote = asked(deal, browse)
    page = shown(browse(deal.cast.owner).get(f"/quotes/{quote.pk}/"))
    assert TOTAL in page
    assert "2026-12-09 16:00" in page
    assert "Asia/Shanghai" in page
    assert "Setting up, once" in page
    assert "the middle of 0.833 to 1.167 h" in page
    assert "Accept and order" not in page
    assert "Project that pays" not in page

    holder = browse(deal.holder)
    assert "NSFC-52375001 · ¥100,000.00 left · Nests" in shown(holder.get(f"/quotes/{quote.pk}/"))
    answer = holder.post(f"/quotes/{quote.pk}/approve/", {"option": 0, "project": str(deal.project.pk)})
    assert answer.status_code == 302
    assert "¥99,363.08" in shown(holder.get("/projects/"))

    owner = browse(deal.cast.owner)
    assert f"Accept and order for {TOTAL}" in shown(owner.get(f"/quotes/{quote.pk}/"))
    answer = owner.post(f"/quotes/{quote.pk}/accept/", {"option": 0})
    deal.be(deal.cast.owner)
    order = Order.objects.get()
    assert answer["Location"] == f"/orders/{order.pk}/"
    page = shown(owner.get(answer["Location"]))
    assert order.number in page
    assert "cancelling now costs ¥0.00 of ¥636.92" in page
    assert order.number in shown(owner.get("/orders/"))


def test_what_a_rule_forbids_is_said_on_the_page_and_changes_nothing(
    deal: Deal, browse: Browse, everything: Any
) -> None:
    quote = asked(deal, browse)
    before = everything()

    unapproved = browse(deal.cast.owner).post(f"/quotes/{quote.pk}/accept/", {"option": 0})
    no_option = browse(deal.cast.owner).post(f"/quotes/{quote.pk}/accept/", {"option": "first"})
    no_holder = browse(deal.cast.owner).post(f"/quotes/{quote.pk}/approve/", {"option": 0})
    mute = browse(deal.cast.owner).post(f"/quotes/{quote.pk}/messages/", {"text": " "})
    offered = browse(deal.cast.manager).post(f"/quotes/{quote.pk}/release/")

    said = [(answer.status_code, reason in shown(answer)) for answer, reason in (
        (unapproved, "No budget holder has approved this quote."),
        (no_option, "The quote has no such option."),
        (no_holder, "Only a budget holder may do this."),
        (mute, "A message has 1 to 4,000 characters."),
        (offered, "This quote was offered already."),
    )]  # fmt: skip
    assert said == [(400, True)] * 5
    assert everything() == before


def test_what_was_not_priced_is_said_in_the_form(deal: Deal, browse: Browse) -> None:
    answer = browse(deal.cast.owner).post(
        f"/quotes/new/?revision={deal.check.revision_id}", wishes(deal, quantity=100_001)
    )

    assert answer.status_code == 400
    assert "A quantity is from 1 to 100,000." in shown(answer)
    deal.be(deal.cast.owner)
    assert not Quote.objects.exists()


def test_a_person_of_the_facility_looks_answers_and_talks(deal: Deal, browse: Browse) -> None:
    quote = deal.quote(quantity=501)
    page = shown(browse(deal.cast.manager).get(f"/quotes/{quote.pk}/"))
    assert "The quantity is above what is offered without a person&#x27;s look." in page

    manager = browse(deal.cast.manager)
    manager.post(f"/quotes/{quote.pk}/messages/", {"text": "When do you <need> it?"})
    manager.post(f"/quotes/{quote.pk}/release/")

    page = shown(browse(deal.cast.owner).get(f"/quotes/{quote.pk}/"))
    assert "When do you &lt;need&gt; it?" in page
    assert "Offered" in page
    deal.be(deal.cast.owner)
    assert Message.objects.get().side == "provider"
    assert Quote.objects.get().state == "offered"


def test_a_declined_quote_says_why(deal: Deal, browse: Browse) -> None:
    quote = deal.quote(quantity=501)
    assert "Say why; the customer reads it." in shown(browse(deal.cast.manager).post(f"/quotes/{quote.pk}/decline/"))

    browse(deal.cast.manager).post(f"/quotes/{quote.pk}/decline/", {"why": "Too many at once"})

    assert "Too many at once" in shown(browse(deal.cast.owner).get(f"/quotes/{quote.pk}/"))


def test_a_customer_withdraws(deal: Deal, browse: Browse) -> None:
    quote = deal.quote()

    browse(deal.cast.owner).post(f"/quotes/{quote.pk}/withdraw/")

    assert "This quote was withdrawn." in shown(browse(deal.cast.manager).get(f"/quotes/{quote.pk}/"))


def test_others_see_neither_quote_nor_order_nor_project(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    for person in (deal.cast.stranger, deal.rival, deal.cast.colleague, deal.cast.office):
        client = browse(person)
        assert client.get(f"/quotes/{order.quote_id}/").status_code == 404
        assert client.get(f"/orders/{order.pk}/").status_code == 404
        lists = [shown(client.get(address)) for address in ("/quotes/", "/orders/", "/projects/")]
        assert not any(secret in page for page in lists for secret in ("nozzle", order.number, "NSFC-52375001"))
    assert "NSFC-52375001" not in shown(browse(deal.cast.manager).get("/projects/"))
    assert "NSFC-52375001" in shown(browse(deal.holder).get("/projects/"))


def test_others_ask_for_no_price_of_a_part(deal: Deal, browse: Browse) -> None:
    for person in (deal.cast.stranger, deal.cast.manager, deal.cast.colleague):
        assert browse(person).get(f"/quotes/new/?revision={deal.check.revision_id}").status_code == 404
    assert browse(deal.cast.owner).get("/quotes/new/?revision=x").status_code == 404


def test_a_revision_without_a_finished_check_has_no_price(deal: Deal, browse: Browse) -> None:
    waiting = checked(deal.shop, deal.cast.owner, deal.cast.institute, state="asked", estimate=None)

    page = shown(browse(deal.cast.owner).get(f"/quotes/new/?revision={waiting.revision_id}"))

    assert "A quote needs a check" in page


def test_the_page_of_a_part_leads_to_its_quote(deal: Deal, browse: Browse) -> None:
    page = shown(browse(deal.cast.owner).get(f"/parts/{deal.check.revision.part_id}/"))

    assert f"/quotes/new/?revision={deal.check.revision_id}" in page


# --- what is shown ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "¥0.00"), (5, "¥0.05"), (-123_45, "−¥123.45"), (1_234_567_89, "¥1,234,567.89"), (None, "")]
)
def test_amounts_have_two_decimals(fen: int | None, text: str) -> None:
    assert yuan(fen) == text


def test_shares_are_percent() -> None:
    assert [percent(share) for share in (0, 5, 60, 130, 1000)] == ["0 %", "0.5 %", "6 %", "13 %", "100 %"]


def test_everything_is_said_in_chinese(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    client = browse(deal.cast.owner)

    pages = [
        shown(client.get(address, headers={"Accept-Language": "zh-hans"}))
        for address in (f"/quotes/{order.quote_id}/", f"/orders/{order.pk}/")
    ]

    assert all("开机准备（一次）" in page and "标准" in page and "Setting up" not in page for page in pages)
