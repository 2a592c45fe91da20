"""Organisations, members, invitations and keys: what is done, who may do it, and that a refused act changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from mingyue.web.people import queries, services
from mingyue.web.people.models import ApiKey, Invitation, Membership, Organisation, Role, User
from mingyue.web.people.viewers import NOBODY, Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast

AsViewer = Callable[[User], Viewer]
LATER = NOW + timedelta(days=15)


def happened() -> list[str]:
    return list(Event.objects.order_by("organisation_id", "number").values_list("what", flat=True))


def test_whoever_registers_an_organisation_owns_it(cast: Cast, as_viewer: AsViewer) -> None:
    actor = as_viewer(cast.stranger)

    made = services.create_organisation(actor=actor, name="New Firm", kind="company", at=NOW)

    actor = as_viewer(cast.stranger)
    assert actor.has(made.pk, Role.OWNER)
    assert made.slug == "new-firm"
    assert "organisation.created" in happened()


def test_two_organisations_of_one_name_have_two_addresses(cast: Cast, as_viewer: AsViewer) -> None:
    actor = as_viewer(cast.stranger)

    slugs = [services.create_organisation(actor=actor, name="同名", kind="company", at=NOW).slug for _ in range(3)]

    assert len(set(slugs)) == 3


@pytest.mark.parametrize(("name", "kind", "field"), [("x", "company", "name"), ("Fine", "club", "kind")])
def test_an_organisation_that_makes_no_sense_is_refused(
    cast: Cast, as_viewer: AsViewer, name: str, kind: str, field: str
) -> None:
    actor = as_viewer(cast.stranger)
    before = Organisation.objects.count()

    with pytest.raises(InvalidError) as refused:
        services.create_organisation(actor=actor, name=name, kind=kind, at=NOW)

    assert refused.value.field == field
    assert Organisation.objects.count() == before


def test_nobody_registers_nothing(cast: Cast) -> None:
    with pytest.raises(NotFoundError):
        services.create_organisation(actor=NOBODY, name="New Firm", kind="company", at=NOW)


def test_an_invitation_lets_its_reader_in_once(cast: Cast, as_viewer: AsViewer) -> None:
    owner = as_viewer(cast.owner)
    letter, token = services.invite(
        actor=owner, organisation_id=cast.institute.pk, email="Stranger@Example.org", roles=["operator"], at=NOW
    )
    assert token not in letter.digest

    reader = as_viewer(cast.stranger)
    services.accept_invitation(actor=reader, token=token, at=NOW)

    reader = as_viewer(cast.stranger)
    assert reader.roles[cast.institute.pk] == {"operator"}
    with pytest.raises(RefusedError, match="accepted already"):
        services.accept_invitation(actor=reader, token=token, at=NOW)


def test_an_invitation_is_for_its_addressee_in_its_time(cast: Cast, as_viewer: AsViewer) -> None:
    owner = as_viewer(cast.owner)
    _, token = services.invite(
        actor=owner, organisation_id=cast.institute.pk, email="operator@example.org", roles=["member"], at=NOW
    )

    with pytest.raises(RefusedError, match="another e-mail address"):
        services.accept_invitation(actor=as_viewer(cast.stranger), token=token, at=NOW)
    with pytest.raises(RefusedError, match="ran out"):
        services.accept_invitation(actor=as_viewer(cast.operator), token=token, at=LATER)
    with pytest.raises(NotFoundError):
        services.accept_invitation(actor=as_viewer(cast.operator), token="guess", at=NOW)

    assert cast.institute.pk not in as_viewer(cast.operator).roles


def test_a_withdrawn_invitation_lets_nobody_in(cast: Cast, as_viewer: AsViewer) -> None:
    owner = as_viewer(cast.owner)
    letter, token = services.invite(
        actor=owner, organisation_id=cast.institute.pk, email="operator@example.org", roles=["member"], at=NOW
    )
    services.withdraw_invitation(actor=owner, invitation_id=letter.pk, at=NOW)

    with pytest.raises(RefusedError, match="withdrawn"):
        services.accept_invitation(actor=as_viewer(cast.operator), token=token, at=NOW)


def test_only_an_owner_invites(cast: Cast, as_viewer: AsViewer) -> None:
    for person, error in ((cast.colleague, RefusedError), (cast.stranger, NotFoundError), (cast.office, NotFoundError)):
        with pytest.raises(error):
            services.invite(
                actor=as_viewer(person), organisation_id=cast.institute.pk, email="x@example.org", roles=["member"],
                at=NOW,
            )  # fmt: skip
    with seen_by(organisation_id=cast.institute.pk):
        assert not Invitation.objects.exists()


def test_the_park_office_is_no_role_elsewhere(cast: Cast, as_viewer: AsViewer) -> None:
    owner = as_viewer(cast.owner)

    with pytest.raises(RefusedError, match="runs the platform"):
        services.invite(actor=owner, organisation_id=cast.institute.pk, email="x@example.org", roles=["office"], at=NOW)


def test_the_last_owner_stays(cast: Cast, as_viewer: AsViewer) -> None:
    owner = as_viewer(cast.owner)
    own = Membership.objects.get(person=cast.owner, organisation=cast.institute)

    with pytest.raises(RefusedError, match="last one"):
        services.end_membership(actor=owner, membership_id=own.pk, at=NOW)
    with pytest.raises(RefusedError, match="last one"):
        services.change_roles(actor=owner, membership_id=own.pk, roles=["member"], at=NOW)

    assert Membership.objects.get(pk=own.pk).ended_at is None
    assert "membership.ended" not in happened()


def test_who_leaves_sees_nothing_and_their_keys_die(cast: Cast, as_viewer: AsViewer) -> None:
    colleague = as_viewer(cast.colleague)
    key, secret = services.make_key(
        actor=colleague, organisation_id=cast.institute.pk, name="script", scopes=["parts:read"],
        expires_at=LATER, at=NOW,
    )  # fmt: skip
    assert queries.viewer_of_key(secret, at=NOW) is not None
    own = Membership.objects.get(person=cast.colleague)

    services.end_membership(actor=colleague, membership_id=own.pk, at=NOW)

    assert queries.viewer_of_key(secret, at=NOW) is None
    assert as_viewer(cast.colleague).organisations == ()
    with seen_by(organisation_id=cast.institute.pk):
        assert ApiKey.objects.get(pk=key.pk).revoked_at == NOW


def test_a_key_reaches_one_organisation_and_its_scopes(cast: Cast, as_viewer: AsViewer) -> None:
    actor = as_viewer(cast.owner)
    services.create_organisation(actor=actor, name="Second", kind="company", at=NOW)
    actor = as_viewer(cast.owner)
    key, secret = services.make_key(
        actor=actor, organisation_id=cast.institute.pk, name="script", scopes=["parts:read"], expires_at=LATER, at=NOW
    )

    found = queries.viewer_of_key(secret, at=NOW)

    assert found is not None
    viewer, used = found
    assert used.pk == key.pk
    assert viewer.organisations == (cast.institute.pk,)
    assert viewer.may("parts:read")
    assert not viewer.may("parts:write")
    assert not viewer.office
    assert secret not in ApiKey.objects.get(pk=key.pk).digest
    assert queries.viewer_of_key(secret, at=LATER) is None
    assert queries.viewer_of_key(secret + "x", at=NOW) is None


def test_a_key_makes_no_keys(cast: Cast, as_viewer: AsViewer) -> None:
    _, secret = services.make_key(
        actor=as_viewer(cast.owner), organisation_id=cast.institute.pk, name="script", scopes=["parts:read"],
        expires_at=LATER, at=NOW,
    )  # fmt: skip
    found = queries.viewer_of_key(secret, at=NOW)
    assert found is not None

    with pytest.raises(NotFoundError):
        services.make_key(
            actor=found[0], organisation_id=cast.institute.pk, name="more", scopes=["parts:write"],
            expires_at=LATER, at=NOW,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("scopes", "days", "reason"),
    [([], 1, "at least one scope"), (["everything"], 1, "no scope named"), (["parts:read"], 400, "within a year")],
)
def test_a_key_that_makes_no_sense_is_refused(
    cast: Cast, as_viewer: AsViewer, scopes: list[str], days: int, reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        services.make_key(
            actor=as_viewer(cast.owner), organisation_id=cast.institute.pk, name="x", scopes=scopes,
            expires_at=NOW + timedelta(days=days), at=NOW,
        )  # fmt: skip
    assert not ApiKey.objects.exists()


def test_a_stranger_revokes_nobodys_key(cast: Cast, as_viewer: AsViewer) -> None:
    key, _ = services.make_key(
        actor=as_viewer(cast.owner), organisation_id=cast.institute.pk, name="script", scopes=["parts:read"],
        expires_at=LATER, at=NOW,
    )  # fmt: skip

    for person in (cast.stranger, cast.colleague):
        with pytest.raises(NotFoundError):
            services.revoke_key(actor=as_viewer(person), key_id=key.pk, at=NOW)

    services.revoke_key(actor=as_viewer(cast.owner), key_id=key.pk, at=NOW)
    with pytest.raises(RefusedError, match="already"):
        services.revoke_key(actor=as_viewer(cast.owner), key_id=key.pk, at=NOW)


def test_of_two_changes_based_on_one_state_the_second_is_refused(cast: Cast, as_viewer: AsViewer) -> None:
    told = {"name": "Lake", "name_zh": "", "about": "", "about_zh": ""}
    actor = as_viewer(cast.owner)
    services.change_organisation(actor=actor, organisation_id=cast.institute.pk, version=1, at=NOW, **told)

    with pytest.raises(ConflictError):
        services.change_organisation(
            actor=actor, organisation_id=cast.institute.pk, version=1, at=NOW, **(told | {"name": "River"})
        )

    assert Organisation.objects.get(pk=cast.institute.pk).name == "Lake"
