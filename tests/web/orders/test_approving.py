"""A budget holder lets a project pay: no budget is promised twice, and what is not used comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from mingyue.web.orders import queries, services
from mingyue.web.orders.models import Approval, Project, Quote
from mingyue.web.orders.services import Change
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.orders.conftest import Deal, Everything

DAY = timedelta(days=1)
BUDGET = 100_000_00
TOTAL = 636_92


def approve(deal: Deal, viewer: Viewer, quote: Quote, *, option: int = 0, at: Any = NOW) -> Approval:
    return services.approve_quote(actor=viewer, quote_id=quote.pk, option=option, project_id=deal.project.pk, at=at)


def remaining(deal: Deal) -> int:
    with seen_by(organisation_id=deal.cast.institute.pk):
        return Project.objects.get(pk=deal.project.pk).remaining_fen


def test_an_approval_takes_the_price_from_the_project(deal: Deal) -> None:
    quote = deal.approved()
    holder = deal.be(deal.holder)
    approval = queries.approval_of(holder, quote)

    assert approval is not None
    assert (approval.amount_fen, approval.option, approval.project_id) == (TOTAL, 0, deal.project.pk)
    assert quote.content["options"][0]["total_fen"] == TOTAL
    assert remaining(deal) == BUDGET - TOTAL


def test_the_facility_learns_that_it_was_approved_but_not_what_pays(deal: Deal) -> None:
    quote = deal.approved()
    manager = deal.be(deal.cast.manager)

    assert queries.approval_of(manager, quote) is None
    assert not Approval.objects.exists()
    told = Event.objects.get(organisation_id=deal.cast.facility_operator.pk, what="quote.approved")
    assert told.facts == {"option": 0, "amount_fen": TOTAL}


@pytest.mark.parametrize("ending", ["withdraw", "review", "replace", "unapprove"])
def test_what_is_not_used_comes_back(deal: Deal, ending: str) -> None:
    quote = deal.approved()
    owner = {"quote_id": quote.pk, "at": NOW}
    {
        "withdraw": lambda: services.withdraw_quote(actor=deal.be(deal.cast.owner), **owner),
        "review": lambda: services.ask_review(actor=deal.be(deal.cast.owner), text="?", **owner),
        "replace": lambda: services.replace_quote(
            actor=deal.be(deal.cast.manager), changes=[Change(0, 0, 1, "w")], **owner
        ),
        "unapprove": lambda: services.withdraw_approval(actor=deal.be(deal.holder), **owner),
    }[ending]()

    assert remaining(deal) == BUDGET
    deal.be(deal.holder)
    approval = Approval.objects.get()
    assert (approval.returned_fen, approval.ended_at) == (TOTAL, NOW)


def test_a_quote_that_ran_out_is_approved_no_more_but_its_approval_comes_back(
    deal: Deal, everything: Everything
) -> None:
    quote = deal.approved()
    late = NOW + 14 * DAY
    other = deal.quote()
    before = everything()
    with pytest.raises(ConflictError, match="ran out on 2026-12-09"):
        approve(deal, deal.be(deal.holder), other, at=late)
    assert everything() == before
    services.withdraw_approval(actor=deal.be(deal.holder), quote_id=quote.pk, at=late)
    assert remaining(deal) == BUDGET


def test_a_project_never_pays_more_than_it_has(deal: Deal, everything: Everything) -> None:
    holder = deal.be(deal.holder)
    services.change_budget(actor=holder, project_id=deal.project.pk, version=1, budget_fen=TOTAL - 1, at=NOW)
    quote = deal.quote()
    before = everything()
    with pytest.raises(RefusedError) as refused:
        approve(deal, deal.be(deal.holder), quote)
    assert refused.value.reasons == ("The project has 636.91 CNY left, and this takes 636.92.",)
    assert everything() == before
    services.change_budget(actor=holder, project_id=deal.project.pk, version=2, budget_fen=TOTAL, at=NOW)
    approve(deal, holder, quote)
    assert remaining(deal) == 0


def test_postgresql_itself_keeps_a_budget_from_being_promised_twice(deal: Deal) -> None:
    deal.be(deal.holder)
    for committed in (BUDGET + 1, -1):
        with pytest.raises(IntegrityError, match="budgets_suffice"), transaction.atomic():
            Project.objects.update(committed_fen=committed)


def test_one_approval_at_a_time(deal: Deal, everything: Everything) -> None:
    quote = deal.approved()
    before = everything()
    with pytest.raises(RefusedError, match="approved already"):
        approve(deal, deal.be(deal.holder), quote)
    assert everything() == before


def test_an_option_that_is_not_there_is_not_approved(deal: Deal, everything: Everything) -> None:
    quote = deal.quote()
    before = everything()
    for option in (-1, 1):
        with pytest.raises(InvalidError, match="no such option"):
            approve(deal, deal.be(deal.holder), quote, option=option)
    assert everything() == before


def test_there_is_nothing_to_withdraw_before_an_approval(deal: Deal) -> None:
    quote = deal.quote()
    with pytest.raises(RefusedError, match="No budget holder has approved"):
        services.withdraw_approval(actor=deal.be(deal.holder), quote_id=quote.pk, at=NOW)


def test_another_organisations_project_is_nothing_here(deal: Deal, everything: Everything) -> None:
    theirs = services.open_project(
        actor=deal.be(deal.rival), organisation_id=deal.cast.firm.pk, number="X", name="", budget_fen=1, at=NOW
    )
    quote = deal.quote()
    before = everything()
    with pytest.raises(NotFoundError):
        services.approve_quote(actor=deal.be(deal.holder), quote_id=quote.pk, option=0, project_id=theirs.pk, at=NOW)
    with pytest.raises(NotFoundError):
        approve(deal, deal.be(deal.rival), quote)
    assert everything() == before


# --- projects -----------------------------------------------------------------------------------------------------


def test_a_closed_project_pays_for_nothing_new(deal: Deal, everything: Everything) -> None:
    quote = deal.quote()
    holder = deal.be(deal.holder)
    services.close_project(actor=holder, project_id=deal.project.pk, at=NOW)
    before = everything()
    with pytest.raises(RefusedError, match="The project is closed"):
        approve(deal, holder, quote)
    with pytest.raises(RefusedError, match="The project is closed"):
        services.close_project(actor=holder, project_id=deal.project.pk, at=NOW)
    with pytest.raises(RefusedError, match="The project is closed"):
        services.change_budget(actor=holder, project_id=deal.project.pk, version=1, budget_fen=1, at=NOW)
    assert everything() == before


def test_a_budget_is_never_less_than_what_was_promised_of_it(deal: Deal, everything: Everything) -> None:
    deal.approved()
    holder = deal.be(deal.holder)
    before = everything()
    with pytest.raises(RefusedError, match="More than this was promised already"):
        services.change_budget(actor=holder, project_id=deal.project.pk, version=1, budget_fen=TOTAL - 1, at=NOW)
    with pytest.raises(ConflictError):
        services.change_budget(actor=holder, project_id=deal.project.pk, version=9, budget_fen=TOTAL, at=NOW)
    with pytest.raises(InvalidError):
        services.change_budget(actor=holder, project_id=deal.project.pk, version=1, budget_fen=-1, at=NOW)
    assert everything() == before


def test_a_projects_number_is_given_once_in_an_organisation(deal: Deal, everything: Everything) -> None:
    holder = deal.be(deal.holder)
    said: dict[str, Any] = {"actor": holder, "organisation_id": deal.cast.institute.pk, "name": "", "at": NOW}
    before = everything()
    with pytest.raises(InvalidError, match="of this number already"):
        services.open_project(**said, number="NSFC-52375001", budget_fen=1)
    with pytest.raises(InvalidError, match="1 to 60 characters"):
        services.open_project(**said, number=" ", budget_fen=1)
    assert everything() == before


@pytest.mark.parametrize("name", ["owner", "colleague", "manager", "operator", "office", "stranger", "rival"])
def test_only_budget_holders_decide_about_projects(deal: Deal, everything: Everything, name: str) -> None:
    before = everything()
    viewer = deal.be(getattr(deal, name, None) or getattr(deal.cast, name))
    for act in (
        lambda: services.open_project(
            actor=viewer, organisation_id=deal.cast.institute.pk, number="Y", name="", budget_fen=1, at=NOW
        ),
        lambda: services.change_budget(actor=viewer, project_id=deal.project.pk, version=1, budget_fen=1, at=NOW),
        lambda: services.close_project(actor=viewer, project_id=deal.project.pk, at=NOW),
    ):
        with pytest.raises((RefusedError, NotFoundError)) as refused:
            act()
        assert isinstance(refused.value, RefusedError) <= viewer.belongs_to(deal.cast.institute.pk)
    assert everything() == before
