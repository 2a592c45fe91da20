"""A part that is turned is another check; a new revision is checked as the last was; two revisions are compared."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from mingyue.printing.samples.solids import box, meshed, united
from mingyue.web.materials.models import Resin
from mingyue.web.parts import begun, services
from mingyue.web.parts.models import Check, Revision
from mingyue.web.parts.ways import way_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import InvalidError
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast
from tests.web.parts.conftest import Work, Works, added, everything, only_check, sent, stl_of
from tests.web.parts.test_asking import asked


def slab(*, low: tuple[float, float, float] = (0.0, 0.0, 0.0), high: float = 80.0) -> bytes:
    """A little block in µm, 100 wide, 60 deep and so high."""
    x, y, z = low
    return stl_of(meshed(box(low, (x + 100.0, y + 60.0, z + high))))


def revised(actor: Viewer, first: Revision, content: bytes) -> Revision:
    upload = sent(actor, content)
    return services.add_revision(actor=actor, part_id=first.part_id, upload_id=upload, units="um", at=NOW)


@pytest.fixture
def revision(cast: Cast, works: Works, as_viewer: Any) -> Revision:
    """One that was read, past the engine."""
    made = added(as_viewer(cast.owner), confidentiality="internal")
    Revision.objects.filter(pk=made.pk).update(state="read")
    made.refresh_from_db()
    return made


# --- turned -------------------------------------------------------------------------------------------------------


def test_the_same_part_turned_otherwise_is_another_check(
    cast: Cast, works: Works, as_viewer: Any, revision: Revision
) -> None:
    owner = as_viewer(cast.owner)
    plain = asked(owner, revision, works)
    turned = asked(owner, revision, works, rotation=[90, 0, 0])

    assert asked(owner, revision, works, rotation=[-270, 360, 0]) == turned != plain
    assert asked(owner, revision, works, rotation=[0, 0, 360]) == plain
    assert (plain.rotation, turned.rotation) == (None, [90.0, 0.0, 0.0])
    assert Event.objects.get(what="check.asked", subject_id=str(turned.pk)).facts["rotation"] == [90.0, 0.0, 0.0]
    assert begun.add_check(revision, way_of(plain), at=NOW) is None  # PostgreSQL itself holds it to one


def test_what_is_no_turn_is_refused_and_changes_nothing(
    cast: Cast, works: Works, as_viewer: Any, revision: Revision
) -> None:
    owner = as_viewer(cast.owner)
    before = everything(revision.part)
    with pytest.raises(InvalidError, match="three angles"):
        asked(owner, revision, works, rotation=[1, 2])
    assert everything(revision.part) == before


@pytest.mark.parametrize("wrong", ["90", [90, 0], [90, 0, None], [90, 0, "0"], [400, 0, 0]])
def test_a_page_that_sends_no_turn_is_told(
    cast: Cast, works: Works, as_viewer: Any, browse: Any, revision: Revision, wrong: Any
) -> None:
    said = {"machine": str(works.machine.pk), "resin": str(works.resin.pk), "rotation": wrong}
    answer = browse(cast.owner).post(f"/parts/revisions/{revision.pk}/checks", said, content_type="application/json")

    assert (answer.status_code, answer.json()["field"]) == (400, "rotation")


def test_masks_findings_and_estimate_are_of_the_part_as_it_is_turned(
    cast: Cast, works: Works, as_viewer: Any, browse: Any, work: Work
) -> None:
    """The engine itself: a block 80 µm high, and on its front 60 µm."""
    first = added(as_viewer(cast.owner), slab(), units="um")
    work()
    turned = asked(as_viewer(cast.owner), first, works, rotation=[90, 0, 0])
    assert work() == ["parts:run_check"]
    as_viewer(cast.owner)
    client: Client = browse(cast.owner)
    told = client.get(f"/parts/{first.part_id}/state").json()["revisions"][0]["checks"]
    upright, lying = sorted(told, key=lambda one: one["rotation"] is not None)

    assert (upright["state"], lying["state"], lying["id"]) == ("done", "done", str(turned.pk))
    assert [(one["layers"], one["rotation"], one["lying"]) for one in (upright, lying)] == [
        (16, None, "as uploaded"), (12, [90.0, 0.0, 0.0], "on its front"),
    ]  # fmt: skip
    assert [client.get(one["masks"]).json()["count"] for one in (upright, lying)] == [16, 12]
    assert lying["placement"]["matrix"] == [[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]
    assert lying["estimate"]["printing_s"][1] < upright["estimate"]["printing_s"][1]


# --- a new revision is checked as the last was --------------------------------------------------------------------


def test_a_new_revision_is_checked_in_all_ways_of_the_last(
    cast: Cast, works: Works, as_viewer: Any, work: Work
) -> None:
    owner = as_viewer(cast.owner)
    first = added(owner, slab(), units="um")
    work(only="parts:read_revision")
    owner = as_viewer(cast.owner)
    usual = only_check(first)
    asked(owner, first, works, layer_um=10.0)
    asked(owner, first, works, rotation=[0, 90, 0])
    dropped = asked(owner, first, works, layer_um=2.0)
    services.cancel_check(actor=owner, check_id=dropped.pk, at=NOW)
    second = revised(owner, first, slab(high=90.0))
    work(only="parts:read_revision")
    as_viewer(cast.owner)

    ways = Check.objects.filter(revision=second).order_by("asked_at").values_list("layer_um", "rotation", "state")
    assert sorted(ways, key=str) == sorted(
        [(usual.layer_um, None, "waiting"), (10.0, None, "waiting"), (5.0, [0.0, 90.0, 0.0], "waiting")], key=str
    )


def test_what_is_not_offered_any_more_is_not_asked_again(cast: Cast, works: Works, as_viewer: Any, work: Work) -> None:
    first = added(as_viewer(cast.owner), slab(), units="um")
    work(only="parts:read_revision")
    with seen_by(organisation_id=cast.facility_operator.pk):
        Resin.objects.update(is_offered=False)
    second = revised(as_viewer(cast.owner), first, slab(high=90.0))
    work(only="parts:read_revision")
    as_viewer(cast.owner)
    second.refresh_from_db()

    assert second.state == "read"
    assert not Check.objects.filter(revision=second).exists()


def test_so_many_ways_are_asked_again_and_no_more(cast: Cast, works: Works, as_viewer: Any, revision: Revision) -> None:
    owner = as_viewer(cast.owner)
    for step in range(begun.MOST_AGAIN + 3):
        asked(owner, revision, works, layer_um=2.0 + step, at=NOW.replace(minute=step))
    later = Revision(part=revision.part, number=2, state="read")

    kept = [way.layer_um for way in begun.ways_before(later)]

    assert kept == [2.0 + step for step in range(3, begun.MOST_AGAIN + 3)]  # those asked last, in their order


# --- two revisions ------------------------------------------------------------------------------------------------


def both(cast: Cast, as_viewer: Any, work: Work, browse: Any, contents: list[bytes]) -> tuple[Client, list[Any], Any]:
    """The page's client, both checks and what changed between them."""
    first = added(as_viewer(cast.owner), contents[0], units="um")
    work()
    revised(as_viewer(cast.owner), first, contents[1])
    work()
    as_viewer(cast.owner)
    client = browse(cast.owner)
    new, old = client.get(f"/parts/{first.part_id}/state").json()["revisions"]
    checks = [old["checks"][0], new["checks"][0]]
    found = client.get(f"/parts/checks/{checks[1]['id']}/changes/{checks[0]['id']}").json()
    return client, [old, new], found


