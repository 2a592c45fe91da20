"""Quotes, orders, invoices and the ledger as JSON for programs, in the reader's language; the fields stand in shapes.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mingyue.web.orders import queries, rules
from mingyue.web.orders.ledger import books
from mingyue.web.orders.models import Approval, Entry, Invoice, Message, Order, Quote, Tariff
from mingyue.web.orders.ordering import due_on_cancelling
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.kept_phrases import from_json
from mingyue.web.records.language import in_current_language

Json = dict[str, Any]
_SIDES = ("customer", "provider", "facility", "part")


def quote_in_list(viewer: Viewer, quote: Quote) -> Json:
    """What stands in the row itself."""
    return _brief(quote, queries.content_for(viewer, quote))


def _brief(quote: Quote, content: Json) -> Json:
    return {
        "id": quote.pk, "number": quote.number, "state": quote.state, "state_said": str(quote.get_state_display()),
        "at": quote.at, "valid_until": quote.valid_until, "currency": content["currency"],
        "totals_fen": [option["total_fen"] for option in content["options"]],
        **{name: content[name] for name in _SIDES},
    }  # fmt: skip


def quote_as_json(viewer: Viewer, quote: Quote, *, at: datetime) -> Json:
    """With its thread, what approves it and what came of it; of the content what this viewer's side may know."""
    content = queries.content_for(viewer, quote)
    closed = rules.why_closed(quote, at=at)
    approval = queries.approval_of(viewer, quote)
    order = Order.objects.filter(quote=quote).first()
    before, after = quote.supersedes, Quote.objects.filter(supersedes=quote).first()
    links = {"page": f"/quotes/{quote.pk}/"}
    links |= {"order": f"/api/orders/{order.pk}"} if order else {}
    links |= {"supersedes": _address(before)} if before else {}
    links |= {"superseded_by": _address(after)} if after else {}
    return _brief(quote, content) | {
        "closed": None if closed is None else in_current_language(closed),
        "closed_at": quote.closed_at,
        "answer": quote.answer,
        "tariff": content["tariff"],
        "review": [_said(reason) for reason in content["review"]],
        "cancel_due_per_mille": content["cancel_due_per_mille"],
        "payment_days": content.get("payment_days"),
        "options": [option_as_json(option) for option in content["options"]],
        "thread": [_message(one) for one in queries.messages_of(viewer, quote)],
        "approval": None if approval is None else _approval(approval),
        "order": None if order is None else _numbered(order),
        "supersedes": None if before is None else _numbered(before),
        "superseded_by": None if after is None else _numbered(after),
        "follows": content.get("follows"),
        "may_order": queries.buys(viewer, quote),
        "may_approve": rules.may_spend(viewer, quote.organisation_id) and not rules.why_not_take(viewer, quote),
        "may_answer": rules.may_provide(viewer, quote.provider_id)
        and not rules.why_not_give(viewer, buyers=queries.buyers_of(quote)),
        "links": links,
        "withheld": content.get("withheld", False),
        "digest": quote.digest,
        "content": content,
    }


def option_as_json(option: Json) -> Json:
    """An option as a quote keeps it, its phrases said; what is kept back stays null."""
    findings = [
        {name: _said_if_shown(one[name]) for name in ("title", "message", "remedy")} | {"severity": one["severity"]}
        for one in option["findings"]
    ]
    lines = [{"changed": None} | line | {"reason": _said(line["reason"])} for line in option["lines"]]
    lies = {"rotation": option.get("rotation"), "lying": _said_if_shown(option.get("lying", {}))}  # older do not say
    return option | lies | {"findings": findings, "lines": lines, "rates": rates_as_json(option["rates"])}


def rates_as_json(rates: Sequence[Sequence[int]]) -> list[Json]:
    """[[tax per mille, net, tax], …] with names."""
    return [{"tax_per_mille": rate, "net_fen": net, "tax_fen": tax} for rate, net, tax in rates]


def order_in_list(order: Order) -> Json:
    """What stands in the row and its quote."""
    content = order.quote.content
    return {
        "id": order.pk, "number": order.number, "state": order.state, "state_said": str(order.get_state_display()),
        "at": order.at, "quote": _numbered(order.quote), "reference": order.reference, "currency": order.currency,
        "total_fen": order.total_fen, **{name: content[name] for name in _SIDES},
    }  # fmt: skip


