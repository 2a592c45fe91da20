"""What people do about prices, quotes and orders: every write, in one place to call."""

from __future__ import annotations

from mingyue.web.orders.tariffs import change_tariff, draft_tariff, publish_tariff

__all__ = ["change_tariff", "draft_tariff", "publish_tariff"]
