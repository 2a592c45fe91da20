"""What managers of the facility do about the money of an order, and the ledger as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_POST

from mingyue.phrases import Phrase, say
from mingyue.web.orders import queries, services
from mingyue.web.orders.ledger.exports import ledger_csv
from mingyue.web.orders.pages.forms import (
    BillForm,
    CreditForm,
    InvoiceForm,
    PaymentForm,
    RefundForm,
    VoidForm,
    WriteOffForm,
)
from mingyue.web.orders.pages.orders import Told, booked, order_of
from mingyue.web.orders.pages.requests import text_of, viewer_of
from mingyue.web.orders.templatetags.promised import yuan
from mingyue.web.records.errors import NotFoundError


def _billed(invoice: Any, _: dict[str, Any]) -> Phrase:
    return say("Invoice {number} was written: {amount}.", number=invoice.number, amount=yuan(invoice.total_fen))


def _credited(note: Any, _: dict[str, Any]) -> Phrase:
    return say("Credit note {number} was written: {amount}.", number=note.number, amount=yuan(note.total_fen))


_DONE: dict[str, Told] = {
    "bill_form": _billed,
    "credit_form": _credited,
    "payment_form": lambda _, said: say("The payment was noted: {amount}.", amount=yuan(said["amount_fen"])),
    "refund_form": lambda _, said: say("The refund was noted: {amount}.", amount=yuan(said["amount_fen"])),
    "write_off_form": lambda _, said: say("Written off: {amount}.", amount=yuan(said["amount_fen"])),
    "void_form": lambda *_: say("The invoice was voided; its amount can be billed anew."),
}


@login_required
@require_POST
def bill(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """An invoice."""
    return _about_the_order(request, order_id, "bill_form", BillForm(request.POST), services.bill_order)


@login_required
@require_POST
def pay(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Money came."""
    return _about_the_order(request, order_id, "payment_form", PaymentForm(request.POST), services.note_payment)


@login_required
@require_POST
def refund(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Money went back."""
    return _about_the_order(request, order_id, "refund_form", RefundForm(request.POST), services.note_refund)


@login_required
@require_POST
def write_off(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Nobody will pay it."""
    return _about_the_order(request, order_id, "write_off_form", WriteOffForm(request.POST), services.write_off)


@login_required
@require_POST
def credit(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Less is asked for than was billed."""
    return _about_an_invoice(request, order_id, "credit_form", CreditForm, services.credit_invoice)


@login_required
@require_POST
def void(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """An invoice that should not have been."""
    return _about_an_invoice(request, order_id, "void_form", VoidForm, services.void_invoice)


def _about_the_order(
    request: HttpRequest, order_id: UUID, name: str, form: Form, act: Callable[..., Any]
) -> HttpResponse:
    return booked(request, order_id, name, form, act, told=_DONE[name])


def _about_an_invoice(
    request: HttpRequest, order_id: UUID, name: str, form: type[InvoiceForm], act: Callable[..., Any]
) -> HttpResponse:
    """The form offers the invoices of this order only."""
    _, found = order_of(request, order_id)

    def act_on_one(*, invoice: str, order_id: UUID, **said: Any) -> Any:
        return act(invoice_id=UUID(invoice), **said)

    filled = form(request.POST, invoices=list(found.invoices.all()))
    return _about_the_order(request, order_id, name, filled, act_on_one)


@login_required
@require_GET
def ledger(request: HttpRequest) -> StreamingHttpResponse:
    """What was booked about the orders that the viewer sees, for a finance office; of one facility, or of all."""
    viewer = viewer_of(request)
    entries, slug = queries.entries_of(viewer), text_of(request.GET, "facility")
    name = "ledger"
    if slug:
        found = queries.books_of(viewer).filter(slug=slug).first()
        if found is None:
            raise NotFoundError
        entries, name = entries.filter(order__quote__facility=found), f"ledger-{found.slug}"
    now = datetime.now(UTC)
    return StreamingHttpResponse(
        ledger_csv(viewer, entries.filter(at__lte=now)),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{now:%Y-%m-%d}.csv"',
            "Cache-Control": "private, no-store",
        },
    )
