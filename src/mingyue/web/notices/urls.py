"""Addresses of notices and webhooks."""

from __future__ import annotations

from django.urls import path

from mingyue.web.notices import views, webhook_views

_HOOKS = "organisations/<slug:slug>/webhooks/"
_HOOK = f"{_HOOKS}<uuid:webhook_id>/"

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read, name="notices-read"),
    path("notices/settings/", views.settings, name="notices-settings"),
    path("notices/count", views.count, name="notices-count"),
    path("notices/live", views.live, name="notices-live"),
    path("notices/<uuid:notice_id>/", views.notice, name="notice"),
    path(_HOOKS, webhook_views.webhooks, name="webhooks"),
    path(_HOOK, webhook_views.webhook, name="webhook"),
    path(f"{_HOOK}change/", webhook_views.change, name="webhook-change"),
    path(f"{_HOOK}renew/", webhook_views.renew, name="webhook-renew"),
    path(f"{_HOOK}test/", webhook_views.test, name="webhook-test"),
    path(f"{_HOOK}remove/", webhook_views.remove, name="webhook-remove"),
    path(f"{_HOOK}replay/", webhook_views.replay_since, name="webhook-replay"),
    path(f"{_HOOK}deliveries/<uuid:delivery_id>/replay/", webhook_views.replay, name="delivery-replay"),
]