def order_as_json(viewer: Viewer, order: Order, *, at: datetime) -> Json:
    """With what was billed and paid, and what it costs to step back."""
    now = books.balance_of(order)
    invoices = queries.invoices_of(viewer).filter(order=order).select_related("order", "voiding")
    stands = not rules.why_not_cancel(order)
    return order_in_list(order) | {
        "option": option_as_json(order.quote.content["options"][order.option]),
        "rates": rates_as_json(order.rates),
        "balance": {
            "to_bill_fen": now.committed, "billed_fen": now.charged, "to_pay_fen": now.receivable,
            "paid_fen": now.bank, "written_off_fen": now.losses,
        },
        "invoices": [invoice_as_json(one, at=at) for one in invoices],
        "cancelled_at": order.cancelled_at,
        "due_fen": order.due_fen,
        "due_on_cancelling_fen": due_on_cancelling(order) if stands else None,
        "may_cancel": stands and queries.buys(viewer, order.quote),
        "may_bill": rules.may_provide(viewer, order.provider_id),
        "links": {"page": f"/orders/{order.pk}/", "quote": _address(order.quote)},
    }  # fmt: skip


def invoice_as_json(invoice: Invoice, *, at: datetime) -> Json:
    """An invoice or a credit note, read with its order and the entry of its voiding."""
    return {
        "id": invoice.pk, "kind": invoice.kind, "kind_said": str(invoice.get_kind_display()), "number": invoice.number,
        "order": _numbered(invoice.order), "about": invoice.about_id, "currency": invoice.order.currency,
        "total_fen": invoice.total_fen, "rates": rates_as_json(invoice.rates), "at": invoice.at,
        "due_on": invoice.due_on, "settled_at": invoice.settled_at, "overdue": invoice.is_overdue(at),
        "voided_at": invoice.voided_at, "voided_why": invoice.voiding.note if invoice.voiding else None,
    }  # fmt: skip


def entry_as_json(entry: Entry) -> Json:
    """An entry of `queries.entries_of`, with its postings."""
    return {
        "id": entry.pk, "order": _numbered(entry.order), "number": entry.number, "kind": entry.kind,
        "kind_said": str(entry.get_kind_display()), "customer": entry.customer,
        "invoice": entry.document.pk if entry.document else None, "about": entry.about.pk if entry.about else None,
        "reference": entry.reference, "note": entry.note,
        "currency": entry.order.currency, "at": entry.at,
        "postings": [
            {
                "account": one.account.kind, "account_said": str(one.account.get_kind_display()),
                "amount_fen": one.amount_fen,
            }
            for one in entry.postings.all()
        ],
    }  # fmt: skip


def tariff_as_json(tariff: Tariff, *, counts: bool) -> Json:
    """A version, and whether it is the one that counts now."""
    return {
        "id": tariff.pk, "number": tariff.number, "state": tariff.state, "state_said": str(tariff.get_state_display()),
        "currency": tariff.currency, "why": tariff.why, "valid_from": tariff.valid_from, "at": tariff.at,
        "counts": counts, "numbers": tariff.numbers,
    }  # fmt: skip


def _approval(approval: Approval) -> Json:
    return {
        "option": approval.option, "project": approval.project, "amount_fen": approval.amount_fen,
        "returned_fen": approval.returned_fen, "by": str(approval.by), "at": approval.at,
    }  # fmt: skip


def _message(message: Message) -> Json:
    return {"id": message.pk, "side": message.side, "by": str(message.by), "text": message.text, "at": message.at}


def _numbered(thing: Quote | Order) -> Json:
    return {"id": thing.pk, "number": thing.number}


def _address(quote: Quote) -> str:
    return f"/api/quotes/{quote.pk}"


def _said(kept: Json | str | None) -> str:
    """A phrase as it was kept; what the engine said plainly, as it is."""
    return in_current_language(kept if isinstance(kept, str) else from_json(kept))


def _said_if_shown(kept: Json | str | None) -> str | None:
    return None if kept is None else _said(kept)
