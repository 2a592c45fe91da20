"""Events, webhooks and notices, narrowed to what the viewer may see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from mingyue.web.notices.models import Delivery, Notice, Webhook, Wishes
from mingyue.web.notices.telling import BY_MAIL, ON_PAGE
from mingyue.web.orders.queries import orders_of, projects_of, quotes_of
from mingyue.web.parts.models import Check, Revision, Study
from mingyue.web.parts.queries import parts_of
from mingyue.web.people.models import Role
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.models import Chain, Event


def events_of(viewer: Viewer, organisation_id: UUID) -> QuerySet[Event]:
    """In the order in which they happened. To owners all of the organisation's; to other members those about the parts,
    quotes, orders and projects that they may see, and about themselves; to anybody else none."""
    found = Event.objects.filter(organisation_id=organisation_id).order_by("number")
    if viewer.has(organisation_id, Role.OWNER):
        return found
    if not viewer.belongs_to(organisation_id):
        return found.none()
    person = str(viewer.person_id)
    seen = Q(actor_id=viewer.person_id) | Q(facts__person=person)
    for kind, things in _seen(viewer).items():
        seen |= Q(subject_kind=kind, subject_id__in=_ids(things))
    return found.filter(seen)


def _seen(viewer: Viewer) -> dict[str, QuerySet[Any]]:
    """What the viewer may see, by the kind of subject that events name."""
    shown = {"part__in": _parts(viewer)}
    checks = Check.objects.filter(revision__in=Revision.objects.filter(**shown).values("pk"))
    return {
        "orders.quote": quotes_of(viewer),
        "orders.order": orders_of(viewer),
        "orders.project": projects_of(viewer),
        "parts.part": _parts(viewer),
        "parts.revision": Revision.objects.filter(**shown),
        "parts.check": checks,
        "parts.study": Study.objects.filter(about__in=checks.values("pk")),
    }


def _parts(viewer: Viewer) -> Any:
    """Archived ones too: what happened to them happened."""
    return (parts_of(viewer) | parts_of(viewer, archived=True)).order_by().values("pk")


def _ids(things: QuerySet[Any]) -> Any:
    """As events write them."""
    return things.order_by().annotate(named=Cast("pk", CharField())).values("named")


def last_number(organisation_id: UUID) -> int:
    """How many events the organisation has."""
    return Chain.objects.filter(organisation_id=organisation_id).values_list("count", flat=True).first() or 0


# --- webhooks -----------------------------------------------------------------------------------------------------


def webhooks_of(viewer: Viewer) -> QuerySet[Webhook]:
    """Of the organisations that they own, newest first; never those that were removed."""
    if not viewer.may("events:read"):
        return Webhook.objects.none()
    owned = [one for one in viewer.organisations if viewer.has(one, Role.OWNER)]
    return Webhook.objects.filter(organisation_id__in=owned, removed_at=None).order_by("-at", "pk")


def webhook_of(viewer: Viewer, webhook_id: UUID) -> Webhook | None:
    """One of them."""
    return webhooks_of(viewer).filter(pk=webhook_id).first()


def deliveries_of(viewer: Viewer) -> QuerySet[Delivery]:
    """To the webhooks that they see, with their events, the newest event first."""
    seen = webhooks_of(viewer).order_by().values("pk")
    return Delivery.objects.filter(webhook__in=seen).select_related("event").order_by("-event__number", "pk")


def delivery_of(viewer: Viewer, delivery_id: UUID) -> Delivery | None:
    """One of them."""
    return deliveries_of(viewer).filter(pk=delivery_id).first()


# --- notices ------------------------------------------------------------------------------------------------------


def notices_of(viewer: Viewer) -> QuerySet[Notice]:
    """Their own, of the organisations where they still are, newest first. A key has none."""
    if viewer.scopes is not None:
        return Notice.objects.none()
    mine = Notice.objects.filter(person_id=viewer.person_id, organisation_id__in=viewer.organisations, on_page=True)
    return mine.order_by("-at", "-pk")


def unread_of(viewer: Viewer) -> QuerySet[Notice]:
    """Of them those that they have not opened."""
    return notices_of(viewer).filter(read_at=None)


def notice_of(viewer: Viewer, notice_id: UUID) -> Notice | None:
    """One of them."""
    return notices_of(viewer).filter(pk=notice_id).first()


def unread_count(viewer: Viewer) -> int:
    """How many those are."""
    return unread_of(viewer).count() if viewer.organisations else 0


def wishes_of(person_id: UUID) -> tuple[frozenset[str], frozenset[str]]:
    """Groups of which a person hears on the page, and by letter. The walls must be told of that person."""
    said = Wishes.objects.filter(person_id=person_id).first()
    if said is None:
        return frozenset(map(str, ON_PAGE)), frozenset(map(str, BY_MAIL))
    return frozenset(said.on_page), frozenset(said.by_mail)
