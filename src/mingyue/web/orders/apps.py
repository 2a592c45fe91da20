"""How Django knows this app."""

from __future__ import annotations

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Its label is its folder's name."""

    name = "mingyue.web.orders"
    label = "orders"
