"""The same asked for a later revision: at once where its checks are done, after them where not; the old quote stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from mingyue.web.facilities.models import Machine
from mingyue.web.orders import contents, queries, services
from mingyue.web.orders.models import Approval, Order, Quote
from mingyue.web.parts.models import Check
from mingyue.web.people.models import User
from mingyue.web.records.errors import ConflictError, NotFoundError, RefusedError
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.orders.conftest import ESTIMATE, Deal, Everything, rechecked, revised
from tests.web.orders.test_pages import shown

Browse = Callable[[User | None], Client]
LATER = NOW + timedelta(hours=1)


def turned(deal: Deal) -> Check:
    """Another way of making the first revision: on its front."""
    return rechecked(
        deal, deal.check.revision, deal.check, rotation=[90.0, 0.0, 0.0], looked=deal.check.looked | {"layers": 40}
    )


def again(deal: Deal, quote: Quote, **more: Any) -> Any:
    return services.ask_again(actor=deal.be(deal.cast.owner), quote_id=quote.pk, at=LATER, **more)


# --- orientation as an option -------------------------------------------------------------------------------------


def test_ways_of_lying_stand_side_by_side_and_are_told_apart(deal: Deal, browse: Browse) -> None:
    quote = services.ask_quote(actor=deal.be(deal.cast.owner), asked=deal.asked(turned(deal)), at=NOW)
    upright, lying = quote.content["options"]

    assert (upright["rotation"], lying["rotation"]) == (None, [90.0, 0.0, 0.0])
    assert upright["lying"] == {"template": "as uploaded", "values": {}}
    assert lying["lying"]["values"]["height"] == 200.0
    page = shown(browse(deal.cast.owner).get(f"/quotes/{quote.pk}/"))
    assert "as uploaded" in page
    assert "on its front, 200 µm high" in page
    asking = shown(browse(deal.cast.owner).get(f"/quotes/new/?revision={deal.check.revision_id}"))
    assert "P1 · PR48 · 5 µm · on its front, 200 µm high" in asking


# --- asked again --------------------------------------------------------------------------------------------------


def test_where_the_checks_are_done_it_is_asked_at_once(deal: Deal) -> None:
    old = services.ask_quote(
        actor=deal.be(deal.cast.owner),
        asked=deal.asked(turned(deal), quantity=3, inspection="full", tolerance_um=10),
        at=NOW,
    )
    before = Quote.objects.values().get(pk=old.pk)
    second = revised(deal)
    for each in Check.objects.filter(revision=deal.check.revision):
        rechecked(deal, second, each, estimate=ESTIMATE | {"printing_s": [6600.0, 7800.0]})

    made = again(deal, old).quote

    asked = ("rotation", "layer_um", "quantity", "inspection", "tolerance_um", "service_class", "machine", "resin")
    assert [[one[name] for name in asked] for one in made.content["options"]] == [
        [one[name] for name in asked] for one in old.content["options"]
    ]
    assert made.content["follows"] == {"id": str(old.pk), "number": old.number, "revision": 1}
    assert (made.content["part"]["revision"], made.revision, made.state) == (2, second, "offered")
    assert contents.digest_of(made.content) == made.digest
    # An hour of machine more for each of three parts, which counts by 1.3 for the tolerance.
    assert made.content["options"][0]["net_fen"] - old.content["options"][0]["net_fen"] == 3 * 300_00 * 13 // 10
    assert Quote.objects.values().get(pk=old.pk) == before
    assert Event.objects.get(what="quote.asked", subject_id=str(made.pk)).facts["follows"] == old.number


def test_where_they_are_not_there_they_are_asked_and_the_quote_comes_after_them(deal: Deal) -> None:
    old = services.ask_quote(actor=deal.be(deal.cast.owner), asked=deal.asked(turned(deal)), at=NOW)
    second = revised(deal)

    came = again(deal, old)
    assert (came.quote, came.revision) == (None, second)
    assert [(check.rotation, check.state) for check in came.checks] == [
        (None, "waiting"),
        ([90.0, 0.0, 0.0], "waiting"),
    ]
    assert again(deal, old).checks == came.checks  # asked once
    Check.objects.filter(revision=second).update(state="running")
    assert again(deal, old, withdraw=True).quote is None
    assert Quote.objects.get().state == "offered"  # not before there is one in its place

    Check.objects.filter(revision=second).update(state="done", estimate=ESTIMATE, looked={"layers": 3}, verdict="fine")
    made = again(deal, old, withdraw=True).quote

    assert made.content["follows"]["number"] == old.number
    assert Quote.objects.get(pk=old.pk).state == "withdrawn"
    assert Event.objects.filter(what="check.asked").count() == 2


def test_of_many_revisions_the_newest_is_asked_for(deal: Deal) -> None:
    old = deal.quote()
    revised(deal, 2)
    third = revised(deal, 3)
    rechecked(deal, third, deal.check)

    assert again(deal, old).quote.revision == third


def test_who_asks_twice_gets_the_quote_that_is_there(deal: Deal) -> None:
    old = deal.quote()
    rechecked(deal, revised(deal), deal.check)
    first = again(deal, old).quote

    assert again(deal, old).quote == first
    services.withdraw_quote(actor=deal.be(deal.cast.owner), quote_id=first.pk, at=LATER)
    assert again(deal, old).quote != first
    assert Quote.objects.count() == 3


def test_who_has_the_other_quote_already_may_still_withdraw_the_first(deal: Deal) -> None:
    old = deal.quote()
    rechecked(deal, revised(deal), deal.check)
    first = again(deal, old).quote

    assert again(deal, old, withdraw=True).quote == first
    assert Quote.objects.get(pk=old.pk).state == "withdrawn"


def test_an_order_stands_and_its_quote_is_not_withdrawn(deal: Deal) -> None:
    order = deal.ordered()
    rechecked(deal, revised(deal), deal.check)
    before = Order.objects.values().get()

    made = again(deal, order.quote, withdraw=True).quote

    assert made.state == "offered"
    assert Quote.objects.get(pk=order.quote_id).state == "accepted"
    assert Order.objects.values().get() == before


def test_an_approved_quote_that_is_withdrawn_gives_its_money_back(deal: Deal) -> None:
    old = deal.approved()
    rechecked(deal, revised(deal), deal.check)

    again(deal, old, withdraw=True)

    deal.be(deal.holder)
    deal.project.refresh_from_db()
    assert (Approval.objects.get().ended_at, deal.project.committed_fen) == (LATER, 0)


def test_a_check_that_failed_is_done_anew(deal: Deal) -> None:
    old = deal.quote()
    failed = rechecked(deal, revised(deal), deal.check, state="failed", estimate=None)

    (check,) = again(deal, old).checks

    assert (check.pk, check.state) == (failed.pk, "waiting")


def test_what_will_fail_is_looked_at_first(deal: Deal) -> None:
    old = deal.quote()
    rechecked(deal, revised(deal), deal.check, verdict="fails")

    assert again(deal, old).quote.state == "review"


def test_by_the_tariff_that_counts_now(deal: Deal) -> None:
    old = deal.quote()
    manager = deal.be(deal.cast.manager)
    numbers = deal.shop.numbers(setup_fen=300_00)
    tariff = services.draft_tariff(actor=manager, facility=deal.shop.facility, numbers=numbers, why="", at=NOW)
    services.publish_tariff(actor=manager, tariff_id=tariff.pk, version=1, valid_from=NOW, at=NOW)
    rechecked(deal, revised(deal), deal.check)

    made = again(deal, old).quote

    assert made.content["tariff"]["number"] == 2
    assert made.content["options"][0]["net_fen"] - old.content["options"][0]["net_fen"] == 100_00


# --- refused ------------------------------------------------------------------------------------------------------


def test_without_a_newer_revision_there_is_nothing_to_ask(deal: Deal, everything: Everything) -> None:
    old = deal.quote()
    before = everything()
    with pytest.raises(RefusedError, match="no newer revision"):
        again(deal, old)
    assert everything() == before


@pytest.mark.parametrize("state", ["waiting", "refused"])
def test_what_was_not_read_is_not_asked(deal: Deal, everything: Everything, state: str) -> None:
    old = deal.quote()
    revised(deal, state=state)
    before = everything()
    with pytest.raises(RefusedError, match="has not been read"):
        again(deal, old)
    assert everything() == before
    assert Check.objects.count() == 1


def test_one_way_that_is_closed_refuses_all(deal: Deal, everything: Everything) -> None:
    """Of two options one is asked for already when the other is refused: that is undone, too."""
    other = turned(deal)
    old = services.ask_quote(actor=deal.be(deal.cast.owner), asked=deal.asked(other), at=NOW)
    revised(deal)
    with seen_by(organisation_id=deal.cast.facility_operator.pk):
        closed = Machine.objects.create(
            organisation=deal.cast.facility_operator, facility=deal.shop.facility, name="P2", profile="s230", state="off",
            state_since=NOW,
        )  # fmt: skip
    deal.be(deal.cast.owner)
    Check.objects.filter(pk=other.pk).update(machine=closed)
    before = everything()
    with pytest.raises(RefusedError, match="not open to others"):
        again(deal, old)
    assert everything() == before
    deal.be(deal.cast.owner)
    assert Check.objects.count() == 2


@pytest.mark.parametrize("who", ["stranger", "colleague", "operator", "manager", "holder"])
def test_others_ask_nothing_again(deal: Deal, browse: Browse, everything: Everything, who: str) -> None:
    """The facility sees the quote, and is told that it is the customer's affair; who does not see the part finds nothing."""
    old = deal.quote()
    rechecked(deal, revised(deal), deal.check)
    before = everything()
    person = deal.holder if who == "holder" else getattr(deal.cast, who)
    error = RefusedError if who in {"operator", "manager"} else NotFoundError
    with pytest.raises(error):
        services.ask_again(actor=deal.be(person), quote_id=old.pk, at=LATER)
    client = browse(person)
    assert client.get(f"/quotes/changes/{deal.check.revision_id}/").status_code == 404
    assert client.post(f"/quotes/{old.pk}/again/").status_code == (302 if who == "holder" else 404)
    page = client.get(f"/quotes/{old.pk}/")
    assert "newer revision" not in shown(page)
    assert everything() == before


