"""Why something may not happen to tariffs, quotes and orders. Pure: what is known comes in, the reasons go out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from mingyue.phrases import Phrase, say
from mingyue.web.facilities.models import Machine
from mingyue.web.orders.models import Approval, Order, Project, Quote, Tariff
from mingyue.web.orders.names import TwoNames
from mingyue.web.orders.pricing.numbers import CANCELLABLE, faults_of
from mingyue.web.parts.models import Check
from mingyue.web.people.models import Role
from mingyue.web.people.viewers import Viewer

MOST_OPTIONS = 12  # more are not compared, they are searched
LONGEST_MESSAGE = 4_000
PRICED = (Check.State.RUNNING, Check.State.DONE)  # the first findings come with an estimate, before the model is asked
_HARMLESS = ("fine", "note", "risk")
MOST_FEN = 10**15  # of a budget
REMINDED_BEFORE = timedelta(days=3)  # an approved quote runs out: over a weekend is still time to accept it


# --- tariffs ------------------------------------------------------------------------------------------------------


def why_not_numbers(
    said: Mapping[str, Any], *, machines: Collection[str], classes: Collection[str]
) -> dict[str, Phrase]:
    """What is wrong with a tariff's numbers, by field. machines, classes: those that the facility has."""
    faults = faults_of(said)
    if faults:
        return faults
    return _unknown("machine_hour_fen", said, machines) | _unknown("class_per_mille", said, classes)


def _unknown(field: str, said: Mapping[str, Any], known: Collection[str]) -> dict[str, Phrase]:
    strange = sorted(set(said[field]) - set(known))
    return {field: say("The facility has none that is named {name}.", name=strange[0])} if strange else {}


def why_not_change(tariff: Tariff) -> list[Phrase]:
    """Why a tariff stays as it is."""
    if tariff.state == Tariff.State.PUBLISHED:
        return [say("A published tariff never changes; make a new version.")]
    return []


def why_not_publish(tariff: Tariff, *, valid_from: datetime, at: datetime) -> list[Phrase]:
    """Why a draft cannot be published so."""
    reasons = []
    if tariff.state == Tariff.State.PUBLISHED:
        reasons.append(say("This tariff was published already."))
    if valid_from < at:
        reasons.append(say("A tariff is valid from now on or from later, not from the past."))
    return reasons


# --- quotes -------------------------------------------------------------------------------------------------------


def may_order(viewer: Viewer, organisation_id: UUID) -> bool:
    """Whoever belongs to the customer may ask, accept and cancel."""
    return viewer.may("orders:write") and viewer.belongs_to(organisation_id)


def may_provide(viewer: Viewer, provider_id: UUID) -> bool:
    """Managers of the facility answer for it."""
    return viewer.may("orders:write") and viewer.has(provider_id, Role.MANAGER)


def why_not_buy(viewer: Viewer, organisation_id: UUID, *, sees_as_customer: bool) -> list[Phrase]:
    """Why somebody does nothing for the customer here. Who works for both acts for the side from which they see it."""
    if not may_order(viewer, organisation_id):
        return [say("Only the customer may do this.")]
    if not sees_as_customer:
        return [
            say("You see this from the facility's side only; who asked for it or sees the part acts for the customer.")
        ]
    return []


def why_not_take(viewer: Viewer, quote: Quote) -> list[Phrase]:
    """Four eyes: what somebody offered for the facility, they do not approve or accept for the customer."""
    if quote.looked_by_id is not None and quote.looked_by_id == viewer.person_id:
        return [say("You offered this for the facility; somebody else approves and accepts it for the customer.")]
    return []


def why_not_give(viewer: Viewer, *, buyers: Collection[UUID]) -> list[Phrase]:
    """Four eyes: who acted for the customer neither answers for the facility nor lets the customer off."""
    if viewer.person_id in buyers:
        return [
            say(
                "You acted for the customer here; another manager of the facility does this. Where there is none, an owner"
                " of its organisation makes one."
            )
        ]
    return []