def with_table(*, low: tuple[float, float, float] = (0.0, 0.0, 0.0), table: bool = True) -> bytes:
    """A post of 100 × 60 × 80 µm, and a table top that stands out far on one side and hangs in the air."""
    x, y, z = low
    post = box(low, (x + 100.0, y + 60.0, z + 80.0))
    top = box((x, y, z + 60.0), (x + 400.0, y + 60.0, z + 80.0)) if table else post
    return stl_of(meshed(united([post, top])))


def test_a_finding_that_is_gained_says_where_in_the_part(
    cast: Cast, works: Works, as_viewer: Any, work: Work, browse: Any
) -> None:
    client, (old, new), found = both(cast, as_viewer, work, browse, [with_table(table=False), with_table()])
    listed = client.get(new["checks"][0]["findings"]).json()["findings"]

    assert (found["comparable"], found["moved_um"], found["notes"], found["near_um"]) == (True, [0, 0, 0], [], 10.0)
    assert found["gained"]
    assert len(found["gained"]) + len(found["kept"]) == len(listed)
    low, high = found["gained"][0]["box_um"]
    assert 0 <= low[0] <= high[0] <= 400 + 10
    assert old["facts"]["area_mm2"] == pytest.approx(0.0376)


def test_a_part_that_was_only_moved_has_lost_and_gained_nothing(
    cast: Cast, works: Works, as_viewer: Any, work: Work, browse: Any
) -> None:
    client, _, found = both(cast, as_viewer, work, browse, [with_table(), with_table(low=(3000.0, -500.0, 20.0))])

    assert found["moved_um"] == pytest.approx([3000.0, -500.0, 20.0])
    assert (found["gained"], found["lost"]) == ([], [])
    assert {one["became"] for one in found["kept"]} == {"same"}
    (note,) = found["notes"]
    assert "moved in its file by 3, -0.5, 0.02 mm" in note
    as_viewer(cast.owner)
    part = Revision.objects.get(number=2).part_id
    page = client.get(f"/parts/{part}/compare/").content.decode()
    assert '"moved_um": [3000.0, -500.0, 20.0]' in page


