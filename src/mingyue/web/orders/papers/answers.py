"""A document as the answer to a request: JSON or a PDF, under the name that people call it by, for its reader alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from mingyue.phrases import Language
from mingyue.web.orders.papers.documents import Json
from mingyue.web.orders.papers.press import pdf_of
from mingyue.web.records.etags import complete


def as_json(request: HttpRequest, document: Json) -> HttpResponse:
    """Both languages are in it."""
    answer = JsonResponse(document, json_dumps_params={"ensure_ascii": False})
    return _answered(request, answer, f"{file_name(document)}.json")


def as_pdf(request: HttpRequest, document: Json, language: Language) -> HttpResponse:
    """In one language."""
    answer = HttpResponse(pdf_of(document, language), content_type="application/pdf")
    answer["Content-Language"] = language
    return _answered(request, answer, f"{file_name(document)}.pdf")


def file_name(document: Json) -> str:
    """Q-7F3K-2M9P; invoices are counted, and a count alone is no name."""
    kind, number = document["kind"], document["number"]
    return f"{kind.replace('_', '-')}-{number}" if isinstance(number, int) else str(number)


def _answered(request: HttpRequest, answer: HttpResponse, name: str) -> HttpResponse:
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    # Kept by the reader alone, who asks by its ETag whether it still holds.
    answer["Cache-Control"] = "private, no-cache"
    return complete(request, answer)
