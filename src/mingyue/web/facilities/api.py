"""Facilities over HTTP: what is open, which machines stand there, when people are there; changes by those who run it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from mingyue.web.facilities import bridge, queries, services
from mingyue.web.facilities.models import Facility, Machine, StaffedHours
from mingyue.web.people.access import SIGNED_IN, Needs, caller, now, there
from mingyue.web.records.etags import IF_MATCH, as_precondition, tell_version, version_matched
from mingyue.web.records.paging import Cursor, Limit, Page, page_of
from mingyue.web.records.texts import Moment, Said, Slug, among, line, prose, unsaid

router = Router(tags=["facilities"])
READS = Needs("facilities:read")

MachineState = Literal["ready", "busy", "maintenance", "off"]
Name = Annotated[str, line(120, shortest=2)]
NameZh = Annotated[str, line(120, shortest=0)]
# Four digits of hours and minutes: what a timetable says, and nothing that one would have to round.
Clock = Annotated[str, StringConstraints(strict=True, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class OperatorOut(Schema):
    """Who operates a facility."""

    slug: str
    name: str
    name_zh: str


class FacilityOut(Schema):
    """A technology opened as a shared service. zone: its hours are meant in it."""

    id: UUID
    slug: str
    name: str
    name_zh: str
    about: str
    about_zh: str
    zone: str
    is_open: bool
    demonstration: bool
    organisation: OperatorOut
    version: int
    created_at: datetime


class ProfileOut(Schema):
    """What the engine knows of a class of machine."""

    name: str
    pixel_um: float
    layer_um: list[float] | None


class CapabilityOut(Schema):
    """A figure of what a machine can do."""

    id: UUID
    name: str
    name_zh: str
    value: str
    source: str


class DowntimeOut(Schema):
    """When a machine is not to be had."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    why: str


class MachineOut(Schema):
    """One machine. state: what its operator says. profile: null where it prints nothing."""

    id: UUID
    name: str
    profile: ProfileOut | None
    serial: str
    state: Annotated[str, among(Machine.State.values)]
    state_note: str
    state_since: datetime
    version: int
    capabilities: list[CapabilityOut]
    downtimes: list[DowntimeOut]

    @staticmethod
    def resolve_profile(machine: Machine) -> dict[str, Any] | None:
        """By name, from the engine."""
        known = bridge.profile_of(machine.profile)
        if known is None:
            return None
        return {"name": machine.profile, "pixel_um": known.pixel_um, "layer_um": known.layer_um}

    @staticmethod
    def resolve_capabilities(machine: Machine) -> list[Any]:
        return list(machine.capabilities.all())

    @staticmethod
    def resolve_downtimes(machine: Machine) -> list[Any]:
        return list(machine.downtimes.all())


class HoursOut(Schema):
    """When people are there, as HH:MM in the facility's zone. weekday: 0 is Monday."""

    weekday: int
    opens: str
    closes: str

    @staticmethod
    def resolve_opens(hours: StaffedHours) -> str:
        return f"{hours.opens:%H:%M}"

    @staticmethod
    def resolve_closes(hours: StaffedHours) -> str:
        return f"{hours.closes:%H:%M}"


class ServiceClassOut(Schema):
    """How fast and how careful a facility promises to be."""

    id: UUID
    name: str
    name_zh: str
    about: str
    about_zh: str
    lead_days: int
    position: int


class FacilityIn(Said):
    """What is told about a facility; what is left out stays."""

    name: Name = unsaid()
    name_zh: NameZh = unsaid()
    about: Annotated[str, prose(4000)] = unsaid()
    about_zh: Annotated[str, prose(4000)] = unsaid()
    zone: Annotated[str, StringConstraints(strict=True, max_length=40, pattern=r"^[A-Za-z0-9_+/-]+$")] = unsaid()
    is_open: Annotated[bool, Field(strict=True)] = unsaid()


class StateIn(Said):
    """What an operator says of a machine."""

    state: MachineState
    note: Annotated[str, line(200, shortest=0)] = ""


