"""Each event is told once to each who is to hear of it, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from mingyue.web.notices import fanning, services
from mingyue.web.notices.fanning import tell
from mingyue.web.notices.models import Delivery, Notice, Told
from mingyue.web.notices.teller import to_tell
from mingyue.web.orders import lapsing
from mingyue.web.orders import services as orders
from mingyue.web.parts.models import Check
from mingyue.web.people.models import Membership, User
from mingyue.web.records import walls
from mingyue.web.records.models import Event
from mingyue.web.records.services import record
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.notices.conftest import Tell, heard, of
from tests.web.orders.conftest import Deal, member

URL = "https://receiver.example.org/hook"


def hook(deal: Deal, *kinds: str, url: str = URL) -> UUID:
    """A webhook of the institute."""
    owner = deal.be(deal.cast.owner)
    made, _ = services.make_webhook(actor=owner, organisation_id=deal.cast.institute.pk, url=url, kinds=kinds, at=NOW)
    return made.pk


def delivered_kinds(deal: Deal, webhook_id: UUID) -> list[str]:
    with of(deal.cast.institute):
        found = Delivery.objects.filter(webhook_id=webhook_id).order_by("event__number")
        return [one.event.what for one in found.select_related("event")]


# --- who is told --------------------------------------------------------------------------------------------------


def test_an_offer_waits_for_budget_holders_and_tells_nobody_who_asked_for_it(told_deal: Deal, tell_all: Tell) -> None:
    quote = told_deal.quote()
    tell_all()

    assert heard(told_deal.holder) == [f"Quote {quote.number} waits for the approval of a budget holder."]
    for other in (told_deal.cast.owner, told_deal.cast.manager, told_deal.cast.operator, told_deal.cast.stranger):
        assert heard(other) == []


def test_a_quote_under_review_is_told_to_managers_and_its_release_to_who_asked(told_deal: Deal, tell_all: Tell) -> None:
    quote = told_deal.quote(quantity=501)
    tell_all()
    assert heard(told_deal.cast.manager) == [f"Quote {quote.number} waits for the facility to look at it."]
    assert heard(told_deal.holder) == []

    orders.release_quote(actor=told_deal.be(told_deal.cast.manager), quote_id=quote.pk, at=NOW)
    tell_all()

    assert heard(told_deal.cast.owner) == [f"The facility offers quote {quote.number}."]
    assert heard(told_deal.holder) == [f"Quote {quote.number} waits for the approval of a budget holder."]
    assert len(heard(told_deal.cast.manager)) == 1


def test_an_order_is_told_on_both_sides_and_its_money_to_who_holds_the_budget(told_deal: Deal, tell_all: Tell) -> None:
    order = told_deal.ordered()
    manager = told_deal.be(told_deal.cast.manager)
    orders.advance_order(actor=manager, order_id=order.pk, state="making", at=NOW)
    orders.bill_order(actor=manager, order_id=order.pk, amount_fen=100_50, at=NOW)
    tell_all()

    number = order.quote.number
    assert heard(told_deal.cast.owner) == [
        f"Quote {number} was approved.",
        f"Order {order.number} is being made.",
        f"Order {order.number} was billed: ¥100.50.",
    ]
    assert heard(told_deal.holder) == [
        f"Quote {number} waits for the approval of a budget holder.",
        f"Order {order.number} was billed: ¥100.50.",
    ]
    assert heard(told_deal.cast.manager) == [
        f"Quote {number} was approved.",
        f"Quote {number} was accepted: it is order {order.number} now.",
    ]
    assert heard(told_deal.cast.operator) == heard(told_deal.rival) == heard(told_deal.cast.colleague) == []


def test_who_approved_and_who_asked_hear_that_it_runs_out_and_that_it_did(told_deal: Deal, tell_all: Tell) -> None:
    bystander = member("second@example.org", "Wu", told_deal.cast.institute, "budget_holder")
    quote = told_deal.approved()
    tell_all()
    before = {person: len(heard(person)) for person in (told_deal.cast.owner, told_deal.holder, bystander)}
    end = NOW + timedelta(days=14)
    soon = f"Quote {quote.number} is approved and runs out on 2026-12-09."

    for at, said in (
        (end - timedelta(days=3), [soon]),
        (end, [soon, f"Quote {quote.number} ran out; ¥636.92 are free again."]),
    ):
        walls.tell()
        for one in lapsing.due(at=at):
            assert lapsing.settle(one, at=at)
        tell_all(at)
        for person in (told_deal.cast.owner, told_deal.holder):
            assert heard(person)[before[person] :] == said
        assert heard(bystander)[before[bystander] :] == []

    assert heard(told_deal.cast.manager) == [
        f"Quote {quote.number} was approved.",
        f"Quote {quote.number} ran out before it was accepted.",
    ]
    with seen_by(person_id=told_deal.holder.pk):
        assert list(Notice.objects.order_by("-event__number").values_list("who", flat=True)[:2]) == ["approver"] * 2


def test_a_message_is_told_to_the_other_side_only(told_deal: Deal, tell_all: Tell) -> None:
    second = member("second@example.org", "Wu", told_deal.cast.facility_operator, "manager")
    quote = told_deal.quote()
    tell_all()
    said = f"There is a message about quote {quote.number}."

    orders.say_message(actor=told_deal.be(told_deal.cast.owner), quote_id=quote.pk, text="?", at=NOW)
    tell_all()
    assert heard(told_deal.cast.manager) == heard(second) == [said]
    assert heard(told_deal.cast.owner) == []

    orders.say_message(actor=told_deal.be(second), quote_id=quote.pk, text="!", at=NOW)
    tell_all()
    assert heard(told_deal.cast.owner) == [said]
    assert heard(told_deal.cast.manager) == [said]


def test_whoever_may_not_see_it_any_more_is_not_told(told_deal: Deal, tell_all: Tell) -> None:
    quote = told_deal.quote(quantity=501)
    with of(told_deal.cast.institute):
        Membership.objects.filter(person=told_deal.cast.owner).update(ended_at=NOW)
    orders.release_quote(actor=told_deal.be(told_deal.cast.manager), quote_id=quote.pk, at=NOW)
    tell_all()

    assert heard(told_deal.cast.owner) == []
    assert heard(told_deal.holder) != []


def test_of_many_checks_of_a_revision_the_last_one_tells_the_parts_owner(told_deal: Deal, tell_all: Tell) -> None:
    first = told_deal.check
    with of(told_deal.cast.institute), transaction.atomic():
        second = Check.objects.create(
            organisation=told_deal.cast.institute, revision=first.revision, machine=first.machine, resin=first.resin,
            layer_um=10.0, state="running", asked_at=NOW,
        )  # fmt: skip
        Check.objects.filter(pk=first.pk).update(ended_at=NOW, verdict="fails")
        record(actor=None, what="check.done", subject=first, at=NOW)
    tell_all()
    assert heard(told_deal.cast.owner) == []

    with of(told_deal.cast.institute), transaction.atomic():
        Check.objects.filter(pk=second.pk).update(ended_at=NOW + timedelta(seconds=1), verdict="note", state="done")
        record(actor=None, what="check.done", subject=second, at=NOW)
    tell_all()
    assert heard(told_deal.cast.owner) == ["nozzle was checked: it can be made."]
    with seen_by(person_id=told_deal.cast.owner.pk):
        assert Notice.objects.get().mail_at is None  # by default no letter about checks


# --- webhooks hear of it ------------------------------------------------------------------------------------------


def test_a_webhook_hears_of_the_kinds_that_it_wants(told_deal: Deal, tell_all: Tell) -> None:
    everything, quotes, one = hook(told_deal), hook(told_deal, "quote.*"), hook(told_deal, "quote.accepted")
    told_deal.ordered()
    tell_all()

    assert delivered_kinds(told_deal, quotes) == ["quote.asked", "quote.approved", "quote.accepted"]
    assert delivered_kinds(told_deal, one) == ["quote.accepted"]
    assert delivered_kinds(told_deal, everything)[-3:] == ["quote.asked", "quote.approved", "quote.accepted"]
    assert set(delivered_kinds(told_deal, everything)[:-3]) == {"webhook.made"}


def test_a_test_goes_to_the_webhook_that_is_tested(told_deal: Deal, tell_all: Tell) -> None:
    tried, other = hook(told_deal, "order.billed"), hook(told_deal)
    services.try_webhook(actor=told_deal.be(told_deal.cast.owner), webhook_id=tried, at=NOW)
    tell_all()

    assert delivered_kinds(told_deal, tried) == ["webhook.tested"]
    assert "webhook.tested" not in delivered_kinds(told_deal, other)


def test_a_webhook_that_is_off_or_gone_hears_nothing(told_deal: Deal, tell_all: Tell) -> None:
    off, gone = hook(told_deal), hook(told_deal)
    owner = told_deal.be(told_deal.cast.owner)
    services.change_webhook(actor=owner, webhook_id=off, url=URL, kinds=(), active=False, at=NOW)
    services.remove_webhook(actor=owner, webhook_id=gone, at=NOW)
    told_deal.quote()
    tell_all()

    assert delivered_kinds(told_deal, off) == delivered_kinds(told_deal, gone) == []


# --- once, whatever happens ----------------------------------------------------------------------------------------

STEPS = ("_deliveries", "_members", "_notices", "tell_pages")


@pytest.mark.parametrize("step", STEPS)
def test_who_dies_at_any_step_has_told_nothing_and_the_next_tells_all_once(
    told_deal: Deal, tell_all: Tell, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    webhook = hook(told_deal, "quote.*")
    tell_all()
    told_deal.quote()
    institute = told_deal.cast.institute.pk

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(fanning, step, die)
        with pytest.raises(KeyboardInterrupt):
            tell(institute, at=NOW)
    assert delivered_kinds(told_deal, webhook) == heard(told_deal.holder) == []

    assert tell(institute, at=NOW) == 1
    assert tell(institute, at=NOW) == 0
    assert delivered_kinds(told_deal, webhook) == ["quote.asked"]
    assert len(heard(told_deal.holder)) == 1


def test_who_is_told_is_as_far_as_the_chain(told_deal: Deal, tell_all: Tell) -> None:
    told_deal.ordered()
    tell_all()

    with of(told_deal.cast.institute):
        assert Told.objects.get().number == Event.objects.filter(organisation_id=told_deal.cast.institute.pk).count()


def test_many_events_are_told_in_several_bites(
    told_deal: Deal, tell_all: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanning, "MOST_AT_ONCE", 1)
    webhook = hook(told_deal, "quote.*")
    told_deal.ordered()

    assert [tell(told_deal.cast.institute.pk, at=NOW) for _ in range(5)] == [1, 1, 1, 1, 0]
    assert delivered_kinds(told_deal, webhook) == ["quote.asked", "quote.approved", "quote.accepted"]


def test_where_there_is_something_to_tell_is_found_past_the_walls_and_nothing_else_is(
    told_deal: Deal, tell_all: Tell
) -> None:
    webhook, home, works = hook(told_deal, "quote.*"), told_deal.cast.institute.pk, told_deal.cast.facility_operator.pk
    tell_all()
    with seen_by():
        assert to_tell(at=NOW) == {}
    told_deal.quote()

    with seen_by():
        assert sorted(to_tell(at=NOW)["events"]) == sorted([(home, home), (works, works)])
        tell(home, at=NOW)
        assert to_tell(at=NOW) == {"events": [(works, works)], "deliveries": [(home, webhook)]}
        assert to_tell(at=NOW - timedelta(seconds=1)) == {"events": [(works, works)]}
        holder = told_deal.holder.pk
        assert to_tell(at=NOW + fanning.MAIL_WAITS)["letters"] == [(holder, holder)]


# --- what one wants to hear ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on_page", "by_mail", "kept"),
    [
        ((), (), None),
        (("quotes",), (), (True, False)),
        ((), ("quotes",), (False, True)),
        (("orders",), ("checks",), None),
    ],
)
def test_of_what_is_switched_off_nobody_hears(
    told_deal: Deal, tell_all: Tell, on_page: tuple[str, ...], by_mail: tuple[str, ...], kept: Any
) -> None:
    services.set_wishes(actor=told_deal.be(told_deal.holder), on_page=on_page, by_mail=by_mail)
    told_deal.quote()
    tell_all()

    with seen_by(person_id=told_deal.holder.pk):
        found = [(one.on_page, one.mail_at is not None) for one in Notice.objects.all()]
    assert found == ([] if kept is None else [kept])


def test_a_notice_is_its_readers_alone(told_deal: Deal, tell_all: Tell, as_viewer: Callable[[User], Any]) -> None:
    told_deal.quote()
    tell_all()

    for other in (told_deal.cast.owner, told_deal.cast.manager, told_deal.cast.stranger):
        as_viewer(other)
        assert not Notice.objects.exists()
        assert Notice.objects.update(read_at=NOW) == 0
    with of(told_deal.cast.institute):
        assert not Notice.objects.exists()
    as_viewer(told_deal.holder)
    assert Notice.objects.get().read_at is None
