"""Who is told of what, and why: one table. Pure; who these people are is found out in fanning.py.

Each side of a quote or order has a chain of its own and so tells its own people: nobody is told across the wall.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mingyue.phrases import Phrase, say
from mingyue.web.notices.models import Group


class Side(StrEnum):
    """Whose chain an event stands in. OWN: of what has one side only."""

    CUSTOMER = "customer"
    PROVIDER = "provider"
    OWN = "own"


class Who(StrEnum):
    """As what somebody is told."""

    ASKER = "asker"
    HOLDER = "holder"
    APPROVER = "approver"
    SPEAKER = "speaker"
    MANAGER = "manager"
    KEEPER = "keeper"
    OWNER = "owner"


WHY: Mapping[Who, Phrase] = {
    Who.ASKER: say("You asked for it."),
    Who.HOLDER: say("You decide about budgets."),
    Who.APPROVER: say("You approved it."),
    Who.SPEAKER: say("You take part in this conversation."),
    Who.MANAGER: say("You manage the facility."),
    Who.KEEPER: say("The part is yours."),
    Who.OWNER: say("You are an owner of the organisation."),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What these people of this side are told. text: its values are filled in from what is known of the subject.

    where: only if the event's facts say so. answered: only if the other side spoke.
    """

    side: Side
    who: tuple[Who, ...]
    group: Group
    text: Phrase
    where: Mapping[str, Any] = field(default_factory=dict)
    answered: bool = False

    def applies(self, sides: frozenset[Side], facts: Mapping[str, Any], *, spoke: Side | None) -> bool:
        """Whether it does in the chain of an organisation that stands on these sides. spoke: who said something."""
        if self.side not in sides or any(facts.get(name) != value for name, value in self.where.items()):
            return False
        return not self.answered or spoke not in {None, self.side}


def _to(side: Side, *who: Who) -> Any:
    def make(group: Group, text: Phrase, *, answered: bool = False, **where: Any) -> Rule:
        return Rule(side, who, group, text, where, answered)

    return make


_ASKER = _to(Side.CUSTOMER, Who.ASKER)
_HOLDERS = _to(Side.CUSTOMER, Who.HOLDER)
_PAYING = _to(Side.CUSTOMER, Who.ASKER, Who.HOLDER)
_OWING = _to(Side.CUSTOMER, Who.HOLDER, Who.OWNER)
_PROMISED = _to(Side.CUSTOMER, Who.ASKER, Who.APPROVER)
_TALKING = _to(Side.CUSTOMER, Who.ASKER, Who.SPEAKER)
_FACILITY = _to(Side.PROVIDER, Who.MANAGER)
_ANSWERING = _to(Side.PROVIDER, Who.MANAGER, Who.SPEAKER)
_KEEPER = _to(Side.OWN, Who.KEEPER)
_OWNERS = _to(Side.OWN, Who.OWNER)

_WAITS = say("Quote {number} waits for the approval of a budget holder.", number="")
_LOOK = say("Quote {number} waits for the facility to look at it.", number="")
_APPROVED = say("Quote {number} was approved.", number="")
_UNAPPROVED = say("The approval of quote {number} was withdrawn.", number="")
_ACCEPTED = say("Quote {number} was accepted: it is order {order} now.", number="", order="")
_SAID = say("There is a message about quote {number}.", number="")
_CANCELLED = say("Order {number} was cancelled.", number="")

