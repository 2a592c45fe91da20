"""What the worker does for notices: it clears away what was told long ago."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from mingyue.web.notices.forgetting import forget


@app.periodic(cron="41 * * * *")  # type: ignore[untyped-decorator]
@app.task(name="notices:forget", queue="notices")  # type: ignore[untyped-decorator]
def forget_what_is_old(timestamp: int) -> None:
    """Once an hour, for a platform that is switched off at night too."""
    forget(at=datetime.fromtimestamp(timestamp, UTC))
