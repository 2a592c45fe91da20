"""Addresses of quotes, orders, projects and tariffs."""

from __future__ import annotations

from django.urls import path

from mingyue.web.orders import (
    asking_views,
    list_views,
    money_views,
    order_views,
    project_views,
    replacing_views,
    tariff_views,
    views,
)
from mingyue.web.orders.papers.urls import urlpatterns as papers

urlpatterns = [
    path("quotes/", list_views.quotes, name="quotes"),
    path("quotes/new/", asking_views.new, name="quote-new"),
    path("quotes/<uuid:quote_id>/", views.quote, name="quote"),
    path("quotes/<uuid:quote_id>/messages/", views.say_message, name="quote-message"),
    path("quotes/<uuid:quote_id>/review/", views.ask_review, name="quote-review"),
    path("quotes/<uuid:quote_id>/withdraw/", views.withdraw, name="quote-withdraw"),
    path("quotes/<uuid:quote_id>/accept/", views.accept, name="quote-accept"),
    path("quotes/<uuid:quote_id>/approve/", views.approve, name="quote-approve"),
    path("quotes/<uuid:quote_id>/release/", views.release, name="quote-release"),
    path("quotes/<uuid:quote_id>/decline/", views.decline, name="quote-decline"),
    path("quotes/<uuid:quote_id>/unapprove/", views.unapprove, name="quote-unapprove"),
    path("quotes/<uuid:quote_id>/replace/", replacing_views.replace, name="quote-replace"),
    path("orders/", list_views.orders, name="orders"),
    path("orders/<uuid:order_id>/", order_views.order, name="order"),
    path("orders/<uuid:order_id>/cancel/", order_views.cancel, name="order-cancel"),
    path("orders/<uuid:order_id>/advance/", order_views.advance, name="order-advance"),
    path("orders/<uuid:order_id>/bill/", money_views.bill, name="order-bill"),
    path("orders/<uuid:order_id>/credit/", money_views.credit, name="order-credit"),
    path("orders/<uuid:order_id>/pay/", money_views.pay, name="order-pay"),
    path("orders/<uuid:order_id>/refund/", money_views.refund, name="order-refund"),
    path("orders/<uuid:order_id>/void/", money_views.void, name="order-void"),
    path("orders/<uuid:order_id>/write-off/", money_views.write_off, name="order-write-off"),
    path("invoices/", list_views.invoices, name="invoices"),
    path("ledger.csv", money_views.ledger, name="ledger"),
    path("projects/", project_views.projects, name="projects"),
    path("projects/<uuid:project_id>/", project_views.project, name="project"),
    path("projects/<uuid:project_id>/budget/", project_views.budget, name="project-budget"),
    path("projects/<uuid:project_id>/close/", project_views.close, name="project-close"),
    path("facilities/<slug:slug>/tariff/", tariff_views.tariff, name="tariff"),
    path("facilities/<slug:slug>/tariff/publish/", tariff_views.publish, name="tariff-publish"),
    *papers,
]
