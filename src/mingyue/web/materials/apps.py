"""How Django knows this app."""

from __future__ import annotations

from django.apps import AppConfig


class MaterialsConfig(AppConfig):
    """Its label is its folder's name."""

    name = "mingyue.web.materials"
    label = "materials"
