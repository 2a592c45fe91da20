"""Who belongs to customer and facility acts for the side from which they see a quote, and never for both in one."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from mingyue.web.orders import queries, services
from mingyue.web.orders.api.telling import quote_as_json
from mingyue.web.orders.models import Quote
from mingyue.web.orders.services import Change
from mingyue.web.parts.models import Part
from mingyue.web.people.models import Membership, User
from mingyue.web.records.errors import RefusedError
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.orders.browsing import Browse, shown
from tests.web.orders.conftest import Deal, Everything, member

OFFERED = "You offered this for the facility; somebody else approves and accepts it for the customer."
ACTED = (
    "You acted for the customer here; another manager of the facility does this. Where there is none, an owner of its"
    " organisation makes one."
)
ASIDE = "You see this from the facility's side only; who asked for it or sees the part acts for the customer."
REVIEWED = 501  # so many are looked at first


def also(deal: Deal, person: User, *roles: str, customer: bool = False) -> User:
    """They work for the other side too."""
    other = deal.cast.institute if customer else deal.cast.facility_operator
    with seen_by(organisation_id=other.pk):
        Membership.objects.create(person=person, organisation=other, roles=list(roles), since=NOW)
    return person


@pytest.fixture
def spender(deal: Deal) -> User:
    """A budget holder of the customer, and a manager of the facility."""
    return also(deal, member("both@example.org", "He", deal.cast.institute, "budget_holder"), "manager")


def refused(act: Callable[[], Any]) -> tuple[Any, ...]:
    with pytest.raises(RefusedError) as error:
        act()
    return tuple(map(str, error.value.reasons))


def approve(deal: Deal, person: User, quote: Quote) -> Any:
    return services.approve_quote(
        actor=deal.be(person), quote_id=quote.pk, option=0, project_id=deal.project.pk, at=NOW
    )


def replace(deal: Deal, person: User, quote: Quote) -> Quote:
    return services.replace_quote(
        actor=deal.be(person), quote_id=quote.pk, changes=[Change(0, 0, 1, "a friend")], at=NOW
    )


def test_who_gave_other_amounts_neither_approves_nor_accepts(deal: Deal, spender: User, everything: Everything) -> None:
    cheap = replace(deal, spender, deal.quote())
    before = everything()
    assert refused(lambda: approve(deal, spender, cheap)) == (OFFERED,)
    assert everything() == before

    approve(deal, deal.holder, cheap)
    before = everything()
    accept: dict[str, Any] = {"quote_id": cheap.pk, "option": 0, "at": NOW}
    assert refused(lambda: services.accept_quote(actor=deal.be(spender), **accept)) == (OFFERED,)
    assert everything() == before
    assert services.accept_quote(actor=deal.be(deal.cast.owner), **accept).total_fen > 0


def test_who_offered_it_as_it_is_does_not_approve_it_until_somebody_else_looked(deal: Deal, spender: User) -> None:
    services.change_budget(actor=deal.be(deal.holder), project_id=deal.project.pk, version=1, budget_fen=10**9, at=NOW)
    quote = deal.quote(quantity=REVIEWED)
    services.release_quote(actor=deal.be(spender), quote_id=quote.pk, at=NOW)
    assert refused(lambda: approve(deal, spender, quote)) == (OFFERED,)

    services.ask_review(actor=deal.be(deal.cast.owner), quote_id=quote.pk, text="?", at=NOW)
    services.release_quote(actor=deal.be(deal.cast.manager), quote_id=quote.pk, at=NOW)
    assert approve(deal, spender, quote).by_id == spender.pk


@pytest.mark.parametrize("hand", ["asked", "approved", "approved once"])
def test_who_acted_for_the_customer_answers_nothing_for_the_facility(
    deal: Deal, spender: User, everything: Everything, hand: str
) -> None:
    if hand == "asked":
        both = also(deal, deal.cast.owner, "manager")
        quote = deal.quote(quantity=REVIEWED)
    else:
        both, quote = spender, deal.quote()
        approve(deal, both, quote)
        if hand == "approved once":
            services.withdraw_approval(actor=deal.be(both), quote_id=quote.pk, at=NOW)
        services.ask_review(actor=deal.be(deal.cast.owner), quote_id=quote.pk, text="?", at=NOW)
    before = everything()
    said: dict[str, Any] = {"quote_id": quote.pk, "at": NOW}

    assert refused(lambda: services.release_quote(actor=deal.be(both), **said)) == (ACTED,)
    assert refused(lambda: services.decline_quote(actor=deal.be(both), why="no", **said)) == (ACTED,)
    assert refused(lambda: replace(deal, both, quote)) == (ACTED,)
    assert everything() == before
    services.release_quote(actor=deal.be(deal.cast.manager), **said)


def test_who_ordered_lets_the_customer_off_nothing(deal: Deal, everything: Everything) -> None:
    order = deal.ordered()
    both = also(deal, deal.cast.owner, "manager")
    invoice = services.bill_order(actor=deal.be(both), order_id=order.pk, at=NOW)  # that gives nothing away
    before = everything()

    for act in (
        lambda who: services.credit_invoice(actor=who, invoice_id=invoice.pk, amount_fen=1, why="w", at=NOW),
        lambda who: services.write_off(actor=who, order_id=order.pk, amount_fen=1, why="w", at=NOW),
    ):
        assert refused(lambda act=act: act(deal.be(both))) == (ACTED,)  # type: ignore[misc]
        assert everything() == before
        act(deal.be(deal.cast.manager))
        before = everything()


# --- seen from one side -------------------------------------------------------------------------------------------


@pytest.fixture
def aside(deal: Deal) -> User:
    """A manager of the facility who belongs to the customer, where the part is hidden from them."""
    with seen_by(organisation_id=deal.cast.institute.pk):
        Part.objects.update(confidentiality="confidential")
    return also(
        deal, member("aside@example.org", "Lu", deal.cast.facility_operator, "manager"), "member", customer=True
    )


def test_who_sees_it_as_the_facility_does_nothing_as_the_customer(
    deal: Deal, aside: User, everything: Everything
) -> None:
    quote, order = deal.approved(), deal.ordered()
    before = everything()
    said: dict[str, Any] = {"quote_id": quote.pk, "at": NOW}

    for act in (
        lambda who: services.accept_quote(actor=who, option=0, **said),
        lambda who: services.withdraw_quote(actor=who, **said),
        lambda who: services.ask_review(actor=who, text="?", **said),
        lambda who: services.cancel_order(actor=who, order_id=order.pk, at=NOW),
    ):
        assert refused(lambda act=act: act(deal.be(aside))) == (ASIDE,)  # type: ignore[misc]
    assert everything() == before
    services.say_message(actor=deal.be(aside), text="Hello", **said)
    (message,) = queries.messages_of(deal.be(aside), quote)
    assert message.side == "provider"


# --- pages and programs -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("today")
def test_the_page_says_why_and_offers_no_form(deal: Deal, spender: User, browse: Browse) -> None:
    cheap = replace(deal, spender, deal.quote())
    page = browse(spender).get(f"/quotes/{cheap.pk}/")
    assert OFFERED in shown(page)
    assert f"/quotes/{cheap.pk}/approve/" not in page.content.decode()
    answer = browse(spender).post(f"/quotes/{cheap.pk}/approve/", {"option": 0, "project": str(deal.project.pk)})
    assert (answer.status_code, OFFERED in shown(answer)) == (400, True)

    approve(deal, deal.holder, cheap)
    for person, offered in ((spender, False), (deal.cast.owner, True)):
        page = browse(person).get(f"/quotes/{cheap.pk}/")
        assert (f"/quotes/{cheap.pk}/accept/" in page.content.decode()) == offered

    asked = deal.quote(quantity=REVIEWED)
    also(deal, deal.cast.owner, "manager")
    for person, barred in ((deal.cast.owner, True), (deal.cast.manager, False)):
        page = browse(person).get(f"/quotes/{asked.pk}/")
        assert (ACTED in shown(page)) == barred
        assert (f"/quotes/{asked.pk}/release/" in page.content.decode()) == (not barred)


@pytest.mark.usefixtures("today")
def test_the_page_offers_nothing_of_the_customers_to_who_sees_it_as_the_facility(
    deal: Deal, aside: User, browse: Browse
) -> None:
    quote, order = deal.approved(), deal.ordered()
    page = browse(aside).get(f"/quotes/{quote.pk}/").content.decode()
    assert [act for act in ("accept", "withdraw", "review") if f"/quotes/{quote.pk}/{act}/" in page] == []
    assert f"/orders/{order.pk}/cancel/" not in browse(aside).get(f"/orders/{order.pk}/").content.decode()
    answer = browse(aside).post(f"/quotes/{quote.pk}/accept/", {"option": 0})
    assert (answer.status_code, ASIDE in unescape(shown(answer))) == (400, True)


def test_programs_are_told_what_they_may(deal: Deal, spender: User, aside: User) -> None:
    quote = deal.quote()
    cheap = replace(deal, spender, quote)

    def may(person: User, which: Quote) -> list[bool]:
        told = quote_as_json(deal.be(person), which, at=NOW)
        return [told[f"may_{act}"] for act in ("order", "approve", "answer")]

    assert may(spender, cheap) == [True, False, True]
    assert may(aside, cheap) == [False, False, True]
    assert may(deal.holder, cheap) == [True, True, False]
    approve(deal, deal.holder, cheap)
    also(deal, deal.holder, "manager")
    assert may(deal.holder, cheap) == [True, True, False]


def test_what_somebody_asked_for_or_approved_does_not_wait_for_their_answer(
    deal: Deal, spender: User, browse: Browse
) -> None:
    asker = also(deal, deal.cast.owner, "manager")
    asked, approved = deal.quote(quantity=REVIEWED), deal.quote()
    approve(deal, spender, approved)
    services.withdraw_approval(actor=deal.be(spender), quote_id=approved.pk, at=NOW)
    services.ask_review(actor=deal.be(asker), quote_id=approved.pk, text="look", at=NOW)

    waits = {
        person: {one.number for one in queries.waiting_for(deal.be(person))}
        for person in (asker, spender, deal.cast.manager)
    }
    assert waits == {asker: set(), spender: {asked.number}, deal.cast.manager: {asked.number, approved.number}}
    assert "Waiting for your answer" not in shown(browse(asker).get("/"))
