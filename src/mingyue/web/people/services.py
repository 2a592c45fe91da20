"""What people do about organisations, members and keys; each is one transaction and one event."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from mingyue.phrases import Phrase, say
from mingyue.web.people import parties, rules
from mingyue.web.people.keys import digest_of, new_key, new_token
from mingyue.web.people.models import ApiKey, Invitation, Membership, Organisation, Party, Role, User
from mingyue.web.people.queries import party_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError, refuse
from mingyue.web.records.services import record
from mingyue.web.records.walls import seen_by

INVITATION_LASTS = timedelta(days=14)


def create_organisation(
    *, actor: Viewer, name: str, kind: str, at: datetime, name_zh: str = "", slug: str = "", demonstration: bool = False
) -> Organisation:
    """A new organisation, with whoever makes it as owner."""
    if not actor.signed_in or actor.scopes is not None:
        raise NotFoundError
    if kind not in Organisation.Kind.values:
        raise InvalidError("kind", say("There is no kind of organisation named {kind}.", kind=kind))
    name = name.strip()
    if not 2 <= len(name) <= 120:
        raise InvalidError("name", say("A name has 2 to 120 characters."))
    organisation = Organisation(
        slug=_free_slug(slug or name), kind=kind, name=name, name_zh=name_zh.strip()[:120],
        demonstration=demonstration, created_at=at,
    )  # fmt: skip
    # The maker is no member yet, so the walls are told for whom this is done.
    with seen_by(person_id=actor.person_id, organisation_id=organisation.pk), transaction.atomic():
        organisation.save(force_insert=True)
        Membership.objects.create(
            organisation=organisation, person_id=actor.someone, roles=[Role.OWNER, Role.MEMBER], since=at
        )
        record(actor=actor, what="organisation.created", subject=organisation, organisation_id=organisation.pk, at=at)
    return organisation


def _free_slug(name: str) -> str:
    base = slugify(name)[:50] or "org"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(f"{base}-{count}" for count in range(2, len(taken) + 3) if f"{base}-{count}" not in taken)


def change_organisation(
    *,
    actor: Viewer,
    organisation_id: UUID,
    version: int,
    at: datetime,
    name: str,
    name_zh: str,
    about: str,
    about_zh: str,
    party: Mapping[str, str] | None = None,
) -> None:
    """What is told about an organisation, and, where it is said, what it is called on documents from now on.

    Raises ConflictError where somebody changed it meanwhile. party: texts of `Party`; what is left out stays.
    """
    _refuse(rules.why_not_lead(actor, organisation_id), actor, organisation_id)
    if not 2 <= len(name.strip()) <= 120:
        raise InvalidError("name", say("A name has 2 to 120 characters."))
    called = None if party is None else _right_party(_known_party(organisation_id) | dict(party))
    with transaction.atomic():
        changed = Organisation.objects.filter(pk=organisation_id, version=version).update(
            name=name.strip(), name_zh=name_zh.strip()[:120], about=about.strip()[:2000],
            about_zh=about_zh.strip()[:2000], version=version + 1,
        )  # fmt: skip
        if not changed:
            raise ConflictError(
                say("Somebody changed this meanwhile."), remedy=say("Look at what it says now, and change it again.")
            )
        if called is not None:
            Party.objects.update_or_create(organisation_id=organisation_id, defaults=called)
        record(
            actor=actor, what="organisation.changed", subject=Organisation.objects.get(pk=organisation_id),
            organisation_id=organisation_id, at=at,
        )  # fmt: skip


def _known_party(organisation_id: UUID) -> dict[str, str]:
    kept = party_of(Organisation.objects.get(pk=organisation_id))
    return {name: getattr(kept, name) for name in parties.LONGEST}


def _right_party(said: Mapping[str, str]) -> dict[str, str]:
    tidied = parties.tidied(said)
    for field, fault in parties.why_not_party(tidied).items():
        raise InvalidError(field, fault)
    return tidied


def invite(
    *, actor: Viewer, organisation_id: UUID, email: str, roles: Collection[str], at: datetime
) -> tuple[Invitation, str]:
    """An invitation, and the token that its letter carries: it is shown here and never again."""
    _refuse(rules.why_not_lead(actor, organisation_id), actor, organisation_id)
    organisation = Organisation.objects.get(pk=organisation_id)
    _refuse(rules.why_not_roles(roles, runs_platform=organisation.runs_platform), actor, organisation_id)
    token = new_token()
    with transaction.atomic():
        invitation = Invitation.objects.create(
            organisation=organisation, email=email.strip().lower(), roles=sorted(set(roles)), digest=digest_of(token),
            invited_by_id=actor.someone, at=at, expires_at=at + INVITATION_LASTS,
        )  # fmt: skip
        record(actor=actor, what="invitation.sent", subject=invitation, at=at, facts={"roles": invitation.roles})
    return invitation, token


def withdraw_invitation(*, actor: Viewer, invitation_id: UUID, at: datetime) -> None:
    """The letter lets nobody in any more."""
    invitation = Invitation.objects.filter(pk=invitation_id, organisation_id__in=actor.organisations).first()
    if invitation is None:
        raise NotFoundError
    _refuse(rules.why_not_lead(actor, invitation.organisation_id), actor, invitation.organisation_id)
    with transaction.atomic():
        won = Invitation.objects.filter(pk=invitation_id, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
        if not won:
            raise RefusedError([say("This invitation was accepted or withdrawn already.")])
        record(actor=actor, what="invitation.withdrawn", subject=invitation, at=at)


def invitation_for(token: str) -> Invitation | None:
    """What the holder of a token was sent; None where there is no such letter."""
    digest = digest_of(token)
    with seen_by(token=digest):
        return Invitation.objects.filter(digest=digest).select_related("organisation", "invited_by").first()


def accept_invitation(*, actor: Viewer, token: str, at: datetime) -> Membership:
    """The reader becomes a member. Of two who hold the same letter, one does."""
    invitation = invitation_for(token)
    if invitation is None or not actor.signed_in or actor.scopes is not None:
        raise NotFoundError
    person = User.objects.get(pk=actor.someone)
    organisation_id = invitation.organisation_id
    with seen_by(person_id=actor.person_id, organisation_id=organisation_id), transaction.atomic():
        won = Invitation.objects.filter(
            pk=invitation.pk, accepted_at=None, withdrawn_at=None, expires_at__gt=at, email__iexact=person.email
        ).update(accepted_at=at)
        if not won:
            raise RefusedError(
                rules.why_not_accept(Invitation.objects.get(pk=invitation.pk), email=person.email, at=at)
            )
        membership, fresh = Membership.objects.get_or_create(
            organisation_id=organisation_id,
            person=person,
            ended_at=None,
            defaults={"roles": invitation.roles, "since": at},
        )
        if not fresh:
            membership.roles = sorted({*membership.roles, *invitation.roles})
            membership.save(update_fields=["roles"])
        record(actor=actor, what="invitation.accepted", subject=invitation, at=at)
    return membership


def change_roles(*, actor: Viewer, membership_id: UUID, roles: Collection[str], at: datetime) -> None:
    """A member's roles from now on; an organisation never stays without an owner."""
    membership = _membership(actor, membership_id)
    organisation = membership.organisation
    _refuse(rules.why_not_lead(actor, organisation.pk), actor, organisation.pk)
    _refuse(rules.why_not_roles(roles, runs_platform=organisation.runs_platform), actor, organisation.pk)
    with transaction.atomic():
        if Role.OWNER not in roles:
            _refuse(rules.why_not_without(_owners_held(organisation.pk), membership.person_id), actor, organisation.pk)
        Membership.objects.filter(pk=membership_id, ended_at=None).update(roles=sorted(set(roles)))
        record(
            actor=actor, what="membership.changed", subject=membership, at=at,
            facts={"person": str(membership.person_id), "roles": sorted(set(roles))},
        )  # fmt: skip


