"""What people ask about a revision: whether it can be made so, how it may lie, what will come out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from mingyue.web.facilities.models import Machine
from mingyue.web.materials.models import Resin
from mingyue.web.parts import queries, rules
from mingyue.web.parts.attempts import announce
from mingyue.web.parts.begun import add_check, begin_check, begin_study, why_not_so
from mingyue.web.parts.bridge import fitting
from mingyue.web.parts.lying import turn_of, why_not_turn
from mingyue.web.parts.models import Check, Part, Revision, Study
from mingyue.web.parts.ways import Way
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import InvalidError, NotFoundError, RefusedError, refuse
from mingyue.web.records.services import record

_OPEN = (Check.State.WAITING, Check.State.RUNNING)
_AGAIN = {
    "state": Check.State.WAITING, "problem": None, "doing": None, "done_share": 0.0, "started_at": None, "ended_at": None,
}  # fmt: skip


def ask_check(
    *,
    actor: Viewer,
    revision_id: UUID,
    machine_id: UUID,
    resin_id: UUID,
    at: datetime,
    layer_um: float | None = None,
    rotation: Sequence[float] | None = None,
) -> Check:
    """Whether it can be made so; the check that is there where it was asked already, anew where that one failed.

    rotation: degrees about x, then y, then z, by which it is turned before it is laid; None leaves it as the file has it.
    """
    revision = queries.revision_of(actor, revision_id)
    machine = Machine.objects.select_related("facility").filter(pk=machine_id).first()
    resin = Resin.objects.filter(pk=resin_id).first()
    if revision is None or machine is None or resin is None:
        raise NotFoundError
    if reasons := why_not_turn(rotation):
        raise InvalidError("rotation", reasons[0])
    way = Way(machine, resin, _layer_um(machine, layer_um), turn_of(rotation))
    return ask_checks(actor=actor, revision=revision, ways=[way], at=at)[way.key]


def ask_checks(
    *, actor: Viewer, revision: Revision, ways: Sequence[Way], at: datetime
) -> dict[tuple[object, ...], Check]:
    """The same for several ways of making a revision that the actor sees, all of them or none; by their keys."""
    refuse(rules.why_not_ask(actor, revision.part))
    for way in ways:
        refuse(why_not_so(revision, way))
    # Rows first, in one order, and events last: of two who ask for the same in turn none waits for the other in a circle.
    in_order = sorted({way.key: way for way in ways}.values(), key=lambda way: str(way.key))
    with transaction.atomic():
        asked = {way.key: _asked(revision, way, at) for way in in_order}
        fresh = [check for check, is_fresh in asked.values() if is_fresh]
        for check in fresh:
            begin_check(check)
        for check in fresh:
            record(
                actor=actor, what="check.asked", subject=check, at=at,
                facts={
                    "machine": str(check.machine_id), "resin": str(check.resin_id), "layer_um": check.layer_um,
                    "rotation": check.rotation,
                },
            )  # fmt: skip
        if fresh:
            announce(revision.part_id)
    return {key: check for key, (check, _) in asked.items()}


def _asked(revision: Revision, way: Way, at: datetime) -> tuple[Check, bool]:
    """The check, and whether it is to be done: it is new, or failed before."""
    made = add_check(revision, way, at=at)
    if made is not None:
        return made, True
    check = queries.checks_so(revision, way).get()
    again = Check.objects.filter(pk=check.pk, state=Check.State.FAILED).update(**_AGAIN, asked_at=at)
    if again:
        check.refresh_from_db()
    return check, bool(again)


def _layer_um(machine: Machine, said: float | None) -> float:
    if said is not None:
        return said
    return fitting.usual_layer_um(machine.profile) if fitting.pixel_um(machine.profile) else 5.0


def cancel_check(*, actor: Viewer, check_id: UUID, at: datetime) -> None:
    """Stop a check that waits or runs."""
    check = _askable(actor, check_id)
    with transaction.atomic():
        stopped = Check.objects.filter(pk=check_id, state__in=_OPEN).update(
            state=Check.State.CANCELLED, ended_at=at, doing=None
        )
        if not stopped:
            raise RefusedError(rules.why_not_cancel(Check.objects.get(pk=check_id)))
        record(actor=actor, what="check.cancelled", subject=check, at=at)
        announce(check.revision.part_id)


def cancel_checks_of(part: Part, *, at: datetime) -> None:
    """Stop everything about a part that waits or runs, in the transaction of what makes it needless."""
    stopped = {"state": Check.State.CANCELLED, "ended_at": at, "doing": None}
    Check.objects.filter(revision__part=part, state__in=_OPEN).update(**stopped)
    Study.objects.filter(about__revision__part=part, state__in=_OPEN).update(**stopped)


def ask_orientations(*, actor: Viewer, check_id: UUID, at: datetime) -> Study:
    """How the part may lie on this check's machine."""
    return _ask_study(actor, check_id, Study.Kind.ORIENTATIONS, at)


def ask_deviation(*, actor: Viewer, check_id: UUID, at: datetime) -> Study:
    """What will come out, by the virtual print, and how far that is from the design."""
    return _ask_study(actor, check_id, Study.Kind.DEVIATION, at)


def _ask_study(actor: Viewer, check_id: UUID, kind: Study.Kind, at: datetime) -> Study:
    """The study that is there where it was asked already, anew where that one failed or was stopped."""
    check = _askable(actor, check_id)
    refuse(rules.why_not_study(check, kind))
    with transaction.atomic():
        study, fresh = Study.objects.get_or_create(
            about=check, kind=kind, defaults={"organisation_id": check.organisation_id, "asked_at": at}
        )
        ended = Study.objects.filter(pk=study.pk, state__in=(Check.State.FAILED, Check.State.CANCELLED))
        if not fresh and not ended.update(**_AGAIN, asked_at=at):
            return study
        begin_study(study)
        record(actor=actor, what="study.asked", subject=study, at=at, facts={"kind": kind.value})
        announce(check.revision.part_id)
    return study


def _askable(actor: Viewer, check_id: UUID) -> Check:
    check = queries.check_of(actor, check_id)
    if check is None:
        raise NotFoundError
    refuse(rules.why_not_ask(actor, check.revision.part))
    return check