def why_not_make(check: Check) -> list[Phrase]:
    """Why nothing is promised by this check any more, however it ended: a machine in maintenance comes back, what was
    withdrawn does not. What was quoted before stays promised."""
    reasons = []
    machine, resin = check.machine, check.resin
    if not machine.facility.is_open:
        reasons.append(say("The facility is closed."))
    if machine.state == Machine.State.OFF:
        reasons.append(say("The machine {name} is out of service.", name=machine.name))
    if not resin.is_offered:
        name = TwoNames(resin.name, resin.name_zh)
        reasons.append(say("The facility no longer offers the resin {name}.", name=name))
    return reasons


def why_not_quote(checks: Sequence[Check]) -> list[Phrase]:
    """Why these checks are not the options of one quote."""
    reasons = []
    if not 1 <= len(checks) <= MOST_OPTIONS:
        reasons.append(say("A quote has from 1 to {most} options.", most=MOST_OPTIONS))
    if any(check.state not in PRICED for check in checks):
        reasons.append(say("The check is not finished."))
    elif any(not check.estimate for check in checks):
        reasons.append(
            say("The check could not tell what the part takes.")
            if all(check.state == Check.State.DONE for check in checks)
            else say("The check does not know yet what the part takes.")
        )
    if len({check.revision_id for check in checks}) > 1:
        reasons.append(say("All options of a quote are of one revision of a part."))
    if len({check.machine.facility_id for check in checks}) > 1:
        reasons.append(say("All options of a quote are of one facility."))
    if any(check.revision.part.archived_at for check in checks):
        reasons.append(say("The part is archived."))
    return list(dict.fromkeys([*reasons, *(each for check in checks for each in why_not_make(check))]))


def why_closed(quote: Quote, *, at: datetime) -> Phrase | None:
    """Why this quote cannot be approved or accepted, or None if it can."""
    states = {
        Quote.State.REVIEW: say("The facility still looks at this quote."),
        Quote.State.DECLINED: say("The facility declined this quote."),
        Quote.State.SUPERSEDED: say("Another quote took the place of this one."),
        Quote.State.WITHDRAWN: say("This quote was withdrawn."),
        Quote.State.ACCEPTED: say("This quote was accepted already."),
    }
    if quote.state in states:
        return states[Quote.State(quote.state)]
    if quote.valid_until is not None and ran_out(quote, at=at):
        last = quote.valid_until.astimezone(ZoneInfo(quote.facility.zone))
        return say("This quote ran out on {day}.", day=f"{last:%Y-%m-%d}")
    return None


def ran_out(quote: Quote, *, at: datetime) -> bool:
    """Whether an offer counts no more: it ends when its last moment comes."""
    return quote.state == Quote.State.OFFERED and quote.valid_until is not None and quote.valid_until <= at


def came_to_nothing(quote: Quote, *, at: datetime) -> bool:
    """Whether it ended without an order or another quote: whoever still wants the part asks anew."""
    return quote.state in (Quote.State.DECLINED, Quote.State.WITHDRAWN) or ran_out(quote, at=at)


def runs_out_soon(quote: Quote, *, at: datetime) -> bool:
    """Whether whoever waits with an offer should hear that not much time is left."""
    if quote.state != Quote.State.OFFERED or quote.valid_until is None:
        return False
    return at < quote.valid_until <= at + REMINDED_BEFORE


def why_not_open(quote: Quote) -> list[Phrase]:
    """Why nothing of this quote is left to decide: an offer that ran out may still be withdrawn or replaced."""
    reason = why_closed(quote, at=quote.at)
    return [reason] if reason and quote.state != Quote.State.REVIEW else []


def why_not_review(quote: Quote) -> list[Phrase]:
    """Why there is nothing to release or decline."""
    if quote.state == Quote.State.REVIEW:
        return []
    return [why_closed(quote, at=quote.at) or say("This quote was offered already.")]


def why_not_said(text: str) -> Phrase | None:
    """Why this is no message."""
    if 1 <= len(text.strip()) <= LONGEST_MESSAGE:
        return None
    return say("A message has 1 to {most:,} characters.", most=LONGEST_MESSAGE)


