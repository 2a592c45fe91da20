"""The page of an order: what became of its money, and what managers of the facility do about it."""

from __future__ import annotations

import csv
import re
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from mingyue.web.facilities.models import Facility
from mingyue.web.orders import queries
from mingyue.web.orders.ledger.accounts import Balance
from mingyue.web.orders.ledger.exports import ledger_csv
from mingyue.web.orders.ledger.money import WHOLE, money_of
from mingyue.web.orders.models import Entry, Invoice, Order
from mingyue.web.records.walls import seen_by, tell
from tests.web.orders.browsing import Browse, shown
from tests.web.orders.conftest import Deal, Everything

pytestmark = pytest.mark.usefixtures("today")


def test_the_facility_bills_credits_and_notes_payments(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    manager = browse(deal.cast.manager)
    assert manager.post(f"/orders/{order.pk}/bill/", {"amount_fen": "600.00"}).status_code == 302
    too_much = manager.post(f"/orders/{order.pk}/bill/", {"amount_fen": "36.93"})
    assert "36.92 of the order is left to be billed, and this is 36.93." in shown(too_much)
    assert manager.post(f"/orders/{order.pk}/pay/", {"amount_fen": "500.10", "reference": "B7"}).status_code == 302
    again = manager.post(f"/orders/{order.pk}/pay/", {"amount_fen": "1", "reference": "B7"})
    assert "This reference was noted already." in shown(again)
    deal.be(deal.cast.manager)
    invoice = Invoice.objects.get()
    credited = manager.post(
        f"/orders/{order.pk}/credit/", {"invoice": str(invoice.pk), "amount_fen": "9.90", "why": "late"}
    )
    assert credited.status_code == 302

    page = shown(browse(deal.cast.owner).get(f"/orders/{order.pk}/"))
    assert "¥90.00" in page
    assert "¥500.10" in page
    assert "−¥9.90" in page
    assert "Write an invoice" not in page


def test_how_far_an_order_is_stands_on_its_page_and_to_the_customer_what_comes_next(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    address = f"/orders/{order.pk}/"
    steps = {
        "Accepted": "The facility schedules it next.",
        "Scheduled": "it is made next.",
        "Being made": "cleaning and inspection come next.",
        "Made": "it is handed over to you next.",
        "Delivered": "What is still to be paid stands below.",
    }
    for place, (name, text) in enumerate(steps.items()):
        customer, provider = (shown(browse(one).get(address)) for one in (deal.cast.owner, deal.cast.manager))
        for page in (customer, provider):
            assert re.findall(r'class="way-(\w+)"', page) == ["behind"] * place + ["now"] + ["ahead"] * (4 - place)
            assert re.findall(r'aria-current="step">([^<]+)<', page) == [name]
        assert text in customer
        assert text not in provider
        if place < 4:
            state = Order.State.values[place + 1]
            browse(deal.cast.manager).post(f"{address}advance/", {"state": state})


def test_a_manager_is_offered_the_steps_ahead_only(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    ahead = ["scheduled", "making", "made", "delivered"]
    for place in range(5):
        page = shown(browse(deal.cast.manager).get(f"/orders/{order.pk}/"))
        assert re.findall(r'<option value="(\w+)"', page) == ahead[place:]
        assert ("Say how far it is" in page) == (place < 4)
        if place < 4:
            act(browse, deal, order, "advance", state=ahead[place])


@pytest.mark.parametrize(
    ("what", "said", "told"),
    [
        ("bill", {"amount_fen": "200"}, "Invoice 2 was written: ¥200.00."),
        ("pay", {"amount_fen": "50", "reference": "B1"}, "The payment was noted: ¥50.00."),
        ("write-off", {"amount_fen": "0.05", "why": "a rest"}, "Written off: ¥0.05."),
        ("credit", {"amount_fen": "9.90", "why": "late"}, "Credit note 1 was written: ¥9.90."),
        ("void", {"why": "too early"}, "The invoice was voided; its amount can be billed anew."),
        ("advance", {"state": "making"}, "The order is now: Being made. The customer is told."),
    ],
)
def test_whoever_acts_is_told_what_was_done_and_what_was_refused_says_nothing_of_the_kind(
    deal: Deal, browse: Browse, what: str, said: dict[str, str], told: str
) -> None:
    order = deal.ordered()
    act(browse, deal, order, "bill", amount_fen="300")
    shown(browse(deal.cast.manager).get(f"/orders/{order.pk}/"))
    said = said | ({"invoice": str(only_invoice(deal).pk)} if what in {"credit", "void"} else {})
    manager = browse(deal.cast.manager)

    assert manager.post(f"/orders/{order.pk}/{what}/", said).status_code == 302
    page = shown(manager.get(f"/orders/{order.pk}/"))
    assert told in page
    refused = manager.post(
        f"/orders/{order.pk}/{what}/", said | {"amount_fen": "99999", "state": "accepted", "why": ""}
    )
    assert refused.status_code == 400
    assert 'class="message message-success"' not in shown(refused)


def test_a_refund_is_told(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    act(browse, deal, order, "bill")
    act(browse, deal, order, "pay", amount_fen="636.92", reference="B1")
    act(browse, deal, order, "credit", invoice=str(only_invoice(deal).pk), amount_fen="10", why="late")
    manager = browse(deal.cast.manager)

    manager.post(f"/orders/{order.pk}/refund/", {"amount_fen": "10", "reference": "R1"})

    assert "The refund was noted: ¥10.00." in shown(manager.get(f"/orders/{order.pk}/"))


def test_a_cancelled_order_is_on_no_way(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    browse(deal.cast.owner).post(f"/orders/{order.pk}/cancel/")

    page = shown(browse(deal.cast.owner).get(f"/orders/{order.pk}/"))

    assert "Due after cancelling: ¥0.00" in page
    assert 'class="way' not in page


def test_an_order_is_cancelled_for_what_was_posted(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    browse(deal.cast.manager).post(f"/orders/{order.pk}/advance/", {"state": "scheduled"})
    assert "costs ¥63.69 of ¥636.92" in shown(browse(deal.cast.owner).get(f"/orders/{order.pk}/"))

    browse(deal.cast.owner).post(f"/orders/{order.pk}/cancel/")
    again = browse(deal.cast.owner).post(f"/orders/{order.pk}/cancel/")

    assert (again.status_code, "This order was cancelled." in shown(again)) == (400, True)
    assert "Due after cancelling: ¥63.69" in shown(again)


def act(browse: Browse, deal: Deal, order: Order, what: str, **said: str) -> Any:
    return browse(deal.cast.manager).post(f"/orders/{order.pk}/{what}/", said)


def only_invoice(deal: Deal) -> Invoice:
    deal.be(deal.cast.manager)
    return Invoice.objects.get()


def test_an_invoice_is_voided_and_can_be_billed_anew(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    act(browse, deal, order, "bill")
    answer = act(browse, deal, order, "void", invoice=str(only_invoice(deal).pk), why="wrong address")

    assert answer.status_code == 302
    page = shown(browse(deal.cast.owner).get(f"/orders/{order.pk}/"))
    assert "Invoice voided" in page
    assert "wrong address" in page
    assert act(browse, deal, order, "bill").status_code == 302


def test_money_goes_back_and_is_written_off(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    act(browse, deal, order, "bill")
    act(browse, deal, order, "pay", amount_fen="600.00", reference="B1")
    assert act(browse, deal, order, "write-off", amount_fen="6.92", why="not worth a letter").status_code == 302
    act(browse, deal, order, "credit", invoice=str(only_invoice(deal).pk), amount_fen="130.00", why="scratched")
    page = shown(browse(deal.cast.owner).get(f"/orders/{order.pk}/"))
    assert places(page) == {
        "Paid": "¥500.00", "Written off": "¥6.92", "Credited": "¥130.00", "Ordered": "¥636.92",
        "Of that, billed": "¥636.92", "Paid without being owed: it goes back": "¥100.00",
    }  # fmt: skip

    assert act(browse, deal, order, "refund", amount_fen="100.00", reference="R1").status_code == 302

    page = shown(browse(deal.cast.owner).get(f"/orders/{order.pk}/"))
    assert places(page) == {
        "Paid": "¥500.00", "Written off": "¥6.92", "Credited": "¥130.00", "Ordered": "¥636.92",
        "Of that, billed": "¥636.92",
    }  # fmt: skip


def places(page: str) -> dict[str, str]:
    """The table of the money, as it is read."""
    table = page[page.index('<table class="sums">') :]
    rows = re.findall(r"<th scope=\"row\">(.*?)</th><td class=\"num\">(.*?)</td>", table[: table.index("</table>")])
    return {re.sub(r"<svg.*?</svg>", "", name): amount for name, amount in rows}


@pytest.mark.parametrize(
    ("what", "said", "reason"),
    [
        ("void", {"why": "wrong"}, "Some of this invoice was paid or written off; write a credit note instead."),
        ("refund", {"amount_fen": "1", "reference": "R"}, "0.00 was paid without being owed, and this is 1.00."),
        ("refund", {"amount_fen": "1", "reference": " "}, "This field is required."),
        ("write-off", {"amount_fen": "536.93", "why": "w"}, "536.92 is billed and not yet paid, and this is 536.93."),
        ("write-off", {"amount_fen": "1", "why": ""}, "This field is required."),
        ("write-off", {"amount_fen": "-1", "why": "w"}, "Ensure this value is greater than or equal to 0."),
        ("credit", {"amount_fen": "1000", "why": "w"}, "of the invoice is left to be credited"),
    ],
)
def test_what_the_books_forbid_is_said_at_its_form_and_changes_nothing(
    deal: Deal, browse: Browse, everything: Everything, what: str, said: dict[str, str], reason: str
) -> None:
    order = deal.ordered()
    act(browse, deal, order, "bill")
    act(browse, deal, order, "pay", amount_fen="100", reference="B1")
    invoice = only_invoice(deal)
    before = everything()

    answer = act(browse, deal, order, what, **{"invoice": str(invoice.pk)} | said)

    page = shown(answer)
    form = page[page.index(f'action="/orders/{order.pk}/{what}/"') :]
    assert answer.status_code == 400
    assert reason in form[: form.index("</form>")]
    assert everything() == before


def test_an_invoice_of_another_order_is_no_choice(deal: Deal, browse: Browse, everything: Everything) -> None:
    first = deal.ordered()
    act(browse, deal, first, "bill")
    invoice, other = only_invoice(deal), deal.ordered()
    act(browse, deal, other, "bill")
    before = everything()

    answer = act(browse, deal, other, "void", invoice=str(invoice.pk), why="w")

    assert answer.status_code == 400
    assert "is not one of the available choices" in shown(answer)
    assert everything() == before


@pytest.mark.parametrize("what", ["bill", "pay", "refund", "credit", "void", "write-off", "advance"])
@pytest.mark.parametrize("name", ["owner", "holder", "operator", "stranger"])
def test_only_a_manager_touches_the_money(
    deal: Deal, browse: Browse, everything: Everything, name: str, what: str
) -> None:
    order = deal.ordered()
    before = everything()

    person = getattr(deal, name, None) or getattr(deal.cast, name)
    answer = browse(person).post(f"/orders/{order.pk}/{what}/", {"amount_fen": "1", "reference": "x", "why": "x"})

    assert answer.status_code == 404
    assert everything() == before


# --- where the money is -------------------------------------------------------------------------------------------


@given(st.integers(1, 10**12), st.data())
def test_the_places_of_the_money_are_all_of_it_whatever_was_done(total: int, data: st.DataObject) -> None:
    def up_to(most: int) -> int:
        return data.draw(st.integers(0, most))

    billed = up_to(total)
    credited = up_to(billed)
    losses = up_to(billed - credited)
    bank = up_to(billed - losses)  # more than is owed where credit came after payment
    receivable = billed - credited - losses - bank
    committed = up_to(total - billed)  # the rest was released
    now = Balance(committed=committed, receivable=receivable, bank=bank, losses=losses)

    money = money_of(total, now, billed_fen=billed, credited_fen=credited)
    pieces = list(money.pieces)

    assert sum(piece.amount_fen for piece in pieces) == total
    assert all(piece.amount_fen > 0 for piece in pieces)
    assert money.billed_fen == billed
    assert money.owed_back_fen == max(-receivable, 0)
    assert sum(piece.length for piece in pieces) == pytest.approx(WHOLE)
    for before, after in pairwise(pieces):
        assert after.start == pytest.approx(before.start + before.length)


def test_a_cancelled_order_shows_what_was_released(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    act(browse, deal, order, "advance", state="scheduled")
    browse(deal.cast.owner).post(f"/orders/{order.pk}/cancel/")

    page = shown(browse(deal.cast.owner).get(f"/orders/{order.pk}/"))

    assert places(page) == {
        "Billed, not yet paid": "¥63.69", "Released by cancelling": "¥573.23", "Ordered": "¥636.92",
        "Of that, billed": "¥63.69",
    }  # fmt: skip


def test_both_sides_read_the_entries(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    act(browse, deal, order, "bill", note="first half", amount_fen="300")
    for person in (deal.cast.owner, deal.holder, deal.cast.manager, deal.cast.operator):
        page = shown(browse(person).get(f"/orders/{order.pk}/"))
        assert page.index("1 · Order accepted") < page.index("2 · Billed")
        assert "first half" in page
        assert "+¥300.00" in page


# --- the ledger as a file -----------------------------------------------------------------------------------------


def ledger(browse: Browse, person: Any, query: str = "") -> list[dict[str, str]]:
    answer = browse(person).get(f"/ledger.csv{query}")
    text = b"".join(answer.streaming_content).decode()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="ledger')
    assert text.startswith("\ufefftime,order,")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def test_each_side_takes_home_the_ledger_of_what_it_sees_and_nobody_else(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    act(browse, deal, order, "bill")
    link = "/ledger.csv?facility=works"

    for person in (deal.cast.owner, deal.holder, deal.cast.manager, deal.cast.operator):
        rows = ledger(browse, person)
        assert {row["order"] for row in rows} == {order.number}
        assert [row["kind"] for row in rows] == ["accept"] * 2 + ["bill"] * 5
        assert ledger(browse, person, "?facility=works") == rows
        assert link in shown(browse(person).get("/orders/"))
        assert browse(person).get("/ledger.csv?facility=elsewhere").status_code == 404
    for person in (deal.cast.colleague, deal.cast.stranger, deal.rival, deal.cast.office):
        assert ledger(browse, person) == []
        assert link not in shown(browse(person).get("/orders/"))
        assert browse(person).get(link).status_code == 404


def test_the_books_say_which_invoice_was_voided_and_which_credited_in_the_readers_language(
    deal: Deal, browse: Browse
) -> None:
    order = deal.ordered()
    act(browse, deal, order, "bill", amount_fen="100")
    first = only_invoice(deal)
    act(browse, deal, order, "void", invoice=str(first.pk), why="too early")
    act(browse, deal, order, "bill", amount_fen="300")
    deal.be(deal.cast.manager)
    second = Invoice.objects.get(voided_at=None)
    act(browse, deal, order, "credit", invoice=str(second.pk), amount_fen="30", why="late")
    customer = browse(deal.cast.owner)

    found = {(row["kind"], row["invoice"], row["about"]) for row in ledger(browse, deal.cast.owner)}
    assert found == {
        ("accept", "", ""), ("bill", "invoice 1", ""), ("void", "", "invoice 1"), ("bill", "invoice 2", ""),
        ("credit", "credit_note 1", "invoice 2"),
    }  # fmt: skip
    page = shown(customer.get(f"/orders/{order.pk}/"))
    voided, credited = page[page.index("3 · Invoice voided") :], page[page.index("5 · Credited") :]
    assert "about invoice 1" in voided[: voided.index("</li>")]
    assert "about invoice 2" in credited[: credited.index("</li>")]

    answer = customer.get("/ledger.csv", headers={"Accept-Language": "zh"})
    with override("en"):  # the request is over
        text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    rows = list(csv.DictReader(StringIO(text)))
    assert {row["kind_said"] for row in rows} == {"订单已接受", "已开票", "发票作废", "已冲减"}
    assert [row["account"] for row in rows if row["account_said"] == "收入"] == ["revenue"] * 4


def test_the_times_of_the_ledger_are_the_facilitys(deal: Deal, browse: Browse) -> None:
    deal.ordered()
    with seen_by(organisation_id=deal.cast.facility_operator.pk):
        Facility.objects.update(zone="America/New_York")

    assert {row["time"] for row in ledger(browse, deal.cast.owner)} == {"2026-11-25T03:00:00-05:00"}


@pytest.mark.parametrize("at_once", [1, 2, 3, 500])
def test_the_ledger_in_pieces_is_the_ledger(deal: Deal, browse: Browse, at_once: int) -> None:
    for order in (deal.ordered(), deal.ordered()):  # all at one moment
        act(browse, deal, order, "bill", amount_fen="10")
    manager = deal.be(deal.cast.manager)
    whole = list(ledger_csv(manager, queries.entries_of(manager), at_once=1000))
    entries = Entry.objects.count()

    pieces = ledger_csv(manager, queries.entries_of(manager), at_once=at_once)
    tell()  # the request is over: nobody looks any more
    found = list(pieces)

    assert "".join(found) == "".join(whole)
    assert len(found) == 1 + -(-entries // at_once)