def test_a_quote_that_was_closed_meanwhile_is_followed_all_the_same(deal: Deal) -> None:
    old = deal.quote()
    services.withdraw_quote(actor=deal.be(deal.cast.owner), quote_id=old.pk, at=NOW)
    rechecked(deal, revised(deal), deal.check)

    assert again(deal, old, withdraw=True).quote.content["follows"]["number"] == old.number
    with pytest.raises(ConflictError):
        services.accept_quote(actor=deal.be(deal.cast.owner), quote_id=old.pk, option=0, at=LATER)


# --- over HTTP ----------------------------------------------------------------------------------------------------


@time_machine.travel(LATER, tick=False)
def test_a_program_asks_until_it_is_there(deal: Deal, browse: Browse) -> None:
    old, second = deal.quote(), revised(deal)

    def ask() -> Any:
        address, json = f"/api/quotes/{old.pk}/again", "application/json"
        return browse(deal.cast.owner).post(address, {"withdraw": True}, content_type=json)

    waits = ask()
    deal.be(deal.cast.owner)
    check = Check.objects.get(revision=second)
    assert (waits.status_code, waits.json()) == (202, {
        "revision": 2, "quote": None, "checks": [{"id": str(check.pk), "state": "waiting", "done": 0.0}],
    })  # fmt: skip
    Check.objects.update(state="done", estimate=ESTIMATE, looked={"layers": 3}, verdict="fine")
    came = ask()
    told = came.json()["quote"]

    assert (came.status_code, came["Location"]) == (201, f"/api/quotes/{told['id']}")
    assert told["follows"] == {"id": str(old.pk), "number": old.number, "revision": 1}
    assert [(one["rotation"], one["lying"]) for one in told["options"]] == [(None, "as uploaded, 15 µm high")]
    assert ask().json()["quote"]["id"] == told["id"]
    assert browse(deal.cast.owner).get(f"/api/quotes/{old.pk}").json()["state"] == "withdrawn"


