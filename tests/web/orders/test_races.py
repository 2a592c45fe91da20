"""Two at once, on real connections: one order, and no budget promised twice. Without the guards both go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import StringIO
from multiprocessing import get_context
from signal import SIGKILL
from threading import Barrier
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction
from django.test import Client

from mingyue.errors import MingyueError
from mingyue.web.orders import lapsing, services
from mingyue.web.orders.models import Approval, Invoice, Order, Project, Quote, Tariff
from mingyue.web.orders.names import new_number
from mingyue.web.people.models import User
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.orders.conftest import Deal, deal_apart, rechecked, revised
from tests.web.serving.running import until

TOTAL = 636_92


@pytest.fixture
def deal(django_db_setup: None, django_db_blocker: Any) -> Iterator[Deal]:
    """One that every connection sees; its project can pay for one order and a half."""
    with deal_apart(django_db_blocker, budget_fen=TOTAL * 3 // 2) as made:
        yield made


def at_once(deal: Deal, people: list[User], act: Callable[[Viewer, int], Any]) -> list[Any]:
    """What each gets who does this at the same moment on a connection of their own: an answer or a refusal."""
    together = Barrier(len(people))

    def do(place: int) -> Any:
        try:
            viewer = deal.be(people[place])
            together.wait(30)
            return act(viewer, place)
        except MingyueError as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(people)) as threads:
        return list(threads.map(do, range(len(people))))


def as_owner_of_tables(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


# --- accepting ----------------------------------------------------------------------------------------------------


def test_of_two_who_accept_at_once_one_gets_the_order(deal: Deal) -> None:
    quote = deal.approved()
    answers = at_once(
        deal, [deal.cast.owner, deal.holder],
        lambda viewer, _: services.accept_quote(actor=viewer, quote_id=quote.pk, option=0, at=NOW),
    )  # fmt: skip

    won = [answer for answer in answers if isinstance(answer, Order)]
    lost = [answer for answer in answers if isinstance(answer, MingyueError)]
    assert [str(refusal) for refusal in lost] == ["This quote was accepted already."]
    deal.be(deal.cast.owner)
    assert list(Order.objects.all()) == won
    assert Project.objects.get().committed_fen == TOTAL


def test_one_who_accepts_four_times_at_once_gets_one_order_four_times(deal: Deal) -> None:
    quote = deal.approved()
    answers = at_once(
        deal, [deal.cast.owner] * 4,
        lambda viewer, _: services.accept_quote(actor=viewer, quote_id=quote.pk, option=0, at=NOW),
    )  # fmt: skip

    deal.be(deal.cast.owner)
    assert {answer.pk for answer in answers} == {Order.objects.get().pk}


def test_without_the_guard_two_who_accept_at_once_both_get_an_order(deal: Deal) -> None:
    """Ask first and write then: what the service does not do. The constraint that stands behind it is taken away too."""
    quote = deal.approved()
    as_owner_of_tables("ALTER TABLE orders_order DROP CONSTRAINT orders_order_quote_id_key")
    both_asked = Barrier(2)

    def carelessly(viewer: Viewer, _: int) -> Any:
        with seen_by(person_id=viewer.person_id), transaction.atomic():
            found = Quote.objects.get(pk=quote.pk)
            assert found.state == "offered"
            both_asked.wait(30)
            Quote.objects.filter(pk=quote.pk).exclude(state="accepted").update(state="accepted")
            return Order.objects.create(
                organisation_id=found.organisation_id, provider_id=found.provider_id, quote=found, option=0,
                number=new_number("O"), reference="", currency="CNY", total_fen=TOTAL, rates=[],
                by_id=viewer.someone, at=NOW,
            )  # fmt: skip

    answers = at_once(deal, [deal.cast.owner, deal.holder], carelessly)

    deal.be(deal.cast.owner)
    assert {order.pk for order in Order.objects.all()} == {answer.pk for answer in answers}
    assert len(answers) == 2


def test_who_waits_too_long_for_others_reads_that_nothing_was_done(deal: Deal) -> None:
    quote = deal.approved()
    browser = Client()
    browser.force_login(deal.cast.owner)
    with connections["default"].cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    with transaction.atomic(using="owner"):
        as_owner_of_tables(f"SELECT FROM orders_quote WHERE id = '{quote.pk}' FOR UPDATE")
        answer = browser.post(f"/quotes/{quote.pk}/accept/", {"option": 0}, headers={"Accept-Language": "en"})

    assert answer.status_code == 503
    assert "Others work on the same thing just now; nothing was done." in answer.content.decode()
    assert browser.post(f"/quotes/{quote.pk}/withdraw/").status_code == 302


# --- approving ----------------------------------------------------------------------------------------------------


def quotes(deal: Deal) -> list[Quote]:
    return [deal.quote(), deal.quote()]


def test_of_two_approvals_at_once_one_gets_the_money(deal: Deal) -> None:
    two = quotes(deal)
    answers = at_once(
        deal, [deal.holder] * 2,
        lambda viewer, place: services.approve_quote(
            actor=viewer, quote_id=two[place].pk, option=0, project_id=deal.project.pk, at=NOW
        ),
    )  # fmt: skip

    won = [answer for answer in answers if isinstance(answer, Approval)]
    lost = [str(answer) for answer in answers if isinstance(answer, MingyueError)]
    assert lost == ["The project has 318.46 CNY left, and this takes 636.92."]
    deal.be(deal.holder)
    assert list(Approval.objects.all()) == won
    assert Project.objects.get().remaining_fen == TOTAL * 3 // 2 - TOTAL


def test_without_the_guard_two_approvals_at_once_promise_money_that_is_not_there(deal: Deal) -> None:
    two = quotes(deal)
    as_owner_of_tables("ALTER TABLE orders_project DROP CONSTRAINT budgets_suffice")
    both_asked = Barrier(2)

    def carelessly(viewer: Viewer, place: int) -> Any:
        from django.db.models import F

        with seen_by(person_id=viewer.person_id), transaction.atomic():
            project = Project.objects.get(pk=deal.project.pk)
            assert project.remaining_fen >= TOTAL
            both_asked.wait(30)
            Project.objects.filter(pk=project.pk).update(committed_fen=F("committed_fen") + TOTAL)
            return Approval.objects.create(
                organisation_id=project.organisation_id, quote=two[place], option=0, project=project,
                amount_fen=TOTAL, by_id=viewer.someone, at=NOW,
            )  # fmt: skip

    answers = at_once(deal, [deal.holder] * 2, carelessly)

    deal.be(deal.holder)
    assert all(isinstance(answer, Approval) for answer in answers)
    assert Project.objects.get().remaining_fen < 0


def test_two_approvals_of_one_quote_at_once_are_one(deal: Deal) -> None:
    services.change_budget(
        actor=deal.be(deal.holder), project_id=deal.project.pk, version=1, budget_fen=10 * TOTAL, at=NOW
    )
    quote = deal.quote()
    answers = at_once(
        deal, [deal.holder] * 3,
        lambda viewer, _: services.approve_quote(
            actor=viewer, quote_id=quote.pk, option=0, project_id=deal.project.pk, at=NOW
        ),
    )  # fmt: skip

    deal.be(deal.holder)
    assert (
        sorted(str(answer) for answer in answers if isinstance(answer, MingyueError))
        == ["This quote was approved already."] * 2
    )
    assert Approval.objects.get().amount_fen == Project.objects.get().committed_fen == TOTAL


def test_accepting_and_withdrawing_at_once_do_one_of_both(deal: Deal) -> None:
    quote = deal.approved()
    at_once(
        deal, [deal.cast.owner] * 2,
        lambda viewer, place: (
            services.accept_quote(actor=viewer, quote_id=quote.pk, option=0, at=NOW)
            if place
            else services.withdraw_quote(actor=viewer, quote_id=quote.pk, at=NOW)
        ),
    )  # fmt: skip

    deal.be(deal.holder)
    ordered = Order.objects.filter(quote=quote).exists()
    assert Quote.objects.get(pk=quote.pk).state == ("accepted" if ordered else "withdrawn")
    assert Project.objects.get().committed_fen == (TOTAL if ordered else 0)


# --- running out --------------------------------------------------------------------------------------------------

END = NOW + timedelta(days=14)
LATE = END + timedelta(days=1)


def lapse(quote: Quote, at: datetime) -> bool:
    return lapsing.settle(lapsing.Due(lapsed=True, organisation_id=quote.organisation_id, quote_id=quote.pk), at=at)


def lapses_told(deal: Deal, quote: Quote) -> int:
    with seen_by(person_id=deal.holder.pk, organisation_id=deal.cast.facility_operator.pk):
        return Event.objects.filter(subject_id=str(quote.pk), what="quote.approval_lapsed").count()


def test_of_several_workers_one_ends_an_approval_and_tells_of_it(deal: Deal) -> None:
    quote = deal.approved()
    answers = at_once(deal, [deal.holder] * 4, lambda _viewer, _place: lapse(quote, END))

    assert sorted(answers) == [False, False, False, True]
    deal.be(deal.holder)
    assert Project.objects.get().committed_fen == 0
    assert lapses_told(deal, quote) == 2


@pytest.mark.parametrize("act", ["accept", "withdraw", "unapprove", "review", "replace"])
def test_running_out_and_another_end_at_once_give_the_money_back_once(deal: Deal, act: str) -> None:
    """The clock of whoever acts may be behind the worker's by a moment: then both are in time."""
    quote, said = deal.approved(), {"at": END - timedelta(microseconds=1)}
    acts: dict[str, tuple[User, Callable[[Viewer], Any]]] = {
        "accept": (deal.cast.owner, lambda who: services.accept_quote(actor=who, quote_id=quote.pk, option=0, **said)),
        "withdraw": (deal.cast.owner, lambda who: services.withdraw_quote(actor=who, quote_id=quote.pk, **said)),
        "unapprove": (deal.holder, lambda who: services.withdraw_approval(actor=who, quote_id=quote.pk, **said)),
        "review": (deal.cast.owner, lambda who: services.ask_review(actor=who, quote_id=quote.pk, text="?", **said)),
        "replace": (
            deal.cast.manager,
            lambda who: services.replace_quote(
                actor=who, quote_id=quote.pk, changes=[services.Change(0, 0, 1, "w")], **said
            ),
        ),
    }
    person, do = acts[act]
    lapsed, answer = at_once(
        deal, [deal.holder, person], lambda who, place: do(who) if place else lapse(quote, END)
    )  # fmt: skip

    deal.be(deal.holder)
    approval = Approval.objects.get()
    ordered = isinstance(answer, Order)
    assert Order.objects.exists() == ordered
    assert Project.objects.get().committed_fen == approval.amount_fen - approval.returned_fen == TOTAL * ordered
    assert (approval.ended_at is None) == ordered
    assert lapses_told(deal, quote) == 2 * lapsed
    assert not (lapsed and ordered)


