"""What people do about prices, quotes and orders: every write, in one place to call."""

from __future__ import annotations

from mingyue.web.orders.again import Again, ask_again
from mingyue.web.orders.approving import (
    approve_quote,
    change_budget,
    close_project,
    open_project,
    withdraw_approval,
)
from mingyue.web.orders.contents import Change
from mingyue.web.orders.ledger.billing import (
    bill_order,
    credit_invoice,
    note_payment,
    note_refund,
    void_invoice,
    write_off,
)
from mingyue.web.orders.ordering import accept_quote, advance_order, cancel_order
from mingyue.web.orders.quoting import (
    Asked,
    ask_quote,
    ask_review,
    decline_quote,
    release_quote,
    replace_quote,
    say_message,
    withdraw_quote,
)
from mingyue.web.orders.tariffs import change_tariff, draft_tariff, publish_tariff

__all__ = [
    "Again", "Asked", "Change", "accept_quote", "advance_order", "approve_quote", "ask_again", "ask_quote",
    "ask_review", "bill_order", "cancel_order", "change_budget", "change_tariff", "close_project", "credit_invoice",
    "decline_quote", "draft_tariff", "note_payment", "note_refund", "open_project", "publish_tariff", "release_quote",
    "replace_quote", "say_message", "void_invoice", "withdraw_approval", "withdraw_quote", "write_off",
]  # fmt: skip
