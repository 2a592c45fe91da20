"""How often a page asks the database: as often for many things as for few, and never more than is written here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mingyue.web.facilities.models import Capability, Facility, Machine, ServiceClass
from mingyue.web.materials.models import Recipe, Resin
from mingyue.web.parts.models import Check, Part, Revision
from mingyue.web.people.models import ApiKey, Membership, User
from mingyue.web.records.models import Blob
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast

PART, CHECK = UUID(int=1), UUID(int=2)
# Of each, five are asked by whatever is signed in: the session, the person, their memberships, who looks, and nobody.
# A page with the bell also asks how many notices are new.
PAGES = {
    "/": 10,
    "/parts/": 9,
    "/parts/new/": 7,
    f"/parts/{PART}/": 8,
    f"/parts/{PART}/state": 13,
    f"/parts/checks/{CHECK}/findings": 6,
    "/parts/machines": 7,
    "/facilities/": 8,
    "/facilities/works/": 13,
    "/materials/": 8,
    "/organisations/": 7,
    "/organisations/lake-institute/": 11,
}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_as_often_for_many_things_as_for_few(
    cast: Cast, browse: Callable[[User | None], Client], address: str
) -> None:
    client = browse(cast.owner)
    _furnish(cast, first=True)
    few = _asked(client, address)

    for _ in range(4):
        _furnish(cast)
    many = _asked(client, address)

    assert len(many) == len(few), "\n".join(many)
    assert len(many) == PAGES[address], "\n".join(many)


def _asked(client: Client, address: str) -> list[str]:
    assert client.get(address).status_code == 200  # what is loaded once is loaded
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
        return [one["sql"] for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]


def _facility(cast: Cast, slug: str) -> Facility:
    """One that offers a resin: a facility offers each once."""
    ours = cast.facility_operator
    facility = Facility.objects.create(slug=slug, name=slug, organisation=ours, created_at=NOW)
    Machine.objects.create(facility=facility, organisation=ours, name="Other", profile="s230", state_since=NOW)
    Resin.objects.create(facility=facility, organisation=ours, name="PR48", profile="pr48-385")
    return facility


def _furnish(cast: Cast, *, first: bool = False) -> None:
    """One more of everything that pages list."""
    name, ours = uuid4().hex[:8], cast.facility_operator
    with seen_by(organisation_id=ours.pk):
        works = _facility(cast, "works") if first else Facility.objects.get(slug="works")
        machine = Machine.objects.create(facility=works, organisation=ours, name=name, profile="s230", state_since=NOW)
        Capability.objects.create(machine=machine, organisation=ours, name="Pixel", value="2 µm")
        ServiceClass.objects.create(facility=works, organisation=ours, name=name, lead_days=3)
        resin = _facility(cast, name).resins.get()
        Recipe.objects.create(
            organisation=ours, name=name, machine_profile="s230", resin_profile="pr48-385", share="everyone",
            created_at=NOW,
        )  # fmt: skip
    _people(cast, name)
    _part(cast, machine, resin, part_id=PART if first else uuid4(), check_id=CHECK if first else uuid4())
    if not first:
        _revise(cast, machine, resin)


def _people(cast: Cast, name: str) -> None:
    person = User.objects.create(email=f"{name}@example.org", name=name)
    with seen_by(organisation_id=cast.institute.pk):
        Membership.objects.create(person=person, organisation=cast.institute, roles=["member"], since=NOW)
        ApiKey.objects.create(
            organisation=cast.institute, person=person, name=name, prefix="my_", digest=name, scopes=["parts:read"],
            created_at=NOW, expires_at=NOW + timedelta(days=9),
        )  # fmt: skip


def _part(cast: Cast, machine: Machine, resin: Resin, *, part_id: UUID, check_id: UUID) -> None:
    with seen_by(organisation_id=cast.institute.pk):
        part = Part.objects.create(
            pk=part_id, organisation=cast.institute, name="Cube", confidentiality="internal", owner=cast.owner,
            terms_version="1", created_at=NOW,
        )  # fmt: skip
        _check(cast, _revision(cast, part, 1), machine, resin, check_id)


def _revise(cast: Cast, machine: Machine, resin: Resin) -> None:
    """Of the one part that is looked at, another revision, and another check of its first."""
    with seen_by(organisation_id=cast.institute.pk):
        part = Part.objects.get(pk=PART)
        _check(cast, part.revisions.get(number=1), machine, resin, uuid4())
        _revision(cast, part, part.revisions.count() + 1)


def _revision(cast: Cast, part: Part, number: int) -> Revision:
    blob = Blob.objects.create(
        organisation_id=cast.institute.pk, digest=uuid4().hex, size_bytes=1, media_type="model/stl", at=NOW
    )
    return Revision.objects.create(
        organisation=cast.institute, part=part, number=number, file_name="cube.stl", blob=blob, by=cast.owner, at=NOW,
        state=Revision.State.READ,
    )  # fmt: skip


def _check(cast: Cast, revision: Revision, machine: Machine, resin: Resin, check_id: UUID) -> None:
    Check.objects.create(
        pk=check_id, organisation=cast.institute, revision=revision, machine=machine, resin=resin, layer_um=5.0,
        state=Check.State.DONE, verdict="fine", asked_at=NOW, started_at=NOW, ended_at=NOW, looked={"notes": []},
    )  # fmt: skip