def test_two_who_approve_at_once_while_a_worker_comes_get_what_ran_out_once(deal: Deal) -> None:
    """The project can pay for one and a half: of what ran out there is room for one, whoever frees it."""
    old = deal.approved()
    two = [services.ask_quote(actor=deal.be(deal.cast.owner), asked=deal.asked(), at=LATE) for _ in range(2)]

    def do(viewer: Viewer, place: int) -> Any:
        if place == len(two):
            return lapse(old, LATE)
        return services.approve_quote(
            actor=viewer, quote_id=two[place].pk, option=0, project_id=deal.project.pk, at=LATE
        )  # fmt: skip

    answers = at_once(deal, [deal.holder] * 3, do)

    assert sum(isinstance(answer, Approval) for answer in answers[:2]) == 1
    (refused,) = (str(answer) for answer in answers[:2] if isinstance(answer, MingyueError))
    assert refused == "The project has 318.46 CNY left, and this takes 636.92."
    deal.be(deal.holder)
    assert Project.objects.get().committed_fen == TOTAL
    assert lapses_told(deal, old) == 2


def test_many_that_ran_out_at_different_times_are_freed_by_several_at_once(deal: Deal) -> None:
    """Each approves what others may find run out by their own clocks: nobody waits in a circle."""
    services.change_budget(
        actor=deal.be(deal.holder), project_id=deal.project.pk, version=1, budget_fen=4 * TOTAL, at=NOW
    )
    for _ in range(4):
        deal.approved()
    days = [timedelta(days=day) for day in range(4)]
    fresh = [services.ask_quote(actor=deal.be(deal.cast.owner), asked=deal.asked(), at=LATE + day) for day in days]
    answers = at_once(
        deal, [deal.holder] * 4,
        lambda viewer, place: services.approve_quote(
            actor=viewer, quote_id=fresh[place].pk, option=0, project_id=deal.project.pk, at=LATE + days[place]
        ),
    )  # fmt: skip

    assert [type(answer) for answer in answers] == [Approval] * 4
    deal.be(deal.holder)
    assert Project.objects.get().committed_fen == 4 * TOTAL
    assert Approval.objects.filter(ended_at=None).count() == 4


