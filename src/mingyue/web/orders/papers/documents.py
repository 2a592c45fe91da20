"""What a quote, an order or an invoice says, as JSON for other programs: facts in both languages, none of them laid out.

Rows go in, and the content of the quote as far as the reader's side may know it; nothing is asked of the database. All of
it stands in rows that never change, but for `standing`: that an invoice was voided, an order cancelled, a quote withdrawn.
It never says what a clock says, and both sides read the same once there is an order. Both sides are called what they were
called when it was asked, accepted or issued.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mingyue.phrases import in_language
from mingyue.web.orders.models import Invoice, Order, Quote
from mingyue.web.records.kept_phrases import from_json

Json = dict[str, Any]
SCHEMA = "mingyue-document/1"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a deal was made. zone: the facility's IANA name. demonstration: one of the sides, or what it asks, is made up."""

    zone: str
    demonstration: bool

    def time(self, at: datetime | None) -> str | None:
        """As its clock shows it, with the distance from UTC."""
        return None if at is None else at.astimezone(ZoneInfo(self.zone)).isoformat(timespec="seconds")


def document_of_quote(quote: Quote, content: Json, place: Place) -> Json:
    """All options of an offer."""
    return {
        **_head("quote", quote.number, quote.at, place),
        "standing": {"state": quote.state, "since": place.time(quote.closed_at)},
        **_deal(content),
        "references": _references(quote),
        "valid_until": place.time(quote.valid_until),
        "options": [_option(option) for option in content["options"]],
        "terms": _terms(content),
    }


def document_of_order(order: Order, content: Json, place: Place) -> Json:
    """The option that was accepted. order: with its quote."""
    cancelled = order.state == Order.State.CANCELLED
    return {
        **_head("order_confirmation", order.number, order.at, place),
        "standing": {
            "state": "cancelled" if cancelled else "confirmed", "since": place.time(order.cancelled_at),
            "due_fen": order.due_fen,
        },
        **_deal(content, order.parties),
        "references": _references(order.quote) | {"order": order.number, "project": order.reference},
        "option": _option(content["options"][order.option]),
        "terms": _terms(content),
    }  # fmt: skip


def document_of_invoice(invoice: Invoice, content: Json, place: Place) -> Json:
    """What is asked for, or asked for less: amounts of a credit note are what it takes back.

    invoice: with its order, that order's quote, its entry, that of its voiding, and the invoice that a credit note is about.
    """
    order, about = invoice.order, invoice.about
    references = _references(order.quote) | {"order": order.number, "project": order.reference}
    if about is not None:
        references["invoice"] = about.number
    return {
        **_head(invoice.kind, invoice.number, invoice.at, place),
        "standing": {
            "state": "voided" if invoice.voided_at else "issued", "since": place.time(invoice.voided_at),
            "why": invoice.voiding.note if invoice.voiding else None,
        },
        **_deal(content, invoice.parties),
        "references": references,
        "about": _about(invoice, place),
        "payment": _payment(invoice, content) if invoice.kind == Invoice.Kind.INVOICE else None,
        "order": {"at": place.time(order.at), "total_fen": order.total_fen},
        "option": _option(content["options"][order.option]),
        "note": invoice.entry.note,
        "rates": _rates(invoice.rates),
        "net_fen": sum(net for _, net, _ in invoice.rates),
        "tax_fen": sum(tax for _, _, tax in invoice.rates),
        "total_fen": invoice.total_fen,
    }  # fmt: skip


def _head(kind: str, number: str | int, at: datetime, place: Place) -> Json:
    return {
        "schema": SCHEMA, "kind": kind, "number": number, "at": place.time(at), "zone": place.zone,
        "demonstration": place.demonstration,
    }  # fmt: skip


def _deal(content: Json, parties: Json | None = None) -> Json:
    """parties: what both sides were called then; as the quote calls them where that was not kept."""
    kept = {name: content[name] for name in ("currency", "customer", "provider", "facility", "part")}
    return kept | (parties or {}) | {"withheld": content.get("withheld", False)}


def _about(invoice: Invoice, place: Place) -> Json | None:
    """The invoice that a credit note is about; credit notes of before print its number alone, as they did."""
    about = invoice.about
    if about is None or invoice.parties is None:
        return None
    return {"at": place.time(about.at), "total_fen": about.total_fen}


def _payment(invoice: Invoice, content: Json) -> Json:
    """Until when, where to and under which name; null or empty is what was not said when it was issued."""
    provider = (invoice.parties or content)["provider"]
    return {
        "days": content.get("payment_days"),
        "due_on": invoice.due_on.isoformat() if invoice.due_on else None,
        "bank_name": provider.get("bank_name", ""),
        "bank_account": provider.get("bank_account", ""),
        "reference": str(invoice.number),
    }


def _references(quote: Quote) -> Json:
    return {"quote": quote.number, "quote_sha256": quote.digest, "tariff": quote.content["tariff"]["number"]}


def _terms(content: Json) -> Json:
    return {"cancel_due_per_mille": content["cancel_due_per_mille"], "payment_days": content.get("payment_days")}


def _option(option: Json) -> Json:
    """One way of making it, with what its findings are called; where they are and how the part lies is the check's affair."""
    kept = {name: value for name, value in option.items() if name not in {"check", "placement", "needs"}}
    return kept | {
        "lines": [line | {"reason": _both(line["reason"])} for line in option["lines"]],
        "findings": [
            {"severity": one["severity"], "title": _both(one["title"])} for one in option["findings"]
        ],
        "rates": _rates(option["rates"]),
    }  # fmt: skip


def _both(phrase: Json) -> dict[str, str]:
    said = from_json(phrase)
    return {"en": str(said), "zh": str(in_language(said, "zh"))}


def _rates(rates: list[list[int]]) -> list[Json]:
    return [{"tax_per_mille": rate, "net_fen": net, "tax_fen": tax} for rate, net, tax in rates]
