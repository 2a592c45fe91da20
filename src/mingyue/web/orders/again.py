"""The same asked for a later revision of a part: its checks first, where they are not there, then a quote that follows.

The quote that is followed stays as it is, for ever; where it is still open, it may be withdrawn in the same step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mingyue.phrases import say
from mingyue.web.orders import queries, rules
from mingyue.web.orders.models import Quote
from mingyue.web.orders.quoting import Asked, ask_quote, withdraw_quote
from mingyue.web.orders.sides import acting
from mingyue.web.parts.asking import ask_checks
from mingyue.web.parts.models import Check, Revision
from mingyue.web.parts.queries import checks_so, revision_of
from mingyue.web.parts.ways import way_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import NotFoundError, RefusedError, refuse


@dataclass(frozen=True, slots=True)
class Again:
    """What came of asking: a quote; or, while some are still worked on, the checks of which it will be made."""

    revision: Revision
    checks: tuple[Check, ...]
    quote: Quote | None = None


def ask_again(*, actor: Viewer, quote_id: UUID, at: datetime, withdraw: bool = False) -> Again:
    """The same options for the newest revision of the part, by the tariff that counts now.

    Checks that are missing are asked for; whoever asks again when they are done gets the quote. Whoever asks once more
    then gets the quote that they have, as long as it counts. withdraw: the quote that is followed, if it is still open;
    only when there is one in its place.
    """
    quote = _customers(actor, quote_id)
    revision = queries.newer_revision_of(actor, quote)
    if revision is None:
        raise RefusedError([say("There is no newer revision of this part.")])
    with acting(actor, quote):
        held = Quote.objects.select_for_update(no_key=True).get(
            pk=quote_id
        )  # of two callers the second gets the first's
        checks = _checked(actor, held, revision, at)
        there = queries.follower_of(actor, held, revision, at=at)
        if there is None and not all(check.state in rules.PRICED and check.estimate for check in checks):
            return Again(revision, checks)
        # Before the new one is told of: whoever holds an approval or a project waits for the chains of events.
        if withdraw and not rules.why_not_open(held):
            withdraw_quote(actor=actor, quote_id=quote_id, at=at)
        made = there or ask_quote(actor=actor, asked=_asked(held, checks), at=at, follows=held)
    return Again(revision, checks, made)


def checks_of(quote: Quote) -> list[Check]:
    """Of which its options were made, option by option."""
    ids = [option["check"] for option in quote.content["options"]]
    found = Check.objects.select_related("machine__facility", "resin").in_bulk(ids)
    return [found[UUID(one)] for one in ids]


def checks_now(quote: Quote, revision: Revision) -> list[Check | None]:
    """The checks of a later revision that ask the same, option by option; None where there is none yet."""
    return [_same(old, revision) for old in checks_of(quote)]


def _same(old: Check, revision: Revision) -> Check | None:
    return checks_so(revision, way_of(old)).select_related("machine__facility", "resin").first()


def _checked(actor: Viewer, quote: Quote, revision: Revision, at: datetime) -> tuple[Check, ...]:
    """The checks that ask the same of this revision; asked for, where they are not there or could not be done."""
    ways = [way_of(old) for old in checks_of(quote)]
    found = {way.key: checks_so(revision, way).select_related("machine__facility", "resin").first() for way in ways}
    there = {key: check for key, check in found.items() if check is not None and check.state != Check.State.FAILED}
    missing = [way for way in ways if way.key not in there]
    if missing:
        there |= ask_checks(actor=actor, revision=revision, ways=missing, at=at)
    return tuple(there[way.key] for way in ways)


def _asked(quote: Quote, checks: Sequence[Check]) -> list[Asked]:
    return [
        Asked(
            check.pk, UUID(option["service_class"]["id"]), option["tolerance_um"], option["quantity"],
            option["inspection"],
        )
        for option, check in zip(quote.content["options"], checks, strict=True)
    ]  # fmt: skip


def _customers(actor: Viewer, quote_id: UUID) -> Quote:
    """The quote, to the customer's people who see its part too: they are the ones who may have it checked."""
    quote = queries.quote_of(actor, quote_id)
    if quote is None or not actor.may("orders:write"):
        raise NotFoundError
    refuse(rules.why_not_buy(actor, quote.organisation_id, sees_as_customer=queries.sees_as_customer(actor, quote)))
    if revision_of(actor, quote.revision_id) is None:
        raise NotFoundError
    return quote
