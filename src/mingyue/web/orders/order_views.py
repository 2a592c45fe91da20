"""Pages of orders: how far they are, what was billed and paid, and what it costs to step back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mingyue.web.orders import books, queries, rules, services
from mingyue.web.orders.forms import AdvanceForm, BillForm, CreditForm, PaymentForm
from mingyue.web.orders.models import Order
from mingyue.web.orders.ordering import due_on_cancelling
from mingyue.web.orders.views import MOST_SHOWN, zone_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.people.views import accepted
from mingyue.web.records.errors import NotFoundError, RefusedError


@login_required
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """The customer's, and those of the facilities where they work."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return render(request, "orders/orders.html", {"orders": queries.orders_of(viewer)[:MOST_SHOWN], "tab": "orders"})


@login_required
@require_GET
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order, to both sides."""
    viewer, found = _order(request, order_id)
    return render(request, "orders/order.html", _about(viewer, found))


@login_required
@require_POST
def cancel(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The customer steps back."""
    viewer, found = _order(request, order_id)
    if not rules.may_order(viewer, found.organisation_id):
        raise NotFoundError
    try:
        services.cancel_order(actor=viewer, order_id=order_id, at=datetime.now(UTC))
    except RefusedError as error:
        about = _about(viewer, found) | {"reasons": error.reasons}
        return render(request, "orders/order.html", about, status=400)
    return redirect("order", order_id=order_id)


@login_required
@require_POST
def advance(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The facility says how far it is."""
    return _booked(request, order_id, "advance_form", AdvanceForm(request.POST), services.advance_order)


@login_required
@require_POST
def bill(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The facility writes an invoice."""
    return _booked(request, order_id, "bill_form", BillForm(request.POST), services.bill_order)


@login_required
@require_POST
def pay(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Money came."""
    return _booked(request, order_id, "payment_form", PaymentForm(request.POST), services.note_payment)


@login_required
@require_POST
def credit(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The facility asks for less than it billed."""
    _, found = _order(request, order_id)
    form = CreditForm(request.POST, invoices=list(found.invoices.all()))

    def credit_one(*, invoice: str, order_id: UUID, **said: Any) -> Any:
        return services.credit_invoice(invoice_id=UUID(invoice), **said)

    return _booked(request, order_id, "credit_form", form, credit_one)


def _booked(request: HttpRequest, order_id: UUID, name: str, form: Form, act: Callable[..., Any]) -> HttpResponse:
    """What managers of the facility do; where a rule forbids it, their form says why."""
    viewer, found = _order(request, order_id)
    if not rules.may_provide(viewer, found.provider_id):
        raise NotFoundError
    if form.is_valid() and accepted(
        form, lambda: act(actor=viewer, order_id=order_id, at=datetime.now(UTC), **form.cleaned_data)
    ):
        return redirect("order", order_id=order_id)
    return render(request, "orders/order.html", _about(viewer, found) | {name: form}, status=400)


def _order(request: HttpRequest, order_id: UUID) -> tuple[Viewer, Order]:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.order_of(viewer, order_id)
    if found is None:
        raise NotFoundError
    return viewer, found


def _about(viewer: Viewer, found: Order) -> dict[str, Any]:
    invoices = list(queries.invoices_of(viewer).filter(order=found).select_related("about"))
    cancels = rules.may_order(viewer, found.organisation_id) and not rules.why_not_cancel(found)
    return {
        "order": found,
        "content": found.quote.content,
        "option": found.quote.content["options"][found.option],
        "zone": zone_of(found.quote),
        "balance": books.balance_of(found),
        "invoices": invoices,
        "cancels": cancels,
        "due_fen": due_on_cancelling(found) if cancels else None,
        "provides": rules.may_provide(viewer, found.provider_id),
        "advance_form": AdvanceForm(),
        "bill_form": BillForm(),
        "credit_form": CreditForm(invoices=invoices),
        "payment_form": PaymentForm(),
    }
