"""Addresses of quotes, orders, projects and tariffs."""

from __future__ import annotations

from django.urls import path

from mingyue.web.orders.pages import again, asking, listing, money, orders, projects, quotes, replacing, tariffs
from mingyue.web.orders.papers.urls import urlpatterns as papers

urlpatterns = [
    path("quotes/", listing.quotes, name="quotes"),
    path("quotes/new/", asking.new, name="quote-new"),
    path("quotes/<uuid:quote_id>/", quotes.quote, name="quote"),
    path("quotes/<uuid:quote_id>/messages/", quotes.say_message, name="quote-message"),
    path("quotes/<uuid:quote_id>/review/", quotes.ask_review, name="quote-review"),
    path("quotes/<uuid:quote_id>/withdraw/", quotes.withdraw, name="quote-withdraw"),
    path("quotes/<uuid:quote_id>/accept/", quotes.accept, name="quote-accept"),
    path("quotes/<uuid:quote_id>/approve/", quotes.approve, name="quote-approve"),
    path("quotes/<uuid:quote_id>/release/", quotes.release, name="quote-release"),
    path("quotes/<uuid:quote_id>/decline/", quotes.decline, name="quote-decline"),
    path("quotes/<uuid:quote_id>/again/", again.ask_again, name="quote-again"),
    path("quotes/changes/<uuid:revision_id>/", again.changes, name="quote-changes"),
    path("quotes/<uuid:quote_id>/unapprove/", quotes.unapprove, name="quote-unapprove"),
    path("quotes/<uuid:quote_id>/replace/", replacing.replace, name="quote-replace"),
    path("orders/", listing.orders, name="orders"),
    path("orders/<uuid:order_id>/", orders.order, name="order"),
    path("orders/<uuid:order_id>/cancel/", orders.cancel, name="order-cancel"),
    path("orders/<uuid:order_id>/advance/", orders.advance, name="order-advance"),
    path("orders/<uuid:order_id>/bill/", money.bill, name="order-bill"),
    path("orders/<uuid:order_id>/credit/", money.credit, name="order-credit"),
    path("orders/<uuid:order_id>/pay/", money.pay, name="order-pay"),
    path("orders/<uuid:order_id>/refund/", money.refund, name="order-refund"),
    path("orders/<uuid:order_id>/void/", money.void, name="order-void"),
    path("orders/<uuid:order_id>/write-off/", money.write_off, name="order-write-off"),
    path("invoices/", listing.invoices, name="invoices"),
    path("ledger.csv", money.ledger, name="ledger"),
    path("projects/", projects.projects, name="projects"),
    path("projects/<uuid:project_id>/", projects.project, name="project"),
    path("projects/<uuid:project_id>/budget/", projects.budget, name="project-budget"),
    path("projects/<uuid:project_id>/close/", projects.close, name="project-close"),
    path("facilities/<slug:slug>/tariff/", tariffs.tariff, name="tariff"),
    path("facilities/<slug:slug>/tariff/publish/", tariffs.publish, name="tariff-publish"),
    *papers,
]
