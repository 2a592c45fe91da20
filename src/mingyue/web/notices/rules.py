"""What a webhook wants, why an address is none, when it is tried again. Pure: what is known comes in, the answer goes out."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from mingyue.phrases import Phrase, say
from mingyue.web.people.models import Role
from mingyue.web.people.viewers import Viewer

TEST = "webhook.tested"
KIND = r"^[a-z_]{1,29}\.([a-z_]{1,29}|\*)$"  # of events: order.billed, or quote.* for all that happens to quotes
MOST_KINDS = 40
MOST_WEBHOOKS = 20  # of one organisation
LONGEST_URL = 500
# After one failure, two, …: a receiver that restarts misses nothing for long, one that is gone is not asked for ever.
PAUSES = (
    timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=6), timedelta(hours=12), timedelta(hours=24),
)  # fmt: skip
JITTER = 0.1  # so much longer at most, so that not all come back in the same second
GIVES_UP_AFTER = timedelta(days=5)
BOTH_COUNT = timedelta(hours=24)  # a secret that was renewed, and the new one


def may_lead(viewer: Viewer, organisation_id: UUID) -> bool:
    """Owners decide about webhooks; no key does."""
    return viewer.scopes is None and viewer.has(organisation_id, Role.OWNER)


def wants(kinds: Collection[str], what: str) -> bool:
    """Whether somebody who named these kinds, or none for all, wants to hear of this."""
    return not kinds or what in kinds or f"{what.partition('.')[0]}.*" in kinds


def next_try(failures: int, *, at: datetime, chance: float) -> datetime | None:
    """When it is tried again after so many failures in a row; None where it is given up. chance: from 0 to 1."""
    if failures > len(PAUSES):
        return None
    return at + PAUSES[failures - 1] * (1 + JITTER * chance)


def why_not_kinds(kinds: Sequence[str]) -> list[Phrase]:
    """Why these are no kinds of events."""
    reasons = [
        say("{kind} is no kind of event; write it as order.billed or quote.*.", kind=kind)
        for kind in kinds
        if not re.fullmatch(KIND, kind)
    ]
    if len(kinds) > MOST_KINDS:
        reasons.append(say("A webhook names at most {most} kinds.", most=MOST_KINDS))
    return reasons


def why_not_url(url: str, *, private: bool) -> list[Phrase]:
    """Why nothing is sent there. private: whether http is good enough, as on the machine of somebody who develops."""
    try:
        parts = urlsplit(url)
        known = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return [say("This is no address.")]
    reasons = []
    if not known or len(url) > LONGEST_URL or not url.isascii() or any(not 0x20 < ord(one) < 0x7F for one in url):
        reasons.append(say("This is no address."))
    elif parts.scheme != "https" and not (private and parts.scheme == "http"):
        reasons.append(say("A webhook is sent by https only."))
    if parts.username is not None or parts.password is not None or parts.fragment:
        reasons.append(say("The address of a webhook holds no name, no password and no #."))
    return reasons
