"""What the worker does for orders: it looks for invoices that should have been paid."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from mingyue.web.orders.reminding import remind


@app.periodic(cron="27 * * * *")  # type: ignore[untyped-decorator]
@app.task(name="orders:remind", queue="orders")  # type: ignore[untyped-decorator]
def remind_of_what_is_overdue(timestamp: int) -> None:
    """Once an hour: days end at another moment in each zone."""
    remind(at=datetime.fromtimestamp(timestamp, UTC))
