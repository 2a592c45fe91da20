"""Facilities: what managers and operators do, and that nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from mingyue.web.facilities import services
from mingyue.web.facilities.models import Downtime, Facility, Machine, StaffedHours
from mingyue.web.people.models import User
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from tests.web.conftest import NOW, Cast

AsViewer = Callable[[User], Viewer]
DAY = timedelta(days=1)


@pytest.fixture
def facility(cast: Cast, as_viewer: AsViewer) -> Facility:
    """A facility with one machine, opened by its manager."""
    manager = as_viewer(cast.manager)
    made = services.open_facility(actor=manager, organisation=cast.facility_operator, name="Works", at=NOW)
    services.add_machine(actor=manager, facility=made, name="M1", profile="s230", at=NOW)
    return made


def the_machine() -> Machine:
    return Machine.objects.get(name="M1")


@pytest.mark.parametrize("who", ["operator", "owner", "office", "stranger"])
def test_only_its_manager_changes_a_facility(cast: Cast, facility: Facility, as_viewer: AsViewer, who: str) -> None:
    actor = as_viewer(getattr(cast, who))
    acts: list[Callable[[], Any]] = [
        lambda: services.open_facility(actor=actor, organisation=cast.facility_operator, name="Mine", at=NOW),
        lambda: services.add_machine(actor=actor, facility=facility, name="M2", at=NOW),
        lambda: services.set_hours(actor=actor, facility=facility, hours=[(0, time(9), time(17))], at=NOW),
        lambda: services.add_service_class(actor=actor, facility=facility, name="Fast", lead_days=3, at=NOW),
        lambda: services.change_facility(
            actor=actor, facility=facility, version=1, name="Mine", name_zh="", about="", about_zh="",
            zone="UTC", is_open=False, at=NOW,
        ),
    ]  # fmt: skip

    for act in acts:
        with pytest.raises(RefusedError, match="manager"):
            act()

    assert Facility.objects.get().name == "Works"
    assert Machine.objects.count() == 1
    assert not StaffedHours.objects.exists()


def test_an_operator_says_how_a_machine_is(cast: Cast, facility: Facility, as_viewer: AsViewer) -> None:
    actor = as_viewer(cast.operator)

    services.set_machine_state(
        actor=actor, machine=the_machine(), state="maintenance", note="lens", version=1, at=NOW + DAY
    )

    machine = the_machine()
    assert (machine.state, machine.state_note, machine.state_since) == ("maintenance", "lens", NOW + DAY)
    with pytest.raises(ConflictError):
        services.set_machine_state(actor=actor, machine=machine, state="ready", note="", version=1, at=NOW)
    with pytest.raises(RefusedError, match="already"):
        services.set_machine_state(actor=actor, machine=machine, state="maintenance", note="", version=2, at=NOW)
    with pytest.raises(RefusedError, match="no state named"):
        services.set_machine_state(actor=actor, machine=machine, state="broken", note="", version=2, at=NOW)


def test_downtimes_of_one_machine_do_not_overlap(cast: Cast, facility: Facility, as_viewer: AsViewer) -> None:
    actor = as_viewer(cast.operator)
    first = services.announce_downtime(
        actor=actor, machine=the_machine(), starts_at=NOW, ends_at=NOW + 2 * DAY, why="lens", at=NOW
    )

    with pytest.raises(RefusedError, match="down at that time"):
        services.announce_downtime(
            actor=actor, machine=the_machine(), starts_at=NOW + DAY, ends_at=NOW + 3 * DAY, why="film", at=NOW
        )
    services.announce_downtime(
        actor=actor, machine=the_machine(), starts_at=NOW + 2 * DAY, ends_at=NOW + 3 * DAY, why="film", at=NOW
    )
    services.withdraw_downtime(actor=actor, downtime=first, at=NOW)
    services.announce_downtime(
        actor=actor, machine=the_machine(), starts_at=NOW, ends_at=NOW + DAY, why="lens again", at=NOW
    )

    assert [one.why for one in Downtime.objects.filter(withdrawn_at=None).order_by("span")] == ["lens again", "film"]


@pytest.mark.parametrize(
    ("starts", "ends", "reason"), [(1, 1, "ends after it begins"), (2, 1, "ends after it begins"), (-3, -1, "is over")]
)
def test_a_downtime_that_makes_no_sense_is_refused(
    cast: Cast, facility: Facility, as_viewer: AsViewer, starts: int, ends: int, reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        services.announce_downtime(
            actor=as_viewer(cast.operator), machine=the_machine(), starts_at=NOW + starts * DAY,
            ends_at=NOW + ends * DAY, why="x", at=NOW,
        )  # fmt: skip
    assert not Downtime.objects.exists()


@pytest.mark.parametrize(
    "week",
    [
        [(7, time(9), time(17))],
        [(0, time(17), time(9))],
        [(0, time(9), time(13)), (0, time(12), time(17))],
    ],
)
def test_hours_that_make_no_sense_are_refused(cast: Cast, facility: Facility, as_viewer: AsViewer, week: Any) -> None:
    actor = as_viewer(cast.manager)
    services.set_hours(actor=actor, facility=facility, hours=[(0, time(8), time(9))], at=NOW)

    with pytest.raises(InvalidError):
        services.set_hours(actor=actor, facility=facility, hours=week, at=NOW)

    assert StaffedHours.objects.get().opens == time(8)


@pytest.mark.parametrize("profile", ["s9000", "/etc/passwd", "machines.toml:s230", "../machines.toml"])
def test_a_class_of_machine_is_a_name_and_never_a_file(
    cast: Cast, facility: Facility, as_viewer: AsViewer, profile: str
) -> None:
    with pytest.raises(InvalidError, match="no class of machine"):
        services.add_machine(actor=as_viewer(cast.manager), facility=facility, name="M2", profile=profile, at=NOW)


def test_names_are_taken_once(cast: Cast, facility: Facility, as_viewer: AsViewer) -> None:
    actor = as_viewer(cast.manager)
    services.add_service_class(actor=actor, facility=facility, name="Fast", lead_days=3, at=NOW)

    with pytest.raises(InvalidError, match="machine of this name"):
        services.add_machine(actor=actor, facility=facility, name="M1", at=NOW)
    with pytest.raises(InvalidError, match="service class of this name"):
        services.add_service_class(actor=actor, facility=facility, name="Fast", lead_days=4, at=NOW)
    with pytest.raises(InvalidError, match="facility of this name"):
        services.open_facility(actor=actor, organisation=cast.facility_operator, name="Works", at=NOW)


def test_a_key_runs_no_facility(cast: Cast, facility: Facility, as_viewer: AsViewer) -> None:
    manager = as_viewer(cast.manager)
    key = Viewer(person_id=manager.person_id, roles=manager.roles, scopes=frozenset({"facilities:read"}))

    with pytest.raises(NotFoundError):
        services.set_machine_state(actor=key, machine=the_machine(), state="off", note="", version=1, at=NOW)


def test_hours_are_typed_as_lines_and_shown_in_the_facilitys_zone(
    cast: Cast, facility: Facility, browse: Callable[[User | None], Client]
) -> None:
    client = browse(cast.manager)

    done = client.post("/facilities/works/hours/", {"week": "1 09:00 12:00\n1 13:00 17:30\n"})
    refused = client.post("/facilities/works/hours/", {"week": "Monday 9"})

    assert done.status_code == 302
    assert refused.status_code == 400
    assert "Monday 9" in refused.content.decode()
    page = client.get("/facilities/works/").content.decode()
    assert "09:00–12:00" in page
    assert "13:00–17:30" in page
    assert "Asia/Shanghai" in page


def test_a_downtime_is_typed_in_the_facilitys_zone_and_kept_in_utc(
    cast: Cast, facility: Facility, browse: Callable[[User | None], Client]
) -> None:
    client = browse(cast.operator)
    machine = the_machine()

    done = client.post(
        f"/facilities/works/machines/{machine.pk}/downtimes/",
        {"starts_at": "2099-01-01T08:00", "ends_at": "2099-01-01T09:00", "why": "lens"},
    )

    assert done.status_code == 302, done.content.decode()
    assert Downtime.objects.get().starts_at == datetime(2099, 1, 1, 0, 0, tzinfo=UTC)  # Chongqing is eight hours ahead
    assert "2099-01-01 08:00" in client.get("/facilities/works/").content.decode()


def test_a_closed_facility_is_seen_by_its_own_only(
    cast: Cast, facility: Facility, as_viewer: AsViewer, browse: Callable[[User | None], Client]
) -> None:
    services.change_facility(
        actor=as_viewer(cast.manager), facility=facility, version=1, name="Works", name_zh="", about="", about_zh="",
        zone="Asia/Shanghai", is_open=False, at=NOW,
    )  # fmt: skip

    assert browse(cast.stranger).get("/facilities/works/").status_code == 404
    assert browse(None).get("/facilities/works/").status_code == 404
    assert browse(cast.operator).get("/facilities/works/").status_code == 200
