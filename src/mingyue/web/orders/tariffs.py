"""What managers do to tariffs; each is one transaction and one event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from mingyue.phrases import say
from mingyue.web.facilities.models import Facility
from mingyue.web.facilities.queries import facility_of
from mingyue.web.facilities.rules import why_not_manage
from mingyue.web.orders import rules
from mingyue.web.orders.models import Tariff
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError, refuse
from mingyue.web.records.services import record


def draft_tariff(*, actor: Viewer, facility: Facility, numbers: Mapping[str, Any], why: str, at: datetime) -> Tariff:
    """A new version, which counts for nobody yet."""
    _manage(actor, facility)
    right_numbers(facility, numbers)
    with transaction.atomic():
        held = Facility.objects.select_for_update(no_key=True).get(
            pk=facility.pk
        )  # versions are counted one after the other
        last = held.tariffs.aggregate(last=Max("number"))["last"] or 0
        tariff = Tariff.objects.create(
            organisation_id=held.organisation_id, facility=held, number=last + 1, numbers=dict(numbers),
            why=why.strip()[:300], by_id=actor.someone, at=at,
        )  # fmt: skip
        record(actor=actor, what="tariff.drafted", subject=tariff, at=at, facts={"number": tariff.number})
    return tariff


def change_tariff(
    *, actor: Viewer, tariff_id: UUID, version: int, numbers: Mapping[str, Any], why: str, at: datetime
) -> None:
    """Other numbers for a draft. Raises ConflictError where somebody changed it meanwhile."""
    tariff = _tariff(actor, tariff_id)
    right_numbers(tariff.facility, numbers)
    with transaction.atomic():
        won = Tariff.objects.filter(pk=tariff_id, state=Tariff.State.DRAFT, version=version).update(
            numbers=dict(numbers), why=why.strip()[:300], version=version + 1
        )
        if not won:
            raise _lost(tariff_id)
        record(actor=actor, what="tariff.changed", subject=tariff, at=at, facts={"number": tariff.number})


def publish_tariff(*, actor: Viewer, tariff_id: UUID, version: int, valid_from: datetime, at: datetime) -> None:
    """What is quoted from that day on. From here it never changes."""
    tariff = _tariff(actor, tariff_id)
    refuse(rules.why_not_publish(tariff, valid_from=valid_from, at=at))
    with transaction.atomic():
        won = Tariff.objects.filter(pk=tariff_id, state=Tariff.State.DRAFT, version=version).update(
            state=Tariff.State.PUBLISHED, valid_from=valid_from
        )
        if not won:
            raise _lost(tariff_id)
        facts = {"number": tariff.number, "valid_from": valid_from.isoformat()}
        record(actor=actor, what="tariff.published", subject=tariff, at=at, facts=facts)


def _manage(actor: Viewer, facility: Facility) -> None:
    """Keys run no facility, and to strangers there is nothing to manage."""
    if actor.scopes is not None or facility_of(actor, facility.slug) is None:
        raise NotFoundError
    refuse(why_not_manage(actor, facility.organisation_id))


def _tariff(actor: Viewer, tariff_id: UUID) -> Tariff:
    """The tariff, to whoever manages its facility; a draft is nothing to anybody else."""
    tariff = Tariff.objects.filter(pk=tariff_id).select_related("facility").first()
    if tariff is None or not actor.belongs_to(tariff.organisation_id):
        raise NotFoundError
    _manage(actor, tariff.facility)
    return tariff


def right_numbers(facility: Facility, numbers: Mapping[str, Any]) -> None:
    """Raises InvalidError at the first of a tariff's numbers that does not fit the facility."""
    machines = set(facility.machines.values_list("profile", flat=True)) - {""}
    classes = {str(found) for found in facility.service_classes.values_list("pk", flat=True)}
    for field, fault in rules.why_not_numbers(numbers, machines=machines, classes=classes).items():
        raise InvalidError(field, fault)


def _lost(tariff_id: UUID) -> RefusedError | ConflictError:
    """Why a conditional update changed nothing."""
    if reasons := rules.why_not_change(Tariff.objects.get(pk=tariff_id)):
        return RefusedError(reasons)
    return ConflictError(
        say("Somebody changed this meanwhile."), remedy=say("Look at what it says now, and change it again.")
    )
