"""Addresses of quotes, orders, projects and tariffs."""

from __future__ import annotations

from django.urls import path

from mingyue.web.orders import again_views, order_views, project_views, tariff_views, views

urlpatterns = [
    path("quotes/", views.quotes, name="quotes"),
    path("quotes/new/", views.new, name="quote-new"),
    path("quotes/<uuid:quote_id>/", views.quote, name="quote"),
    path("quotes/<uuid:quote_id>/messages/", views.say_message, name="quote-message"),
    path("quotes/<uuid:quote_id>/review/", views.ask_review, name="quote-review"),
    path("quotes/<uuid:quote_id>/withdraw/", views.withdraw, name="quote-withdraw"),
    path("quotes/<uuid:quote_id>/accept/", views.accept, name="quote-accept"),
    path("quotes/<uuid:quote_id>/approve/", views.approve, name="quote-approve"),
    path("quotes/<uuid:quote_id>/release/", views.release, name="quote-release"),
    path("quotes/<uuid:quote_id>/decline/", views.decline, name="quote-decline"),
    path("quotes/<uuid:quote_id>/again/", again_views.ask_again, name="quote-again"),
    path("quotes/changes/<uuid:revision_id>/", again_views.changes, name="quote-changes"),
    path("orders/", order_views.orders, name="orders"),
    path("orders/<uuid:order_id>/", order_views.order, name="order"),
    path("orders/<uuid:order_id>/cancel/", order_views.cancel, name="order-cancel"),
    path("orders/<uuid:order_id>/advance/", order_views.advance, name="order-advance"),
    path("orders/<uuid:order_id>/bill/", order_views.bill, name="order-bill"),
    path("orders/<uuid:order_id>/credit/", order_views.credit, name="order-credit"),
    path("orders/<uuid:order_id>/pay/", order_views.pay, name="order-pay"),
    path("projects/", project_views.projects, name="projects"),
    path("facilities/<slug:slug>/tariff/", tariff_views.tariff, name="tariff"),
    path("facilities/<slug:slug>/tariff/publish/", tariff_views.publish, name="tariff-publish"),
]
