"""What people do about webhooks, notices and what they want to hear; what others see of it is one event."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When

from mingyue.phrases import Phrase, say
from mingyue.web.notices import queries, rules
from mingyue.web.notices.fanning import tell_pages
from mingyue.web.notices.models import Delivery, Group, Webhook, Wishes
from mingyue.web.notices.signing import new_salt, secret_of
from mingyue.web.people.models import Organisation
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import InvalidError, NotFoundError, RefusedError
from mingyue.web.records.services import record


def make_webhook(
    *, actor: Viewer, organisation_id: UUID, url: str, kinds: Sequence[str], at: datetime
) -> tuple[Webhook, str]:
    """A program's address hears from now on, and its secret: it is shown here and never again."""
    if not rules.may_lead(actor, organisation_id):
        raise NotFoundError
    _right(url, kinds)
    with transaction.atomic():
        # The organisation's row is held: of two who make the last one at once, one does.
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
        if Webhook.objects.filter(organisation_id=organisation_id, removed_at=None).count() >= rules.MOST_WEBHOOKS:
            raise RefusedError([say("An organisation has at most {most} webhooks.", most=rules.MOST_WEBHOOKS)])
        webhook = Webhook.objects.create(
            organisation_id=organisation_id, url=url, kinds=sorted(set(kinds)), salt=new_salt(), by_id=actor.someone,
            at=at,
        )  # fmt: skip
        record(actor=actor, what="webhook.made", subject=webhook, at=at, facts={"kinds": webhook.kinds})
    return webhook, secret_of(webhook)


def change_webhook(
    *, actor: Viewer, webhook_id: UUID, url: str, kinds: Sequence[str], active: bool, at: datetime
) -> None:
    """Where it is, what it wants, and whether anything is sent. What was on its way stays so."""
    webhook = _webhook(actor, webhook_id)
    _right(url, kinds)
    with transaction.atomic():
        _there(
            Webhook.objects.filter(pk=webhook.pk, removed_at=None).update(
                url=url, kinds=sorted(set(kinds)), active=active, failing_since=None
            )
        )
        record(actor=actor, what="webhook.changed", subject=webhook, at=at, facts={"active": active})


def renew_secret(*, actor: Viewer, webhook_id: UUID, at: datetime) -> str:
    """A new secret, shown here and never again. The one before it counts for a day, so that no receiver need hurry."""
    webhook = _webhook(actor, webhook_id)
    with transaction.atomic():
        held = _held(webhook.pk)
        held.salt_before, held.before_until, held.salt = held.salt, at + rules.BOTH_COUNT, new_salt()
        held.save(update_fields=["salt", "salt_before", "before_until"])
        record(actor=actor, what="webhook.secret_renewed", subject=held, at=at)
    return secret_of(held)


def remove_webhook(*, actor: Viewer, webhook_id: UUID, at: datetime) -> None:
    """Nothing more is sent there."""
    webhook = _webhook(actor, webhook_id)
    with transaction.atomic():
        _there(Webhook.objects.filter(pk=webhook.pk, removed_at=None).update(removed_at=at, active=False))
        Delivery.objects.filter(webhook=webhook, state=Delivery.State.DUE).update(state=Delivery.State.GIVEN_UP)
        record(actor=actor, what="webhook.removed", subject=webhook, at=at)


def try_webhook(*, actor: Viewer, webhook_id: UUID, at: datetime) -> None:
    """An event of which this webhook alone hears, on the way of all others."""
    webhook = _webhook(actor, webhook_id)
    if not webhook.active:
        raise RefusedError([say("This webhook is switched off.")])
    with transaction.atomic():
        record(actor=actor, what=rules.TEST, subject=webhook, at=at)


def replay(*, actor: Viewer, delivery_id: UUID, at: datetime) -> None:
    """One delivery is sent once more, as what it is: its id and body stay."""
    delivery = queries.delivery_of(actor, delivery_id)
    if delivery is None:
        raise NotFoundError
    _replay(actor, delivery.webhook_id, Delivery.objects.filter(pk=delivery_id), at)


def replay_since(*, actor: Viewer, webhook_id: UUID, since: datetime, at: datetime) -> int:
    """All that was told since then is sent once more; how many that are."""
    if queries.webhook_of(actor, webhook_id) is None:
        raise NotFoundError
    return _replay(actor, webhook_id, Delivery.objects.filter(webhook_id=webhook_id, event__at__gte=since), at)


def _replay(actor: Viewer, webhook_id: UUID, which: QuerySet[Delivery], at: datetime) -> int:
    with transaction.atomic():
        webhook = _held(webhook_id)
        if not webhook.active:
            raise RefusedError([say("This webhook is switched off.")])
        # What was never tried is on its way already.
        again = which.filter(~Q(state=Delivery.State.DUE) | Q(failures__gt=0))
        count = again.update(state=Delivery.State.DUE, next_at=at, failures=0)
        facts = {"deliveries": count}
        record(actor=actor, what="webhook.replayed", subject=webhook, at=at, facts=facts)
    return count


def _right(url: str, kinds: Sequence[str]) -> None:
    if reasons := rules.why_not_url(url, private=settings.WEBHOOKS_PRIVATE):
        raise InvalidError("url", reasons[0])
    if reasons := rules.why_not_kinds(kinds):
        raise InvalidError("kinds", reasons[0])


def _webhook(actor: Viewer, webhook_id: UUID) -> Webhook:
    webhook = queries.webhook_of(actor, webhook_id)
    if webhook is None or not rules.may_lead(actor, webhook.organisation_id):
        raise NotFoundError
    return webhook


def _held(webhook_id: UUID) -> Webhook:
    webhook = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook_id, removed_at=None).first()
    if webhook is None:
        raise NotFoundError
    return webhook


def _there(changed: int) -> None:
    if not changed:
        raise NotFoundError


# --- notices ------------------------------------------------------------------------------------------------------


def open_notice(*, actor: Viewer, notice_id: UUID, at: datetime) -> str:
    """It was read; where it leads."""
    notice = queries.notice_of(actor, notice_id)
    if notice is None:
        raise NotFoundError
    _read(actor, notice_id=notice_id, at=at)
    return notice.address


def read_all(*, actor: Viewer, at: datetime) -> None:
    """None is new any more."""
    _read(actor, at=at)


def _read(actor: Viewer, *, at: datetime, notice_id: UUID | None = None) -> None:
    """No letter is written about what was read before it went."""
    unread = queries.unread_of(actor).order_by()
    chosen = unread if notice_id is None else unread.filter(pk=notice_id)
    no_letter = Case(When(mail_id=None, then=None), default=F("mail_at"))
    with transaction.atomic():
        if chosen.update(read_at=at, mail_at=no_letter):
            tell_pages([actor.someone])


def set_wishes(*, actor: Viewer, on_page: Collection[str], by_mail: Collection[str]) -> None:
    """Of which groups they want to hear from now on, and where."""
    if actor.scopes is not None or not actor.signed_in:
        raise NotFoundError
    for field, said in (("on_page", on_page), ("by_mail", by_mail)):
        if strange := sorted(set(said) - set(Group.values)):
            raise InvalidError(field, _no_group(strange[0]))
    Wishes.objects.update_or_create(
        person_id=actor.someone, defaults={"on_page": sorted(set(on_page)), "by_mail": sorted(set(by_mail))}
    )


def _no_group(name: str) -> Phrase:
    return say("There is no group of notices named {name}.", name=name)
