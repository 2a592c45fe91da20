"""Who sees a part of each class, and who may change it or ask about it: everybody of the cast, every class."""

from __future__ import annotations

from typing import Any

import pytest

from mingyue.web.parts import queries, services
from mingyue.web.parts.models import Check, Part
from mingyue.web.people.viewers import NOBODY, Viewer
from mingyue.web.records.errors import InvalidError, NotFoundError, RefusedError
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast
from tests.web.parts.conftest import Works, added, everything

# The part is the colleague's; "owner" is an owner of the same organisation.
SEEN = {
    "public": {"owner", "colleague", "operator", "manager", "office", "stranger"},
    "internal": {"owner", "colleague"},
    "confidential": {"owner", "colleague"},
    "controlled": {"owner", "colleague"},
}
EVERYBODY = ("owner", "colleague", "operator", "manager", "office", "stranger")


@pytest.mark.parametrize("confidentiality", SEEN)
def test_everybody_sees_what_is_theirs_to_see(cast: Cast, works: Works, as_viewer: Any, confidentiality: str) -> None:
    revision = added(as_viewer(cast.colleague), confidentiality=confidentiality)
    with seen_by(organisation_id=cast.institute.pk):
        check = Check.objects.create(
            organisation=cast.institute, revision=revision, machine=works.machine, resin=works.resin, layer_um=5,
            asked_at=NOW,
        )  # fmt: skip
    for name in EVERYBODY:
        viewer = as_viewer(getattr(cast, name))
        sees = name in SEEN[confidentiality]
        assert (queries.part_of(viewer, revision.part_id) is not None) is sees, name
        assert (queries.revision_of(viewer, revision.pk) is not None) is sees, name
        assert (queries.check_of(viewer, check.pk) is not None) is sees, name
        assert (queries.file_of(viewer, revision.pk) is not None) is sees, name
        assert (revision.part in queries.parts_of(viewer)) is sees, name
        assert queries.may_change(viewer, revision.part) is (name in ("owner", "colleague")), name
        assert queries.may_ask(viewer, revision.part) is (name in ("owner", "colleague")), name


def test_a_member_without_a_part_in_it_sees_the_internal_and_not_the_confidential(cast: Cast, as_viewer: Any) -> None:
    owner = as_viewer(cast.owner)
    parts = {name: added(owner, confidentiality=name).part for name in SEEN}
    colleague = as_viewer(cast.colleague)
    seen = {name for name, part in parts.items() if queries.part_of(colleague, part.pk)}
    assert seen == {"public", "internal"}
    assert set(queries.parts_of(colleague)) == {parts["public"], parts["internal"]}


def test_nobody_sees_nothing_not_even_what_is_public(cast: Cast, as_viewer: Any) -> None:
    part = added(as_viewer(cast.owner), confidentiality="public").part
    assert queries.part_of(NOBODY, part.pk) is None
    assert not queries.parts_of(NOBODY).exists()


def test_a_key_sees_with_the_scope_for_it(cast: Cast, as_viewer: Any) -> None:
    owner = as_viewer(cast.owner)
    part = added(owner).part
    for scopes, sees in ((frozenset(), False), (frozenset({"parts:write"}), False), (frozenset({"parts:read"}), True)):
        key = Viewer(person_id=owner.person_id, roles=owner.roles, scopes=scopes)
        assert (queries.part_of(key, part.pk) is not None) is sees
    assert not queries.may_change(key, part)
    with pytest.raises(RefusedError):
        services.archive_part(actor=key, part_id=part.pk, at=NOW)


def test_a_named_reader_sees_a_confidential_part_until_they_are_removed(cast: Cast, as_viewer: Any) -> None:
    part = added(as_viewer(cast.owner)).part
    services.add_reader(actor=as_viewer(cast.owner), part_id=part.pk, email="COLLEAGUE@example.org", at=NOW)
    colleague = as_viewer(cast.colleague)
    assert queries.part_of(colleague, part.pk) == part
    assert not queries.may_change(colleague, part)

    services.remove_reader(actor=as_viewer(cast.owner), part_id=part.pk, person_id=cast.colleague.pk, at=NOW)
    assert queries.part_of(as_viewer(cast.colleague), part.pk) is None
    as_viewer(cast.owner)
    assert list(Event.objects.filter(what__startswith="part.reader").order_by("number").values_list("what", flat=True)) == [
        "part.reader_added", "part.reader_removed",
    ]  # fmt: skip


