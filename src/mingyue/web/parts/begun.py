"""Work that is asked for: a row and its job, written together, so that neither is there without the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from mingyue.web.facilities.models import Machine
from mingyue.web.materials.models import Resin
from mingyue.web.parts.bridge import fitting
from mingyue.web.parts.models import Check, Revision, Study

QUEUE = "parts"
READ, CHECK, STUDY = "parts:read_revision", "parts:run_check", "parts:run_study"
# What somebody waits for goes before what nobody asked for by name.
_PRIORITIES = {READ: 20, CHECK: 10, STUDY: 15}
# So many ways of making are looked at unasked: the finest machines, each with the first resin that fits.
MOST_UNASKED = 4


def begin_reading(revision: Revision) -> None:
    """Have a revision read, in the transaction of what made that necessary."""
    _defer(READ, revision_id=str(revision.pk), organisation_id=str(revision.organisation_id))


def begin_check(check: Check, *, later: int = 0) -> None:
    """Have a check done. later: how many others of the same part go first."""
    _defer(CHECK, later=later, check_id=str(check.pk), organisation_id=str(check.organisation_id))


def begin_study(study: Study) -> None:
    """Have a study done."""
    _defer(STUDY, study_id=str(study.pk), organisation_id=str(study.organisation_id))


def begin_usual_checks(revision: Revision, *, at: datetime) -> list[Check]:
    """The checks that nobody needs to ask for; the finest machine first. Those that are there stay as they are."""
    checks = []
    for later, (machine, resin, layer_um) in enumerate(usual_ways()):
        # A moment apart, so that they are listed in the order in which they are done.
        check = add_check(revision, machine, resin, layer_um=layer_um, at=at + timedelta(microseconds=later))
        if check is not None:
            begin_check(check, later=later)
            checks.append(check)
    return checks


def add_check(revision: Revision, machine: Machine, resin: Resin, *, layer_um: float, at: datetime) -> Check | None:
    """The row of a check; None where it is there already."""
    try:
        with transaction.atomic():
            return Check.objects.create(
                organisation_id=revision.organisation_id, revision=revision, machine=machine, resin=resin,
                layer_um=layer_um, asked_at=at,
            )  # fmt: skip
    except IntegrityError:
        return None


def usual_ways() -> Sequence[tuple[Machine, Resin, float]]:
    """Machines that are ready, each profile once, with the first resin of their facility that fits; the finest first."""
    machines = (
        Machine.objects.filter(state=Machine.State.READY, facility__is_open=True)
        .exclude(profile="")
        .select_related("facility")
        .order_by("name")
    )
    found: dict[tuple[str, str], tuple[float, Machine, Resin, float]] = {}
    for machine in machines:
        resins = list(Resin.objects.filter(facility=machine.facility, is_offered=True).order_by("name"))
        ways = fitting.ways((machine.profile, resin.profile) for resin in resins)
        fits = [(way, resin) for way, resin in zip(ways, resins, strict=True) if way is not None]
        for way, resin in fits[:MOST_UNASKED]:
            found.setdefault((way.machine, way.resin), (way.pixel_um, machine, resin, way.layer_um))
    finest = sorted(found.values(), key=lambda way: way[0])
    return [(machine, resin, layer_um) for _, machine, resin, layer_um in finest[:MOST_UNASKED]]


def _defer(task: str, *, later: int = 0, **arguments: str) -> None:
    app.configure_task(task, queue=QUEUE, priority=_PRIORITIES[task] - later).defer(**arguments)