# --- pages --------------------------------------------------------------------------------------------------------


@time_machine.travel(LATER, tick=False)
def test_from_the_old_quote_to_the_new_one_by_its_pages(deal: Deal, browse: Browse) -> None:
    old = deal.quote()
    address = f"/quotes/{old.pk}/"
    assert "newer revision" not in shown(browse(deal.cast.owner).get(address))
    second = revised(deal)
    page = shown(browse(deal.cast.owner).get(address))
    assert "Ask the same for revision 2" in page
    assert f"Withdraw {old.number} as soon as the other is there" in page

    answer = browse(deal.cast.owner).post(f"{address}again/", {"withdraw": "yes"})
    assert answer["Location"] == f"{address}again/?withdraw=yes"
    waits = shown(browse(deal.cast.owner).get(answer["Location"]))
    assert "Waiting" in waits
    assert "The checks run." in waits
    assert f'data-live="/parts/{second.part_id}/live"' in waits
    assert "disabled" in waits
    assert 'value="yes" checked' in waits

    deal.be(deal.cast.owner)
    Check.objects.filter(revision=second).update(
        state="done", looked={"layers": 3}, verdict="fine", estimate=ESTIMATE | {"printing_s": [6600.0, 7800.0]}
    )
    assert "Get the quote" in shown(browse(deal.cast.owner).get(f"{address}again/"))
    answer = browse(deal.cast.owner).post(f"{address}again/", {"withdraw": "yes"})
    page = shown(browse(deal.cast.owner).get(answer["Location"]))

    assert "Against revision 1" in page
    assert "+¥318.00" in page  # an hour, and its tax
    assert "before: 1 × 1.000 h on the machine" in page
    assert "This quote was withdrawn." in shown(browse(deal.cast.owner).get(address))
    # The facility reads the same comparison: both quotes are its own.
    assert "+¥318.00" in shown(browse(deal.cast.manager).get(answer["Location"]))


