"""An approval whose quote ran out ends by itself and gives its budget back; before that its people are reminded, once.

That a quote ran out is a matter of the clock, as `rules.why_closed` has it, and nothing is written about it: nobody lost
anything by it. An approval holds money, so its end is written: a row, and an event for each side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from mingyue.web.orders import rules
from mingyue.web.orders.budgets import end_approval
from mingyue.web.orders.models import Approval, Project, Quote
from mingyue.web.orders.sides import Shared, hold_chains, tell_unasked
from mingyue.web.records.services import record
from mingyue.web.records.walls import seen_by

MOST_AT_ONCE = 500  # of each kind; what is left waits for the next time
MOST_BESIDE = 50  # that somebody who approves waits for, and with them whoever waits for the chains of both sides


@dataclass(frozen=True, slots=True)
class Due:
    """An approval that ran out, or of which somebody is to be reminded; of this customer, for this quote."""

    lapsed: bool
    organisation_id: UUID
    quote_id: UUID


def due(*, at: datetime) -> list[Due]:
    """Whoever's they are, the longest waiting first. Found past the walls, which show nothing but that."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lapsed, whose, quote FROM mingyue_approvals_due(%s, make_interval(secs => %s), %s)",
            [at, rules.REMINDED_BEFORE.total_seconds(), MOST_AT_ONCE],
        )
        return [Due(*row) for row in cursor.fetchall()]


def settle(one: Due, *, at: datetime) -> bool:
    """End it, or remind of it, in a transaction of its own. Whether that was still to be done: under the quote's lock it
    is asked again. Where somebody else holds the quote just now, they decide, and the next time comes soon."""
    with seen_by(organisation_id=one.organisation_id), transaction.atomic():
        held = Quote.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=one.quote_id).first()
        if held is None:
            return False
        return _lapse(held, at) if one.lapsed else _remind(held, at)


def _lapse(held: Quote, at: datetime) -> bool:
    approval = end_approval(held, at=at) if rules.ran_out(held, at=at) else None
    if approval is None:
        return False
    tell_lapsed([(held, approval)], at=at)
    return True


def _remind(held: Quote, at: datetime) -> bool:
    if not rules.runs_out_soon(held, at=at) or held.valid_until is None:
        return False
    early = held.valid_until - rules.REMINDED_BEFORE
    waiting = Approval.objects.filter(quote=held, ended_at=None, reminded_at=None, at__lte=early)
    if not waiting.update(reminded_at=at):
        return False
    last = held.valid_until.astimezone(ZoneInfo(held.facility.zone))
    facts = {"valid_until": held.valid_until.isoformat(), "day": f"{last:%Y-%m-%d}"}
    record(actor=None, what="quote.running_out", subject=held, at=at, facts=facts)  # the customer's affair only
    return True


# --- making room --------------------------------------------------------------------------------------------------

Lapsed = Sequence[tuple[Quote, Approval]]


def end_lapsed(project: Project, *, at: datetime) -> Lapsed:
    """What a project holds for quotes that ran out is free before anything is taken from it. In the taker's transaction,
    which tells of it when it has done the rest: see tell_lapsed. Of many, as after a worker that stood still, the last ones
    only: the worker begins with the first.

    Whoever takes holds the lock of the quote that they approve, and that one still counts; so locks are asked for from
    the quote that runs out last to the one that ran out first, and nobody waits in a circle.
    """
    quotes = Quote.objects.select_for_update(no_key=True, of=("self",)).filter(
        approvals__project=project, approvals__ended_at=None, state=Quote.State.OFFERED, valid_until__lte=at
    )
    found = list(quotes.order_by("-valid_until", "-pk")[:MOST_BESIDE])
    ended = [(quote, end_approval(quote, at=at)) for quote in found]
    return [(quote, approval) for quote, approval in ended if approval is not None]


def tell_lapsed(lapsed: Lapsed, *, at: datetime, beside: Sequence[Shared] = ()) -> None:
    """To both sides of each. beside: of what more is told in this transaction, afterwards."""
    if not lapsed:
        return
    hold_chains([*beside, *(quote for quote, _ in lapsed)])
    for quote, approval in lapsed:
        facts = {"option": approval.option, "amount_fen": approval.amount_fen}
        tell_unasked(what="quote.approval_lapsed", subject=quote, shared=quote, at=at, facts=facts)