RULES: Mapping[str, tuple[Rule, ...]] = {
    "quote.asked": (
        _HOLDERS(Group.QUOTES, _WAITS, state="offered"),
        _FACILITY(Group.QUOTES, _LOOK, state="review"),  # nobody else can release it
    ),
    "quote.review_asked": (_FACILITY(Group.QUOTES, _LOOK),),
    "quote.released": (
        _ASKER(Group.QUOTES, say("The facility offers quote {number}.", number="")),
        _HOLDERS(Group.QUOTES, _WAITS),
    ),
    "quote.replaced": (_PAYING(Group.QUOTES, say("Quote {number} was replaced by quote {by}.", number="", by="")),),
    "quote.declined": (_ASKER(Group.QUOTES, say("The facility declined quote {number}.", number="")),),
    "quote.withdrawn": (_FACILITY(Group.QUOTES, say("Quote {number} was withdrawn by the customer.", number="")),),
    "quote.approved": (
        _ASKER(Group.QUOTES, _APPROVED),  # now it can be accepted
        _FACILITY(Group.QUOTES, _APPROVED),
    ),
    "quote.approval_withdrawn": (
        _ASKER(Group.QUOTES, _UNAPPROVED),
        _FACILITY(Group.QUOTES, _UNAPPROVED),
    ),
    "quote.running_out": (
        _PROMISED(Group.QUOTES, say("Quote {number} is approved and runs out on {day}.", number="", day="")),
    ),
    "quote.approval_lapsed": (
        _PROMISED(Group.QUOTES, say("Quote {number} ran out; {amount} are free again.", number="", amount="")),
        _FACILITY(Group.QUOTES, say("Quote {number} ran out before it was accepted.", number="")),
    ),
    "quote.accepted": (
        _ASKER(Group.ORDERS, _ACCEPTED),
        _FACILITY(Group.ORDERS, _ACCEPTED),  # work begins
    ),
    "quote.message_said": (
        _TALKING(Group.MESSAGES, _SAID, answered=True),
        _ANSWERING(Group.MESSAGES, _SAID, answered=True),
    ),
    "order.advanced": (
        _ASKER(Group.ORDERS, say("Order {number} is scheduled.", number=""), state="scheduled"),
        _ASKER(Group.ORDERS, say("Order {number} is being made.", number=""), state="making"),
        _ASKER(Group.ORDERS, say("Order {number} is made.", number=""), state="made"),
        _ASKER(Group.ORDERS, say("Order {number} is delivered.", number=""), state="delivered"),
    ),
    "order.cancelled": (
        _PAYING(Group.ORDERS, _CANCELLED),  # what was promised of a budget is free again
        _FACILITY(Group.ORDERS, _CANCELLED),
    ),
    "order.billed": (_PAYING(Group.ORDERS, say("Order {number} was billed: {amount}.", number="", amount="")),),
    "order.paid": (_PAYING(Group.ORDERS, say("A payment came for order {number}: {amount}.", number="", amount="")),),
    "order.refunded": (_PAYING(Group.ORDERS, say("Paid back for order {number}: {amount}.", number="", amount="")),),
    "order.written_off": (
        _PAYING(Group.ORDERS, say("Written off for order {number}: {amount}.", number="", amount="")),
    ),
    "invoice.voided": (
        _PAYING(Group.ORDERS, say("An invoice of order {number} was voided: {amount}.", number="", amount="")),
    ),
    "invoice.credited": (
        _PAYING(Group.ORDERS, say("A credit note for order {number}: {amount}.", number="", amount="")),
    ),
    "invoice.overdue": (
        _OWING(Group.ORDERS, say("An invoice of order {number} is overdue: {amount}.", number="", amount="")),
    ),
    "check.done": (
        _KEEPER(Group.CHECKS, say("{part} was checked: it will fail.", part=""), verdict="fails"),
        _KEEPER(Group.CHECKS, say("{part} was checked: it may fail.", part=""), verdict="risk"),
        _KEEPER(Group.CHECKS, say("{part} was checked: it can be made.", part=""), verdict="fine"),
    ),
    "webhook.switched_off": (
        _OWNERS(
            Group.PROGRAMS,
            say("The webhook to {host} was switched off: nothing has arrived there for five days.", host=""),
        ),
    ),
}

# What whoever never said otherwise hears of: everything on the page, by letter what waits for people.
ON_PAGE = frozenset(Group)
BY_MAIL = frozenset(Group) - {Group.CHECKS}


def rules_for(
    what: str, *, sides: frozenset[Side], facts: Mapping[str, Any], spoke: Side | None = None
) -> tuple[Rule, ...]:
    """What the people of an organisation are told of an event in its chain."""
    return tuple(rule for rule in RULES.get(what, ()) if rule.applies(sides, facts, spoke=spoke))


def filled(text: Phrase, values: Mapping[str, str]) -> Phrase:
    """The text with its values."""
    return Phrase(text.template, {name: values.get(name, "?") for name in text.values})
