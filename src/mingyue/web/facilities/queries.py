"""Facilities and what stands in them: open to everyone, as a directory is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from mingyue.web.facilities.models import Capability, Downtime, Facility, Machine, ServiceClass, StaffedHours
from mingyue.web.people.viewers import Viewer


def facilities(viewer: Viewer) -> QuerySet[Facility]:
    """Those that are open, and the viewer's own."""
    return (
        Facility.objects.filter(Q(is_open=True) | Q(organisation_id__in=viewer.organisations))
        .select_related("organisation")
        .annotate(machine_count=Count("machines"))
        .order_by("name")
    )


def facility_of(viewer: Viewer, slug: str) -> Facility | None:
    """The facility of this name."""
    return facilities(viewer).filter(slug=slug).first()


def machines_of(facility: Facility, *, at: datetime) -> QuerySet[Machine]:
    """Its machines, with what they can do and the downtimes that are not over."""
    coming = Downtime.objects.filter(withdrawn_at=None, span__endswith__gt=at).order_by("span")
    return facility.machines.prefetch_related(
        Prefetch("capabilities", Capability.objects.order_by("name")), Prefetch("downtimes", coming)
    ).order_by("name")


def machine_of(viewer: Viewer, machine_id: UUID) -> Machine | None:
    """The machine, in a facility that the viewer may see."""
    return Machine.objects.filter(pk=machine_id, facility__in=facilities(viewer)).select_related("facility").first()


def hours_of(facility: Facility) -> QuerySet[StaffedHours]:
    """When people are there, through the week."""
    return facility.hours.order_by("weekday", "opens")


def service_classes_of(facility: Facility) -> QuerySet[ServiceClass]:
    """How fast and how careful it promises to be."""
    return facility.service_classes.order_by("position", "name")


def downtime_of(viewer: Viewer, downtime_id: UUID) -> Downtime | None:
    """The downtime, to those who run the facility."""
    return Downtime.objects.filter(pk=downtime_id, organisation_id__in=viewer.organisations).first()