class MachineIn(Said):
    """A new machine. profile: the engine's name for its class; empty where it prints nothing."""

    name: Annotated[str, line(80)]
    profile: Annotated[str, StringConstraints(strict=True, max_length=60, pattern=r"^[-a-z0-9]*$")] = ""
    serial: Annotated[str, line(60, shortest=0)] = ""


class CapabilityIn(Said):
    """A figure of what a machine can do."""

    name: Annotated[str, line(80)]
    value: Annotated[str, line(80)]
    name_zh: Annotated[str, line(80, shortest=0)] = ""
    source: Annotated[str, line(120, shortest=0)] = ""


class DowntimeIn(Said):
    """When a machine will not be to be had."""

    starts_at: Moment
    ends_at: Moment
    why: Annotated[str, line(200)]


class HoursIn(Said):
    """When people are there, as HH:MM in the facility's zone. weekday: 0 is Monday."""

    weekday: Annotated[int, Field(strict=True, ge=0, le=6)]
    opens: Clock
    closes: Clock


class WeekIn(Said):
    """A whole week; what was there is replaced."""

    hours: Annotated[list[HoursIn], Field(max_length=42)]


class ServiceClassIn(Said):
    """How fast and how careful the facility promises to be."""

    name: Annotated[str, line(60)]
    lead_days: Annotated[int, Field(strict=True, ge=0, le=365)]
    name_zh: Annotated[str, line(60, shortest=0)] = ""
    about: Annotated[str, line(300, shortest=0)] = ""
    about_zh: Annotated[str, line(300, shortest=0)] = ""
    position: Annotated[int, Field(strict=True, ge=0, le=1000)] = 0


