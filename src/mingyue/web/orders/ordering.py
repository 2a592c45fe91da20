"""An offered quote becomes an order, which goes forward or is cancelled; one transaction, one event for each side."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from mingyue.phrases import Phrase, say
from mingyue.web.orders import queries, rules
from mingyue.web.orders.budgets import give_back
from mingyue.web.orders.ledger import accounts, books
from mingyue.web.orders.ledger.billing import settle_cancelled
from mingyue.web.orders.models import Approval, Entry, Order, Quote
from mingyue.web.orders.names import new_number
from mingyue.web.orders.parties import parties_now
from mingyue.web.orders.pricing.dividing import rounded
from mingyue.web.orders.pricing.numbers import ALL
from mingyue.web.orders.sides import acting, tell_both
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError, refuse


def accept_quote(*, actor: Viewer, quote_id: UUID, option: int, at: datetime) -> Order:
    """Turn an offered quote into an order. Of two callers one gets the order.

    Who accepts the same once more gets the order that they made: an answer that was lost on its way is no second order.
    """
    quote = _customers_quote(actor, quote_id)
    if not 0 <= option < len(quote.content["options"]):
        raise InvalidError("option", say("The quote has no such option."))
    with acting(actor, quote):
        offered = Quote.objects.filter(pk=quote_id, state=Quote.State.OFFERED, valid_until__gt=at)
        won = offered.exclude(looked_by_id=actor.someone).update(state=Quote.State.ACCEPTED, closed_at=at)
        if not won:
            return _accepted_before(actor, quote_id, option, at)
        approval = Approval.objects.select_related("project").filter(quote_id=quote_id, ended_at=None).first()
        if approval is None or approval.option != option:
            raise RefusedError(rules.why_not_approved(approval, option=option))
        chosen = quote.content["options"][option]
        order = Order.objects.create(
            organisation_id=quote.organisation_id, provider_id=quote.provider_id, quote=quote,
            number=new_number("O"), option=option, reference=approval.project.number,
            currency=quote.content["currency"], total_fen=chosen["total_fen"], rates=chosen["rates"],
            by_id=actor.someone, at=at,
            parties=parties_now(customer_id=quote.organisation_id, provider_id=quote.provider_id),
        )  # fmt: skip
        if order.total_fen:  # what costs nothing binds nobody
            amounts = accounts.accepted(order.total_fen)
            books.post(actor=actor, order=order, kind=Entry.Kind.ACCEPT, amounts=amounts, at=at)
        tell_both(
            actor=actor, what="quote.accepted", subject=quote, shared=quote, at=at,
            facts={"order": order.number, "option": option, "total_fen": order.total_fen},
        )  # fmt: skip
    return order


def _accepted_before(actor: Viewer, quote_id: UUID, option: int, at: datetime) -> Order:
    """The order, to whoever made it and says so again; to others why there is none for them."""
    order = Order.objects.filter(quote_id=quote_id, by_id=actor.someone, option=option).first()
    if order is None:
        quote = Quote.objects.get(pk=quote_id)
        reason = rules.why_closed(quote, at=at)
        if reason is None:
            refuse(rules.why_not_take(actor, quote))
        raise ConflictError(
            reason or say("Somebody changed this meanwhile."),
            remedy=say("Look at the quote as it is now, or ask anew."),
        )
    return order


def advance_order(*, actor: Viewer, order_id: UUID, state: str, at: datetime) -> None:
    """The facility says how far it is: forward only."""
    order = _order(actor, order_id)
    if not rules.may_provide(actor, order.provider_id):
        raise RefusedError([say("Only a manager of the facility may do this.")])
    with acting(actor, order):
        held = Order.objects.select_for_update(no_key=True).get(pk=order_id)
        refuse(rules.why_not_advance(held, state))
        Order.objects.filter(pk=order_id).update(state=state)
        facts = {"state": state}
        tell_both(actor=actor, what="order.advanced", subject=order, shared=order, at=at, facts=facts)


def cancel_order(*, actor: Viewer, order_id: UUID, at: datetime) -> Order:
    """The customer steps back: what is due is what the tariff said when it was quoted, the rest goes back to the project."""
    order = _order(actor, order_id)
    refuse(_why_not_buy(actor, order.quote))
    with acting(actor, order):
        held = Order.objects.select_for_update(no_key=True).get(pk=order_id)
        refuse(rules.why_not_cancel(held))
        due_fen = settle_cancelled(actor=actor, order=held, due_fen=due_on_cancelling(held), at=at)
        Order.objects.filter(pk=order_id).update(state=Order.State.CANCELLED, cancelled_at=at, due_fen=due_fen)
        approval = Approval.objects.get(quote_id=held.quote_id, ended_at=None)
        give_back(approval, approval.amount_fen - approval.returned_fen - due_fen)
        facts = {"state": held.state, "due_fen": due_fen}
        tell_both(actor=actor, what="order.cancelled", subject=order, shared=order, at=at, facts=facts)
        return Order.objects.get(pk=order_id)


def due_on_cancelling(order: Order) -> int:
    """What is to be paid when it is cancelled now, tax included; half a fen goes up."""
    share = order.quote.content["cancel_due_per_mille"][order.state]
    return rounded(order.total_fen * share, ALL)


def _customers_quote(actor: Viewer, quote_id: UUID) -> Quote:
    quote = queries.quote_of(actor, quote_id)
    if quote is None or not actor.may("orders:write"):
        raise NotFoundError
    refuse(_why_not_buy(actor, quote))
    return quote


def _why_not_buy(actor: Viewer, quote: Quote) -> list[Phrase]:
    return rules.why_not_buy(actor, quote.organisation_id, sees_as_customer=queries.sees_as_customer(actor, quote))


def _order(actor: Viewer, order_id: UUID) -> Order:
    order = queries.order_of(actor, order_id)
    if order is None or not actor.may("orders:write"):
        raise NotFoundError
    return order
