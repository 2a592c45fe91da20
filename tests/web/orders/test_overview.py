"""Many options of one quote: told apart at a glance, in the reader's language, and paid only by what has enough."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils.translation import override

from mingyue.phrases import say
from mingyue.web.orders import services
from mingyue.web.orders.models import Quote
from mingyue.web.orders.pages.overview import told_apart
from mingyue.web.records.kept_phrases import as_json
from tests.web.conftest import NOW
from tests.web.orders.browsing import Browse, shown, wishes
from tests.web.orders.conftest import Deal, revised

pytestmark = pytest.mark.usefixtures("today")

SEEN_NEW = "Ask for a new quote"


def option(number: int, **others: Any) -> dict[str, Any]:
    return {
        "number": number, "total_fen": 100_00, "quantity": 1, "machine": {"name": "S230"}, "layer_um": 5.0,
        "resin": {"name": "PR48", "name_zh": "PR48 树脂"}, "inspection": "visual", "tolerance_um": 25,
        "service_class": {"name": "Standard", "name_zh": "标准", "lead_days": 10},
    } | others  # fmt: skip


def ask(deal: Deal, browse: Browse, **others: Any) -> Any:
    return browse(deal.cast.owner).post(f"/quotes/new/?revision={deal.check.revision_id}", wishes(deal, **others))


def test_only_what_differs_is_told_in_the_order_of_the_options() -> None:
    with override("en"):
        rows = told_apart([option(0), option(1, quantity=20), option(2, quantity=20, inspection="full", layer_um=2.5)])

    assert [row.apart for row in rows] == [
        ("Quantity 1", "5 µm", "by eye"),
        ("Quantity 20", "5 µm", "by eye"),
        ("Quantity 20", "2.5 µm", "measured throughout"),
    ]


def test_options_are_told_apart_in_the_language_of_the_reader() -> None:
    fast = {"name": "Fast", "name_zh": "加急", "lead_days": 4}
    with override("zh-hans"):
        rows = told_apart([option(0), option(1, service_class=fast, inspection="dimensional")])

    assert [row.apart for row in rows] == [("目视", "标准 · 10 个工作日"), ("测量关键尺寸", "加急 · 4 个工作日")]


def test_only_another_turn_is_another_way_of_lying() -> None:
    upright, lower, turned = (as_json(say(words)) for words in ("upright", "upside down", "on its back"))
    same = [option(0, rotation=None, lying=upright), option(1, rotation=None, lying=lower)]
    with override("en"):
        alike, apart = told_apart(same), told_apart([*same, option(2, rotation=[180, 0, 0], lying=turned)])

    assert [row.apart for row in alike] == [(), ()]
    assert [row.apart for row in apart] == [("upright",), ("upside down",), ("on its back",)]


def test_options_that_are_the_same_have_nothing_between_them() -> None:
    assert [row.apart for row in told_apart([option(0), option(1)])] == [(), ()]


@pytest.mark.parametrize(("total_fen", "count", "each_fen"), [(100, 3, 33), (101, 2, 51), (200, 3, 67), (7, 1, 7)])
def test_one_piece_costs_its_share_to_the_nearest_fen(total_fen: int, count: int, each_fen: int) -> None:
    assert told_apart([option(0, total_fen=total_fen, quantity=count)])[0].each_fen == each_fen


def test_a_quote_of_many_options_begins_with_all_of_them_and_each_leads_to_its_own(deal: Deal, browse: Browse) -> None:
    ask(deal, browse, quantity="1 5 20")
    deal.be(deal.cast.owner)
    page = shown(browse(deal.cast.owner).get(f"/quotes/{Quote.objects.get().pk}/"))

    assert [f'href="#option-{n}"' in page and f'id="option-{n}"' in page for n in (1, 2, 3)] == [True] * 3
    assert "Quantity 20" in page
    assert " each</span>" in page


def test_two_options_stand_beside_each_other_and_need_no_overview(deal: Deal, browse: Browse) -> None:
    ask(deal, browse, quantity="1 5")
    deal.be(deal.cast.owner)

    assert 'href="#option-1"' not in shown(browse(deal.cast.owner).get(f"/quotes/{Quote.objects.get().pk}/"))


def test_a_project_that_has_too_little_left_cannot_be_chosen(deal: Deal, browse: Browse) -> None:
    quote = deal.quote()
    poor = services.open_project(
        actor=deal.be(deal.holder), organisation_id=deal.project.organisation_id, number="POOR", name="Poor",
        budget_fen=636_91, at=NOW,
    )  # fmt: skip
    page = shown(browse(deal.holder).get(f"/quotes/{quote.pk}/"))

    assert f'<option value="{poor.pk}" disabled>' in page
    assert f'<option value="{deal.project.pk}">' in page


def test_where_no_project_has_enough_left_the_page_leads_to_them(deal: Deal, browse: Browse) -> None:
    quote = deal.quote()
    page = f"/quotes/{quote.pk}/"
    said = "No project has so much left."
    assert said not in shown(browse(deal.holder).get(page))

    deal.be(deal.holder)
    deal.project.budget_fen = 636_91
    deal.project.save()

    short = shown(browse(deal.holder).get(page))
    assert said in short
    assert "Approve option" not in short


@pytest.mark.parametrize("end", ["withdrawn", "declined"])
def test_who_may_have_the_part_made_can_ask_anew_when_nothing_came_of_a_quote(
    deal: Deal, browse: Browse, end: str
) -> None:
    quote = deal.quote()
    page = f"/quotes/{quote.pk}/"
    assert SEEN_NEW not in shown(browse(deal.cast.owner).get(page))

    if end == "withdrawn":
        services.withdraw_quote(actor=deal.be(deal.cast.owner), quote_id=quote.pk, at=NOW)
    else:
        services.ask_review(actor=deal.be(deal.cast.owner), quote_id=quote.pk, text="?", at=NOW)
        services.decline_quote(actor=deal.be(deal.cast.manager), quote_id=quote.pk, why="too thin", at=NOW)

    anew = f'href="/quotes/new/?revision={quote.revision_id}"'
    assert [anew in shown(browse(who).get(page)) for who in (deal.cast.owner, deal.cast.manager)] == [True, False]


def test_an_offer_that_ran_out_can_be_asked_for_anew(deal: Deal, browse: Browse) -> None:
    page = f"/quotes/{deal.quote().pk}/"

    with time_machine.travel(NOW + timedelta(days=14), tick=False):
        assert SEEN_NEW in shown(browse(deal.cast.owner).get(page))


def test_where_there_is_a_newer_revision_that_one_is_asked_for(deal: Deal, browse: Browse) -> None:
    quote = deal.quote()
    services.withdraw_quote(actor=deal.be(deal.cast.owner), quote_id=quote.pk, at=NOW)
    revised(deal)

    page = shown(browse(deal.cast.owner).get(f"/quotes/{quote.pk}/"))
    assert SEEN_NEW not in page
    assert "Ask the same for revision 2" in page
