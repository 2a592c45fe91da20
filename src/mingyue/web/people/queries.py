"""Who is who, narrowed to what the viewer may see."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from mingyue.web.people.keys import digest_of
from mingyue.web.people.models import ApiKey, Invitation, Membership, Organisation, Party, Role, User
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.walls import seen_by


def viewer_of(person: User) -> Viewer:
    """The person as viewer: memberships that have not ended, and what they allow."""
    with seen_by(person_id=person.pk):
        return viewer_told(person)


def viewer_told(person: User) -> Viewer:
    """The same, where the database was told already that it is they who look."""
    held = list(Membership.objects.filter(person=person, ended_at=None).select_related("organisation"))
    return Viewer(
        person_id=person.pk,
        name=str(person),
        roles={one.organisation_id: frozenset(one.roles) for one in held},
        office=any(one.organisation.runs_platform and Role.OFFICE in one.roles for one in held),
        slugs={one.organisation.slug: one.organisation_id for one in held},
    )


def viewer_of_key(secret: str, *, at: datetime) -> tuple[Viewer, ApiKey] | None:
    """The viewer that a key makes, and the key; None where it is unknown, revoked or has run out.

    A key never reaches further than its maker does now: whoever left the organisation leaves their keys dead.
    """
    digest = digest_of(secret)
    with seen_by(token=digest):
        key = (
            ApiKey.objects.filter(digest=digest, revoked_at=None, expires_at__gt=at, person__is_active=True)
            .select_related("person")
            .first()
        )
    if key is None:
        return None
    maker = viewer_of(key.person)
    roles = maker.roles.get(key.organisation_id)
    if roles is None:
        return None
    viewer = Viewer(
        person_id=key.person_id,
        name=str(key.person),
        roles={key.organisation_id: roles},
        scopes=frozenset(key.scopes),
        slugs={slug: found for slug, found in maker.slugs.items() if found == key.organisation_id},
    )
    return viewer, key


def organisations_of(viewer: Viewer) -> QuerySet[Organisation]:
    """Where they are members."""
    return Organisation.objects.filter(pk__in=viewer.organisations).order_by("name")


def organisation_of(viewer: Viewer, slug: str) -> Organisation | None:
    """The organisation of this name, to its members and the park's office."""
    found = Organisation.objects.filter(slug=slug)
    return found.first() if viewer.office else found.filter(pk__in=viewer.organisations).first()


def party_of(organisation: Organisation) -> Party:
    """What it is called on documents, as far as the walls show it: empty where nothing was said, or nothing to the viewer."""
    return Party.objects.filter(organisation=organisation).first() or Party(organisation=organisation)


def members_of(viewer: Viewer, organisation_id: UUID) -> QuerySet[Membership]:
    """Who belongs there, to those who do."""
    return (
        Membership.objects.filter(organisation_id=organisation_id, ended_at=None)
        .filter(organisation_id__in=viewer.organisations)
        .select_related("person")
        .order_by("person__name", "person__email")
    )


def invitations_of(viewer: Viewer, organisation_id: UUID, *, at: datetime) -> QuerySet[Invitation]:
    """Letters on their way, to the organisation's owners."""
    found = Invitation.objects.filter(
        organisation_id=organisation_id, accepted_at=None, withdrawn_at=None, expires_at__gt=at
    )
    return found.order_by("at") if viewer.has(organisation_id, Role.OWNER) else found.none()


def keys_of(viewer: Viewer, organisation_id: UUID) -> QuerySet[ApiKey]:
    """Their own keys there, and all of them to its owners."""
    found = ApiKey.objects.filter(organisation_id=organisation_id, organisation_id__in=viewer.organisations)
    if not viewer.has(organisation_id, Role.OWNER):
        found = found.filter(person_id=viewer.person_id)
    return found.select_related("person").order_by("-created_at")
