"""People over HTTP: who one is, organisations, members, invitations and keys."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from mingyue.web.people import queries, services
from mingyue.web.people.access import ANY_KEY, SIGNED_IN, Needs, caller, now, there
from mingyue.web.people.models import Membership, Organisation, Party, User
from mingyue.web.records.etags import IF_MATCH, as_precondition, tell_version, version_matched
from mingyue.web.records.idempotency import holds_secret
from mingyue.web.records.paging import Cursor, Limit, Page, page_of
from mingyue.web.records.texts import EMAIL, Said, Slug, line, prose, unsaid

router = Router(tags=["people"])
READS = Needs("organisation:read")

Kind = Literal["institute", "university", "company", "hospital", "investor", "authority"]
RoleName = Literal["owner", "manager", "operator", "budget_holder", "member", "office"]
Scope = Literal[
    "parts:read", "parts:write", "facilities:read", "materials:read", "materials:write", "orders:read", "orders:write",
    "organisation:read", "events:read",
]  # fmt: skip
Roles = Annotated[list[RoleName], Field(min_length=1, max_length=6)]
Name = Annotated[str, line(120, shortest=2)]
NameZh = Annotated[str, line(120, shortest=0)]


class PersonOut(Schema):
    """A person, to those who share an organisation with them."""

    id: UUID
    name: str
    email: str


class BelongsOut(Schema):
    """An organisation of the caller, and their roles there."""

    id: UUID
    slug: str
    name: str
    name_zh: str
    roles: list[str]


class MeOut(Schema):
    """Who asks. scopes: what the key reaches; null for a person who is signed in."""

    id: UUID
    name: str
    email: str
    organisations: list[BelongsOut]
    scopes: list[str] | None
    office: bool


class PartyOut(Schema):
    """What an organisation is called on documents, and where it is paid; what was not said is empty."""

    legal_name: str
    legal_name_zh: str
    address: str
    address_zh: str
    tax_number: str
    bank_name: str
    bank_account: str
    accounts_email: str


class OrganisationBriefOut(Schema):
    """An organisation in a list."""

    id: UUID
    slug: str
    kind: str
    name: str
    name_zh: str
    about: str
    about_zh: str
    runs_platform: bool
    demonstration: bool
    version: int
    created_at: datetime


class OrganisationOut(OrganisationBriefOut):
    """An organisation. party: what it is called on documents, to its members; empty to others."""

    party: PartyOut

    @staticmethod
    def resolve_party(found: Organisation) -> Party:
        """As far as the walls show it."""
        return queries.party_of(found)


class OrganisationIn(Said):
    """A new organisation."""

    name: Name
    kind: Kind
    name_zh: NameZh = ""


class PartyIn(Said):
    """What it is called on documents from now on; what is left out stays, an empty text takes it away."""

    legal_name: Annotated[str, line(200, shortest=0)] = unsaid()
    legal_name_zh: Annotated[str, line(200, shortest=0)] = unsaid()
    address: Annotated[str, prose(300)] = unsaid()
    address_zh: Annotated[str, prose(300)] = unsaid()
    tax_number: Annotated[str, line(30, shortest=0)] = unsaid()
    bank_name: Annotated[str, line(120, shortest=0)] = unsaid()
    bank_account: Annotated[str, line(60, shortest=0)] = unsaid()
    accounts_email: Annotated[str, StringConstraints(strict=True, max_length=200, pattern=f"{EMAIL}|^$")] = unsaid()


class AboutIn(Said):
    """What is told about an organisation, and what it is called on documents; what is left out stays."""

    name: Name = unsaid()
    name_zh: NameZh = unsaid()
    about: Annotated[str, prose(2000)] = unsaid()
    about_zh: Annotated[str, prose(2000)] = unsaid()
    party: PartyIn = unsaid()


class MemberOut(Schema):
    """A person in an organisation. id: of the membership."""

    id: UUID
    person: PersonOut
    roles: list[str]
    since: datetime


class RolesIn(Said):
    """A member's roles from now on."""

    roles: Roles


