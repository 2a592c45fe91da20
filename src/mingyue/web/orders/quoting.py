"""What customer and facility do to a quote; each is one transaction, and one event for each side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from mingyue.phrases import say
from mingyue.web.facilities.models import ServiceClass
from mingyue.web.orders import contents, queries, rules
from mingyue.web.orders.budgets import end_approval
from mingyue.web.orders.contents import Change, Option
from mingyue.web.orders.models import Message, Quote, Tariff
from mingyue.web.orders.names import new_number
from mingyue.web.orders.parties import parties_now
from mingyue.web.orders.pricing.numbers import read
from mingyue.web.orders.pricing.prices import Wish, why_not_price
from mingyue.web.orders.sides import acting, tell_both
from mingyue.web.parts.models import Check
from mingyue.web.parts.queries import check_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError, refuse


@dataclass(frozen=True, slots=True)
class Asked:
    """One option that a customer wants a price for: a check says machine, resin, layer and placement."""

    check_id: UUID
    service_class_id: UUID
    tolerance_um: int
    quantity: int = 1
    inspection: str = "visual"


def ask_quote(*, actor: Viewer, asked: Sequence[Asked], at: datetime, follows: Quote | None = None) -> Quote:
    """A price for each option, by the tariff that counts now: offered at once, or looked at by a person first.

    follows: the quote of an earlier revision, which is asked for once more; see again.py.
    """
    checks = [_check(actor, each.check_id) for each in asked]
    refuse(rules.why_not_quote(checks))
    facility = checks[0].machine.facility
    tariff = queries.tariff_at(facility.pk, at=at)
    if tariff is None:
        raise RefusedError([say("The facility has published no prices.")])
    options = [_option(each, check, tariff) for each, check in zip(asked, checks, strict=True)]
    quote = Quote(
        organisation_id=checks[0].organisation_id, provider_id=facility.organisation_id, facility=facility,
        revision=checks[0].revision, tariff=tariff, number=new_number("Q"), by_id=actor.someone, at=at,
    )  # fmt: skip
    numbers = read(tariff.numbers)
    with acting(actor, quote):
        parties = parties_now(customer_id=quote.organisation_id, provider_id=quote.provider_id)
        content = contents.content_of(
            options, number=quote.number, parties=parties, facility=facility, tariff=tariff, numbers=numbers, at=at,
            follows=follows,
        )  # fmt: skip
        quote.content, quote.digest = content, contents.digest_of(content)
        quote.state = Quote.State.REVIEW if content["review"] else Quote.State.OFFERED
        quote.valid_until = None if content["review"] else at + timedelta(days=numbers.valid_days)
        quote.save(force_insert=True)
        facts = {"number": quote.number, "digest": quote.digest, "state": quote.state}
        facts |= {} if follows is None else {"follows": follows.number}
        tell_both(actor=actor, what="quote.asked", subject=quote, shared=quote, at=at, facts=facts)
    return quote


def _check(actor: Viewer, check_id: UUID) -> Check:
    """The check, to members of the part's organisation who see it: others' public parts are to be looked at only."""
    check = check_of(actor, check_id)
    if check is None or not rules.may_order(actor, check.organisation_id):
        raise NotFoundError
    return check


def _option(asked: Asked, check: Check, tariff: Tariff) -> Option:
    wish = Wish(asked.quantity, asked.inspection, asked.tolerance_um, str(asked.service_class_id))
    offered = ServiceClass.objects.filter(pk=asked.service_class_id, facility_id=tariff.facility_id).first()
    refuse(why_not_price(read(tariff.numbers), contents.needs_of(check), wish))
    if offered is None:  # it was removed since the tariff was published
        raise RefusedError([say("The tariff has no price for this service class.")])
    return Option(check, wish, offered)


# --- talking ------------------------------------------------------------------------------------------------------


def say_message(*, actor: Viewer, quote_id: UUID, text: str, at: datetime) -> Message:
    """What one side says to the other about a quote."""
    quote = _quote(actor, quote_id)
    with acting(actor, quote):
        message = _said(actor, quote, text, at)
        tell_both(actor=actor, what="quote.message_said", subject=quote, shared=quote, at=at)
    return message


def _said(actor: Viewer, quote: Quote, text: str, at: datetime) -> Message:
    if fault := rules.why_not_said(text):
        raise InvalidError("text", fault)
    customers = queries.buys(actor, quote)
    if not customers and not rules.may_provide(actor, quote.provider_id):
        raise RefusedError([say("Only a manager of the facility may do this.")])
    return Message.objects.create(
        organisation_id=quote.organisation_id, provider_id=quote.provider_id, quote=quote, by_id=actor.someone,
        side=Message.Side.CUSTOMER if customers else Message.Side.PROVIDER, text=text.strip(), at=at,
    )  # fmt: skip


def ask_review(*, actor: Viewer, quote_id: UUID, text: str, at: datetime) -> None:
    """The customer wants a person to look at an offer, and says why; until then it cannot be accepted."""
    quote = _customers(actor, quote_id)
    with acting(actor, quote):
        won = Quote.objects.filter(pk=quote_id, state=Quote.State.OFFERED).update(state=Quote.State.REVIEW)
        if not won:
            raise _closed(quote_id, at)
        end_approval(quote, at=at)
        _said(actor, quote, text, at)
        tell_both(actor=actor, what="quote.review_asked", subject=quote, shared=quote, at=at)


def withdraw_quote(*, actor: Viewer, quote_id: UUID, at: datetime, why: str = "") -> None:
    """The customer does not want it any more."""
    quote = _customers(actor, quote_id)
    with acting(actor, quote):
        won = _open(quote_id).update(state=Quote.State.WITHDRAWN, closed_at=at, answer=why.strip()[:500])
        if not won:
            raise RefusedError(rules.why_not_open(Quote.objects.get(pk=quote_id)))
        end_approval(quote, at=at)
        tell_both(actor=actor, what="quote.withdrawn", subject=quote, shared=quote, at=at)


# --- the facility's answer ----------------------------------------------------------------------------------------


def release_quote(*, actor: Viewer, quote_id: UUID, at: datetime) -> None:
    """A person looked, and offers it as it is. From now on it is valid for as long as the tariff says."""
    quote = _providers(actor, quote_id)
    until = at + timedelta(days=quote.content["valid_days"])
    with acting(actor, quote):
        won = Quote.objects.filter(pk=quote_id, state=Quote.State.REVIEW).update(
            state=Quote.State.OFFERED, valid_until=until, looked_at=at, looked_by=actor.someone
        )
        if not won:
            raise RefusedError(rules.why_not_review(Quote.objects.get(pk=quote_id)))
        refuse(rules.why_not_give(actor, buyers=queries.buyers_of(quote)))
        facts = {"valid_until": until.isoformat()}
        tell_both(actor=actor, what="quote.released", subject=quote, shared=quote, at=at, facts=facts)


def replace_quote(*, actor: Viewer, quote_id: UUID, changes: Sequence[Change], at: datetime) -> Quote:
    """A person looked, and offers it with other lines: a new quote, which takes the place of the old one."""
    quote = _providers(actor, quote_id)
    if not changes:
        raise InvalidError("changes", say("Say which line changes."))
    refuse(contents.why_not_changed(quote.content, changes))
    number = new_number("Q")
    content = contents.changed(quote.content, changes, number=number)
    with acting(actor, quote):
        won = _open(quote_id).update(state=Quote.State.SUPERSEDED, closed_at=at)
        if not won:
            raise RefusedError(rules.why_not_open(Quote.objects.get(pk=quote_id)))
        refuse(rules.why_not_give(actor, buyers=queries.buyers_of(quote)))
        end_approval(quote, at=at)
        other = Quote.objects.create(
            organisation_id=quote.organisation_id, provider_id=quote.provider_id, facility_id=quote.facility_id,
            revision_id=quote.revision_id, tariff_id=quote.tariff_id, number=number, content=content,
            digest=contents.digest_of(content), supersedes=quote, by_id=quote.by_id, at=at,
            state=Quote.State.OFFERED, valid_until=at + timedelta(days=content["valid_days"]), looked_at=at,
            looked_by_id=actor.someone,
        )  # fmt: skip
        facts = {"by": other.number, "digest": other.digest}
        tell_both(actor=actor, what="quote.replaced", subject=quote, shared=quote, at=at, facts=facts)
    return other


def decline_quote(*, actor: Viewer, quote_id: UUID, why: str, at: datetime) -> None:
    """The facility does not do it, and says why."""
    quote = _providers(actor, quote_id)
    if not why.strip():
        raise InvalidError("why", say("Say why; the customer reads it."))
    with acting(actor, quote):
        won = Quote.objects.filter(pk=quote_id, state=Quote.State.REVIEW).update(
            state=Quote.State.DECLINED, closed_at=at, answer=why.strip()[:500]
        )
        if not won:
            raise RefusedError(rules.why_not_review(Quote.objects.get(pk=quote_id)))
        refuse(rules.why_not_give(actor, buyers=queries.buyers_of(quote)))
        tell_both(actor=actor, what="quote.declined", subject=quote, shared=quote, at=at)


def _open(quote_id: UUID) -> QuerySet[Quote]:
    return Quote.objects.filter(pk=quote_id, state__in=(Quote.State.REVIEW, Quote.State.OFFERED))


def _quote(actor: Viewer, quote_id: UUID) -> Quote:
    quote = queries.quote_of(actor, quote_id)
    if quote is None or not actor.may("orders:write"):
        raise NotFoundError
    return quote


def _customers(actor: Viewer, quote_id: UUID) -> Quote:
    quote = _quote(actor, quote_id)
    refuse(rules.why_not_buy(actor, quote.organisation_id, sees_as_customer=queries.sees_as_customer(actor, quote)))
    return quote


def _providers(actor: Viewer, quote_id: UUID) -> Quote:
    quote = _quote(actor, quote_id)
    if not rules.may_provide(actor, quote.provider_id):
        raise RefusedError([say("Only a manager of the facility may do this.")])
    return quote


def _closed(quote_id: UUID, at: datetime) -> ConflictError:
    reason = rules.why_closed(Quote.objects.get(pk=quote_id), at=at)
    return ConflictError(
        reason or say("Somebody changed this meanwhile."), remedy=say("Look at the quote as it is now, or ask anew.")
    )
