"""The page of a quote: what each side is shown, other amounts seen and sent, an approval that is taken back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from mingyue.web.orders import services
from mingyue.web.orders.models import Approval, Project, Quote
from mingyue.web.orders.services import Change
from mingyue.web.parts.models import Check, Part
from tests.web.conftest import NOW
from tests.web.orders.browsing import TOTAL, Browse, shown
from tests.web.orders.conftest import Deal, Everything
from tests.web.orders.test_shown import FINDING

pytestmark = pytest.mark.usefixtures("today")


def as_shown(quote: Quote, **others: str) -> dict[str, str]:
    """The lines as the page offers them, sent back with these changes."""
    said = {}
    for option, told in enumerate(quote.content["options"]):
        for line, each in enumerate(told["lines"]):
            said |= {f"amount_{option}_{line}": f"{each['amount_fen'] / 100:.2f}", f"why_{option}_{line}": ""}
    return said | others


CHEAPER = {"amount_0_1": "250", "why_0_1": "a shared <run>"}


def replace(browse: Browse, person: Any, quote: Quote, **said: str) -> Any:
    return browse(person).post(f"/quotes/{quote.pk}/replace/", said)


def test_new_totals_are_seen_before_anything_is_sent(deal: Deal, browse: Browse, everything: Everything) -> None:
    quote = deal.quote()
    before = everything()

    answer = replace(browse, deal.cast.manager, quote, **as_shown(quote, **CHEAPER))

    page = shown(answer)
    assert answer.status_code == 200
    assert "Nothing was sent yet." in page
    assert f'<s class="quiet">{TOTAL}</s> ¥583.92' in page
    assert "Changed from ¥300.00: a shared &lt;run&gt;" in page
    assert 'value="250"' in page
    assert everything() == before


def test_a_quote_that_is_looked_at_leads_its_manager_to_the_answer_and_nobody_else(deal: Deal, browse: Browse) -> None:
    quote = deal.quote(quantity=501)
    address, theirs = f"/quotes/{quote.pk}/", "It waits for your answer"

    manager = shown(browse(deal.cast.manager).get(address))
    assert theirs in manager
    assert manager.index('href="#answer"') < manager.index('id="answer"')
    for person in (deal.cast.owner, deal.cast.operator):
        page = shown(browse(person).get(address))
        assert theirs not in page
        assert "The facility still looks at this quote." in page
        assert "#answer" not in page

    browse(deal.cast.manager).post(f"{address}release/")
    assert theirs not in shown(browse(deal.cast.manager).get(address))


def test_the_start_page_tells_managers_what_waits_for_them_the_longest_wait_first(deal: Deal, browse: Browse) -> None:
    at = NOW + timedelta(hours=1)
    late = services.ask_quote(actor=deal.be(deal.cast.owner), asked=deal.asked(quantity=502), at=at)
    early = deal.quote(quantity=501)
    deal.quote()  # offered at once

    page = shown(browse(deal.cast.manager).get("/"))

    assert re.findall(r"Q-\w{4}-\w{4}", page) == [early.number, late.number]
    for person in (deal.cast.owner, deal.cast.operator, deal.cast.stranger, None):
        assert "Waiting for your answer" not in shown(browse(person).get("/"))
    browse(deal.cast.manager).post(f"/quotes/{early.pk}/release/")
    assert early.number not in shown(browse(deal.cast.manager).get("/"))


def test_other_amounts_are_another_quote_and_each_leads_to_the_other(deal: Deal, browse: Browse) -> None:
    quote = deal.quote()

    answer = replace(browse, deal.cast.manager, quote, **as_shown(quote, **CHEAPER), send="1")

    deal.be(deal.cast.manager)
    other = Quote.objects.get(supersedes=quote)
    assert answer["Location"] == f"/quotes/{other.pk}/"
    assert other.content["options"][0]["total_fen"] == 583_92
    for person in (deal.cast.owner, deal.cast.manager):
        old, new = (shown(browse(person).get(f"/quotes/{one.pk}/")) for one in (quote, other))
        assert f'href="/quotes/{other.pk}/"' in old
        assert f'href="/quotes/{quote.pk}/"' in new
        assert f"It took the place of {quote.number}" in new
        assert "a shared &lt;run&gt;" in new
        assert "Give other amounts" not in old
    assert browse(deal.cast.manager).get(f"/quotes/{quote.pk}/replace/")["Location"] == f"/quotes/{quote.pk}/"


@pytest.mark.parametrize(
    ("said", "reason", "field"),
    [
        ({}, "Say which line changes.", None),
        ({"amount_0_0": "1"}, "Say why the line changes; the customer reads it.", "why_0_0"),
        ({"amount_0_0": "1", "why_0_0": " "}, "Say why the line changes; the customer reads it.", "why_0_0"),
        ({"amount_0_0": ""}, "This field is required.", "amount_0_0"),
        ({"amount_0_0": "1.234", "why_0_0": "w"}, "no more than 2 decimal places", "amount_0_0"),
        ({"amount_0_0": "-900", "why_0_0": "w"}, "What is taxed at one rate is not less than nothing together.", None),
    ],
)
@pytest.mark.parametrize("send", [{}, {"send": "1"}], ids=["seen", "sent"])
def test_amounts_that_cannot_be_are_refused_at_their_line(
    deal: Deal, browse: Browse, everything: Everything, said: dict[str, str], reason: str, field: str | None,
    send: dict[str, str],
) -> None:  # fmt: skip
    quote = deal.quote()
    before = everything()

    answer = replace(browse, deal.cast.manager, quote, **as_shown(quote, **said), **send)

    page = shown(answer)
    assert (answer.status_code, reason in page) == (400, True)
    assert "Nothing was sent yet." not in page
    if field:
        control = page[page.index(f'name="{field}"') :]
        assert f'aria-describedby="replaceform-{field}_error"' in control[: control.index(">")]
        assert reason in page[page.index(f'id="replaceform-{field}_error"') :]
    assert everything() == before


def test_a_quote_that_closed_meanwhile_is_not_replaced(deal: Deal, browse: Browse, everything: Everything) -> None:
    quote = deal.quote()
    services.withdraw_quote(actor=deal.be(deal.cast.owner), quote_id=quote.pk, at=NOW)
    before = everything()

    answer = replace(browse, deal.cast.manager, quote, **as_shown(quote, **CHEAPER), send="1")

    assert (answer.status_code, "This quote was withdrawn." in shown(answer)) == (400, True)
    assert everything() == before


@pytest.mark.parametrize("name", ["owner", "holder", "operator", "stranger"])
def test_only_a_manager_gives_other_amounts(deal: Deal, browse: Browse, everything: Everything, name: str) -> None:
    quote = deal.quote()
    before = everything()
    person = getattr(deal, name, None) or getattr(deal.cast, name)

    assert browse(person).get(f"/quotes/{quote.pk}/replace/").status_code == 404
    assert replace(browse, person, quote, **as_shown(quote, **CHEAPER), send="1").status_code == 404
    assert everything() == before


# --- an approval is taken back ------------------------------------------------------------------------------------


def test_a_budget_holder_takes_an_approval_back(deal: Deal, browse: Browse) -> None:
    quote = deal.approved()
    holder = browse(deal.holder)
    assert "Withdraw the approval" in shown(holder.get(f"/quotes/{quote.pk}/"))

    assert holder.post(f"/quotes/{quote.pk}/unapprove/").status_code == 302

    deal.be(deal.holder)
    assert Approval.objects.get().ended_at == NOW
    assert Project.objects.get(pk=deal.project.pk).committed_fen == 0
    page = shown(browse(deal.holder).get(f"/quotes/{quote.pk}/"))
    assert "Approve option 1" in page
    assert "Withdraw the approval" not in page


def test_what_is_ordered_stays_approved(deal: Deal, browse: Browse, everything: Everything) -> None:
    order = deal.ordered()
    before = everything()

    page = shown(browse(deal.holder).get(f"/quotes/{order.quote_id}/"))
    answer = browse(deal.holder).post(f"/quotes/{order.quote_id}/unapprove/")

    assert "Withdraw the approval" not in page
    assert (answer.status_code, "This quote was accepted already." in shown(answer)) == (400, True)
    assert everything() == before


def test_nobody_else_takes_an_approval_back(deal: Deal, browse: Browse, everything: Everything) -> None:
    quote = deal.approved()
    before = everything()

    own = browse(deal.cast.owner).post(f"/quotes/{quote.pk}/unapprove/")
    others = [
        browse(person).post(f"/quotes/{quote.pk}/unapprove/").status_code
        for person in (deal.cast.manager, deal.rival, deal.cast.stranger)
    ]

    assert (own.status_code, "Only a budget holder may do this." in shown(own)) == (400, True)
    assert others == [404] * 3
    assert everything() == before


# --- what is shown to whom ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("confidentiality", Part.Confidentiality.values)
def test_the_page_shows_a_facility_no_place_of_a_controlled_part(
    deal: Deal, browse: Browse, confidentiality: str
) -> None:
    deal.be(deal.cast.owner)
    Part.objects.update(confidentiality=confidentiality)
    Check.objects.update(findings=[FINDING])
    quote = deal.quote()

    mine = shown(browse(deal.cast.owner).get(f"/quotes/{quote.pk}/"))
    pages = [shown(browse(deal.cast.manager).get(f"/quotes/{quote.pk}/{page}")) for page in ("", "replace/")]

    hidden = confidentiality == "controlled"
    assert "3 µm at (12.5, 40.25)" in mine
    assert all("nozzle.stl" not in page and "offset_um" not in page for page in pages)
    assert ("12.5" in "".join(pages)) != hidden
    assert "A wall is thin" in pages[0]
    assert ("The part is controlled" in pages[0]) == hidden
    assert "The part is controlled" not in mine


@pytest.mark.parametrize("confidentiality", Part.Confidentiality.values)
def test_whoever_asks_is_told_what_the_facility_will_see(deal: Deal, browse: Browse, confidentiality: str) -> None:
    deal.be(deal.cast.owner)
    Part.objects.update(confidentiality=confidentiality)

    page = shown(browse(deal.cast.owner).get(f"/quotes/new/?revision={deal.check.revision_id}"))

    hidden = confidentiality == "controlled"
    assert ("only once you order" in page) == hidden
    assert ("Micro Works sees the part's name, its file name" in page) != hidden
    assert "It does not see the geometry." in page


def test_a_change_of_a_line_is_read_by_the_service_as_it_was_typed(deal: Deal, browse: Browse) -> None:
    """Amounts below zero and fen: what a page sends is what a program would say."""
    quote = deal.quote()
    said = as_shown(quote, amount_0_4="-12.34", why_0_4="a gift")
    replace(browse, deal.cast.manager, quote, **said, send="1")
    deal.be(deal.cast.manager)
    other = Quote.objects.get(supersedes=quote)

    expected = services.replace_quote(
        actor=deal.be(deal.cast.manager), quote_id=deal.quote().pk, at=NOW,
        changes=[Change(option=0, line=4, amount_fen=-12_34, why="a gift")],
    )  # fmt: skip
    assert other.content["options"] == expected.content["options"]
