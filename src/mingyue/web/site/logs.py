"""A log line: time in UTC, level, what happened, and its pairs; never a person's or a part's name."""

from __future__ import annotations

import logging
from datetime import UTC, datetime


class Lines(logging.Formatter):
    """`2026-11-25T20:15:03Z info  parts.checks  check finished  seconds=1.2`."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        line = f"{at} {record.levelname.lower():7} {record.name}  {record.getMessage()}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line
