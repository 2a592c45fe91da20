"""What managers and operators do to facilities; each is one transaction and one event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from itertools import pairwise
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from mingyue.phrases import Phrase, say
from mingyue.web.facilities import bridge, rules
from mingyue.web.facilities.models import Capability, Downtime, Facility, Machine, ServiceClass, StaffedHours
from mingyue.web.people.models import Organisation
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError, refuse
from mingyue.web.records.services import record


def open_facility(
    *, actor: Viewer, organisation: Organisation, name: str, at: datetime, name_zh: str = "", about: str = "",
    about_zh: str = "", zone: str = "Asia/Shanghai", slug: str = "", demonstration: bool = False,
) -> Facility:  # fmt: skip
    """A new facility that the organisation operates."""
    _refuse(rules.why_not_manage(actor, organisation.pk), actor, organisation.pk)
    _refuse(rules.why_not_zone(zone), actor, organisation.pk)
    name = name.strip()
    if not 2 <= len(name) <= 120:
        raise InvalidError("name", say("A name has 2 to 120 characters."))
    wanted = slugify(slug or name)[:50] or "facility"
    if Facility.objects.filter(slug=wanted).exists():
        raise InvalidError("name", say("There is a facility of this name already."))
    with transaction.atomic():
        facility = Facility.objects.create(
            organisation=organisation, slug=wanted, name=name, name_zh=name_zh.strip(), about=about.strip(),
            about_zh=about_zh.strip(), zone=zone, demonstration=demonstration, created_at=at,
        )  # fmt: skip
        record(actor=actor, what="facility.opened", subject=facility, at=at)
    return facility


def change_facility(
    *, actor: Viewer, facility: Facility, version: int, name: str, name_zh: str, about: str, about_zh: str,
    zone: str, is_open: bool, at: datetime,
) -> None:  # fmt: skip
    """What is told about a facility. Raises ConflictError where somebody changed it meanwhile."""
    _refuse(rules.why_not_manage(actor, facility.organisation_id), actor, facility.organisation_id)
    _refuse(rules.why_not_zone(zone), actor, facility.organisation_id)
    if not 2 <= len(name.strip()) <= 120:
        raise InvalidError("name", say("A name has 2 to 120 characters."))
    with transaction.atomic():
        changed = Facility.objects.filter(pk=facility.pk, version=version).update(
            name=name.strip(), name_zh=name_zh.strip(), about=about.strip(), about_zh=about_zh.strip(), zone=zone,
            is_open=is_open, version=version + 1,
        )  # fmt: skip
        if not changed:
            raise _changed_meanwhile()
        record(actor=actor, what="facility.changed", subject=facility, at=at)


def set_hours(*, actor: Viewer, facility: Facility, hours: Iterable[tuple[int, time, time]], at: datetime) -> None:
    """The week's staffed hours, as (weekday from Monday 0, opens, closes); what was there is replaced."""
    _refuse(rules.why_not_manage(actor, facility.organisation_id), actor, facility.organisation_id)
    week = sorted(hours)
    for weekday, opens, closes in week:
        if not 0 <= weekday <= 6 or opens >= closes:
            raise InvalidError("hours", say("Hours close after they open, on a day of the week."))
    for (day, _, closes), (next_day, opens, _) in pairwise(week):
        if day == next_day and opens < closes:
            raise InvalidError("hours", say("Hours of one day do not overlap."))
    with transaction.atomic():
        Facility.objects.select_for_update().get(pk=facility.pk)
        facility.hours.all().delete()
        StaffedHours.objects.bulk_create(
            StaffedHours(
                organisation_id=facility.organisation_id, facility=facility, weekday=day, opens=opens, closes=closes
            )
            for day, opens, closes in week
        )
        record(actor=actor, what="facility.hours_set", subject=facility, at=at, facts={"count": len(week)})


def add_machine(
    *, actor: Viewer, facility: Facility, name: str, at: datetime, profile: str = "", serial: str = ""
) -> Machine:
    """A machine of a facility, ready."""
    _refuse(rules.why_not_manage(actor, facility.organisation_id), actor, facility.organisation_id)
    if profile and bridge.profile_of(profile) is None:
        raise InvalidError("profile", say("There is no class of machine named {name}.", name=profile))
    if not name.strip():
        raise InvalidError("name", say("A machine has a name."))
    try:
        with transaction.atomic():
            machine = Machine.objects.create(
                organisation_id=facility.organisation_id, facility=facility, name=name.strip()[:80], profile=profile,
                serial=serial.strip()[:60], state_since=at,
            )  # fmt: skip
            record(actor=actor, what="machine.added", subject=machine, at=at)
    except IntegrityError as error:
        raise InvalidError("name", say("The facility has a machine of this name already.")) from error
    return machine