def why_not_settled(option: Mapping[str, Any], check: Check, *, looked_at: datetime | None) -> list[Phrase]:
    """Why nobody may pay yet for an option that was priced while its check still ran.

    Its price stands. What was not known then is whether something will fail by the model: a person looks, where it is so.
    """
    if option.get("settled", True):
        return []
    if check.state in (Check.State.WAITING, Check.State.RUNNING):
        return [say("The check of this option still runs; it can be approved when that is done.")]
    if check.state == Check.State.DONE and check.verdict in ("", option["verdict"], *_HARMLESS):
        return []
    if looked_at is not None and check.ended_at is not None and looked_at >= check.ended_at:
        return []  # whoever looked could see it
    if check.state == Check.State.DONE:
        return [say("The check found meanwhile that something will fail; ask the facility to look at the quote.")]
    return [say("The check of this option did not end well; ask the facility to look at the quote.")]


# --- projects and approvals ---------------------------------------------------------------------------------------


def may_spend(viewer: Viewer, organisation_id: UUID) -> bool:
    """Budget holders decide about projects."""
    return viewer.may("orders:write") and viewer.has(organisation_id, Role.BUDGET_HOLDER)


def why_not_spend(viewer: Viewer, organisation_id: UUID) -> list[Phrase]:
    """Why this member decides about no project."""
    return [] if may_spend(viewer, organisation_id) else [say("Only a budget holder may do this.")]


def why_not_pay(project: Project, amount_fen: int, *, currency: str) -> list[Phrase]:
    """Why this project does not pay that."""
    reasons = []
    if project.closed_at:
        reasons.append(say("The project is closed."))
    if project.currency != currency:
        reasons.append(say("The project is kept in {currency}.", currency=project.currency))
    if project.remaining_fen < amount_fen:
        reasons.append(
            say(
                "The project has {left:,.2f} {currency} left, and this takes {wanted:,.2f}.",
                left=project.remaining_fen / 100, currency=project.currency, wanted=amount_fen / 100,
            )
        )  # fmt: skip
    return reasons


def why_not_approved(approval: Approval | None, *, option: int) -> list[Phrase]:
    """Why this option cannot be accepted yet."""
    if approval is None:
        return [say("No budget holder has approved this quote.")]
    if approval.option != option:
        return [say("Another option of this quote was approved.")]
    return []


# --- orders -------------------------------------------------------------------------------------------------------

_WAY = (Order.State.ACCEPTED, Order.State.SCHEDULED, Order.State.MAKING, Order.State.MADE, Order.State.DELIVERED)


_NEXT = {
    Order.State.ACCEPTED: say("The facility schedules it next."),
    Order.State.SCHEDULED: say("It has its place in the facility's plan; it is made next."),
    Order.State.MAKING: say("It is on the machine; cleaning and inspection come next."),
    Order.State.MADE: say("It is made; it is handed over to you next."),
    Order.State.DELIVERED: say("It is yours. What is still to be paid stands below."),
}


def what_comes_next(order: Order) -> Phrase | None:
    """What the customer waits for; None where the order was cancelled."""
    return _NEXT.get(Order.State(order.state))


def way_of(order: Order) -> list[tuple[Order.State, str]]:
    """Each step to its delivery, and whether it is behind, now or ahead; none where the order was cancelled."""
    if order.state == Order.State.CANCELLED:
        return []
    now = _WAY.index(Order.State(order.state))
    return [
        (state, "ahead" if place > now else "now" if place == now else "behind") for place, state in enumerate(_WAY)
    ]


def steps_ahead(order: Order) -> list[Order.State]:
    """What the facility can still say of it, the next step first."""
    return [state for state, stands in way_of(order) if stands == "ahead"]


def why_not_advance(order: Order, state: str) -> list[Phrase]:
    """Why the facility cannot say that it is so far: an order goes forward only."""
    if state not in _WAY or state == Order.State.ACCEPTED:
        return [say("There is no state named {state}.", state=state)]
    if order.state == Order.State.CANCELLED:
        return [say("This order was cancelled.")]
    if _WAY.index(Order.State(state)) <= _WAY.index(Order.State(order.state)):
        return [say("The order is so far already.")]
    return []


def why_not_cancel(order: Order) -> list[Phrase]:
    """Why this order stands."""
    if order.state == Order.State.CANCELLED:
        return [say("This order was cancelled.")]
    if order.state not in CANCELLABLE:
        return [say("What is made cannot be cancelled.")]
    return []


def why_not_bill(order: Order) -> list[Phrase]:
    """Why nothing more is billed: what was due of a cancelled order was billed as it was cancelled."""
    return [say("This order was cancelled.")] if order.state == Order.State.CANCELLED else []
