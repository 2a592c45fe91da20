"""The page of one order: how far it is, what became of its money, and what it costs to step back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mingyue.phrases import Phrase, say
from mingyue.web.orders import queries, rules, services
from mingyue.web.orders.ledger import books
from mingyue.web.orders.models import Invoice, Order
from mingyue.web.orders.ordering import due_on_cancelling
from mingyue.web.orders.pages.forms import (
    AdvanceForm,
    BillForm,
    CreditForm,
    PaymentForm,
    RefundForm,
    VoidForm,
    WriteOffForm,
)
from mingyue.web.orders.pages.requests import viewer_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.people.views import accepted
from mingyue.web.records.errors import NotFoundError, RefusedError
from mingyue.web.records.language import in_current_language

Told = Callable[[Any, dict[str, Any]], Phrase]  # of what the act gave and what was typed: what the page says was done


@login_required
@require_GET
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order, to both sides."""
    viewer, found = order_of(request, order_id)
    return render(request, "orders/order.html", _about(viewer, found))


@login_required
@require_POST
def cancel(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The customer steps back."""
    viewer, found = order_of(request, order_id)
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
    form = AdvanceForm(request.POST)
    return booked(request, order_id, "advance_form", form, services.advance_order, told=_advanced)


def _advanced(_: Any, said: dict[str, Any]) -> Phrase:
    state = str(Order.State(said["state"]).label)
    return say("The order is now: {state}. The customer is told.", state=state)


def booked(
    request: HttpRequest, order_id: UUID, name: str, form: Form, act: Callable[..., Any], *, told: Told
) -> HttpResponse:
    """What managers of the facility do, and are told that it was done; where a rule forbids it, their form says why."""
    viewer, found = order_of(request, order_id)
    if not rules.may_provide(viewer, found.provider_id):
        raise NotFoundError
    if form.is_valid() and (
        done := accepted(form, lambda: act(actor=viewer, order_id=order_id, at=datetime.now(UTC), **form.cleaned_data))
    ):
        messages.success(request, in_current_language(told(done, form.cleaned_data)))
        return redirect("order", order_id=order_id)
    return render(request, "orders/order.html", _about(viewer, found) | {name: form}, status=400)


def order_of(request: HttpRequest, order_id: UUID) -> tuple[Viewer, Order]:
    """Who asks, and the order, to both sides."""
    viewer = viewer_of(request)
    found = queries.order_of(viewer, order_id)
    if found is None:
        raise NotFoundError
    return viewer, found


def _about(viewer: Viewer, found: Order) -> dict[str, Any]:
    invoices = list(queries.invoices_of(viewer).filter(order=found).select_related("about", "voiding"))
    buys = queries.buys(viewer, found.quote)
    cancels = buys and not rules.why_not_cancel(found)
    return {
        "order": found,
        "content": queries.content_for(viewer, found.quote),
        "option": found.quote.content["options"][found.option],
        "zone": found.quote.facility.zone,
        "way": [(state.label, stands) for state, stands in rules.way_of(found)],
        "next": rules.what_comes_next(found) if buys else None,
        "money": books.money_in(found),
        "entries": queries.entries_of(viewer).filter(order=found),
        "invoices": invoices,
        "now": datetime.now(UTC),
        "cancels": cancels,
        "due_fen": due_on_cancelling(found) if cancels else None,
    } | (_forms(found, invoices) if rules.may_provide(viewer, found.provider_id) else {"provides": False})


def _forms(found: Order, invoices: list[Invoice]) -> dict[str, Any]:
    """What a manager of the facility fills in; nothing where there is no step ahead."""
    ahead = rules.steps_ahead(found)
    return {
        "provides": True,
        "advance_form": AdvanceForm(ahead=ahead) if ahead else None,
        "bill_form": BillForm(),
        "credit_form": CreditForm(invoices=invoices),
        "payment_form": PaymentForm(),
        "refund_form": RefundForm(),
        "void_form": VoidForm(invoices=invoices),
        "write_off_form": WriteOffForm(),
    }
