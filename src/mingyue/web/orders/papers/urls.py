"""Addresses of documents, each once as a PDF and once as JSON."""

from __future__ import annotations

from django.urls import path

from mingyue.web.orders.papers import views

urlpatterns = [
    path(f"{address}.{form}", view, {"form": form}, name=f"{name}-{form}")
    for form in ("pdf", "json")
    for address, view, name in (
        ("quotes/<uuid:quote_id>/quote", views.quote, "quote"),
        ("orders/<uuid:order_id>/confirmation", views.confirmation, "confirmation"),
        ("invoices/<uuid:invoice_id>/invoice", views.invoice, "invoice"),
    )
]
