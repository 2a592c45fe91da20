"""How Django knows this app."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Its label is its folder's name."""

    name = "mingyue.web.notices"
    label = "notices"