def test_a_worker_that_is_killed_in_the_middle_has_ended_nothing_and_the_next_does(deal: Deal) -> None:
    """It is caught when the approval is ended and the customer's event is written: before the facility's."""
    quote = deal.approved()
    connections.close_all()  # the child opens its own
    child = get_context("fork").Process(target=lapse, args=(quote, END))
    with transaction.atomic(using="owner"):
        as_owner_of_tables(
            f"SELECT FROM records_chain WHERE organisation_id = '{deal.cast.facility_operator.pk}' FOR UPDATE"
        )
        child.start()
        until(waits_for_a_lock)
        child.kill()
        child.join(30)
    assert child.exitcode == -SIGKILL
    deal.be(deal.holder)
    assert (Project.objects.get().committed_fen, Approval.objects.get().ended_at) == (TOTAL, None)
    assert lapses_told(deal, quote) == 0

    assert lapse(quote, END)

    deal.be(deal.holder)
    assert (Project.objects.get().committed_fen, Approval.objects.get().ended_at) == (0, END)
    assert lapses_told(deal, quote) == 2


def waits_for_a_lock() -> bool:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database"
                       " WHERE datname = current_database()) OR NOT granted AND locktype = 'transactionid'")  # fmt: skip
        return cursor.rowcount > 0


