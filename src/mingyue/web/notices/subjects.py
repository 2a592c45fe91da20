"""What an event is about, as far as telling needs to know it: whose sides, who takes part, by which names, where to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from mingyue.web.notices.models import Webhook
from mingyue.web.notices.telling import Side, Who
from mingyue.web.orders.models import Approval, Message, Order, Quote
from mingyue.web.orders.templatetags.promised import yuan
from mingyue.web.parts.models import Check
from mingyue.web.records.models import Event

_ENDED = (Check.State.DONE, Check.State.FAILED, Check.State.CANCELLED)


@dataclass(frozen=True, slots=True)
class About:
    """sides: on which the event's organisation stands. people: those who take part for their own sake, not by a role.

    facts: of the event and what rules ask beyond them. address: a path of the pages.
    """

    sides: frozenset[Side]
    address: str
    facts: Mapping[str, Any]
    values: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[Who, frozenset[UUID]] = field(default_factory=dict)
    spoke: Side | None = None


def about(event: Event) -> About | None:
    """None for what nobody is told of, or what is not there any more."""
    find = _FINDERS.get(event.subject_kind)
    return find(event) if find else None


def _quote(event: Event) -> About | None:
    quote = Quote.objects.filter(pk=event.subject_id).first()
    if quote is None:
        return None
    said = Message.objects.filter(quote=quote)
    last = said.filter(by_id=event.actor_id, at=event.at).first() if event.what == "quote.message_said" else None
    return About(
        sides=_sides(quote, event),
        address=reverse("quote", args=[quote.pk]),
        facts=event.facts,
        values={"number": quote.number} | _texts(event),
        people={
            Who.ASKER: frozenset({quote.by_id}),
            Who.SPEAKER: frozenset(said.values_list("by_id", flat=True)),
            Who.APPROVER: _approver(quote, event),
        },
        spoke=Side(last.side) if last else None,
    )


def _approver(quote: Quote, event: Event) -> frozenset[UUID]:
    """Who approved it last before this happened; the facility's side does not see that."""
    found = Approval.objects.filter(quote=quote, at__lte=event.at).order_by("-at").values_list("by_id", flat=True)
    return frozenset(found[:1])


def _order(event: Event) -> About | None:
    order = Order.objects.filter(pk=event.subject_id).select_related("quote").first()
    if order is None:
        return None
    return About(
        sides=_sides(order, event),
        address=reverse("order", args=[order.pk]),
        facts=event.facts,
        values={"number": order.number} | _texts(event),
        people={Who.ASKER: frozenset({order.by_id, order.quote.by_id})},
    )


def _sides(shared: Quote | Order, event: Event) -> frozenset[Side]:
    sides = {Side.CUSTOMER: shared.organisation_id, Side.PROVIDER: shared.provider_id}
    return frozenset(side for side, whose in sides.items() if whose == event.organisation_id)


def _texts(event: Event) -> dict[str, str]:
    """What the facts say by name; an amount as people write it."""
    named = {name: value for name, value in event.facts.items() if isinstance(value, str)}
    return named | ({"amount": yuan(event.facts["amount_fen"])} if "amount_fen" in event.facts else {})


def _check(event: Event) -> About | None:
    """Of all checks of a revision the one that is done last tells: a part is looked at in many ways at once. Where the
    last one fails nobody is told, for no event says so."""
    check = Check.objects.filter(pk=event.subject_id).select_related("revision__part").first()
    if check is None or check.ended_at is None:
        return None
    others = Check.objects.filter(revision_id=check.revision_id).exclude(pk=check.pk)
    later = Q(state=Check.State.DONE, ended_at__gt=check.ended_at)
    if others.filter(~Q(state__in=_ENDED) | later).exists():
        return None
    part = check.revision.part
    done = Check.objects.filter(revision_id=check.revision_id, state=Check.State.DONE)
    return About(
        sides=frozenset({Side.OWN}),
        address=reverse("part_pages:part", args=[part.pk]),
        facts={"verdict": _best(set(done.values_list("verdict", flat=True)))},
        values={"part": part.name},
        people={Who.KEEPER: frozenset({part.owner_id})},
    )


def _best(verdicts: set[str]) -> str:
    """Of several ways of making it the best counts; what is merely noted does no harm."""
    return next(
        (one for one in ("fine", "risk", "fails") if one in {"fine" if v == "note" else v for v in verdicts}), ""
    )


def _webhook(event: Event) -> About | None:
    webhook = Webhook.objects.filter(pk=event.subject_id).select_related("organisation").first()
    if webhook is None:
        return None
    return About(
        sides=frozenset({Side.OWN}),
        address=reverse("webhook", args=[webhook.organisation.slug, webhook.pk]),
        facts=event.facts,
        values={"host": urlsplit(webhook.url).hostname or ""},
    )


_FINDERS: Mapping[str, Callable[[Event], About | None]] = {
    "orders.quote": _quote,
    "orders.order": _order,
    "parts.check": _check,
    "notices.webhook": _webhook,
}
