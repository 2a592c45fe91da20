"""What both sides are called is frozen with what is asked, accepted and issued; later changes change nothing of that."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingyue.phrases import Language
from mingyue.web.orders import services
from mingyue.web.orders.contents import digest_of
from mingyue.web.orders.models import Invoice, Order
from mingyue.web.orders.papers import queries
from mingyue.web.orders.papers.documents import Place, document_of_invoice
from mingyue.web.orders.papers.press import pdf_of
from mingyue.web.orders.papers.sheets import sheet_of
from mingyue.web.people import services as people
from mingyue.web.people.models import Organisation, User
from mingyue.web.people.parties import LONGEST, check_character
from tests.web.conftest import NOW
from tests.web.orders.conftest import Deal
from tests.web.orders.papers import found_one, text_of

CODE = "91500000MA5DEMX00"
WORKS = {
    "legal_name": "Micro Works Precision Ltd.", "legal_name_zh": "微纳工坊精密有限公司",
    "address": "8 Harbour Street\n400010 Chongqing",
    "address_zh": "重庆市港口街八号", "tax_number": CODE + check_character(CODE), "bank_name": "Harbour Bank 港口银行",
    "bank_account": "DEMO 0000", "accounts_email": "accounts@works.example",
}  # fmt: skip
LAKE = {
    "legal_name_zh": "明月湖研究院（事业单位）", "address": "1 Lake Road", "tax_number": "12100000400000624D",
    "bank_name": "Lake Bank", "bank_account": "LAKE 1111",
}  # fmt: skip


def name(deal: Deal, person: User, organisation: Organisation, party: dict[str, str]) -> None:
    """From now on it is called so."""
    found = Organisation.objects.get(pk=organisation.pk)
    people.change_organisation(
        actor=deal.be(person), organisation_id=found.pk, version=found.version, at=NOW, party=party, name=found.name,
        name_zh=found.name_zh, about=found.about, about_zh=found.about_zh,
    )  # fmt: skip


def named(deal: Deal) -> Deal:
    """Both sides said what they are called."""
    name(deal, deal.cast.manager, deal.cast.facility_operator, WORKS)
    name(deal, deal.cast.owner, deal.cast.institute, LAKE)
    return deal


def issued(deal: Deal) -> tuple[Order, Invoice, Invoice, Invoice]:
    """An order, its invoice, a credit note about that, and an invoice that was voided."""
    order = deal.ordered()
    manager = deal.be(deal.cast.manager)
    bill, twice = (
        services.bill_order(actor=manager, order_id=order.pk, amount_fen=100_00, at=NOW) for _ in range(2)
    )  # fmt: skip
    services.void_invoice(actor=manager, invoice_id=twice.pk, why="billed twice", at=NOW)
    note = services.credit_invoice(actor=manager, invoice_id=bill.pk, amount_fen=9_99, why="a scratch", at=NOW)
    return order, bill, note, twice


def documents(deal: Deal, order: Order, *invoices: Invoice) -> list[dict[str, Any]]:
    viewer = deal.be(deal.cast.owner)
    return [
        found_one(queries.quote_document(viewer, order.quote_id)),
        found_one(queries.order_document(viewer, order.pk)),
        *(found_one(queries.invoice_document(viewer, one.pk)) for one in invoices),
    ]


def test_documents_say_who_both_sides_are_and_where_the_facility_is_paid(deal: Deal) -> None:
    made = documents(named(deal), *issued(deal))
    languages: tuple[Language, Language] = ("en", "zh")

    for document in made:
        for language in languages:
            said = text_of(pdf_of(document, language))
            told = {WORKS[name] for name in ("legal_name", "legal_name_zh", "tax_number", "accounts_email")}
            told |= {LAKE["legal_name_zh"], LAKE["tax_number"], LAKE["address"]}
            told |= {"8 Harbour Street" if language == "en" else WORKS["address_zh"]}
            assert [words for words in sorted(told) if words not in said] == [], document["kind"]
            assert "LAKE 1111" not in said
            assert ("DEMO 0000" in said) == (
                document["kind"] == "invoice" and document["standing"]["state"] == "issued"
            )
        assert "bank_account" not in document["customer"]


def test_an_invoice_says_until_when_where_and_under_which_name_to_pay(deal: Deal) -> None:
    invoice = documents(named(deal), *issued(deal))[2]

    pay = next(section for section in sheet_of(invoice, "en")["sections"] if section["title"] == "Where to pay")
    assert dict(pay["facts"]) == {
        "Payee": "Micro Works Precision Ltd.", "Bank": "Harbour Bank 港口银行", "Account number": "DEMO 0000",
        "Reference of the payment": "Invoice 1", "Amount": "¥100.00", "To be paid by": "2026-12-25",
    }  # fmt: skip
    assert invoice["payment"] == {
        "days": 30, "due_on": "2026-12-25", "bank_name": "Harbour Bank 港口银行", "bank_account": "DEMO 0000",
        "reference": "1",
    }  # fmt: skip


def test_a_credit_note_says_why_and_about_which_invoice_and_a_void_one_why(deal: Deal) -> None:
    *_, note, void = documents(named(deal), *issued(deal))

    assert note["about"] == {"at": "2026-11-25T16:00:00+08:00", "total_fen": 100_00}
    assert {("About invoice", "No. 1 (2026-11-25, ¥100.00)"), ("Why", "a scratch")} <= set(
        sheet_of(note, "en")["facts"]
    )
    assert note["payment"] is None
    assert void["standing"]["why"] == "billed twice"
    assert ("Why it was voided", "billed twice") in sheet_of(void, "en")["facts"]
    assert "To be paid by" not in text_of(pdf_of(void, "en"))


texts = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=12)
others = st.fixed_dictionaries(
    {field: texts for field in LONGEST if field not in {"accounts_email", "bank_name", "bank_account", "tax_number"}}
    | {"bank_name": st.just("Other Bank"), "bank_account": st.just("OTHER 9")}
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(works=others, lake=others)
def test_a_change_of_names_never_changes_what_was_issued(deal: Deal, works: Any, lake: Any) -> None:
    with transaction.atomic():
        made = issued(named(deal))
        before = documents(deal, *made)
        printed = [pdf_of(document, "zh") for document in before]

        name(deal, deal.cast.manager, deal.cast.facility_operator, works)
        name(deal, deal.cast.owner, deal.cast.institute, lake)
        Organisation.objects.filter(pk=deal.cast.institute.pk).update(name="Another", name_zh="别的")

        assert documents(deal, *made) == before
        assert [pdf_of(document, "zh") for document in documents(deal, *made)] == printed
        transaction.set_rollback(True)


def test_each_document_keeps_what_was_said_when_it_was_made(deal: Deal) -> None:
    owner, institute = deal.cast.owner, deal.cast.institute
    name(deal, owner, institute, {"address": "asked"})
    quote = deal.approved()
    name(deal, owner, institute, {"address": "accepted"})
    order = services.accept_quote(actor=deal.be(owner), quote_id=quote.pk, option=0, at=NOW)
    name(deal, owner, institute, {"address": "billed"})
    bill = services.bill_order(actor=deal.be(deal.cast.manager), order_id=order.pk, at=NOW)
    name(deal, owner, institute, {"address": "credited"})
    note = services.credit_invoice(
        actor=deal.be(deal.cast.manager), invoice_id=bill.pk, amount_fen=1, why="less", at=NOW
    )
    name(deal, owner, institute, {"address": "later"})

    said = [document["customer"]["address"] for document in documents(deal, order, bill, note)]
    assert said == ["asked", "accepted", "billed", "credited"]


def test_a_quote_that_a_person_changed_calls_both_sides_as_the_one_before(deal: Deal) -> None:
    before = named(deal).quote()
    name(deal, deal.cast.manager, deal.cast.facility_operator, {"address": "moved"})
    changes = [services.Change(0, 0, 100_00, "you come often")]
    after = services.replace_quote(actor=deal.be(deal.cast.manager), quote_id=before.pk, changes=changes, at=NOW)

    assert after.content["provider"] == before.content["provider"]
    assert after.content["provider"]["bank_account"] == "DEMO 0000"
    assert digest_of(after.content) == after.digest


def test_what_was_issued_before_there_were_parties_prints_as_before(deal: Deal) -> None:
    _, bill, note, _ = issued(named(deal))
    for one in (bill, note):
        old = _of_before(Invoice.objects.select_related("order__quote", "entry", "voiding", "about").get(pk=one.pk))
        document = document_of_invoice(old, old.order.quote.content, Place("Asia/Shanghai", False))

        sheet = sheet_of(document, "en")
        assert [party["names"] for party in sheet["parties"]][:2] == [
            ["Micro Works", "微纳工坊"],
            ["Lake Institute", "明月湖研究院"],
        ]
        assert [party["lines"] for party in sheet["parties"]] == [[], [], []]
        assert [words for words in ("To be paid by", "Where to pay") if words in str(sheet)] == []
        assert "Total" in text_of(pdf_of(document, "en"))


def _of_before(invoice: Invoice) -> Invoice:
    """As rows were before there were parties and terms. Nothing is saved."""
    content = invoice.order.quote.content
    for side in ("customer", "provider"):
        content[side] = {name: content[side][name] for name in ("id", "name", "name_zh")}
    del content["payment_days"]
    invoice.parties, invoice.due_on, invoice.overdue_at = None, None, None
    return invoice
