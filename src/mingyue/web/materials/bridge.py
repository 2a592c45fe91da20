"""Resins as the engine knows them: by name only, never by a file that somebody names."""

from __future__ import annotations

from functools import cache

from mingyue.printing.profiles.resins import Resin as Profile
from mingyue.printing.profiles.resins import resins


@cache
def profiles() -> dict[str, Profile]:
    """Those that came with the engine."""
    return resins()


def profile_of(name: str) -> Profile | None:
    """The resin of this name; None where the engine knows none."""
    return profiles().get(name)
