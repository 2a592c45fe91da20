"""What is asked about a part: a check of one way of making, once; its end; and what more may be asked of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from mingyue.web.materials.models import Resin
from mingyue.web.parts import begun, services
from mingyue.web.parts.models import Check, Revision, Study
from mingyue.web.records.errors import NotFoundError, RefusedError
from mingyue.web.records.models import Event
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast
from tests.web.parts.conftest import Works, added, everything
from tests.web.parts.test_adding import jobs


@pytest.fixture
def revision(cast: Cast, works: Works, as_viewer: Any) -> Revision:
    """One that was read."""
    made = added(as_viewer(cast.owner), confidentiality="internal")
    Revision.objects.filter(pk=made.pk).update(state="read")
    made.refresh_from_db()
    return made


def asked(actor: Any, revision: Revision, works: Works, **more: Any) -> Check:
    said = {"machine_id": works.machine.pk, "resin_id": works.resin.pk, "at": NOW} | more
    return services.ask_check(actor=actor, revision_id=revision.pk, **said)


def test_a_check_is_asked_once_whoever_asks(cast: Cast, works: Works, as_viewer: Any, revision: Revision) -> None:
    first = asked(as_viewer(cast.owner), revision, works)
    again = asked(as_viewer(cast.colleague), revision, works)
    other = asked(as_viewer(cast.colleague), revision, works, layer_um=10)

    assert (first, first.layer_um, other.layer_um) == (again, 5.0, 10.0)
    assert jobs().count("parts:run_check") == 2
    assert Event.objects.filter(what="check.asked").count() == 2


def test_a_check_that_failed_is_done_anew(cast: Cast, works: Works, as_viewer: Any, revision: Revision) -> None:
    owner = as_viewer(cast.owner)
    check = asked(owner, revision, works)
    Check.objects.filter(pk=check.pk).update(state="failed", problem={"kind": "memory"}, attempt=1)
    assert asked(owner, revision, works) == check
    check.refresh_from_db()
    assert (check.state, check.problem, check.attempt) == ("waiting", None, 1)
    assert jobs().count("parts:run_check") == 2


def test_what_cannot_be_made_is_refused_with_every_reason(
    cast: Cast, works: Works, as_viewer: Any, revision: Revision
) -> None:
    owner = as_viewer(cast.owner)
    before = everything(revision.part)
    with pytest.raises(RefusedError) as refused:
        asked(owner, revision, works, machine_id=works.lathe.pk)
    assert refused.value.reasons == ("This machine does not print.",)
    with pytest.raises(RefusedError, match="prints layers of 1 to 20 µm, not 50 µm"):
        asked(owner, revision, works, layer_um=50)
    Revision.objects.filter(pk=revision.pk).update(state="reading")
    with seen_by(organisation_id=cast.facility_operator.pk):
        Resin.objects.update(is_offered=False)
        type(works.machine).objects.update(state="off")
    with pytest.raises(RefusedError) as refused:
        asked(owner, revision, works)
    assert refused.value.reasons == (
        "The file has not been read.", "This machine is not open to others now.",
        "This resin is not offered with this machine.",
    )  # fmt: skip
    with pytest.raises(NotFoundError):
        asked(owner, revision, works, machine_id=uuid4())
    Revision.objects.filter(pk=revision.pk).update(state="read")
    assert everything(revision.part) == before
    assert jobs() == ["parts:read_revision"]


def test_a_stranger_who_sees_a_public_part_has_it_not_checked(
    cast: Cast, works: Works, as_viewer: Any, revision: Revision
) -> None:
    part = revision.part
    type(part).objects.filter(pk=part.pk).update(confidentiality="public")
    with pytest.raises(RefusedError, match="Only members of the part's organisation"):
        asked(as_viewer(cast.stranger), revision, works)


def test_a_check_is_cancelled_once_and_may_be_asked_again(
    cast: Cast, works: Works, as_viewer: Any, revision: Revision
) -> None:
    owner = as_viewer(cast.owner)
    check = asked(owner, revision, works)
    services.cancel_check(actor=owner, check_id=check.pk, at=NOW)
    with pytest.raises(RefusedError, match="ended already"):
        services.cancel_check(actor=owner, check_id=check.pk, at=NOW)
    again = asked(owner, revision, works)
    assert again != check
    assert sorted(Check.objects.values_list("state", flat=True)) == ["cancelled", "waiting"]


def test_more_is_asked_only_of_a_check_that_found_something(
    cast: Cast, works: Works, as_viewer: Any, revision: Revision
) -> None:
    owner = as_viewer(cast.owner)
    check = asked(owner, revision, works)
    with pytest.raises(RefusedError, match="found nothing yet"):
        services.ask_orientations(actor=owner, check_id=check.pk, at=NOW)
    Check.objects.filter(pk=check.pk).update(state="done", looked={"layers": 1})
    with pytest.raises(RefusedError, match="no masks"):
        services.ask_deviation(actor=owner, check_id=check.pk, at=NOW)

    study = services.ask_orientations(actor=owner, check_id=check.pk, at=NOW)
    assert services.ask_orientations(actor=owner, check_id=check.pk, at=NOW) == study
    assert jobs().count("parts:run_study") == 1
    Study.objects.update(state="failed")
    services.ask_orientations(actor=owner, check_id=check.pk, at=NOW)
    assert jobs().count("parts:run_study") == 2


def test_an_archived_part_is_checked_no_more(cast: Cast, works: Works, as_viewer: Any, revision: Revision) -> None:
    owner = as_viewer(cast.owner)
    check = asked(owner, revision, works)
    services.archive_part(actor=owner, part_id=revision.part_id, at=NOW)
    check.refresh_from_db()
    assert check.state == "cancelled"
    with pytest.raises(RefusedError, match="archived"):
        asked(owner, revision, works)


def test_the_finest_machines_are_looked_at_unasked_and_only_some(cast: Cast, works: Works) -> None:
    owner = {"organisation": cast.facility_operator, "facility": works.facility}
    with seen_by(organisation_id=cast.facility_operator.pk):
        for number, profile in enumerate(["s350", "s240", "s230", "open-0p75"]):
            type(works.machine).objects.create(name=f"Q{number}", profile=profile, state_since=NOW, **owner)
        Resin.objects.create(profile="pr48-405", name="PR48 at 405 nm", **owner)
    ways = begun.usual_ways()
    assert [(way.machine.profile, way.resin.profile, way.layer_um) for way in ways] == [
        ("open-0p75", "pr48-385", 5.0), ("open-0p75", "pr48-405", 5.0), ("s230", "pr48-385", 5.0), ("s230", "pr48-405", 5.0),
    ]  # fmt: skip
