"""What the worker does for orders: every few minutes it ends approvals that ran out, and reminds of those that soon will;
once an hour it looks for invoices that should have been paid."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from procrastinate.contrib.django import app

from mingyue.web.orders import lapsing
from mingyue.web.orders.reminding import remind
from mingyue.web.parts.begun import QUEUE

log = logging.getLogger("orders.tasks")

_SOON = 100  # before any check: it takes a moment, and somebody's budget waits


@app.periodic(cron="*/5 * * * *")  # type: ignore[untyped-decorator]
@app.task(  # type: ignore[untyped-decorator]
    name="orders:settle_approvals", queue=QUEUE, priority=_SOON, queueing_lock="orders:settle_approvals"
)
def settle_approvals(timestamp: int) -> None:
    """One after the other, each by itself: whoever is killed in the middle leaves the rest to the next, and books of which
    one cannot be settled keep no others waiting. The job has failed then, and the next one tries again."""
    at = datetime.fromtimestamp(timestamp, UTC)
    failed: Exception | None = None
    for one in lapsing.due(at=at):
        try:
            lapsing.settle(one, at=at)
        except Exception as error:
            log.exception("what was approved of quote %s cannot be settled", one.quote_id)
            failed = error
    if failed is not None:
        raise failed


@app.periodic(cron="27 * * * *")  # type: ignore[untyped-decorator]
@app.task(name="orders:remind", queue=QUEUE, queueing_lock="orders:remind")  # type: ignore[untyped-decorator]
def remind_of_what_is_overdue(timestamp: int) -> None:
    """Once an hour: days end at another moment in each zone."""
    remind(at=datetime.fromtimestamp(timestamp, UTC))
