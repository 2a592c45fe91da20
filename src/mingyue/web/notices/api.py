"""Events and webhooks over HTTP: what happened, and what was sent where."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from mingyue.phrases import say
from mingyue.web.notices import queries, rules, services
from mingyue.web.notices.outside import as_outside
from mingyue.web.people.access import Needs, caller, now, there
from mingyue.web.people.models import Organisation
from mingyue.web.people.queries import organisations_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import InvalidError, NotFoundError
from mingyue.web.records.paging import Cursor, Limit, Page, page_of
from mingyue.web.records.texts import SLUG, Moment, Said

router = Router(tags=["events"])
READS = Needs("events:read")
_LARGEST = 2**53 - 1  # what every program's JSON can count to


class SubjectOut(Schema):
    """What an event is about."""

    kind: str
    id: str


class EventOut(Schema):
    """What happened. actor: who did it; null for the platform itself. api: where more is told of the subject, if anywhere."""

    id: UUID
    number: int
    type: str
    at: datetime
    organisation: str
    actor: UUID | None
    subject: SubjectOut
    facts: dict[str, Any]
    api: str | None


class EventsOut(Schema):
    """Events in the order in which they happened. next: what to send as `after` to go on, now or later."""

    items: list[EventOut]
    next: int


class WebhookOut(Schema):
    """An address that hears of events. kinds: none means all. failing_since: null where the last delivery arrived."""

    id: UUID
    url: str
    kinds: list[str]
    active: bool
    failing_since: datetime | None
    at: datetime


class DeliveryOut(Schema):
    """One event on its way to one webhook. id: the header webhook-id. status: of the last answer; null where none came.

    fault: empty where it arrived; forbidden, unknown, unreachable, certificate, late, broken, redirect or status.
    """

    id: UUID
    event: int
    type: str
    state: str
    attempts: int
    next_at: datetime | None
    tried_at: datetime | None
    status: int | None
    took_ms: int | None
    answer: str
    fault: str


class ReplayedOut(Schema):
    """How many deliveries are sent once more."""

    deliveries: int


class SinceIn(Said):
    """since: events that happened then or later."""

    since: Moment


@router.get("/events", auth=READS, response=EventsOut)
def list_events(
    request: HttpRequest,
    after: Annotated[int, Query(0, ge=0, le=_LARGEST, description="The number after which to begin: `next`.")],
    limit: Limit = 50,
    kind: Annotated[str, Query(None, pattern=rules.KIND, description="Such as order.billed, or quote.*")] = "",
    organisation: Annotated[str, Query(None, pattern=SLUG, description="Which one; not needed with a key.")] = "",
) -> Any:
    """What happened in one organisation, oldest first: all of it to its owners; to other members what is about parts,
    quotes, orders and projects that they may see, and about themselves."""
    viewer = caller(request)
    chosen = _organisation(viewer, organisation)
    last = queries.last_number(chosen.pk)
    found = queries.events_of(viewer, chosen.pk).filter(number__gt=after, number__lte=last)
    if kind:
        found = found.filter(what__startswith=kind[:-1]) if kind.endswith("*") else found.filter(what=kind)
    events = list(found[:limit])
    going_on = events[-1].number if len(events) == limit else max(after, last)
    amounts = viewer.may("orders:read")
    return {
        "items": [as_outside(one, organisation=chosen.slug, amounts=amounts) for one in events],
        "next": going_on,
    }


def _organisation(viewer: Viewer, slug: str | None) -> Organisation:
    """The one that is meant; the only one where none is named."""
    theirs = organisations_of(viewer)
    if slug:
        return there(theirs.filter(slug=slug).first())
    if len(viewer.organisations) > 1:
        raise InvalidError("query.organisation", say("Say which of your organisations is meant."))
    return there(theirs.first())


@router.get("/webhooks", auth=READS, response=Page[WebhookOut])
def list_webhooks(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """Of the organisations that the caller owns; others find none."""
    return page_of(queries.webhooks_of(caller(request)), cursor=cursor, limit=limit, by="at")


@router.get("/webhooks/{uuid:webhook_id}", auth=READS, response=WebhookOut)
def show_webhook(request: HttpRequest, webhook_id: UUID) -> Any:
    """One webhook. Its secret was shown when it was made."""
    return there(queries.webhook_of(caller(request), webhook_id))


@router.get("/webhooks/{uuid:webhook_id}/deliveries", auth=READS, response=list[DeliveryOut])
def list_deliveries(
    request: HttpRequest,
    webhook_id: UUID,
    before: Annotated[int, Query(_LARGEST, ge=0, le=_LARGEST, description="Of events before this number.")],
    limit: Limit = 50,
) -> Any:
    """What was sent there and what came of it, the newest event first."""
    viewer = caller(request)
    webhook = there(queries.webhook_of(viewer, webhook_id))
    return [
        _told(one) for one in queries.deliveries_of(viewer).filter(webhook=webhook, event__number__lt=before)[:limit]
    ]


@router.post("/webhooks/{uuid:webhook_id}/replay", auth=READS, response=ReplayedOut)
def replay_webhook(request: HttpRequest, webhook_id: UUID, said: SinceIn) -> Any:
    """All that was told there since a time is sent once more, each with the id that it had."""
    return {
        "deliveries": services.replay_since(actor=caller(request), webhook_id=webhook_id, since=said.since, at=now())
    }


@router.post("/deliveries/{uuid:delivery_id}/replay", auth=READS, response=DeliveryOut)
def replay_delivery(request: HttpRequest, delivery_id: UUID) -> Any:
    """It is sent once more, with the id that it had."""
    viewer = caller(request)
    services.replay(actor=viewer, delivery_id=delivery_id, at=now())
    found = queries.delivery_of(viewer, delivery_id)
    if found is None:
        raise NotFoundError
    return _told(found)


def _told(delivery: Any) -> dict[str, Any]:
    shown = ("state", "attempts", "tried_at", "status", "took_ms", "answer", "fault")
    due = delivery.state == delivery.State.DUE
    return {name: getattr(delivery, name) for name in shown} | {
        "id": delivery.pk,
        "event": delivery.event.number,
        "type": delivery.event.what,
        "next_at": delivery.next_at if due else None,
    }
