"""Pages of facilities, and what their managers and operators do there."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingyue.phrases import say
from mingyue.web.facilities import bridge, queries, services
from mingyue.web.facilities.forms import DowntimeForm, FacilityForm, HoursForm, MachineForm, StateForm
from mingyue.web.facilities.models import Facility, Machine
from mingyue.web.people.models import Role
from mingyue.web.people.queries import organisations_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.people.views import accepted
from mingyue.web.records.errors import InvalidError, NotFoundError


@require_GET
def facilities(request: HttpRequest) -> HttpResponse:
    """What is open."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    mine = [one for one in organisations_of(viewer) if viewer.has(one.pk, Role.MANAGER)]
    return render(
        request, "facilities/facilities.html", {"facilities": queries.facilities(viewer), "may_open": bool(mine)}
    )


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A manager opens a facility of their organisation."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    mine = [one for one in organisations_of(viewer) if viewer.has(one.pk, Role.MANAGER)]
    if not mine:
        raise NotFoundError
    form = FacilityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name not in {"version", "is_open"}}
        made = accepted(
            form, lambda: services.open_facility(actor=viewer, organisation=mine[0], at=datetime.now(UTC), **said)
        )
        if isinstance(made, Facility):
            return redirect("facility", slug=made.slug)
    return render(request, "facilities/new.html", {"form": form, "organisation": mine[0]})


@require_GET
def facility(request: HttpRequest, slug: str) -> HttpResponse:
    """One facility: machines, resins, hours, service classes."""
    return render(request, "facilities/facility.html", _about(request, slug))


@login_required
@require_POST
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """What is told about it."""
    viewer, found = _managed(request, slug)
    form = FacilityForm(request.POST)
    if form.is_valid() and accepted(
        form,
        lambda: services.change_facility(actor=viewer, facility=found, at=datetime.now(UTC), **form.cleaned_data),
    ):
        return redirect("facility", slug=slug)
    return render(request, "facilities/facility.html", _about(request, slug, facility_form=form), status=400)


@login_required
@require_POST
def hours(request: HttpRequest, slug: str) -> HttpResponse:
    """The staffed hours of a week."""
    viewer, found = _managed(request, slug)
    form = HoursForm(request.POST)
    if form.is_valid() and accepted(
        form,
        lambda: services.set_hours(
            actor=viewer, facility=found, hours=_week(form.cleaned_data["week"]), at=datetime.now(UTC)
        ),
    ):
        return redirect("facility", slug=slug)
    return render(request, "facilities/facility.html", _about(request, slug, hours_form=form), status=400)


@login_required
@require_POST
def add_machine(request: HttpRequest, slug: str) -> HttpResponse:
    """A machine of the facility."""
    viewer, found = _managed(request, slug)
    form = MachineForm(request.POST)
    if form.is_valid() and accepted(
        form, lambda: services.add_machine(actor=viewer, facility=found, at=datetime.now(UTC), **form.cleaned_data)
    ):
        return redirect("facility", slug=slug)
    return render(request, "facilities/facility.html", _about(request, slug, machine_form=form), status=400)


@login_required
@require_http_methods(["GET", "POST"])
def machine(request: HttpRequest, slug: str, machine_id: UUID) -> HttpResponse:
    """One machine to those who run it: its state, and when it is down."""
    viewer, found, one = _operated(request, slug, machine_id)
    state = StateForm(
        request.POST or None, initial={"state": one.state, "note": one.state_note, "version": one.version}
    )
    if request.method == "POST" and state.is_valid():
        said = state.cleaned_data
        if accepted(
            state,
            lambda: services.set_machine_state(actor=viewer, machine=one, at=datetime.now(UTC), **said),
        ):
            return redirect("machine", slug=slug, machine_id=machine_id)
    status = 400 if state.errors else 200
    return render(request, "facilities/machine.html", _machine(found, one, state_form=state), status=status)


@login_required
@require_POST
def announce_downtime(request: HttpRequest, slug: str, machine_id: UUID) -> HttpResponse:
    """When the machine is not to be had."""
    viewer, found, one = _operated(request, slug, machine_id)
    form = DowntimeForm(request.POST, zone=found.zone)
    if form.is_valid() and accepted(
        form,
        lambda: services.announce_downtime(actor=viewer, machine=one, at=datetime.now(UTC), **form.cleaned_data),
    ):
        return redirect("machine", slug=slug, machine_id=machine_id)
    return render(request, "facilities/machine.html", _machine(found, one, downtime_form=form), status=400)


@login_required
@require_POST
def withdraw_downtime(request: HttpRequest, slug: str, downtime_id: UUID) -> HttpResponse:
    """The machine is to be had after all."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    downtime = queries.downtime_of(viewer, downtime_id)
    if downtime is None:
        raise NotFoundError
    services.withdraw_downtime(actor=viewer, downtime=downtime, at=datetime.now(UTC))
    return redirect("machine", slug=slug, machine_id=downtime.machine_id)


def _about(request: HttpRequest, slug: str, **more: Any) -> dict[str, Any]:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.facility_of(viewer, slug)
    if found is None:
        raise NotFoundError
    told = {name: getattr(found, name) for name in FacilityForm.base_fields}
    week = queries.hours_of(found)
    return {
        "facility": found,
        "machines": [(one, bridge.profile_of(one.profile)) for one in queries.machines_of(found, at=datetime.now(UTC))],
        "resins": found.resins.filter(is_offered=True).order_by("name"),
        "hours": week,
        "service_classes": queries.service_classes_of(found),
        "manages": viewer.has(found.organisation_id, Role.MANAGER),
        "operates": viewer.has(found.organisation_id, Role.MANAGER, Role.OPERATOR),
        "facility_form": FacilityForm(initial=told),
        "machine_form": MachineForm(),
        "hours_form": HoursForm(
            initial={"week": "\n".join(f"{one.weekday + 1} {one.opens:%H:%M} {one.closes:%H:%M}" for one in week)}
        ),
    } | more


def _machine(found: Facility, one: Machine, **more: Any) -> dict[str, Any]:
    coming = one.downtimes.filter(withdrawn_at=None, span__endswith__gt=datetime.now(UTC)).order_by("span")
    return {
        "facility": found,
        "machine": one,
        "downtimes": coming,
        "state_form": StateForm(initial={"state": one.state, "note": one.state_note, "version": one.version}),
        "downtime_form": DowntimeForm(zone=found.zone),
    } | more


def _managed(request: HttpRequest, slug: str) -> tuple[Viewer, Facility]:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.facility_of(viewer, slug)
    if found is None or not viewer.has(found.organisation_id, Role.MANAGER):
        raise NotFoundError
    return viewer, found


def _operated(request: HttpRequest, slug: str, machine_id: UUID) -> tuple[Viewer, Facility, Machine]:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.facility_of(viewer, slug)
    if found is None or not viewer.has(found.organisation_id, Role.MANAGER, Role.OPERATOR):
        raise NotFoundError
    one = found.machines.filter(pk=machine_id).first()
    if one is None:
        raise NotFoundError
    return viewer, found, one


def _week(text: str) -> list[tuple[int, time, time]]:
    week = []
    for line in text.splitlines():
        if not line.strip():
            continue
        try:
            day, opens, closes = line.split()
            week.append((int(day) - 1, time.fromisoformat(opens), time.fromisoformat(closes)))
        except ValueError as error:
            raise InvalidError(
                "week", say("“{line}” is no weekday with two times, such as 1 09:00 17:30.", line=line.strip()[:40])
            ) from error
    return week
