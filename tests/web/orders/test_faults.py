"""check_ledger finds what somebody changed past all guards, as only whoever owns the tables can."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from mingyue.web.orders import services
from mingyue.web.orders.ledger.faults import faults
from tests.web.conftest import NOW
from tests.web.orders.conftest import Deal, deal_apart

TOTAL = 636_92
TABLES = ("account", "approval", "entry", "invoice", "order", "posting", "project", "quote")


@pytest.fixture(scope="module")
def deal(django_db_setup: None, django_db_blocker: Any) -> Iterator[Deal]:
    """One order that was billed in two parts, of which one was paid, and one that was cancelled; committed."""
    with deal_apart(django_db_blocker, budget_fen=100 * TOTAL) as made:
        order, other = made.ordered(), made.ordered()
        manager = made.be(made.cast.manager)
        services.advance_order(actor=manager, order_id=other.pk, state="scheduled", at=NOW)
        for amount_fen in (100_00, 200_00):
            services.bill_order(actor=manager, order_id=order.pk, amount_fen=amount_fen, at=NOW)
        services.note_payment(actor=manager, order_id=order.pk, amount_fen=100_00, reference="b1", at=NOW)
        services.cancel_order(actor=made.be(made.cast.owner), order_id=other.pk, at=NOW)
        yield made


def test_what_is_right_is_told_so(deal: Deal) -> None:
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert out.getvalue() == "2 orders, 7 entries, 0 faults.\n"


OF_PAY = "(SELECT id FROM orders_entry WHERE kind = 'pay')"
UNPAID = "of invoice 1 10,000 fen are to be paid, and it says otherwise"
ACCOUNT = "(SELECT id FROM orders_account WHERE kind = '{}')"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (f"UPDATE orders_posting SET amount_fen = amount_fen + 1 WHERE entry_id = {OF_PAY} AND amount_fen > 0",
         ["entry 4 sums to 1 fen in 1 currencies"]),
        (f"DELETE FROM orders_posting WHERE entry_id = {OF_PAY}", ["entry 4 sums to 0 fen in 0 currencies", UNPAID]),
        (f"UPDATE orders_posting SET amount_fen = -amount_fen WHERE entry_id = {OF_PAY}",
         [UNPAID, "more was paid back than was paid"]),
        ("UPDATE orders_account SET currency = 'EUR' WHERE kind = 'bank'",
         ["entry 4 sums to 0 fen in 2 currencies", "entry 4 is in another currency than its order"]),
        ("UPDATE orders_order SET total_fen = total_fen + 1 WHERE state = 'accepted'",
         ["it is not for what its quote says", "its rates do not add up to its total",
          "33,692 fen are bound instead of 33,693", "what its project promises is another amount"]),
        ("UPDATE orders_order SET due_fen = due_fen + 1 WHERE state = 'cancelled'",
         ["it was cancelled for another amount than is booked"]),
        ("UPDATE orders_quote SET content = jsonb_set(content, '{currency}', '\"EUR\"') WHERE number = "
         "(SELECT min(number) FROM orders_quote)", ["what the quote says was changed"]),
        ("UPDATE orders_invoice SET number = 9 WHERE number = 2", ["invoices before number 3 are missing"]),
        ("UPDATE orders_invoice SET voided_at = now() WHERE number = 1",
         ["33,692 fen are bound instead of 43,692", "30,000 fen are booked as billed instead of 20,000",
          "nothing says why invoice 1 was voided"]),
        ("UPDATE orders_invoice SET settled_at = NULL WHERE number = 1",
         ["of invoice 1 0 fen are to be paid, and it says otherwise"]),
        ("UPDATE orders_invoice SET settled_at = now() WHERE number = 2",
         ["of invoice 2 20,000 fen are to be paid, and it says otherwise"]),
        ("UPDATE orders_invoice SET total_fen = total_fen + 1 WHERE number = 1",
         ["33,692 fen are bound instead of 33,691", "30,000 fen are booked as billed instead of 30,001",
          "invoice 1 is not what is booked"]),
        ("UPDATE orders_project SET committed_fen = committed_fen + 1",
         ["70,062 fen are promised instead of 70,061"]),
        ("UPDATE orders_approval SET returned_fen = returned_fen + 1 WHERE returned_fen = 0",
         ["what its project promises is another amount", "70,061 fen are promised instead of 70,060"]),
    ],
)  # fmt: skip
def test_what_was_changed_past_all_guards_is_found(deal: Deal, statement: str, said: list[str]) -> None:
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE orders_{table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        assert cursor.rowcount > 0
        found = [str(fault) for _, fault in faults("owner", at=NOW)]
        transaction.set_rollback(True, "owner")

    assert found == said


def test_a_fault_is_told_and_ends_with_1(deal: Deal) -> None:
    out = StringIO()
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE orders_project SET committed_fen = 0")
        with pytest.raises(SystemExit) as end:
            call_command("check_ledger", stdout=out)
        transaction.set_rollback(True, "owner")

    assert end.value.code == 1
    assert out.getvalue() == ("✗ NSFC-52375001: 0 fen are promised instead of 70,061\n2 orders, 7 entries, 1 faults.\n")
