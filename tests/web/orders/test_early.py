"""A price comes with a check's first findings; who pays waits until the check is done, and a person looks where it must."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from mingyue.web.orders import services
from mingyue.web.orders.models import Approval, Quote
from mingyue.web.parts.models import Check
from mingyue.web.records.errors import RefusedError
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.orders.conftest import ESTIMATE, Deal, Everything

STILL = "The check of this option still runs; it can be approved when that is done."
FAILS = "The check found meanwhile that something will fail; ask the facility to look at the quote."
BADLY = "The check of this option did not end well; ask the facility to look at the quote."


def becomes(deal: Deal, **what: Any) -> None:
    """The check, whatever the worker would have made of it."""
    with seen_by(organisation_id=deal.cast.institute.pk):
        Check.objects.filter(pk=deal.check.pk).update(**what)


@pytest.fixture
def early(deal: Deal) -> Quote:
    """Asked when the first findings were there."""
    becomes(deal, state="running", estimate=ESTIMATE, verdict="note")
    return deal.quote()


def approve(deal: Deal, quote: Quote) -> Approval:
    return services.approve_quote(
        actor=deal.be(deal.holder), quote_id=quote.pk, option=0, project_id=deal.project.pk, at=NOW
    )


def refused(deal: Deal, quote: Quote) -> list[str]:
    with pytest.raises(RefusedError) as error:
        approve(deal, quote)
    return [str(reason) for reason in error.value.reasons]


def test_the_first_findings_are_enough_for_a_price(deal: Deal, early: Quote) -> None:
    settled = deal.quote
    becomes(deal, state="done")

    assert early.state == Quote.State.OFFERED
    assert early.content["options"][0]["settled"] is False
    assert early.content["options"][0]["total_fen"] == settled().content["options"][0]["total_fen"]


def test_before_them_there_is_none(deal: Deal) -> None:
    becomes(deal, state="running", estimate=None)

    with pytest.raises(RefusedError, match="does not know yet what the part takes"):
        deal.quote()


@pytest.mark.parametrize("state", ["waiting", "failed", "cancelled"])
def test_of_a_check_that_does_not_run_there_is_none(deal: Deal, state: str) -> None:
    becomes(deal, state=state)

    with pytest.raises(RefusedError, match="The check is not finished"):
        deal.quote()


@pytest.mark.parametrize(
    ("state", "verdict", "why"),
    [("running", "note", STILL), ("waiting", "", STILL), ("done", "fails", FAILS), ("failed", "note", BADLY),
     ("cancelled", "note", BADLY)],
)  # fmt: skip
def test_nobody_pays_for_what_is_not_known(
    deal: Deal, early: Quote, everything: Everything, state: str, verdict: str, why: str
) -> None:
    becomes(deal, state=state, verdict=verdict)
    before = everything()

    assert refused(deal, early) == [why]
    assert everything() == before


@pytest.mark.parametrize("verdict", ["fine", "note", "risk"])
def test_it_is_paid_for_when_the_check_is_done_and_nothing_fails(deal: Deal, early: Quote, verdict: str) -> None:
    becomes(deal, state="done", verdict=verdict)

    assert approve(deal, early).amount_fen == early.content["options"][0]["total_fen"]


def test_what_was_to_fail_from_the_start_was_looked_at_and_needs_no_second_look(deal: Deal) -> None:
    becomes(deal, state="running", estimate=ESTIMATE, verdict="fails")
    quote = deal.quote()
    assert quote.state == Quote.State.REVIEW
    services.release_quote(actor=deal.be(deal.cast.manager), quote_id=quote.pk, at=NOW)
    becomes(deal, state="done", verdict="fails")

    assert approve(deal, quote)


def test_where_it_fails_meanwhile_a_person_looks_and_then_it_is_paid_for(deal: Deal, early: Quote) -> None:
    becomes(deal, state="done", verdict="fails", ended_at=NOW)
    services.ask_review(actor=deal.be(deal.cast.owner), quote_id=early.pk, text="And now?", at=NOW)
    services.release_quote(actor=deal.be(deal.cast.manager), quote_id=early.pk, at=NOW)

    assert approve(deal, early)


@pytest.mark.parametrize(("state", "verdict", "why"), [("done", "fails", FAILS), ("failed", "note", BADLY)])
def test_whoever_looked_before_the_check_had_ended_did_not_see_what_it_found(
    deal: Deal, early: Quote, state: str, verdict: str, why: str
) -> None:
    services.ask_review(actor=deal.be(deal.cast.owner), quote_id=early.pk, text="Is it good?", at=NOW)
    services.release_quote(actor=deal.be(deal.cast.manager), quote_id=early.pk, at=NOW)
    becomes(deal, state=state, verdict=verdict, ended_at=NOW + timedelta(minutes=1))

    assert refused(deal, early) == [why]

    later = NOW + timedelta(minutes=2)
    services.ask_review(actor=deal.be(deal.cast.owner), quote_id=early.pk, text="And now?", at=later)
    services.release_quote(actor=deal.be(deal.cast.manager), quote_id=early.pk, at=later)
    assert approve(deal, early)


def test_a_quote_of_a_finished_check_does_not_change_with_the_check(deal: Deal) -> None:
    quote = deal.quote()
    becomes(deal, state="failed", verdict="fails")

    assert approve(deal, quote)


def test_the_page_offers_it_and_says_what_is_not_known(deal: Deal, early: Quote, browse: Callable[..., Client]) -> None:
    page = browse(deal.cast.owner).get(f"/quotes/new/?revision={deal.check.revision_id}").content.decode()
    said = browse(deal.cast.owner).get(f"/quotes/{early.pk}/").content.decode()

    assert str(deal.check.pk) in page
    assert "It was priced by the first findings" in said
