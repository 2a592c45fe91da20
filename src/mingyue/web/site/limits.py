"""How often somebody may ask the API: so many requests in a minute, counted by each web process for itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from threading import Lock

from mingyue.errors import MingyueError
from mingyue.phrases import say

WINDOW_S = 60


class TooManyRequestsError(MingyueError):
    """Somebody asks more often than is good for the others."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of a caller's minute is used. resets_s: whole seconds until the next begins."""

    limit: int
    used: int
    resets_s: int

    @property
    def headers(self) -> dict[str, str]:
        """As a program reads it."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "RateLimit-Reset": str(self.resets_s),
        }

    def refuse(self) -> None:
        """Raise TooManyRequestsError where too much is used."""
        if self.used > self.limit:
            raise TooManyRequestsError(
                say("More than {limit} requests came in a minute.", limit=self.limit),
                remedy=say("Wait {seconds} s, and ask less often.", seconds=self.resets_s),
            )


class Counter:
    """Counts requests of callers, each in minutes of the clock that is passed in."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = Lock()
        self._minute = -1
        self._used: dict[str, int] = {}

    def count(self, caller: str, *, now_s: float) -> Standing:
        """One more request; how the caller stands with it."""
        minute = math.floor(now_s / WINDOW_S)
        with self._lock:
            if minute != self._minute:
                self._minute, self._used = minute, {}
            self._used[caller] = used = self._used.get(caller, 0) + 1
        return Standing(self.limit, used, math.ceil((minute + 1) * WINDOW_S - now_s) or 1)