@time_machine.travel(LATER, tick=False)
def test_the_page_that_compares_revisions_shows_the_price_against_the_last(deal: Deal, browse: Browse) -> None:
    second = revised(deal)
    address = f"/quotes/changes/{second.pk}/?since=1"
    client = browse(deal.cast.owner)
    assert client.get(address).content == b""
    old = deal.quote()
    assert f"/quotes/{old.pk}/again/" in shown(browse(deal.cast.owner).get(address))
    rechecked(deal, second, deal.check)
    made = again(deal, old).quote

    page = shown(browse(deal.cast.owner).get(address))
    assert old.number in page
    assert made.number in page
    assert f'hx-get="{address}"' in shown(browse(deal.cast.owner).get(f"/parts/{second.part_id}/compare/"))


@time_machine.travel(LATER, tick=False)
def test_a_refusal_is_said_on_the_page(deal: Deal, browse: Browse) -> None:
    old = deal.quote()
    revised(deal, state="refused")

    answer = browse(deal.cast.owner).post(f"/quotes/{old.pk}/again/")

    assert answer.status_code == 400
    assert "The file has not been read." in shown(answer)
    assert "Revision 2 cannot be read." in shown(answer)


def test_it_is_said_in_chinese(deal: Deal, browse: Browse) -> None:
    old = deal.quote()
    revised(deal)

    page = shown(browse(deal.cast.owner).get(f"/quotes/{old.pk}/", headers={"Accept-Language": "zh-hans"}))

    assert "按相同要求为第 2 版询价" in page
    assert "按上传的姿态" in page


def test_prices_are_compared_by_what_was_ordered_and_by_what_follows_it(deal: Deal) -> None:
    deal.quote()
    ordered = deal.ordered().quote
    offered = deal.quote()
    first, second = deal.check.revision, revised(deal)
    assert queries.prices_of(deal.be(deal.cast.owner), first, second) == (ordered, None)
    rechecked(deal, second, deal.check)
    alone = services.ask_quote(actor=deal.be(deal.cast.owner), asked=[
        services.Asked(Check.objects.get(revision=second).pk, deal.shop.standard.pk, tolerance_um=25)
    ], at=NOW)  # fmt: skip
    assert queries.prices_of(deal.be(deal.cast.owner), first, second) == (ordered, alone)

    follower = again(deal, offered, withdraw=True).quote

    assert queries.prices_of(deal.be(deal.cast.owner), first, second) == (offered, follower)
