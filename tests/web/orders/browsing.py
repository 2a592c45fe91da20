"""What tests of the pages share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from mingyue.web.orders.models import Quote
from mingyue.web.people.models import User
from tests.web.orders.conftest import Deal

Browse = Callable[[User | None], Client]
TOTAL = "¥636.92"  # of one part at the shop's prices, tax included


def shown(answer: Any) -> str:
    """The page."""
    return str(answer.content.decode())


def wishes(deal: Deal, **others: Any) -> dict[str, Any]:
    """What the asking page sends."""
    said = {"checks": [str(deal.check.pk)], "quantity": 1, "inspection": "visual", "tolerance_um": 25}
    return said | {"service_class_id": str(deal.shop.standard.pk)} | others


def asked(deal: Deal, browse: Browse) -> Quote:
    """The quote that came of it; the customer stays the viewer."""
    address = f"/quotes/new/?revision={deal.check.revision_id}"
    browse(deal.cast.owner).post(address, wishes(deal))
    deal.be(deal.cast.owner)
    return Quote.objects.get()
