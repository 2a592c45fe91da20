"""Numbers that supports and orientations are judged by, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from mingyue.printing.profiles import sourced
from mingyue.printing.profiles.sourced import Source


@dataclass(frozen=True, slots=True)
class Rated:
    """A number, and where it comes from."""

    value: float
    source: Source


@cache
def rated(name: str) -> Rated:
    """The number of that name from data/supports.toml."""
    table = sourced.shipped_tables("supports")[name]
    return Rated(float(table["value"]), Source(str(table["source"]), table["mark"]))


def value_of(name: str) -> float:
    """The number alone."""
    return rated(name).value
