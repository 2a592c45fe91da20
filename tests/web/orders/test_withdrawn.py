"""What was withdrawn is promised to nobody any more; what was promised before stays."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from mingyue.web.facilities.models import Facility, Machine, ServiceClass
from mingyue.web.materials.models import Resin
from mingyue.web.orders import contents, services
from mingyue.web.orders.models import Order, Quote
from mingyue.web.parts.models import Check, Part
from mingyue.web.people.models import Organisation
from mingyue.web.records.errors import RefusedError
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.orders.browsing import Browse, shown
from tests.web.orders.conftest import Deal, Everything

GONE: list[tuple[Any, dict[str, Any], str]] = [
    (Machine, {"state": "off"}, "The machine P1 is out of service."),
    (Resin, {"is_offered": False}, "The facility no longer offers the resin PR48."),
    (Facility, {"is_open": False}, "The facility is closed."),
]


def withdraw(deal: Deal, model: Any, change: dict[str, Any]) -> None:
    with seen_by(organisation_id=deal.cast.facility_operator.pk):
        assert model.objects.update(**change)


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(("model", "change", "reason"), GONE)
def test_what_was_withdrawn_after_its_check_is_not_quoted(
    deal: Deal, browse: Browse, everything: Everything, model: Any, change: dict[str, Any], reason: str
) -> None:
    address = f"/quotes/new/?revision={deal.check.revision_id}"
    assert "P1 · PR48" in shown(browse(deal.cast.owner).get(address))
    withdraw(deal, model, change)
    before = everything()

    with pytest.raises(RefusedError) as refused:
        deal.quote()

    assert refused.value.reasons == (reason,)
    assert everything() == before
    page = shown(browse(deal.cast.owner).get(address))
    assert "P1 · PR48" not in page
    assert "Nothing can be priced yet" in page


def test_each_reason_is_said_once(deal: Deal) -> None:
    for model, change, _ in GONE:
        withdraw(deal, model, change)
    asked = deal.asked(deal.check)
    with pytest.raises(RefusedError) as refused:
        services.ask_quote(actor=deal.be(deal.cast.owner), asked=asked, at=NOW)
    assert set(refused.value.reasons) == {reason for *_, reason in GONE}
    assert len(refused.value.reasons) == len(GONE)


@pytest.mark.parametrize("state", ["ready", "busy", "maintenance"])
def test_a_machine_that_comes_back_is_quoted(deal: Deal, state: str) -> None:
    withdraw(deal, Machine, {"state": state})
    assert deal.quote().state == "offered"


@pytest.mark.usefixtures("today")
def test_a_promise_is_kept_when_everything_behind_it_was_withdrawn(deal: Deal, browse: Browse) -> None:
    quote = deal.approved()
    for model, change, _ in GONE:
        withdraw(deal, model, change)

    answer = browse(deal.cast.owner).post(f"/quotes/{quote.pk}/accept/", {"option": 0})

    deal.be(deal.cast.owner)
    order = Order.objects.get()
    assert (answer["Location"], order.total_fen) == (f"/orders/{order.pk}/", 636_92)
    for person in (deal.cast.owner, deal.cast.manager):
        for page in (f"/quotes/{quote.pk}/", f"/orders/{order.pk}/", "/quotes/", "/orders/"):
            assert quote.content["part"]["name"] in shown(browse(person).get(page))


# --- a frozen quote never changes ---------------------------------------------------------------------------------

words = st.text("abcäöü中文'{}<>", min_size=1, max_size=12)
amounts = st.integers(0, 10**9)
bands = st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)).map(sorted)
WORLD = {
    "tariff": st.fixed_dictionaries({"setup_fen": amounts, "cleaning_fen": amounts, "minimum_fen": amounts}),
    "machine": st.fixed_dictionaries({"name": words, "profile": words, "state": st.sampled_from(Machine.State.values)}),
    "resin": st.fixed_dictionaries({"name": words, "name_zh": words, "profile": words, "is_offered": st.booleans()}),
    "facility": st.fixed_dictionaries({"name": words, "is_open": st.booleans(), "zone": st.just("UTC")}),
    "class": st.fixed_dictionaries({"lead_days": st.integers(0, 999)}),
    "customer": st.fixed_dictionaries({"name": words, "kind": st.sampled_from(["university", "company"])}),
    "part": st.fixed_dictionaries({"name": words, "confidentiality": st.sampled_from(Part.Confidentiality.values)}),
    "check": st.fixed_dictionaries(
        {
            "verdict": st.sampled_from(["fails", "fine"]),
            "estimate": st.fixed_dictionaries({"printing_s": bands, "handling_s": bands, "resin_mm3": bands}),
        }
    ),
}
changes = st.lists(
    st.sampled_from(sorted(WORLD)).flatmap(lambda what: st.tuples(st.just(what), WORLD[what])), max_size=6
)


def changed(deal: Deal, what: str, values: dict[str, Any]) -> None:
    """Something that a quote was made of becomes another."""
    if what == "tariff":
        manager = deal.be(deal.cast.manager)
        with seen_by(organisation_id=deal.cast.facility_operator.pk):  # numbers fit the machines as they are by now
            Machine.objects.update(profile="s230")
        numbers = deal.shop.numbers(**values)
        made = services.draft_tariff(actor=manager, facility=deal.shop.facility, numbers=numbers, why="", at=NOW)
        services.publish_tariff(actor=manager, tariff_id=made.pk, version=1, valid_from=NOW, at=NOW)
        return
    theirs = {"customer": Organisation, "part": Part, "check": Check}
    ours = {"machine": Machine, "resin": Resin, "facility": Facility, "class": ServiceClass}
    organisation = deal.cast.institute if what in theirs else deal.cast.facility_operator
    with seen_by(organisation_id=organisation.pk):
        rows = (theirs | ours)[what].objects
        (rows.filter(pk=organisation.pk) if what == "customer" else rows.all()).update(**values)


@settings(
    max_examples=30, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(history=changes)
def test_a_quote_stays_whatever_becomes_of_what_it_was_made_of(
    deal: Deal, history: list[tuple[str, dict[str, Any]]]
) -> None:
    with transaction.atomic():
        quote = deal.approved()
        before = Quote.objects.values().get(pk=quote.pk)
        for what, values in history:
            changed(deal, what, values)
        owner = deal.be(deal.cast.owner)

        after = Quote.objects.values().get(pk=quote.pk)
        order = services.accept_quote(actor=owner, quote_id=quote.pk, option=0, at=NOW)

        assert after == before
        assert contents.digest_of(after["content"]) == after["digest"]
        assert order.total_fen == before["content"]["options"][0]["total_fen"]
        transaction.set_rollback(True)
