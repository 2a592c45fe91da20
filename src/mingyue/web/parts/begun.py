"""Work that is asked for: a row and its job, written together, so that neither is there without the other."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from procrastinate import App
from procrastinate.contrib.django.django_connector import DjangoConnector

from mingyue.phrases import Phrase
from mingyue.web.facilities.models import Machine
from mingyue.web.materials.models import Resin
from mingyue.web.parts import rules
from mingyue.web.parts.bridge import fitting
from mingyue.web.parts.models import Check, Revision, Study
from mingyue.web.parts.ways import Way, way_of

QUEUE = "parts"
READ, CHECK, STUDY = "parts:read_revision", "parts:run_check", "parts:run_study"
# In a worker procrastinate's own app has a connection of its own, by which another worker hears of a check before its row
# is there. This one asks by Django's, in whose transaction the row is written.
_asking = App(connector=DjangoConnector())
# What somebody waits for goes before what nobody asked for by name.
_PRIORITIES = {READ: 20, CHECK: 10, STUDY: 15}
# So many ways of making are looked at unasked: the finest machines, each with the first resin that fits.
MOST_UNASKED = 4
# And so many of those in which the last revision was: as many as one quote has options, so that it can be asked anew.
MOST_AGAIN = 12


def begin_reading(revision: Revision) -> None:
    """Have a revision read, in the transaction of what made that necessary."""
    _defer(READ, revision_id=str(revision.pk), organisation_id=str(revision.organisation_id))


def begin_check(check: Check, *, later: int = 0) -> None:
    """Have a check done. later: how many others of the same part go first."""
    _defer(CHECK, later=later, check_id=str(check.pk), organisation_id=str(check.organisation_id))


def begin_study(study: Study) -> None:
    """Have a study done."""
    _defer(STUDY, study_id=str(study.pk), organisation_id=str(study.organisation_id))


def begin_first_checks(revision: Revision, *, at: datetime) -> list[Check]:
    """The checks that nobody needs to ask for: those of the last revision, then the usual ones, the finest machine first.

    Those that are there stay as they are.
    """
    checks = []
    ways = {way.key: way for way in (*ways_before(revision), *usual_ways())}
    for later, way in enumerate(ways.values()):
        # A moment apart, so that they are listed in the order in which they are done.
        check = add_check(revision, way, at=at + timedelta(microseconds=later))
        if check is not None:
            begin_check(check, later=later)
            checks.append(check)
    return checks


def ways_before(revision: Revision) -> list[Way]:
    """In which ways the last revision that was checked was, as far as this one can be: those asked last, in their order.

    What a quote offers is among them: it is made of checks.
    """
    checks = Check.objects.filter(revision__part_id=revision.part_id, revision__number__lt=revision.number)
    asked = checks.exclude(state=Check.State.CANCELLED)
    last = asked.order_by("-revision__number").values("revision")[:1]
    again = asked.filter(revision__in=last).select_related("machine__facility", "resin").order_by("-asked_at", "pk")
    ways = [way for way in map(way_of, again) if not why_not_so(revision, way)]
    return ways[:MOST_AGAIN][::-1]


def why_not_so(revision: Revision, way: Way) -> list[Phrase]:
    """Why this revision cannot be checked in this way."""
    fits = fitting.why_not(way.machine.profile, way.resin.profile, layer_um=way.layer_um)
    return rules.why_not_check(revision, machine=way.machine, resin=way.resin, fits=fits)


def add_check(revision: Revision, way: Way, *, at: datetime) -> Check | None:
    """The row of a check; None where it is there already."""
    try:
        with transaction.atomic():
            return Check.objects.create(
                organisation_id=revision.organisation_id, revision=revision, machine=way.machine, resin=way.resin,
                layer_um=way.layer_um, rotation=way.rotation, asked_at=at,
            )  # fmt: skip
    except IntegrityError:
        return None


def usual_ways() -> list[Way]:
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
    return [Way(machine, resin, layer_um) for _, machine, resin, layer_um in finest[:MOST_UNASKED]]


def _defer(task: str, *, organisation_id: str, later: int = 0, **arguments: str) -> None:
    # A check may take minutes, reading takes seconds: an organisation has one of the long ones done at a time, so that
    # where two workers are, its parts keep nobody else's waiting.
    lock = None if task == READ else f"engine for {organisation_id}"
    asked = _asking.configure_task(task, queue=QUEUE, priority=_PRIORITIES[task] - later, lock=lock)
    asked.defer(organisation_id=organisation_id, **arguments)
