"""Events become deliveries and notices, each exactly once: both are written in one transaction with how far we are.

An event stands in its organisation's chain since the transaction of what it tells, so the chain is the outbox: nothing
happens that is not told, and nothing is told that did not happen. Numbers have no gap and are given under the chain's
lock, so whoever has read up to one has missed none before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from mingyue.web.notices import aside, rules
from mingyue.web.notices.models import Delivery, Notice, Told, Webhook
from mingyue.web.notices.queries import events_of, wishes_of
from mingyue.web.notices.subjects import about
from mingyue.web.notices.telling import Who, filled, rules_for
from mingyue.web.people.models import Membership, Role, User
from mingyue.web.people.queries import viewer_told
from mingyue.web.records.kept_phrases import as_json
from mingyue.web.records.live import CHANNEL as LIVE
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by

MOST_AT_ONCE = 200
MAIL_WAITS = timedelta(minutes=1)  # what else happens meanwhile goes into the same letter
_BY_ROLE = {Who.HOLDER: Role.BUDGET_HOLDER, Who.MANAGER: Role.MANAGER, Who.OWNER: Role.OWNER}


@dataclass(frozen=True, slots=True)
class Members:
    """Who belongs to the organisation now, with their roles."""

    roles: dict[UUID, frozenset[str]]
    people: dict[UUID, User]

    def with_role(self, role: str) -> frozenset[UUID]:
        """Those who have it."""
        return frozenset(person for person, held in self.roles.items() if role in held)


def tell(organisation_id: UUID, *, at: datetime) -> int:
    """Tell of what happened since; how many events that were. None where somebody else is at it.

    Which cannot be told is set aside: see aside.py.
    """
    with seen_by(organisation_id=organisation_id), transaction.atomic():
        Told.objects.get_or_create(organisation_id=organisation_id)
        told = Told.objects.select_for_update(skip_locked=True).filter(organisation_id=organisation_id).first()
        if told is None:
            return 0
        news = Event.objects.filter(organisation_id=organisation_id, number__gt=told.number)
        events = list(news.order_by("number")[:MOST_AT_ONCE])
        if not events:
            return 0
        aside.tell_or_set_aside(partial(_write, organisation_id, at), events, at=at)
        Told.objects.filter(pk=told.pk).update(number=events[-1].number)
    return len(events)


def tell_aside(organisation_id: UUID, *, at: datetime, even_given_up: bool = False) -> int:
    """The same of events that were set aside and are due; how many were told. even_given_up: due or not."""
    due = Q() if even_given_up else Q(next_at__lte=at)
    with seen_by(organisation_id=organisation_id):
        return aside.tell_again(partial(_write, organisation_id, at), organisation_id, at=at, due=due)


def _write(organisation_id: UUID, at: datetime, events: Sequence[Event]) -> None:
    """What these events make: deliveries, notices, and news for open pages."""
    Delivery.objects.bulk_create(_deliveries(organisation_id, events, at))
    members = _members(organisation_id)
    notices = [notice for event in events for notice in _notices(event, members, at)]
    Notice.objects.bulk_create(notices)
    tell_pages(notice.person_id for notice in notices)


def _deliveries(organisation_id: UUID, events: Sequence[Event], at: datetime) -> Iterator[Delivery]:
    """One to each webhook that wants to hear of it and was there; of a test only the webhook that is tested hears."""
    webhooks = list(Webhook.objects.filter(organisation_id=organisation_id, active=True, removed_at=None))
    for event in events:
        for webhook in webhooks:
            if event.at < webhook.at:
                continue
            tested = event.what == rules.TEST
            if event.subject_id == str(webhook.pk) if tested else rules.wants(webhook.kinds, event.what):
                yield Delivery(organisation_id=organisation_id, webhook=webhook, event=event, next_at=at)


def _members(organisation_id: UUID) -> Members:
    held = Membership.objects.filter(organisation_id=organisation_id, ended_at=None, person__is_active=True)
    found = list(held.select_related("person"))
    return Members({one.person_id: frozenset(one.roles) for one in found}, {one.person_id: one.person for one in found})


def _notices(event: Event, members: Members, at: datetime) -> Iterator[Notice]:
    """One to each who is told; never to whoever did it, nor to whoever may not see what it is about."""
    known = about(event)
    if known is None:
        return
    reached = {event.actor_id}
    for rule in rules_for(event.what, sides=known.sides, facts=known.facts, spoke=known.spoke):
        for who in rule.who:
            people = members.with_role(_BY_ROLE[who]) if who in _BY_ROLE else known.people.get(who, frozenset())
            for person_id in sorted((people & members.people.keys()) - reached, key=str):
                reached.add(person_id)
                notice = Notice(
                    organisation_id=event.organisation_id, person_id=person_id, event=event, group=rule.group, who=who,
                    text=as_json(filled(rule.text, known.values)), address=known.address, at=event.at,
                )  # fmt: skip
                if _wanted(notice, members.people[person_id], at):
                    yield notice


def _wanted(notice: Notice, person: User, at: datetime) -> bool:
    """Whether its reader may see what it is about and wants to hear of it; where, is written into it."""
    with seen_by(person_id=person.pk):
        if not events_of(viewer_told(person), notice.organisation_id).filter(pk=notice.event_id).exists():
            return False
        on_page, by_mail = wishes_of(person.pk)
    notice.on_page = notice.group in on_page
    notice.mail_at = at + MAIL_WAITS if notice.group in by_mail else None
    return notice.on_page or notice.mail_at is not None


def tell_pages(people: Iterable[UUID]) -> None:
    """Say to the open pages of these people, once this transaction is done, that their notices changed."""
    with connection.cursor() as cursor:
        for person_id in sorted(set(people), key=str):
            cursor.execute("SELECT pg_notify(%s, %s)", [LIVE, json.dumps({"person": str(person_id)})])
