"""Pages' addresses of documents: `…/quote.pdf?language=zh`, `…/quote.json`. Both sides get them, nobody else."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from mingyue.phrases import Language
from mingyue.web.orders.papers import answers, queries
from mingyue.web.orders.papers.documents import Json
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import NotFoundError
from mingyue.web.records.language import current_language


@login_required
@require_GET
def quote(request: HttpRequest, quote_id: UUID, form: str) -> HttpResponse:
    """The offer."""
    return _document(request, queries.quote_document, quote_id, form)


@login_required
@require_GET
def confirmation(request: HttpRequest, order_id: UUID, form: str) -> HttpResponse:
    """That it was accepted."""
    return _document(request, queries.order_document, order_id, form)


@login_required
@require_GET
def invoice(request: HttpRequest, invoice_id: UUID, form: str) -> HttpResponse:
    """The invoice or credit note."""
    return _document(request, queries.invoice_document, invoice_id, form)


def _document(request: HttpRequest, find: Callable[[Viewer, UUID], Json | None], key: UUID, form: str) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    document = find(viewer, key)
    if document is None:
        raise NotFoundError
    if form == "json":
        return answers.as_json(request, document)
    return answers.as_pdf(request, document, _language(request))


def _language(request: HttpRequest) -> Language:
    """That which was asked for, else the reader's."""
    asked = request.GET.get("language")
    if asked == "zh":
        return "zh"
    return "en" if asked == "en" else current_language()
