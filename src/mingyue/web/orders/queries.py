"""Tariffs, narrowed to what the viewer may see."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from mingyue.web.facilities.models import Facility
from mingyue.web.facilities.queries import facilities
from mingyue.web.orders.models import Tariff
from mingyue.web.people.viewers import Viewer


def tariffs_of(viewer: Viewer, facility: Facility) -> QuerySet[Tariff]:
    """Newest first: those that were published, as prices on a wall are; drafts to the facility's own people."""
    if not viewer.signed_in or not viewer.may("facilities:read"):
        return Tariff.objects.none()
    shown = Q(state=Tariff.State.PUBLISHED) | Q(organisation_id__in=viewer.organisations)
    return Tariff.objects.filter(shown, facility=facility, facility__in=facilities(viewer)).order_by("-number")


def tariff_of(viewer: Viewer, tariff_id: UUID) -> Tariff | None:
    """With its facility."""
    found = Tariff.objects.filter(pk=tariff_id).select_related("facility").first()
    return found if found and tariffs_of(viewer, found.facility).filter(pk=tariff_id).exists() else None


def tariff_at(facility_id: UUID, *, at: datetime) -> Tariff | None:
    """The one by which is quoted at that time: of those that are valid, the one that became so last."""
    return (
        Tariff.objects.filter(facility_id=facility_id, state=Tariff.State.PUBLISHED, valid_from__lte=at)
        .order_by("-valid_from", "-number")
        .first()
    )
