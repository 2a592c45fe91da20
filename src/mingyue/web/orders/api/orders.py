"""Orders over HTTP: how far they are, what was billed and paid, and the ledger behind that."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Query, Router, Status

from mingyue.web.orders import queries, services
from mingyue.web.orders.api import sent, telling
from mingyue.web.orders.api.quotes import ORDER_NUMBER, READS, WRITES, OfOrganisation, of_organisation, told_page
from mingyue.web.orders.api.shapes import EntryOut, InvoiceOut, OrderBriefOut, OrderOut
from mingyue.web.orders.ledger.exports import ledger_csv
from mingyue.web.orders.models import Entry
from mingyue.web.people.access import caller, now, there
from mingyue.web.records.paging import Cursor, Limit, Page, page_of

router = Router(tags=["orders"])

State = Annotated[
    Literal["accepted", "scheduled", "making", "made", "delivered", "cancelled"] | None,
    Query(None, description="Those that are so far."),
]
Number = Annotated[str, Query(None, pattern=ORDER_NUMBER, description="The one of this number, such as O-7F3K-2M9P.")]
Overdue = Annotated[bool, Query(False, description="Only those that should have been paid by now.")]
OfOrder = Annotated[UUID | None, Query(None, description="Those of this order.")]
_CSV: dict[str, Any] = {
    "responses": {200: {"description": "OK", "content": {"text/csv": {"schema": {"type": "string"}}}}}
}


@router.get("/orders", auth=READS, response=Page[OrderBriefOut])
def list_orders(
    request: HttpRequest,
    *,
    organisation: OfOrganisation = "",
    state: State = None,
    number: Number = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    """Those of the quotes that the caller may see, the newest first."""
    found = of_organisation(request, queries.orders_of(caller(request)), organisation)
    if state:
        found = found.filter(state=state)
    if number:
        found = found.filter(number=number)
    return told_page(page_of(found, cursor=cursor, limit=limit, by="at"), telling.order_in_list)


@router.get("/orders/{uuid:order_id}", auth=READS, response=OrderOut)
def show_order(request: HttpRequest, order_id: UUID) -> Any:
    """One order: what was ordered, how far it is, what was billed and paid."""
    return _told(request, order_id)


@router.post("/orders/{uuid:order_id}/cancel", auth=WRITES, response=OrderOut)
def cancel_order(request: HttpRequest, order_id: UUID) -> Any:
    """The customer steps back. What is due by the rules that were posted with the quote is billed, the rest is free again;
    `due_on_cancelling_fen` of the order says before what that will be."""
    services.cancel_order(actor=caller(request), order_id=order_id, at=now())
    return _told(request, order_id)


@router.post("/orders/{uuid:order_id}/advance", auth=WRITES, response=OrderOut)
def advance_order(request: HttpRequest, order_id: UUID, said: sent.AdvanceIn) -> Any:
    """A manager of the facility says how far it is; forward only."""
    services.advance_order(actor=caller(request), order_id=order_id, state=said.state, at=now())
    return _told(request, order_id)


# --- the books: for managers of the facility ----------------------------------------------------------------------


@router.post("/orders/{uuid:order_id}/bill", auth=WRITES, response={201: InvoiceOut})
def bill_order(request: HttpRequest, response: HttpResponse, order_id: UUID, said: sent.BillIn) -> Any:
    """Write an invoice over a part of the order, or over all that is left."""
    made = services.bill_order(
        actor=caller(request), order_id=order_id, amount_fen=said.amount_fen, note=said.note, at=now()
    )
    response["Location"] = f"/api/invoices/{made.pk}"
    return Status(201, _told_invoice(request, made.pk))


@router.post("/orders/{uuid:order_id}/payments", auth=WRITES, response={201: EntryOut})
def note_payment(request: HttpRequest, order_id: UUID, said: sent.PaymentIn) -> Any:
    """Money came."""
    entry = services.note_payment(actor=caller(request), order_id=order_id, at=now(), **said.model_dump())
    return Status(201, _told_entry(request, entry))


@router.post("/orders/{uuid:order_id}/refunds", auth=WRITES, response={201: EntryOut})
def note_refund(request: HttpRequest, order_id: UUID, said: sent.PaymentIn) -> Any:
    """Money went back: what was paid and is not owed."""
    entry = services.note_refund(actor=caller(request), order_id=order_id, at=now(), **said.model_dump())
    return Status(201, _told_entry(request, entry))


@router.post("/orders/{uuid:order_id}/write-offs", auth=WRITES, response={201: EntryOut})
def write_off(request: HttpRequest, order_id: UUID, said: sent.LessIn) -> Any:
    """Nobody will pay this."""
    entry = services.write_off(actor=caller(request), order_id=order_id, at=now(), **said.model_dump())
    return Status(201, _told_entry(request, entry))


@router.get("/invoices", auth=READS, response=Page[InvoiceOut])
def list_invoices(
    request: HttpRequest,
    *,
    organisation: OfOrganisation = "",
    order: OfOrder = None,
    overdue: Overdue = False,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    """Invoices and credit notes of the orders that the caller may see, the newest first."""
    at = now()
    found = queries.invoices_of(caller(request)).select_related("order", "voiding")
    found = of_organisation(request, found, organisation, seller="customer")
    if order:
        found = found.filter(order_id=order)
    if overdue:
        found = found.filter(queries.to_be_paid(at))
    return told_page(page_of(found, cursor=cursor, limit=limit, by="at"), partial(telling.invoice_as_json, at=at))


@router.get("/invoices/{uuid:invoice_id}", auth=READS, response=InvoiceOut)
def show_invoice(request: HttpRequest, invoice_id: UUID) -> Any:
    """One invoice or credit note."""
    return _told_invoice(request, invoice_id)


@router.post("/invoices/{uuid:invoice_id}/void", auth=WRITES, response=InvoiceOut)
def void_invoice(request: HttpRequest, invoice_id: UUID, said: sent.WhyIn) -> Any:
    """An invoice that should not have been; its amount can be billed anew. Its number stays used."""
    services.void_invoice(actor=caller(request), invoice_id=invoice_id, why=said.why, at=now())
    return _told_invoice(request, invoice_id)


@router.post("/invoices/{uuid:invoice_id}/credit", auth=WRITES, response={201: InvoiceOut})
def credit_invoice(request: HttpRequest, response: HttpResponse, invoice_id: UUID, said: sent.LessIn) -> Any:
    """Ask for less than was billed: the answer is the credit note. The project that pays gets it back."""
    made = services.credit_invoice(actor=caller(request), invoice_id=invoice_id, at=now(), **said.model_dump())
    response["Location"] = f"/api/invoices/{made.pk}"
    return Status(201, _told_invoice(request, made.pk))


@router.get("/ledger", auth=READS, response=Page[EntryOut])
def list_entries(
    request: HttpRequest,
    *,
    organisation: OfOrganisation = "",
    order: OfOrder = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    """What was booked about the orders that the caller may see, with postings that sum to zero; the newest first."""
    found = of_organisation(request, queries.entries_of(caller(request)), organisation, seller="customer")
    if order:
        found = found.filter(order_id=order)
    return told_page(page_of(found, cursor=cursor, limit=limit, by="at"), telling.entry_as_json)


@router.get("/ledger.csv", auth=READS, openapi_extra=_CSV)
def export_ledger(request: HttpRequest, organisation: OfOrganisation = "", order: OfOrder = None) -> Any:
    """The same for a finance office: one line a posting, the oldest first, in the facility's time, however many there are."""
    viewer = caller(request)
    found = of_organisation(request, queries.entries_of(viewer), organisation, seller="customer")
    if order:
        found = found.filter(order_id=order)
    answer = StreamingHttpResponse(ledger_csv(viewer, found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="ledger.csv"'
    return answer


def _told(request: HttpRequest, order_id: UUID) -> Any:
    viewer = caller(request)
    return telling.order_as_json(viewer, there(queries.order_of(viewer, order_id)), at=now())


def _told_invoice(request: HttpRequest, invoice_id: UUID) -> Any:
    return telling.invoice_as_json(there(queries.invoice_of(caller(request), invoice_id)), at=now())


def _told_entry(request: HttpRequest, entry: Entry) -> Any:
    return telling.entry_as_json(queries.entries_of(caller(request)).get(pk=entry.pk))