@router.get("/facilities", auth=READS, response=Page[FacilityOut])
def list_facilities(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """Those that are open, and the caller's own."""
    return page_of(queries.facilities(caller(request)), cursor=cursor, limit=limit)


@router.get("/facilities/{slug}", auth=READS, response=FacilityOut)
def show_facility(request: HttpRequest, response: HttpResponse, slug: Slug) -> Any:
    """One facility."""
    found = _facility(request, slug)
    tell_version(response, found.version)
    return found


@router.patch("/facilities/{slug}", auth=SIGNED_IN, response=FacilityOut, openapi_extra=IF_MATCH)
def change_facility(request: HttpRequest, response: HttpResponse, slug: Slug, said: FacilityIn) -> Any:
    """What is told about it. Its managers may do this."""
    found = _facility(request, slug)
    told = {name: getattr(found, name) for name in ("name", "name_zh", "about", "about_zh", "zone", "is_open")}
    with as_precondition():
        services.change_facility(
            actor=caller(request), facility=found, version=version_matched(request, found.version), at=now(),
            **(told | said.model_dump(exclude_unset=True)),
        )  # fmt: skip
    found.refresh_from_db()
    tell_version(response, found.version)
    return found


@router.get("/facilities/{slug}/machines", auth=READS, response=list[MachineOut])
def list_machines(request: HttpRequest, slug: Slug) -> Any:
    """Its machines, what they can do, and the downtimes that are not over."""
    return list(queries.machines_of(_facility(request, slug), at=now()))


@router.post("/facilities/{slug}/machines", auth=SIGNED_IN, response={201: MachineOut})
def add_machine(request: HttpRequest, response: HttpResponse, slug: Slug, said: MachineIn) -> Any:
    """A machine of the facility, ready. Its managers may do this."""
    made = services.add_machine(actor=caller(request), facility=_facility(request, slug), at=now(), **said.model_dump())
    response["Location"] = f"/api/machines/{made.pk}"
    tell_version(response, made.version)
    return Status(201, made)


@router.get("/facilities/{slug}/hours", auth=READS, response=list[HoursOut])
def list_hours(request: HttpRequest, slug: Slug) -> Any:
    """When people are there, through the week."""
    return list(queries.hours_of(_facility(request, slug)))


@router.put("/facilities/{slug}/hours", auth=SIGNED_IN, response=list[HoursOut])
def set_hours(request: HttpRequest, slug: Slug, said: WeekIn) -> Any:
    """The week's staffed hours, all of them. The facility's managers may do this."""
    found = _facility(request, slug)
    week = [(one.weekday, time.fromisoformat(one.opens), time.fromisoformat(one.closes)) for one in said.hours]
    services.set_hours(actor=caller(request), facility=found, hours=week, at=now())
    return list(queries.hours_of(found))


@router.get("/facilities/{slug}/service-classes", auth=READS, response=list[ServiceClassOut])
def list_service_classes(request: HttpRequest, slug: Slug) -> Any:
    """How fast and how careful it promises to be."""
    return list(queries.service_classes_of(_facility(request, slug)))


@router.post("/facilities/{slug}/service-classes", auth=SIGNED_IN, response={201: ServiceClassOut})
def add_service_class(request: HttpRequest, slug: Slug, said: ServiceClassIn) -> Any:
    """A further promise. The facility's managers may do this."""
    made = services.add_service_class(
        actor=caller(request), facility=_facility(request, slug), at=now(), **said.model_dump()
    )
    return Status(201, made)


@router.get("/machines/{uuid:machine_id}", auth=READS, response=MachineOut)
def show_machine(request: HttpRequest, response: HttpResponse, machine_id: UUID) -> Any:
    """One machine."""
    return _shown(response, _machine(request, machine_id))


@router.patch("/machines/{uuid:machine_id}", auth=SIGNED_IN, response=MachineOut, openapi_extra=IF_MATCH)
def set_machine_state(request: HttpRequest, response: HttpResponse, machine_id: UUID, said: StateIn) -> Any:
    """How the machine is. Operators and managers of the facility may say this."""
    found = _machine(request, machine_id)
    with as_precondition():
        services.set_machine_state(
            actor=caller(request), machine=found, state=said.state, note=said.note,
            version=version_matched(request, found.version), at=now(),
        )  # fmt: skip
    return _shown(response, found)


@router.post("/machines/{uuid:machine_id}/capabilities", auth=SIGNED_IN, response={201: CapabilityOut})
def add_capability(request: HttpRequest, machine_id: UUID, said: CapabilityIn) -> Any:
    """A figure of what the machine can do. The facility's managers may do this."""
    found = _machine(request, machine_id)
    return Status(201, services.add_capability(actor=caller(request), machine=found, at=now(), **said.model_dump()))


@router.post("/machines/{uuid:machine_id}/downtimes", auth=SIGNED_IN, response={201: DowntimeOut})
def announce_downtime(request: HttpRequest, machine_id: UUID, said: DowntimeIn) -> Any:
    """When the machine is not to be had. Operators and managers of the facility may announce this."""
    made = services.announce_downtime(
        actor=caller(request), machine=_machine(request, machine_id), starts_at=said.starts_at, ends_at=said.ends_at,
        why=said.why, at=now(),
    )  # fmt: skip
    return Status(201, made)


@router.delete("/downtimes/{uuid:downtime_id}", auth=SIGNED_IN, response={204: None})
def withdraw_downtime(request: HttpRequest, downtime_id: UUID) -> Any:
    """The machine is to be had after all."""
    found = there(queries.downtime_of(caller(request), downtime_id))
    services.withdraw_downtime(actor=caller(request), downtime=found, at=now())
    return Status(204, None)


def _facility(request: HttpRequest, slug: str) -> Facility:
    return there(queries.facility_of(caller(request), slug))


def _machine(request: HttpRequest, machine_id: UUID) -> Machine:
    return there(queries.machine_of(caller(request), machine_id))


def _shown(response: HttpResponse, machine: Machine) -> Machine:
    """The machine as it is now, with what belongs to it."""
    fresh = queries.machines_of(machine.facility, at=now()).get(pk=machine.pk)
    tell_version(response, fresh.version)
    return fresh
