"""What is chosen on the page that asks: each combination is an option, side by side with the others."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from mingyue.web.orders.models import Quote
from tests.web.conftest import NOW
from tests.web.orders.browsing import Browse, shown, wishes
from tests.web.orders.conftest import Deal, checked


def ask(deal: Deal, browse: Browse, **said: Any) -> Any:
    answer = browse(deal.cast.owner).post(f"/quotes/new/?revision={deal.check.revision_id}", wishes(deal, **said))
    deal.be(deal.cast.owner)
    return answer


def test_each_combination_is_an_option(deal: Deal, browse: Browse) -> None:
    classes = [str(deal.shop.standard.pk), str(deal.shop.express.pk)]

    ask(deal, browse, quantity="1, 20", inspection=["visual", "full"], service_class_id=classes)

    found = [
        (one["service_class"]["id"], one["quantity"], one["inspection"])
        for one in Quote.objects.get().content["options"]
    ]
    assert found == list(product(classes, [1, 20], ["visual", "full"]))


@pytest.mark.parametrize(
    ("typed", "quantities"),
    [("7", [7]), (" 1,5 , 20 ", [1, 5, 20]), ("1，5、20", [1, 5, 20]), ("20 1;20 ", [20, 1]), ("１２", [12])],
)
def test_quantities_are_read_as_people_type_them(deal: Deal, browse: Browse, typed: str, quantities: list[int]) -> None:
    ask(deal, browse, quantity=typed)

    assert [one["quantity"] for one in Quote.objects.get().content["options"]] == quantities


@pytest.mark.parametrize("typed", ["", " ", ",", "0", "1, 0", "-3", "2.5", "many", "1e3", "9999999", "²", "1, x"])
def test_what_is_no_quantity_is_said_so(deal: Deal, browse: Browse, typed: str) -> None:
    answer = ask(deal, browse, quantity=typed)

    assert answer.status_code == 400
    assert not Quote.objects.exists()
    assert 'aria-invalid="true"' in shown(answer)


def test_more_than_a_quote_holds_is_refused_with_how_many_that_are(deal: Deal, browse: Browse) -> None:
    answer = ask(deal, browse, quantity="1 2 3 4 5", inspection=["visual", "dimensional", "full"])

    assert answer.status_code == 400
    assert "This makes 15 options; a quote has at most 12." in shown(answer)
    assert not Quote.objects.exists()


def test_what_is_wrong_is_said_in_the_language_of_the_page(deal: Deal, browse: Browse) -> None:
    said = []
    for others in ({"quantity": "x"}, {"quantity": "1 2 3 4 5", "inspection": ["visual", "dimensional", "full"]}):
        client = browse(deal.cast.owner)
        client.cookies["mingyue_language"] = "zh-hans"
        said.append(shown(client.post(f"/quotes/new/?revision={deal.check.revision_id}", wishes(deal, **others))))

    assert "请输入一个或多个数量，例如 1、5、20。" in said[0]
    assert "这样会有 15 个方案；一份报价最多 12 个，请减少所选项。" in said[1]


def test_each_choice_tells_what_it_promises(deal: Deal, browse: Browse) -> None:
    page = shown(browse(deal.cast.owner).get(f"/quotes/new/?revision={deal.check.revision_id}"))

    assert "Standard · 15 working days" in page
    assert " · can be made</label>" in page


def test_a_way_that_fails_is_not_chosen_where_there_is_another(deal: Deal, browse: Browse) -> None:
    failing = checked(
        deal.shop, deal.cast.owner, deal.cast.institute, revision=deal.check.revision, layer_um=2.5, verdict="fails",
        asked_at=NOW + timedelta(minutes=1),
    )  # fmt: skip
    page = shown(browse(deal.cast.owner).get(f"/quotes/new/?revision={deal.check.revision_id}"))

    assert page.index(str(failing.pk)) < page.index(str(deal.check.pk))  # the newest comes first
    assert "cannot be made as it is</label>" in page
    chosen = [one for one in page.split("<input") if " checked" in one]
    assert [any(str(check.pk) in one for one in chosen) for check in (failing, deal.check)] == [False, True]


def test_the_first_of_each_is_chosen_already(deal: Deal, browse: Browse) -> None:
    page = shown(browse(deal.cast.owner).get(f"/quotes/new/?revision={deal.check.revision_id}"))

    assert page.count(" checked") == 4