class InvitationOut(Schema):
    """A letter on its way."""

    id: UUID
    email: str
    roles: list[str]
    at: datetime
    expires_at: datetime


class NewInvitationOut(InvitationOut):
    """token: what the letter carries, shown here and never again."""

    token: str


class InvitationIn(Said):
    """Who is invited, and as what."""

    email: Annotated[str, StringConstraints(strict=True, max_length=200, pattern=EMAIL)]
    roles: Roles = ["member"]


class TokenIn(Said):
    """What stood in the letter."""

    token: Annotated[str, StringConstraints(strict=True, min_length=20, max_length=100, pattern=r"^[-_A-Za-z0-9]+$")]


class KeyOut(Schema):
    """A program's way in; its secret was shown once."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    person: PersonOut
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class NewKeyOut(KeyOut):
    """secret: shown here and never again."""

    secret: str


class KeyIn(Said):
    """A key for a program."""

    name: Annotated[str, line(60)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=20)]
    days: Annotated[int, Field(strict=True, ge=1, le=366)] = 90


@router.get("/me", auth=ANY_KEY, response=MeOut)
def me(request: HttpRequest) -> Any:
    """Who asks, where they belong, and what they may do. Any key may ask this."""
    viewer = caller(request)
    person = User.objects.get(pk=viewer.someone)
    mine = queries.organisations_of(viewer)
    return {
        "id": person.pk,
        "name": person.name,
        "email": person.email,
        "organisations": [
            {"id": one.pk, "slug": one.slug, "name": one.name, "name_zh": one.name_zh, "roles": sorted(viewer.roles[one.pk])}
            for one in mine
        ],
        "scopes": None if viewer.scopes is None else sorted(viewer.scopes),
        "office": viewer.office,
    }  # fmt: skip


@router.get("/organisations", auth=READS, response=Page[OrganisationBriefOut])
def list_organisations(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """Where the caller is a member; for a key, the one that it is for."""
    return page_of(queries.organisations_of(caller(request)), cursor=cursor, limit=limit)


@router.post("/organisations", auth=SIGNED_IN, response={201: OrganisationOut})
def create_organisation(request: HttpRequest, response: HttpResponse, said: OrganisationIn) -> Any:
    """A new organisation; whoever makes it is its owner."""
    made = services.create_organisation(
        actor=caller(request), name=said.name, name_zh=said.name_zh, kind=said.kind, at=now()
    )
    response["Location"] = f"/api/organisations/{made.slug}"
    tell_version(response, made.version)
    return Status(201, made)


@router.get("/organisations/{slug}", auth=READS, response=OrganisationOut)
def show_organisation(request: HttpRequest, response: HttpResponse, slug: Slug) -> Any:
    """One organisation."""
    found = _organisation(request, slug)
    tell_version(response, found.version)
    return found


@router.patch("/organisations/{slug}", auth=SIGNED_IN, response=OrganisationOut, openapi_extra=IF_MATCH)
def change_organisation(request: HttpRequest, response: HttpResponse, slug: Slug, said: AboutIn) -> Any:
    """What is told about it. Its owners may do this."""
    found = _organisation(request, slug)
    about = {name: getattr(found, name) for name in ("name", "name_zh", "about", "about_zh")}
    with as_precondition():
        services.change_organisation(
            actor=caller(request), organisation_id=found.pk, version=version_matched(request, found.version),
            at=now(), **(about | said.model_dump(exclude_unset=True)),
        )  # fmt: skip
    found.refresh_from_db()
    tell_version(response, found.version)
    return found


@router.get("/organisations/{slug}/members", auth=READS, response=Page[MemberOut])
def list_members(request: HttpRequest, slug: Slug, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """Who belongs there."""
    members = queries.members_of(caller(request), _organisation(request, slug).pk)
    return page_of(members, cursor=cursor, limit=limit, by="since")


@router.patch("/members/{uuid:membership_id}", auth=SIGNED_IN, response=MemberOut)
def change_member(request: HttpRequest, membership_id: UUID, said: RolesIn) -> Any:
    """A member's roles from now on. The organisation's owners may do this; it never stays without one."""
    services.change_roles(actor=caller(request), membership_id=membership_id, roles=said.roles, at=now())
    return Membership.objects.select_related("person").get(pk=membership_id)


@router.delete("/members/{uuid:membership_id}", auth=SIGNED_IN, response={204: None})
def end_membership(request: HttpRequest, membership_id: UUID) -> Any:
    """Somebody leaves, or is asked to by an owner; their keys there end too."""
    services.end_membership(actor=caller(request), membership_id=membership_id, at=now())
    return Status(204, None)


@router.get("/organisations/{slug}/invitations", auth=READS, response=Page[InvitationOut])
def list_invitations(request: HttpRequest, slug: Slug, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """Letters on their way, to owners; others find none."""
    letters = queries.invitations_of(caller(request), _organisation(request, slug).pk, at=now())
    return page_of(letters, cursor=cursor, limit=limit, by="at")


@router.post("/organisations/{slug}/invitations", auth=SIGNED_IN, response={201: NewInvitationOut})
def invite(request: HttpRequest, response: HttpResponse, slug: Slug, said: InvitationIn) -> Any:
    """An invitation. No letter leaves: whoever calls this passes the token on, as /invitations/TOKEN/."""
    viewer = caller(request)
    invitation, token = services.invite(
        actor=viewer, organisation_id=_organisation(request, slug).pk, email=said.email, roles=said.roles, at=now()
    )
    holds_secret(response)
    return Status(201, InvitationOut.from_orm(invitation).model_dump() | {"token": token})


@router.delete("/invitations/{uuid:invitation_id}", auth=SIGNED_IN, response={204: None})
def withdraw_invitation(request: HttpRequest, invitation_id: UUID) -> Any:
    """The letter lets nobody in any more."""
    services.withdraw_invitation(actor=caller(request), invitation_id=invitation_id, at=now())
    return Status(204, None)


@router.post("/invitations/accept", auth=SIGNED_IN, response={201: MemberOut})
def accept_invitation(request: HttpRequest, said: TokenIn) -> Any:
    """The caller becomes a member by the letter that they hold."""
    return Status(201, services.accept_invitation(actor=caller(request), token=said.token, at=now()))


@router.get("/organisations/{slug}/keys", auth=SIGNED_IN, response=Page[KeyOut])
def list_keys(request: HttpRequest, slug: Slug, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """The caller's own keys there, and all of them to owners."""
    return page_of(queries.keys_of(caller(request), _organisation(request, slug).pk), cursor=cursor, limit=limit)


@router.post("/organisations/{slug}/keys", auth=SIGNED_IN, response={201: NewKeyOut})
def make_key(request: HttpRequest, response: HttpResponse, slug: Slug, said: KeyIn) -> Any:
    """A key of the caller's own, and its secret. A key makes no keys."""
    at = now()
    key, secret = services.make_key(
        actor=caller(request), organisation_id=_organisation(request, slug).pk, name=said.name, scopes=said.scopes,
        expires_at=at + timedelta(days=said.days), at=at,
    )  # fmt: skip
    holds_secret(response)
    return Status(201, KeyOut.from_orm(key).model_dump() | {"secret": secret})


@router.delete("/keys/{uuid:key_id}", auth=SIGNED_IN, response={204: None})
def revoke_key(request: HttpRequest, key_id: UUID) -> Any:
    """The key lets nobody in from now on."""
    services.revoke_key(actor=caller(request), key_id=key_id, at=now())
    return Status(204, None)


def _organisation(request: HttpRequest, slug: str) -> Organisation:
    return there(queries.organisation_of(caller(request), slug))