def add_capability(
    *, actor: Viewer, machine: Machine, name: str, value: str, at: datetime, name_zh: str = "", source: str = ""
) -> Capability:
    """A figure of what a machine can do."""
    _refuse(rules.why_not_manage(actor, machine.organisation_id), actor, machine.organisation_id)
    with transaction.atomic():
        capability = Capability.objects.create(
            organisation_id=machine.organisation_id, machine=machine, name=name.strip()[:80],
            name_zh=name_zh.strip()[:80], value=value.strip()[:80], source=source.strip()[:120],
        )  # fmt: skip
        record(actor=actor, what="capability.added", subject=capability, at=at)
    return capability


def set_machine_state(*, actor: Viewer, machine: Machine, state: str, note: str, version: int, at: datetime) -> None:
    """What an operator says of a machine."""
    _refuse(rules.why_not_operate(actor, machine.organisation_id), actor, machine.organisation_id)
    _refuse(rules.why_not_state(machine, state), actor, machine.organisation_id)
    with transaction.atomic():
        changed = Machine.objects.filter(pk=machine.pk, version=version).update(
            state=state, state_note=note.strip()[:200], state_since=at, version=version + 1
        )
        if not changed:
            raise _changed_meanwhile()
        record(actor=actor, what="machine.state_set", subject=machine, at=at, facts={"state": state})


def announce_downtime(
    *, actor: Viewer, machine: Machine, starts_at: datetime, ends_at: datetime, why: str, at: datetime
) -> Downtime:
    """When a machine is not to be had. Two announcements of one machine never overlap."""
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    _refuse(rules.why_not_operate(actor, machine.organisation_id), actor, machine.organisation_id)
    _refuse(rules.why_not_down(starts_at, ends_at, at=at), actor, machine.organisation_id)
    try:
        with transaction.atomic():
            downtime = Downtime.objects.create(
                organisation_id=machine.organisation_id, machine=machine, span=DateTimeTZRange(starts_at, ends_at, "[)"),
                why=why.strip()[:200], by_id=actor.someone,
            )  # fmt: skip
            record(actor=actor, what="downtime.announced", subject=downtime, at=at)
    except IntegrityError as error:
        raise RefusedError([say("The machine is down at that time already.")]) from error
    return downtime


def withdraw_downtime(*, actor: Viewer, downtime: Downtime, at: datetime) -> None:
    """The machine is to be had after all."""
    _refuse(rules.why_not_operate(actor, downtime.organisation_id), actor, downtime.organisation_id)
    with transaction.atomic():
        if not Downtime.objects.filter(pk=downtime.pk, withdrawn_at=None).update(withdrawn_at=at):
            raise RefusedError([say("This downtime was withdrawn already.")])
        record(actor=actor, what="downtime.withdrawn", subject=downtime, at=at)


def add_service_class(
    *, actor: Viewer, facility: Facility, name: str, lead_days: int, at: datetime, name_zh: str = "", about: str = "",
    about_zh: str = "", position: int = 0,
) -> ServiceClass:  # fmt: skip
    """How fast and how careful the facility promises to be."""
    _refuse(rules.why_not_manage(actor, facility.organisation_id), actor, facility.organisation_id)
    if not 0 <= lead_days <= 365:
        raise InvalidError("lead_days", say("A lead time is from 0 to 365 days."))
    try:
        with transaction.atomic():
            made = ServiceClass.objects.create(
                organisation_id=facility.organisation_id, facility=facility, name=name.strip()[:60],
                name_zh=name_zh.strip()[:60], about=about.strip()[:300], about_zh=about_zh.strip()[:300],
                lead_days=lead_days, position=position,
            )  # fmt: skip
            record(actor=actor, what="service_class.added", subject=made, at=at)
    except IntegrityError as error:
        raise InvalidError("name", say("The facility has a service class of this name already.")) from error
    return made


def _changed_meanwhile() -> ConflictError:
    return ConflictError(
        say("Somebody changed this meanwhile."), remedy=say("Look at what it says now, and change it again.")
    )


def _refuse(reasons: list[Phrase], actor: Viewer, organisation_id: UUID) -> None:
    """Raise the reasons. A key that reaches not so far, and a stranger who may look but not touch, get no more."""
    if actor.scopes is not None:
        raise NotFoundError  # keys read facilities; they do not run them
    refuse(reasons)