def end_membership(*, actor: Viewer, membership_id: UUID, at: datetime) -> None:
    """Somebody leaves, or is asked to; their keys there die with it."""
    membership = _membership(actor, membership_id)
    if membership.person_id != actor.person_id:
        _refuse(rules.why_not_lead(actor, membership.organisation_id), actor, membership.organisation_id)
    # Whoever leaves is no member any more when it is recorded.
    with seen_by(person_id=actor.person_id, organisation_id=membership.organisation_id), transaction.atomic():
        _refuse(
            rules.why_not_without(_owners_held(membership.organisation_id), membership.person_id),
            actor, membership.organisation_id,
        )  # fmt: skip
        won = Membership.objects.filter(pk=membership_id, ended_at=None).update(ended_at=at)
        if not won:
            raise NotFoundError
        ApiKey.objects.filter(
            organisation_id=membership.organisation_id, person_id=membership.person_id, revoked_at=None
        ).update(revoked_at=at)
        record(
            actor=actor, what="membership.ended", subject=membership, at=at,
            facts={"person": str(membership.person_id)},
        )  # fmt: skip


def make_key(
    *, actor: Viewer, organisation_id: UUID, name: str, scopes: Collection[str], expires_at: datetime, at: datetime
) -> tuple[ApiKey, str]:
    """A key of the actor's own, and its secret: it is shown here and never again. A key makes no keys."""
    if not actor.belongs_to(organisation_id) or actor.scopes is not None:
        raise NotFoundError
    _refuse(rules.why_not_key(scopes, expires_at=expires_at, at=at), actor, organisation_id)
    if not name.strip():
        raise InvalidError("name", say("Name the key after the program that will hold it."))
    secret, prefix = new_key()
    with transaction.atomic():
        key = ApiKey.objects.create(
            organisation_id=organisation_id, person_id=actor.someone, name=name.strip()[:60], prefix=prefix,
            digest=digest_of(secret), scopes=sorted(set(scopes)), created_at=at, expires_at=expires_at,
        )  # fmt: skip
        record(actor=actor, what="key.made", subject=key, at=at, facts={"scopes": key.scopes})
    return key, secret