def test_what_lies_elsewhere_and_changed_is_not_compared(
    cast: Cast, works: Works, as_viewer: Any, work: Work, browse: Any
) -> None:
    _, _, found = both(cast, as_viewer, work, browse, [slab(), slab(low=(5000.0, 0.0, 0.0), high=90.0)])

    assert (found["comparable"], found["gained"], found["lost"], found["kept"]) == (False, [], [], [])
    assert found["notes"] == [
        "The two lie in different places of their files: no place of the one is a place of the other."
    ]


def test_two_ways_of_lying_are_compared_with_a_warning(
    cast: Cast, works: Works, as_viewer: Any, work: Work, browse: Any
) -> None:
    first = added(as_viewer(cast.owner), slab(), units="um")
    work()
    turned = asked(as_viewer(cast.owner), first, works, rotation=[90, 0, 0])
    plain = Check.objects.exclude(pk=turned.pk).get()
    unread = browse(cast.owner).get(f"/parts/checks/{turned.pk}/changes/{plain.pk}")
    assert (unread.status_code, unread.json()["error"]) == (403, "The check has found nothing yet.")
    work()
    as_viewer(cast.owner)
    (note,) = browse(cast.owner).get(f"/parts/checks/{turned.pk}/changes/{plain.pk}").json()["notes"]

    assert note.startswith("The two lie differently on the platform")


def test_checks_of_different_parts_are_not_compared(
    cast: Cast, works: Works, as_viewer: Any, work: Work, browse: Any
) -> None:
    for _ in range(2):
        added(as_viewer(cast.owner), slab(), units="um")
    work(only="parts:read_revision")
    as_viewer(cast.owner)
    one, other = Check.objects.values_list("pk", flat=True)

    answer = browse(cast.owner).get(f"/parts/checks/{one}/changes/{other}")

    assert (answer.status_code, "different parts" in answer.json()["error"]) == (403, True)
