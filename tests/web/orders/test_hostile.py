"""What is typed or sent to be in the way is answered like anything else that does not fit."""

from __future__ import annotations

import re
from html import unescape

import pytest

from mingyue.web.orders.ledger.exports import harmless
from mingyue.web.orders.models import Message, Quote
from tests.web.orders.browsing import Browse
from tests.web.orders.conftest import Deal

pytestmark = pytest.mark.usefixtures("today")
NUL = "be\x00tween"


def test_a_message_loses_what_no_database_keeps(deal: Deal, browse: Browse) -> None:
    quote = deal.quote()

    assert browse(deal.cast.owner).post(f"/quotes/{quote.pk}/messages/", {"text": NUL}).status_code == 302
    assert browse(deal.cast.owner).post(f"/quotes/{quote.pk}/review/", {"text": NUL}).status_code == 302
    assert browse(deal.cast.manager).post(f"/quotes/{quote.pk}/decline/", {"why": NUL}).status_code == 302

    deal.be(deal.cast.owner)
    assert set(Message.objects.values_list("text", flat=True)) == {"between"}
    assert Quote.objects.get().answer == "between"


def test_a_reason_for_withdrawing_loses_it_too(deal: Deal, browse: Browse) -> None:
    quote = deal.quote()

    assert browse(deal.cast.owner).post(f"/quotes/{quote.pk}/withdraw/", {"why": NUL}).status_code == 302


@pytest.mark.parametrize("since", ["9" * 5000, "9" * 50, "\u0661", "1.0", "-1", "\x00", ""])
def test_a_revision_that_is_none_has_no_price(deal: Deal, browse: Browse, since: str) -> None:
    deal.quote()
    answer = browse(deal.cast.owner).get(f"/quotes/changes/{deal.check.revision_id}/", {"since": since})

    assert (answer.status_code, answer.content) == (200, b"")


def test_a_ledger_of_no_facility_is_not_found(deal: Deal, browse: Browse) -> None:
    assert browse(deal.cast.owner).get("/ledger.csv", {"facility": "wor\x00k"}).status_code == 404


@pytest.mark.parametrize("lines", ["25 1e999", "25 -inf", "25 nan", "25 1e300", f"{'9' * 5000} 100"])
def test_numbers_beyond_all_numbers_are_no_tariff(deal: Deal, browse: Browse, lines: str) -> None:
    address = "/facilities/works/tariff/"
    page = browse(deal.cast.manager).get(address).content.decode()
    fields = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    fields |= {name: unescape(text) for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)<', page)}

    answer = browse(deal.cast.manager).post(address, fields | {"tolerance_per_mille": lines})

    assert answer.status_code == 400


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_what_a_spreadsheet_would_calculate_stays_text(start: str) -> None:
    assert harmless(f"{start}1+1") == f"'{start}1+1"