def revoke_key(*, actor: Viewer, key_id: UUID, at: datetime) -> None:
    """The key lets nobody in from now on. Its maker may do this, and the organisation's owners."""
    key = ApiKey.objects.filter(pk=key_id, organisation_id__in=actor.organisations).first()
    if key is None or actor.scopes is not None:
        raise NotFoundError
    if key.person_id != actor.person_id and not actor.has(key.organisation_id, Role.OWNER):
        raise NotFoundError
    with transaction.atomic():
        if not ApiKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=at):
            raise RefusedError([say("This key was revoked already.")])
        record(actor=actor, what="key.revoked", subject=key, at=at)


def note_language(*, person_id: UUID, language: str) -> None:
    """In which language somebody reads, for what is written to them. No event: it is nobody else's affair."""
    User.objects.filter(pk=person_id).exclude(language=language).update(language=language)


def _membership(actor: Viewer, membership_id: UUID) -> Membership:
    found = (
        Membership.objects.filter(pk=membership_id, ended_at=None, organisation_id__in=actor.organisations)
        .select_related("organisation")
        .first()
    )
    if found is None or actor.scopes is not None:
        raise NotFoundError
    return found


def _owners_held(organisation_id: UUID) -> list[UUID]:
    """The owners, their rows held until the transaction ends: two last owners cannot both leave at once."""
    held = Membership.objects.select_for_update().filter(
        organisation_id=organisation_id, ended_at=None, roles__contains=[Role.OWNER]
    )
    return [one.person_id for one in held.order_by("pk")]


def _refuse(reasons: list[Phrase], actor: Viewer, organisation_id: UUID) -> None:
    """Raise the reasons, if there are any; to strangers there is nothing here at all."""
    if reasons and not actor.belongs_to(organisation_id):
        raise NotFoundError
    refuse(reasons)
