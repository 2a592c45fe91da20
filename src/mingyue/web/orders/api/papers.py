"""Documents over HTTP: quote, order confirmation, invoice and credit note, as JSON and as PDF."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from mingyue.phrases import Language
from mingyue.web.orders.papers import answers, queries
from mingyue.web.people.access import Needs, caller, there
from mingyue.web.records.language import current_language

router = Router(tags=["orders"])
READS = Needs("orders:read")

InLanguage = Annotated[
    Literal["en", "zh"] | None, Query(None, description="Of the PDF; that of Accept-Language where it is left out.")
]


def _answers(media_type: str, shape: dict[str, Any]) -> dict[str, Any]:
    """What the description says of the answer."""
    return {"responses": {200: {"description": "OK", "content": {media_type: {"schema": shape}}}}}


JSON = _answers("application/json", {"type": "object", "description": "See docs/reference/documents.md."})
PDF = _answers("application/pdf", {"type": "string", "format": "binary"})


@router.get("/quotes/{uuid:quote_id}/document.json", auth=READS, openapi_extra=JSON)
def quote_document(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """What the quote says, in both languages."""
    return answers.as_json(request, there(queries.quote_document(caller(request), quote_id)))


@router.get("/quotes/{uuid:quote_id}/document.pdf", auth=READS, openapi_extra=PDF)
def quote_pdf(request: HttpRequest, quote_id: UUID, language: InLanguage = None) -> HttpResponse:
    """The quote, printed."""
    return answers.as_pdf(request, there(queries.quote_document(caller(request), quote_id)), _or_readers(language))


@router.get("/orders/{uuid:order_id}/document.json", auth=READS, openapi_extra=JSON)
def order_document(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """What was ordered, in both languages."""
    return answers.as_json(request, there(queries.order_document(caller(request), order_id)))


@router.get("/orders/{uuid:order_id}/document.pdf", auth=READS, openapi_extra=PDF)
def order_pdf(request: HttpRequest, order_id: UUID, language: InLanguage = None) -> HttpResponse:
    """The order confirmation, printed."""
    return answers.as_pdf(request, there(queries.order_document(caller(request), order_id)), _or_readers(language))


@router.get("/invoices/{uuid:invoice_id}/document.json", auth=READS, openapi_extra=JSON)
def invoice_document(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """What the invoice or credit note says, in both languages."""
    return answers.as_json(request, there(queries.invoice_document(caller(request), invoice_id)))


@router.get("/invoices/{uuid:invoice_id}/document.pdf", auth=READS, openapi_extra=PDF)
def invoice_pdf(request: HttpRequest, invoice_id: UUID, language: InLanguage = None) -> HttpResponse:
    """The invoice or credit note, printed."""
    return answers.as_pdf(request, there(queries.invoice_document(caller(request), invoice_id)), _or_readers(language))


def _or_readers(language: Language | None) -> Language:
    return language or current_language()
