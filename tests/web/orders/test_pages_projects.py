"""The pages of projects: what is left of each, and what it was promised for; to owners and budget holders."""

from __future__ import annotations

from typing import Any

import pytest

from mingyue.web.orders import services
from mingyue.web.orders.models import Project
from mingyue.web.people.models import Membership
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.orders.browsing import Browse, shown
from tests.web.orders.conftest import Deal, Everything

pytestmark = pytest.mark.usefixtures("today")


def test_a_budget_holder_opens_a_project(deal: Deal, browse: Browse) -> None:
    said = {"number": "P-2", "name": "Gears", "budget_fen": "1234.56"}
    twice = [browse(deal.holder).post("/projects/", said) for _ in range(2)]

    assert [answer.status_code for answer in twice] == [302, 400]
    assert "There is a project of this number already." in shown(twice[1])
    assert browse(deal.cast.owner).post("/projects/", said).status_code == 404
    deal.be(deal.holder)
    assert Project.objects.get(number="P-2").budget_fen == 1234_56


def test_whoever_holds_two_budgets_says_for_which_organisation(deal: Deal, browse: Browse) -> None:
    with seen_by(organisation_id=deal.cast.firm.pk):
        Membership.objects.create(person=deal.holder, organisation=deal.cast.firm, roles=["budget_holder"], since=NOW)
    said = {"number": "P-2", "name": "Gears", "budget_fen": "5"}
    holder = browse(deal.holder)

    assert holder.post("/projects/", said).status_code == 400
    assert holder.post("/projects/", said | {"organisation": str(deal.cast.park.pk)}).status_code == 400
    assert holder.post("/projects/", said | {"organisation": str(deal.cast.firm.pk)}).status_code == 302
    with seen_by(organisation_id=deal.cast.firm.pk):
        assert Project.objects.get(number="P-2").organisation == deal.cast.firm


def change(browse: Browse, deal: Deal, person: Any, **said: Any) -> Any:
    return browse(person).post(f"/projects/{deal.project.pk}/budget/", {"version": 1, "budget_fen": "70000"} | said)


def now(deal: Deal) -> Project:
    deal.be(deal.holder)
    return Project.objects.get(pk=deal.project.pk)


def test_a_project_shows_what_was_approved_and_what_came_back(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    services.cancel_order(actor=deal.be(deal.cast.owner), order_id=order.pk, at=NOW)
    ended = deal.approved()
    services.withdraw_quote(actor=deal.be(deal.cast.owner), quote_id=ended.pk, at=NOW)
    standing = deal.approved()

    for person in (deal.holder, deal.cast.owner):
        page = shown(browse(person).get(f"/projects/{deal.project.pk}/"))
        for number in (order.quote.number, order.number, ended.number, standing.number):
            assert number in page
        assert page.count("¥636.92 came back") == 2
        assert "not ordered yet" in page
        assert "¥99,363.08" in page
        assert ("Change the budget" in page) == (person == deal.holder)
        assert page.count('<time datetime="2026-11-25T08:00:00+00:00">2026-11-25</time>') == 3


def test_a_budget_is_changed_where_nobody_was_faster(deal: Deal, browse: Browse, everything: Everything) -> None:
    assert change(browse, deal, deal.holder).status_code == 302
    assert (now(deal).budget_fen, now(deal).version) == (70_000_00, 2)
    before = everything()

    stale = change(browse, deal, deal.holder, budget_fen="1")

    assert stale.status_code == 400
    assert "Somebody changed this meanwhile." in shown(stale)
    assert 'value="2"' in shown(stale)  # what is sent next is about what is shown
    assert everything() == before


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"budget_fen": "636.91"}, "More than this was promised already."),
        ({"budget_fen": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"budget_fen": ""}, "This field is required."),
        ({"version": "x"}, "Enter a whole number."),
    ],
)
def test_a_budget_that_cannot_be_is_refused(
    deal: Deal, browse: Browse, everything: Everything, said: dict[str, str], reason: str
) -> None:
    deal.approved()
    before = everything()

    answer = change(browse, deal, deal.holder, **said)

    assert (answer.status_code, reason in shown(answer)) == (400, True)
    assert everything() == before


def test_a_closed_project_pays_for_nothing_new(deal: Deal, browse: Browse, everything: Everything) -> None:
    quote = deal.quote()
    holder = browse(deal.holder)
    assert holder.post(f"/projects/{deal.project.pk}/close/").status_code == 302
    assert now(deal).closed_at == NOW
    before = everything()

    page = shown(holder.get(f"/projects/{deal.project.pk}/"))
    assert "Closed" in page
    assert "Change the budget" not in page
    refused = [
        holder.post(f"/projects/{deal.project.pk}/close/"),
        change(browse, deal, deal.holder, version=now(deal).version),
        holder.post(f"/quotes/{quote.pk}/approve/", {"option": 0, "project": str(deal.project.pk)}),
    ]

    assert [(answer.status_code, "The project is closed." in shown(answer)) for answer in refused] == [(400, True)] * 3
    assert everything() == before


@pytest.mark.parametrize("name", ["owner", "colleague", "manager", "operator", "office", "stranger", "rival"])
def test_others_change_no_project_and_most_see_none(
    deal: Deal, browse: Browse, everything: Everything, name: str
) -> None:
    before = everything()
    person = getattr(deal, name, None) or getattr(deal.cast, name)
    client = browse(person)
    leads = name == "owner"  # an owner reads what budget holders decide

    answers = [change(browse, deal, person), client.post(f"/projects/{deal.project.pk}/close/")]

    assert client.get(f"/projects/{deal.project.pk}/").status_code == (200 if leads else 404)
    assert [answer.status_code for answer in answers] == [400 if leads else 404] * 2
    assert all(("Only a budget holder may do this." in shown(answer)) == leads for answer in answers)
    assert everything() == before
