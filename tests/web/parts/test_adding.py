"""A part comes from an upload, once, with the work that it needs; what is refused changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from mingyue.web.parts import services
from mingyue.web.parts.models import Part, Revision
from mingyue.web.people.viewers import NOBODY
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mingyue.web.records.models import Blob, Event
from tests.web.conftest import NOW, Cast
from tests.web.parts.conftest import added, box_stl, everything, sent


def jobs() -> list[str]:
    """The work that waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return [name for (name,) in cursor.fetchall()]


def test_a_part_comes_with_its_first_revision_its_event_and_its_job(cast: Cast, as_viewer: Any) -> None:
    owner = as_viewer(cast.owner)
    revision = added(owner, name=" Cube ", note="ours", confidentiality="internal")

    part = revision.part
    assert (part.name, part.note, part.owner_id, part.organisation) == ("Cube", "ours", cast.owner.pk, cast.institute)
    assert (revision.number, revision.state, revision.file_name, revision.units) == (1, "waiting", "part.stl", "mm")
    event = Event.objects.get(what="part.added")
    assert event.facts == {
        "revision": str(revision.pk), "sha256": revision.blob.digest, "confidentiality": "internal",
    }  # fmt: skip
    assert jobs() == ["parts:read_revision"]


def test_one_upload_becomes_one_part(cast: Cast, as_viewer: Any) -> None:
    owner = as_viewer(cast.owner)
    upload_id = sent(owner, box_stl())
    services.add_part(actor=owner, upload_id=upload_id, name="Cube", at=NOW)

    with pytest.raises(ConflictError, match="used already"):
        services.add_part(actor=owner, upload_id=upload_id, name="Cube again", at=NOW)
    assert [part.name for part in Part.objects.all()] == ["Cube"]
    assert jobs() == ["parts:read_revision"]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "x" * 121}),
        ("note", {"note": "x" * 2001}),
        ("confidentiality", {"confidentiality": "secret"}),
        ("units", {"units": "parsec"}),
    ],
)
def test_what_is_said_wrongly_is_named_and_the_upload_stays(
    cast: Cast, as_viewer: Any, field: str, said: dict[str, str]
) -> None:
    owner = as_viewer(cast.owner)
    upload_id = sent(owner, box_stl())
    with pytest.raises(InvalidError) as refused:
        services.add_part(actor=owner, upload_id=upload_id, at=NOW, **({"name": "Cube"} | said))

    assert refused.value.field == field
    assert not Part.objects.exists()
    assert not Blob.objects.exists()
    services.add_part(actor=owner, upload_id=upload_id, name="Cube", at=NOW)


def test_somebody_elses_upload_becomes_nothing(cast: Cast, as_viewer: Any) -> None:
    upload_id = sent(as_viewer(cast.owner), box_stl())
    for person in (cast.colleague, cast.stranger, cast.office):
        with pytest.raises(NotFoundError):
            services.add_part(actor=as_viewer(person), upload_id=upload_id, name="Cube", at=NOW)
    with pytest.raises(NotFoundError):
        services.add_part(actor=NOBODY, upload_id=upload_id, name="Cube", at=NOW)
    as_viewer(cast.owner)
    assert not Part.objects.exists()
    assert jobs() == []


def test_revisions_are_counted(cast: Cast, as_viewer: Any) -> None:
    owner = as_viewer(cast.owner)
    part = added(owner).part
    for number in (2, 3):
        upload_id = sent(owner, box_stl(0.1 * number))
        made = services.add_revision(actor=owner, part_id=part.pk, upload_id=upload_id, units="mm", at=NOW)
        assert made.number == number
    assert jobs() == ["parts:read_revision"] * 3
    assert Event.objects.filter(what="part.revised").count() == 2


def test_only_those_who_decide_about_a_part_revise_it(cast: Cast, as_viewer: Any) -> None:
    part = added(as_viewer(cast.owner), confidentiality="public").part
    before = everything(part)
    expected = {cast.colleague: RefusedError, cast.stranger: RefusedError, cast.operator: RefusedError}
    for person, refusal in expected.items():
        viewer = as_viewer(person)
        upload_id = sent(viewer, box_stl())
        with pytest.raises(refusal, match="Only the part's owner and the organisation's owners"):
            services.add_revision(actor=viewer, part_id=part.pk, upload_id=upload_id, at=NOW)
    as_viewer(cast.owner)
    assert everything(part) == before


def test_a_colleagues_confidential_part_is_not_there_to_be_revised(cast: Cast, as_viewer: Any) -> None:
    part = added(as_viewer(cast.owner)).part
    colleague = as_viewer(cast.colleague)
    with pytest.raises(NotFoundError):
        services.add_revision(actor=colleague, part_id=part.pk, upload_id=sent(colleague, box_stl()), at=NOW)


def test_units_are_said_once_and_only_where_they_were_asked_for(cast: Cast, as_viewer: Any) -> None:
    owner = as_viewer(cast.owner)
    revision = added(owner, units="")
    with pytest.raises(RefusedError, match="Nobody asked"):
        services.say_units(actor=owner, revision_id=revision.pk, units="mm", at=NOW)
    Revision.objects.filter(pk=revision.pk).update(state="refused", problem={"kind": "units"})
    with pytest.raises(InvalidError):
        services.say_units(actor=owner, revision_id=revision.pk, units="parsec", at=NOW)

    services.say_units(actor=owner, revision_id=revision.pk, units="um", at=NOW)

    revision.refresh_from_db()
    assert (revision.state, revision.units, revision.problem) == ("waiting", "um", None)
    assert jobs() == ["parts:read_revision"] * 2
    with pytest.raises(RefusedError):
        services.say_units(actor=owner, revision_id=revision.pk, units="mm", at=NOW)