# --- asking again -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("withdraws", [(False, False), (True, True), (False, True), (True, False, True)])
def test_of_several_who_ask_again_at_once_one_makes_the_quote_and_all_get_it(
    deal: Deal, withdraws: tuple[bool, ...]
) -> None:
    old = deal.approved()
    rechecked(deal, revised(deal), deal.check)
    answers = at_once(
        deal, [deal.cast.owner] * len(withdraws),
        lambda viewer, place: services.ask_again(
            actor=viewer, quote_id=old.pk, withdraw=withdraws[place], at=NOW
        ).quote,
    )  # fmt: skip

    deal.be(deal.holder)
    (made,) = Quote.objects.exclude(pk=old.pk)
    assert answers == [made] * len(withdraws)
    assert Quote.objects.get(pk=old.pk).state == ("withdrawn" if any(withdraws) else "offered")
    assert Project.objects.get().committed_fen == (0 if any(withdraws) else TOTAL)


def test_asking_again_and_accepting_at_once_never_withdraw_an_order(deal: Deal) -> None:
    old = deal.approved()
    rechecked(deal, revised(deal), deal.check)
    _, order = at_once(
        deal, [deal.cast.owner, deal.holder],
        lambda viewer, place: (
            services.accept_quote(actor=viewer, quote_id=old.pk, option=0, at=NOW)
            if place
            else services.ask_again(actor=viewer, quote_id=old.pk, withdraw=True, at=NOW)
        ),
    )  # fmt: skip

    deal.be(deal.holder)
    assert Quote.objects.get(pk=old.pk).state == ("accepted" if isinstance(order, Order) else "withdrawn")
    assert Project.objects.get().committed_fen == (TOTAL if isinstance(order, Order) else 0)
    assert Quote.objects.count() == 2


def test_two_quotes_of_the_same_ways_in_another_order_are_asked_again_at_once(deal: Deal) -> None:
    ways = [deal.check, *(rechecked(deal, deal.check.revision, deal.check, layer_um=height) for height in (6.0, 8.0))]
    one, other = (
        services.ask_quote(actor=deal.be(deal.cast.owner), asked=deal.asked(*rest)[1:], at=NOW)
        for rest in (ways, ways[::-1])
    )
    for number in range(2, 8):  # whose rows and events cross each other is a matter of luck
        second = revised(deal, number)
        answers = at_once(
            deal, [deal.cast.owner] * 2,
            lambda viewer, place: services.ask_again(actor=viewer, quote_id=(one, other)[place].pk, at=NOW),
        )  # fmt: skip

        assert {check.revision_id for answer in answers for check in answer.checks} == {second.pk}
        assert {check.pk for check in answers[0].checks} == {check.pk for check in answers[1].checks}


# --- billing ------------------------------------------------------------------------------------------------------


def test_of_two_who_bill_the_rest_at_once_one_does(deal: Deal) -> None:
    order = deal.ordered()
    answers = at_once(
        deal, [deal.cast.manager] * 3,
        lambda viewer, _: services.bill_order(actor=viewer, order_id=order.pk, amount_fen=TOTAL, at=NOW),
    )  # fmt: skip

    assert (
        sorted(str(answer) for answer in answers if isinstance(answer, MingyueError))
        == ["0.00 of the order is left to be billed, and this is 636.92."] * 2
    )
    deal.be(deal.cast.manager)
    assert Invoice.objects.get().total_fen == TOTAL


def test_invoices_of_several_orders_at_once_are_counted_without_a_gap(deal: Deal) -> None:
    services.change_budget(
        actor=deal.be(deal.holder), project_id=deal.project.pk, version=1, budget_fen=10 * TOTAL, at=NOW
    )
    orders = [deal.ordered() for _ in range(4)]
    at_once(
        deal, [deal.cast.manager] * 4,
        lambda viewer, place: services.bill_order(actor=viewer, order_id=orders[place].pk, at=NOW),
    )  # fmt: skip

    deal.be(deal.cast.manager)
    assert sorted(Invoice.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert out.getvalue() == "4 orders, 8 entries, 0 faults.\n"


# --- what even the tables' owner does not change ------------------------------------------------------------------


def test_the_tables_owner_changes_nothing_that_was_promised(deal: Deal) -> None:
    deal.approved()
    for model, change in ((Quote, {"content": {}}), (Tariff, {"numbers": {}})):
        found = model._default_manager.using("owner")
        assert found.exists()
        with pytest.raises(DatabaseError, match="never changes"):
            found.update(**change)
        with pytest.raises(DatabaseError, match="never changes"):
            found._raw_delete("owner")
