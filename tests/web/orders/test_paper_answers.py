"""Who gets the documents of a deal, from where, in which language, under which name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from mingyue.client import ApiError
from mingyue.client import Client as Program
from mingyue.client.calls import Answer, Caller
from mingyue.web.orders import services
from mingyue.web.orders.papers import queries
from mingyue.web.orders.papers.press import pdf_of
from mingyue.web.parts.models import Part
from mingyue.web.people.models import User
from tests.web.api.conftest import secret_of
from tests.web.conftest import NOW, Cast
from tests.web.orders.conftest import Deal
from tests.web.orders.papers import found_one, text_of

Browse = Callable[[User | None], Client]


def addresses(deal: Deal) -> list[str]:
    """Of a quote, its order and the invoice; pages' and the API's."""
    order = deal.ordered()
    bill = services.bill_order(actor=deal.be(deal.cast.manager), order_id=order.pk, at=NOW)
    pages = [f"/quotes/{order.quote_id}/quote", f"/orders/{order.pk}/confirmation", f"/invoices/{bill.pk}/invoice"]
    api = [
        f"/api/{place}/document" for place in (f"quotes/{order.quote_id}", f"orders/{order.pk}", f"invoices/{bill.pk}")
    ]
    return [f"{address}.{form}" for address in pages + api for form in ("pdf", "json")]


def test_both_sides_get_the_same_and_nobody_else_anything(deal: Deal, browse: Browse) -> None:
    cast: Cast = deal.cast
    for address in addresses(deal):
        (customers, providers), hidden = (
            [browse(person).get(address) for person in people]
            for people in ((cast.owner, cast.manager), (cast.stranger, deal.rival, cast.office, cast.colleague))
        )

        assert (customers.status_code, [answer.status_code for answer in hidden]) == (200, [404] * 4), address
        assert customers.content == providers.content
        assert customers["Cache-Control"] == "private, no-cache"
        known = {"HTTP_IF_NONE_MATCH": customers["ETag"]}
        assert browse(cast.owner).get(address, **known).status_code == 304


def test_a_pdf_has_a_name_and_the_language_of_its_reader(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    invoice = services.bill_order(actor=deal.be(deal.cast.manager), order_id=order.pk, at=NOW)
    owner, page = browse(deal.cast.owner), f"/orders/{order.pk}/confirmation.pdf"

    answers = [owner.get(page), owner.get(f"{page}?language=zh"), owner.get(page, HTTP_ACCEPT_LANGUAGE="zh")]
    assert [answer["Content-Language"] for answer in answers] == ["en", "zh", "zh"]
    assert answers[1].content == answers[2].content
    assert (answers[0]["Content-Type"], answers[0]["Content-Disposition"]) == (
        "application/pdf", f'inline; filename="{order.number}.pdf"',
    )  # fmt: skip
    bill = owner.get(f"/invoices/{invoice.pk}/invoice.json")
    assert bill["Content-Disposition"] == 'inline; filename="invoice-1.json"'
    assert bill.json()["schema"] == "mingyue-document/1"
    assert owner.get(f"/api/orders/{order.pk}/document.pdf?language=fr").status_code == 422


def test_the_file_of_a_controlled_part_is_told_to_the_facility_with_the_order(deal: Deal) -> None:
    deal.be(deal.cast.owner)
    Part.objects.update(confidentiality="controlled")
    deal.check.revision.part.refresh_from_db()
    found = deal.approved()

    def told(person: User) -> dict[str, Any]:
        return found_one(queries.quote_document(deal.be(person), found.pk))

    digest = told(deal.cast.owner)["part"]["sha256"]
    facility = told(deal.cast.manager)
    said = text_of(pdf_of(facility, "en"))
    assert (facility["withheld"], facility["part"]["sha256"]) == (True, None)
    assert "The facility learns it with the order." in said
    assert digest not in said
    services.accept_quote(actor=deal.be(deal.cast.owner), quote_id=found.pk, option=0, at=NOW)
    assert told(deal.cast.manager) == told(deal.cast.owner)
    assert told(deal.cast.manager)["part"]["sha256"] == digest


def test_pages_lead_to_their_documents_in_both_languages(deal: Deal, browse: Browse) -> None:
    order = deal.ordered()
    invoice = services.bill_order(actor=deal.be(deal.cast.manager), order_id=order.pk, at=NOW)
    client = browse(deal.cast.owner)
    pages = [
        str(client.get(f"/{place}/").content.decode()) for place in (f"quotes/{order.quote_id}", f"orders/{order.pk}")
    ]

    links = [link for page in pages for link in re.findall(r'href="(/[^"]*\.pdf\?language=(?:en|zh))"', page)]
    assert len(links) == 6  # quote; order and its invoice
    assert [client.get(link)["Content-Type"] for link in links] == ["application/pdf"] * 6
    assert UUID(links[-1].split("/")[2]) == invoice.pk


def test_a_program_gets_the_files_that_a_browser_gets(
    deal: Deal, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = deal.ordered()
    invoice = services.bill_order(actor=deal.be(deal.cast.manager), order_id=order.pk, at=NOW)
    key = secret_of(deal.cast.owner, deal.cast.institute, "orders:read")

    def answered(_: Caller, method: str, path: str, data: Any, headers: Mapping[str, str]) -> Answer:
        """By the platform in this process, without a wire between."""
        found = Client().generic(method, path, headers=dict(headers))
        return Answer(found.status_code, {name.lower(): value for name, value in found.items()}, found.content)

    monkeypatch.setattr(Caller, "_once", answered)
    program = Program("http://platform", key, language="zh")
    owner = browse(deal.cast.owner)
    for ask, thing, page in (
        (program.quote_document, order.quote_id, f"/quotes/{order.quote_id}/quote"),
        (program.order_document, order.pk, f"/orders/{order.pk}/confirmation"),
        (program.invoice_document, invoice.pk, f"/invoices/{invoice.pk}/invoice"),
    ):
        assert ask(str(thing)) == owner.get(f"{page}.pdf?language=zh").content
        assert ask(str(thing), language="en") == owner.get(f"{page}.pdf?language=en").content
        assert json.loads(ask(str(thing), form="json")) == owner.get(f"{page}.json").json()
    with pytest.raises(ApiError, match="这里没有"):
        program.quote_document(str(invoice.pk))
