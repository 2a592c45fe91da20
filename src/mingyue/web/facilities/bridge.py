"""Classes of machines as the engine knows them: by name only, never by a file that somebody names."""

from __future__ import annotations

from functools import cache

from mingyue.printing.profiles.machines import Machine as Profile
from mingyue.printing.profiles.machines import machines


@cache
def profiles() -> dict[str, Profile]:
    """Those that came with the engine."""
    return machines()


def profile_of(name: str) -> Profile | None:
    """The class of machine of this name; None where the engine knows none, as for one that does not print."""
    return profiles().get(name)
