"""Due deliveries are sent: at least once, always as the same delivery, and after a while no more.

Who sends one claims it first, in a short transaction, for as long as sending can take; nobody waits for the other side
while a row is held. Who dies in between leaves a claim that runs out, and the next sends it again. An outcome counts only
for the attempt that was claimed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from mingyue.web.notices import rules
from mingyue.web.notices.models import Delivery, Webhook
from mingyue.web.notices.outside import body_of
from mingyue.web.notices.posting import Outcome, post
from mingyue.web.notices.signing import headers_of, secrets_of
from mingyue.web.records.services import record
from mingyue.web.records.walls import seen_by

CLAIMED_FOR = timedelta(seconds=60)  # longer than looking up a name, connecting and an answer can take together

Clock = Callable[[], datetime]
Send = Callable[..., Outcome]


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt."""

    delivery_id: UUID
    webhook_id: UUID
    attempt: int
    failures: int
    url: str
    body: bytes
    headers: Mapping[str, str]


def deliver(organisation_id: UUID, webhook_id: UUID, *, clock: Clock, send: Send = post) -> bool:
    """The delivery that has waited longest, if one is due. Whether one was sent and arrived."""
    with seen_by(organisation_id=organisation_id):
        claim = claimed(webhook_id, at=clock())
    if claim is None:
        return False
    outcome = send(claim.url, claim.body, claim.headers, private=settings.WEBHOOKS_PRIVATE)
    with seen_by(organisation_id=organisation_id):
        finish(claim, outcome, at=clock(), chance=random.random())
    return not outcome.fault


def claimed(webhook_id: UUID, *, at: datetime) -> Claim | None:
    """Ours for a while; of two who ask at once each gets another one, or nothing."""
    with transaction.atomic():
        due = (
            Delivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
            .filter(
                webhook_id=webhook_id, state=Delivery.State.DUE, next_at__lte=at, webhook__active=True,
                webhook__removed_at=None,
            )
            .select_related("webhook__organisation", "event")
            .order_by("next_at", "event__number")
            .first()
        )  # fmt: skip
        if due is None:
            return None
        Delivery.objects.filter(pk=due.pk).update(next_at=at + CLAIMED_FOR, attempts=F("attempts") + 1)
    body = body_of(due.event, organisation=due.webhook.organisation.slug)
    headers = headers_of(str(due.pk), body, secrets=secrets_of(due.webhook, at=at), at=at)
    return Claim(due.pk, due.webhook_id, due.attempts + 1, due.failures, due.webhook.url, body, headers)


def finish(claim: Claim, outcome: Outcome, *, at: datetime, chance: float) -> None:
    """What came of an attempt. Where it was claimed anew meanwhile, that attempt decides."""
    arrived = not outcome.fault
    failures = 0 if arrived else claim.failures + 1
    again = None if arrived else rules.next_try(failures, at=at, chance=chance)
    state = Delivery.State.DELIVERED if arrived else Delivery.State.DUE if again else Delivery.State.GIVEN_UP
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update(no_key=True).get(pk=claim.webhook_id)
        won = Delivery.objects.filter(
            pk=claim.delivery_id, attempts=claim.attempt, state=Delivery.State.DUE
        ).update(
            state=state, failures=failures, next_at=again or at, tried_at=at, status=outcome.status,
            took_ms=outcome.took_ms, answer=outcome.answer, fault=outcome.fault,
        )  # fmt: skip
        if won:
            _note(webhook, arrived=arrived, at=at)


def _note(webhook: Webhook, *, arrived: bool, at: datetime) -> None:
    """Since when nothing arrives there; after days of that it is switched off, and its owners are told."""
    mine = Webhook.objects.filter(pk=webhook.pk)
    if arrived:
        mine.exclude(failing_since=None).update(failing_since=None)
    elif webhook.failing_since is None:
        mine.update(failing_since=at)
    elif webhook.active and at - webhook.failing_since >= rules.GIVES_UP_AFTER:
        mine.update(active=False)
        Delivery.objects.filter(webhook=webhook, state=Delivery.State.DUE).update(state=Delivery.State.GIVEN_UP)
        record(actor=None, what="webhook.switched_off", subject=webhook, at=at)
