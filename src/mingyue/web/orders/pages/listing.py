"""The lists of quotes, orders and invoices: the customer's, and those of the facilities where the viewer works."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingyue.phrases import say
from mingyue.web.orders import queries
from mingyue.web.orders.models import Invoice, Order, Quote
from mingyue.web.orders.pages.lists import Narrowing, by_state, listed
from mingyue.web.orders.pages.requests import viewer_of
from mingyue.web.records.language import in_current_language


@login_required
@require_GET
def quotes(request: HttpRequest) -> HttpResponse:
    """What was asked for."""
    at = datetime.now(UTC)
    states = by_state(Quote.State.choices)
    states["offered"] = Narrowing(states["offered"].name, Q(state=Quote.State.OFFERED, valid_until__gt=at))
    ran_out = Narrowing(in_current_language(say("Ran out")), Q(state=Quote.State.OFFERED, valid_until__lte=at))
    found = listed(
        queries.quotes_of(viewer_of(request)), request.GET,
        searched=("number", "part_name"), states=states | {"ran_out": ran_out},
    )  # fmt: skip
    return render(request, "orders/quotes.html", {"listed": found, "now": at, "tab": "quotes"})


@login_required
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """What was accepted."""
    viewer = viewer_of(request)
    found = listed(
        queries.orders_of(viewer), request.GET,
        searched=("number", "reference", "quote__number", "quote__part_name"),
        states=by_state(Order.State.choices),
    )  # fmt: skip
    books = queries.books_of(viewer)
    return render(request, "orders/orders.html", {"listed": found, "books": books, "tab": "orders"})


@login_required
@require_GET
def invoices(request: HttpRequest) -> HttpResponse:
    """What was billed, and credit notes."""
    at = datetime.now(UTC)
    further = {
        "open": Narrowing(in_current_language(say("To be paid")), queries.to_be_paid()),
        "overdue": Narrowing(in_current_language(say("Overdue")), queries.to_be_paid(at)),
        "voided": Narrowing(in_current_language(say("Voided")), Q(voided_at__isnull=False)),
    }
    found = listed(
        queries.invoices_of(viewer_of(request)).select_related("order__quote__facility"), request.GET,
        searched=("number", "order__number", "order__reference", "order__quote__part_name"),
        states=by_state(Invoice.Kind.choices, "kind") | further,
    )  # fmt: skip
    return render(request, "orders/invoices.html", {"listed": found, "now": at, "tab": "invoices"})
