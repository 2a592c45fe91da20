"""Whatever a customer and a facility do in whatever order, and however time passes: the ledger sums to zero, nothing is
billed that was not ordered, and a project promises what approvals hold that still count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from django.db import connection, transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from mingyue.errors import MingyueError
from mingyue.web.orders import lapsing, services
from mingyue.web.orders.ledger import books
from mingyue.web.orders.ledger.faults import faults
from mingyue.web.orders.models import Approval, Invoice, Order, Posting, Project, Quote
from mingyue.web.records.walls import tell
from tests.web.conftest import NOW
from tests.web.orders.conftest import Deal

amounts = st.integers(-1, 700_00) | st.sampled_from([1, 318_46, 636_92])


class Business(RuleBasedStateMachine):
    """One order after the other, each act refused or done. Quotes beside them are approved or not, and run out or not."""

    deal: Deal

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.orders: list[Order] = []
        self.quotes: list[Quote] = []
        self.at = NOW
        self.acts = 0

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    def attempt(self, act: Any) -> None:
        """Done or refused; a refusal leaves the sums as they were."""
        before = self.sums()
        try:
            with transaction.atomic():
                act()
        except MingyueError:
            assert self.sums() == before

    def sums(self) -> list[Any]:
        self.see_all()
        promised = Project.objects.values_list("committed_fen", flat=True)
        return [*Posting.objects.order_by("pk").values_list("pk", "amount_fen"), Invoice.objects.count(), *promised]

    def see_all(self) -> None:
        tell(person_id=self.deal.holder.pk, organisation_id=self.deal.cast.facility_operator.pk)

    def an_order(self, which: int) -> Order:
        return self.orders[which % len(self.orders)]

    def an_invoice(self, which: int) -> Invoice | None:
        self.see_all()
        found = list(Invoice.objects.order_by("at", "kind", "number"))
        return found[which % len(found)] if found else None

    @property
    def facility(self) -> Any:
        return self.deal.be(self.deal.cast.manager)

    @precondition(lambda self: len(self.orders) < 2)
    @rule()
    def accept(self) -> None:
        self.orders.append(self.deal.ordered())

    @precondition(lambda self: len(self.quotes) < 4)
    @rule()
    def ask(self) -> None:
        asked = self.deal.asked()
        self.quotes.append(services.ask_quote(actor=self.deal.be(self.deal.cast.owner), asked=asked, at=self.at))

    @precondition(lambda self: self.quotes)
    @rule(which=st.integers(0, 9))
    def approve(self, which: int) -> None:
        quote = self.quotes[which % len(self.quotes)]
        self.attempt(
            lambda: services.approve_quote(
                actor=self.deal.be(self.deal.holder), quote_id=quote.pk, option=0, project_id=self.deal.project.pk,
                at=self.at,
            )
        )  # fmt: skip

    @precondition(lambda self: self.quotes)
    @rule(which=st.integers(0, 9), end=st.sampled_from(["withdraw_approval", "withdraw_quote"]))
    def step_back(self, which: int, end: str) -> None:
        quote = self.quotes[which % len(self.quotes)]
        holder = self.deal.be(self.deal.holder)
        self.attempt(lambda: getattr(services, end)(actor=holder, quote_id=quote.pk, at=self.at))

    @precondition(lambda self: self.quotes and len(self.orders) < 2)
    @rule(which=st.integers(0, 9))
    def accept_later(self, which: int) -> None:
        quote = self.quotes[which % len(self.quotes)]
        owner = self.deal.be(self.deal.cast.owner)
        self.attempt(
            lambda: self.orders.append(
                services.accept_quote(actor=owner, quote_id=quote.pk, option=0, at=self.at)
            )
        )  # fmt: skip

    @rule(days=st.integers(1, 9))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule()
    def lapse(self) -> None:
        """Then nothing that ran out holds a budget."""
        for one in lapsing.due(at=self.at):
            assert lapsing.settle(one, at=self.at)
        self.see_all()
        assert not Approval.objects.filter(
            ended_at=None, quote__state="offered", quote__valid_until__lte=self.at
        ).exists()

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9), amount_fen=amounts | st.none())
    def bill(self, which: int, amount_fen: int | None) -> None:
        order = self.an_order(which)
        self.attempt(lambda: services.bill_order(actor=self.facility, order_id=order.pk, amount_fen=amount_fen, at=NOW))

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9), amount_fen=amounts, kind=st.sampled_from(["note_payment", "note_refund"]))
    def move_money(self, which: int, amount_fen: int, kind: str) -> None:
        order = self.an_order(which)
        self.acts += 1
        self.attempt(
            lambda: getattr(services, kind)(
                actor=self.facility, order_id=order.pk, amount_fen=amount_fen, reference=f"b{self.acts}", at=NOW
            )
        )

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9), amount_fen=amounts)
    def write_off(self, which: int, amount_fen: int) -> None:
        order = self.an_order(which)
        self.attempt(
            lambda: services.write_off(actor=self.facility, order_id=order.pk, amount_fen=amount_fen, why="", at=NOW)
        )

    @rule(which=st.integers(0, 9))
    def void(self, which: int) -> None:
        if invoice := self.an_invoice(which):
            self.attempt(lambda: services.void_invoice(actor=self.facility, invoice_id=invoice.pk, why="", at=NOW))

    @rule(which=st.integers(0, 9), amount_fen=amounts)
    def credit(self, which: int, amount_fen: int) -> None:
        if invoice := self.an_invoice(which):
            self.attempt(
                lambda: services.credit_invoice(
                    actor=self.facility, invoice_id=invoice.pk, amount_fen=amount_fen, why="", at=NOW
                )
            )

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9), state=st.sampled_from(["scheduled", "making", "made"]))
    def advance(self, which: int, state: str) -> None:
        order = self.an_order(which)
        self.attempt(lambda: services.advance_order(actor=self.facility, order_id=order.pk, state=state, at=NOW))

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9))
    def cancel(self, which: int) -> None:
        order = self.an_order(which)
        self.attempt(lambda: services.cancel_order(actor=self.deal.be(self.deal.cast.owner), order_id=order.pk, at=NOW))

    @invariant()
    def the_ledger_is_right(self) -> None:
        self.see_all()
        assert [str(fault) for _, fault in faults("default", at=NOW)] == []
        holding = Approval.objects.filter(ended_at=None).aggregate(fen=Sum(F("amount_fen") - F("returned_fen")))
        assert Project.objects.get().committed_fen == (holding["fen"] or 0)
        assert sum(Posting.objects.values_list("amount_fen", flat=True)) == 0
        for order in self.orders:
            now = books.balance_of(order)
            assert 0 <= now.charged <= order.total_fen
            assert now.committed >= 0
            assert now.bank >= 0
            assert now.receivable + now.bank >= 0
            pieces = list(books.money_in(order).pieces)
            assert sum(piece.amount_fen for piece in pieces) == order.total_fen
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def business(deal: Deal) -> Iterator[type[Business]]:
    """On the test's own connection; each run of the machine is undone."""
    Business.deal = deal
    with transaction.atomic():
        yield Business


def test_the_ledger_sums_to_zero_whatever_is_done(business: type[Business]) -> None:
    run_state_machine_as_test(
        business,
        settings=settings(
            max_examples=25, stateful_step_count=12, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )  # fmt: skip
