"""PostgreSQL itself shows a tenant nothing of another, even where a query forgot to narrow."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from mingyue.web.facilities.models import Facility, Machine
from mingyue.web.materials.models import Recipe, RecipeVersion
from mingyue.web.parts.models import Part, Revision
from mingyue.web.people.models import ApiKey, Invitation, Membership, Owned, User
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.blobs import keep_bytes
from mingyue.web.records.models import Blob, Event
from mingyue.web.records.services import record
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast

AsViewer = Callable[[User], Viewer]


@pytest.fixture
def part(cast: Cast) -> Part:
    """A secret part of the institute with one revision, put there past all services."""
    with seen_by(organisation_id=cast.institute.pk), transaction.atomic():
        made = Part.objects.create(
            organisation=cast.institute, name="nozzle", owner=cast.owner, terms_version="1", created_at=NOW
        )
        blob = keep_bytes(b"solid", organisation_id=cast.institute.pk, media_type="model/stl", at=NOW)
        Revision.objects.create(
            organisation=cast.institute, part=made, number=1, file_name="nozzle.stl", blob=blob, by=cast.owner, at=NOW
        )
        record(actor=None, what="part.uploaded", subject=made, at=NOW)
    return made


def test_the_serving_role_is_bound_by_the_walls(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, (SELECT count(*) FROM pg_tables WHERE tableowner = current_user) "
            "FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, 0)


def test_every_table_of_an_organisation_has_walls(db: None) -> None:
    theirs = [model for model in apps.get_models() if any(f.attname == "organisation_id" for f in model._meta.fields)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        walled = {name for (name,) in cursor.fetchall()}

    assert len(theirs) > 15
    assert {model._meta.db_table for model in theirs} <= walled
    assert all(issubclass(model, Owned) for model in theirs if model._meta.app_label not in {"records"})


def test_a_query_without_a_filter_shows_a_stranger_nothing(cast: Cast, part: Part, as_viewer: AsViewer) -> None:
    secrets = (Part, Revision, Blob, Event, Membership)
    as_viewer(cast.colleague)
    assert all(model.objects.exists() for model in secrets)

    as_viewer(cast.stranger)
    assert not Part.objects.exists()
    assert not Revision.objects.exists()
    assert not Blob.objects.exists()
    assert not Event.objects.filter(organisation_id=cast.institute.pk).exists()
    assert set(Membership.objects.values_list("organisation_id", flat=True)) == {cast.firm.pk}


def test_whoever_did_not_say_who_looks_sees_nothing(cast: Cast, part: Part) -> None:
    with seen_by():
        assert not Part.objects.exists()
        assert not Membership.objects.exists()


def test_a_stranger_changes_and_removes_nothing(cast: Cast, part: Part, as_viewer: AsViewer) -> None:
    as_viewer(cast.stranger)

    assert Part.objects.filter(pk=part.pk).update(name="mine now") == 0
    assert Part.objects.filter(pk=part.pk).delete()[0] == 0

    as_viewer(cast.owner)
    assert Part.objects.get().name == "nozzle"


def test_a_stranger_puts_nothing_into_another_organisation(cast: Cast, as_viewer: AsViewer) -> None:
    as_viewer(cast.stranger)

    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Part.objects.create(
            organisation=cast.institute, name="x", owner=cast.stranger, terms_version="1", created_at=NOW
        )


def test_a_row_cannot_be_given_to_another_tenant(cast: Cast, part: Part, as_viewer: AsViewer) -> None:
    as_viewer(cast.owner)

    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Part.objects.filter(pk=part.pk).update(organisation=cast.firm)


def test_a_row_cannot_hang_below_another_tenants(cast: Cast, part: Part) -> None:
    """Even whoever may write both cannot mix them: a foreign key holds them to one organisation."""
    with seen_by(organisation_id=cast.firm.pk):
        theirs = Part.objects.create(
            organisation=cast.firm, name="gear", owner=cast.stranger, terms_version="1", created_at=NOW
        )
        blob = keep_bytes(b"other", organisation_id=cast.firm.pk, media_type="model/stl", at=NOW)
        with pytest.raises(IntegrityError, match="same_tenant"), transaction.atomic():
            Revision.objects.create(
                organisation=cast.firm, part_id=part.pk, number=2, file_name="x", blob=blob, by=cast.stranger, at=NOW
            )
    assert theirs.pk != part.pk


def test_who_looked_before_looks_again_afterwards(cast: Cast) -> None:
    def told() -> tuple[str, ...]:
        with connection.cursor() as asked:
            names = ("person", "organisation", "token")
            asked.execute("SELECT " + ", ".join(f"current_setting('mingyue.{name}', true)" for name in names))
            return tuple(value or "" for value in asked.fetchone())

    person, organisation = cast.owner.pk, cast.institute.pk
    with seen_by(person_id=person):
        with seen_by(organisation_id=organisation, token="in the hand"):
            assert told() == ("", str(organisation), "in the hand")
        assert told() == (str(person), "", "")
    assert told() == ("", "", "")


def test_a_member_of_two_is_shown_both(cast: Cast, part: Part, as_viewer: AsViewer) -> None:
    with seen_by(organisation_id=cast.institute.pk):
        Membership.objects.create(person=cast.stranger, organisation=cast.institute, roles=["member"], since=NOW)

    as_viewer(cast.stranger)

    assert Part.objects.get() == part


def test_a_membership_that_ended_shows_nothing(cast: Cast, part: Part, as_viewer: AsViewer) -> None:
    with seen_by(organisation_id=cast.institute.pk):
        Membership.objects.filter(person=cast.colleague).update(ended_at=NOW)

    as_viewer(cast.colleague)

    assert not Part.objects.exists()


def test_a_public_part_is_read_by_all_and_written_by_its_own(cast: Cast, part: Part, as_viewer: AsViewer) -> None:
    with seen_by(organisation_id=cast.institute.pk):
        Part.objects.update(confidentiality="public")

    as_viewer(cast.stranger)

    assert Part.objects.get() == part
    assert Revision.objects.count() == 1
    assert Part.objects.update(name="x") == 0


def test_a_token_in_the_hand_shows_its_own_row_only(cast: Cast) -> None:
    with seen_by(organisation_id=cast.institute.pk):
        for digest in ("a" * 64, "b" * 64):
            Invitation.objects.create(
                organisation=cast.institute, email="x@example.org", roles=["member"], digest=digest,
                invited_by=cast.owner, at=NOW, expires_at=NOW,
            )  # fmt: skip
            ApiKey.objects.create(
                organisation=cast.institute, person=cast.owner, name="x", prefix="x", digest=digest, scopes=[],
                created_at=NOW, expires_at=NOW,
            )  # fmt: skip

    with seen_by(token="b" * 64):
        assert [one.digest for one in Invitation.objects.all()] == ["b" * 64]
        assert [one.digest for one in ApiKey.objects.all()] == ["b" * 64]


def test_everyone_reads_facilities_and_their_operator_writes_them(cast: Cast, as_viewer: AsViewer) -> None:
    with seen_by(organisation_id=cast.facility_operator.pk):
        facility = Facility.objects.create(organisation=cast.facility_operator, slug="f", name="F", created_at=NOW)
        Machine.objects.create(organisation=cast.facility_operator, facility=facility, name="M", state_since=NOW)

    as_viewer(cast.stranger)
    assert Machine.objects.count() == 1
    assert Machine.objects.update(state="off") == 0
    as_viewer(cast.operator)
    assert Machine.objects.update(state="off") == 1


def test_events_are_never_edited_or_removed(cast: Cast, part: Part, as_viewer: AsViewer) -> None:
    as_viewer(cast.owner)

    for act in (lambda: Event.objects.update(what="nothing"), lambda: Event.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            act()


def test_a_recipes_versions_are_never_edited(cast: Cast, as_viewer: AsViewer) -> None:
    as_viewer(cast.owner)
    recipe = Recipe.objects.create(
        organisation=cast.institute, name="r", machine_profile="s230", resin_profile="pr48-385", created_at=NOW
    )
    RecipeVersion.objects.create(
        organisation=cast.institute, recipe=recipe, number=1, layer_um=5, exposure_s=1, irradiance_mw_cm2=30, why="",
        by=cast.owner, at=NOW,
    )  # fmt: skip

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        RecipeVersion.objects.update(layer_um=2)


def test_foreign_keys_point_downwards() -> None:
    """In the order of the apps; the linter cannot see keys that are named by a text."""
    from django.conf import settings

    order = {name: place for place, name in enumerate(settings.OURS)}
    keys = [
        (model._meta.app_label, field.related_model._meta.app_label, f"{model.__name__}.{field.name}")
        for model in apps.get_models()
        if model._meta.app_label in order
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model._meta.app_label in order
    ]

    assert len(keys) > 30
    assert [name for here, there, name in keys if order[there] > order[here]] == []
