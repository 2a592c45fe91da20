"""How Django knows this app."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Its label is its folder's name."""

    name = "mingyue.web.people"
    label = "people"