def test_nobody_outside_is_named_as_reader(cast: Cast, as_viewer: Any) -> None:
    owner = as_viewer(cast.owner)
    part = added(owner).part
    before = everything(part)
    for email in ("stranger@example.org", "nobody@example.org"):
        with pytest.raises(InvalidError, match="Nobody in your organisation"):
            services.add_reader(actor=owner, part_id=part.pk, email=email, at=NOW)
    with pytest.raises(RefusedError, match="sees it anyway"):
        services.add_reader(actor=owner, part_id=part.pk, email="owner@example.org", at=NOW)
    assert everything(part) == before


def test_an_owner_who_left_sees_their_part_no_more(cast: Cast, as_viewer: Any) -> None:
    part = added(as_viewer(cast.colleague), confidentiality="internal").part
    with seen_by(organisation_id=cast.institute.pk):
        cast.colleague.memberships.update(ended_at=NOW)
    assert queries.part_of(as_viewer(cast.colleague), part.pk) is None


def test_every_look_at_a_controlled_part_is_recorded_once_in_ten_minutes(cast: Cast, as_viewer: Any) -> None:
    from datetime import timedelta

    owner = as_viewer(cast.owner)
    part = added(owner, confidentiality="controlled").part
    for minutes, looks in ((0, 1), (9, 1), (11, 2)):
        services.note_look(actor=owner, part=part, at=NOW + timedelta(minutes=minutes), what="view")
        assert Event.objects.filter(what="part.looked_at").count() == looks
    services.note_look(actor=owner, part=part, at=NOW + timedelta(minutes=11), what="file")
    assert Event.objects.filter(what="part.looked_at", facts__what="file").count() == 1
    open_part = added(owner, confidentiality="internal").part
    services.note_look(actor=owner, part=open_part, at=NOW, what="view")
    assert not Event.objects.filter(what="part.looked_at", subject_id=str(open_part.pk)).exists()


def test_an_archived_part_is_out_of_the_lists_and_asks_for_nothing(cast: Cast, as_viewer: Any) -> None:
    owner = as_viewer(cast.owner)
    part = added(owner).part
    services.archive_part(actor=owner, part_id=part.pk, at=NOW)
    assert part not in queries.parts_of(owner)
    assert part in queries.parts_of(owner, archived=True)
    with pytest.raises(RefusedError, match="archived"):
        services.archive_part(actor=owner, part_id=part.pk, at=NOW)


def test_of_two_who_change_a_part_one_hears_of_the_other(cast: Cast, as_viewer: Any) -> None:
    owner = as_viewer(cast.owner)
    part = added(owner).part
    said = {"part_id": part.pk, "version": 1, "note": "", "confidentiality": "internal", "at": NOW}
    changed = services.change_part(actor=owner, name="Cube of ours", **said)
    assert (changed.version, changed.confidentiality) == (2, "internal")
    before = everything(part)
    with pytest.raises(services.ConflictError, match="changed this meanwhile"):
        services.change_part(actor=owner, name="Mine", **said)
    assert everything(part) == before
    assert Event.objects.get(what="part.changed").facts == {"was": "confidential", "is": "internal"}


@pytest.mark.parametrize("name", ["operator", "manager", "office", "stranger"])
def test_to_a_stranger_no_act_on_a_part_is_there(cast: Cast, works: Works, as_viewer: Any, name: str) -> None:
    revision = added(as_viewer(cast.owner))
    before = everything(revision.part)
    viewer, part_id = as_viewer(getattr(cast, name)), revision.part_id
    acts = [
        lambda: services.change_part(
            actor=viewer, part_id=part_id, version=1, name="x", note="", confidentiality="public", at=NOW
        ),
        lambda: services.archive_part(actor=viewer, part_id=part_id, at=NOW),
        lambda: services.add_reader(actor=viewer, part_id=part_id, email="stranger@example.org", at=NOW),
        lambda: services.remove_reader(actor=viewer, part_id=part_id, person_id=cast.owner.pk, at=NOW),
        lambda: services.say_units(actor=viewer, revision_id=revision.pk, units="mm", at=NOW),
        lambda: services.ask_check(
            actor=viewer, revision_id=revision.pk, machine_id=works.machine.pk, resin_id=works.resin.pk, at=NOW
        ),
    ]
    for act in acts:
        with pytest.raises(NotFoundError):
            act()
    as_viewer(cast.owner)
    assert everything(Part.objects.get(pk=part_id)) == before
