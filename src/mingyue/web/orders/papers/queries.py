"""Documents of the quotes, orders and invoices that a viewer sees; None where there is none for them."""

from __future__ import annotations

from uuid import UUID

from mingyue.web.orders import queries
from mingyue.web.orders.models import Quote
from mingyue.web.orders.papers.documents import (
    Json,
    Place,
    document_of_invoice,
    document_of_order,
    document_of_quote,
)
from mingyue.web.people.viewers import Viewer

_SIDES = ("organisation", "provider", "facility")


def quote_document(viewer: Viewer, quote_id: UUID) -> Json | None:
    """The offer."""
    found = queries.quotes_of(viewer).select_related(*_SIDES).filter(pk=quote_id).first()
    return None if found is None else document_of_quote(found, queries.content_for(viewer, found), _place(found))


def order_document(viewer: Viewer, order_id: UUID) -> Json | None:
    """That it was accepted."""
    sides = [f"quote__{side}" for side in _SIDES]
    found = queries.orders_of(viewer).select_related(*sides).filter(pk=order_id).first()
    return (
        None
        if found is None
        else document_of_order(found, queries.content_for(viewer, found.quote), _place(found.quote))
    )


def invoice_document(viewer: Viewer, invoice_id: UUID) -> Json | None:
    """The invoice or credit note."""
    rows = ["about", "entry", "voiding", *(f"order__quote__{side}" for side in _SIDES)]
    found = queries.invoices_of(viewer).select_related(*rows).filter(pk=invoice_id).first()
    if found is None:
        return None
    quote = found.order.quote
    return document_of_invoice(found, queries.content_for(viewer, quote), _place(quote))


def _place(quote: Quote) -> Place:
    made_up = quote.facility.demonstration or quote.provider.demonstration or quote.organisation.demonstration
    return Place(quote.facility.zone, made_up)
