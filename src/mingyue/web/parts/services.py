"""What people do about parts and revisions; each is one transaction, one event, and the work it asks for.

What is asked about them (checks and studies) stands in asking.py, and is offered here as well.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from mingyue.phrases import say
from mingyue.web.parts import queries, rules
from mingyue.web.parts.asking import ask_check, ask_deviation, ask_orientations, cancel_check, cancel_checks_of
from mingyue.web.parts.attempts import announce
from mingyue.web.parts.begun import begin_reading
from mingyue.web.parts.models import Part, PartReader, Revision
from mingyue.web.people.models import Membership
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError, refuse
from mingyue.web.records.models import Event
from mingyue.web.records.services import record
from mingyue.web.records.uploads import sender_of, take_upload

__all__ = [
    "add_part", "add_reader", "add_revision", "archive_part", "ask_check", "ask_deviation", "ask_orientations",
    "cancel_check", "change_part", "note_look", "remove_reader", "say_units",
]  # fmt: skip

# A page that shows a part asks for its geometry in many pieces; together they are one look.
ONE_LOOK = timedelta(minutes=10)


def add_part(
    *,
    actor: Viewer,
    upload_id: UUID,
    name: str,
    at: datetime,
    note: str = "",
    confidentiality: str = "confidential",
    units: str = "",
) -> Revision:
    """A part and its first revision from a finished upload; its organisation is the upload's. Reading begins.

    units: what the file's numbers mean; empty where the file says it, or the sender is to be asked.
    """
    person_id = sender_of(actor)
    name, note = _named(name, note, confidentiality)
    _refuse_units(units)
    with transaction.atomic():
        upload, blob = take_upload(actor=actor, upload_id=upload_id, at=at)
        part = Part.objects.create(
            organisation_id=upload.organisation_id, name=name, note=note, confidentiality=confidentiality,
            owner_id=person_id, terms_version=rules.TERMS_VERSION, created_at=at,
        )  # fmt: skip
        revision = Revision.objects.create(
            organisation_id=part.organisation_id, part=part, number=1, file_name=upload.file_name, blob=blob,
            units=units, by_id=person_id, at=at,
        )  # fmt: skip
        begin_reading(revision)
        record(
            actor=actor, what="part.added", subject=part, at=at,
            facts={"revision": str(revision.pk), "sha256": blob.digest, "confidentiality": confidentiality},
        )  # fmt: skip
        announce(part.pk)
    return revision


def add_revision(*, actor: Viewer, part_id: UUID, upload_id: UUID, at: datetime, units: str = "") -> Revision:
    """Another geometry of a part from a finished upload. Reading begins."""
    part, person_id = _changeable(actor, part_id), sender_of(actor)
    _refuse_units(units)
    with transaction.atomic():
        held = Part.objects.select_for_update().get(pk=part_id)  # revisions are counted one after the other
        if held.archived_at:
            raise RefusedError([say("The part is archived.")])
        upload, blob = take_upload(actor=actor, upload_id=upload_id, at=at)
        if upload.organisation_id != part.organisation_id:
            raise RefusedError([say("The file was uploaded for another organisation.")])
        last = part.revisions.aggregate(last=Max("number"))["last"] or 0
        revision = Revision.objects.create(
            organisation_id=part.organisation_id, part=part, number=last + 1, file_name=upload.file_name, blob=blob,
            units=units, by_id=person_id, at=at,
        )  # fmt: skip
        begin_reading(revision)
        record(
            actor=actor, what="part.revised", subject=part, at=at,
            facts={"revision": str(revision.pk), "number": revision.number, "sha256": blob.digest},
        )  # fmt: skip
        announce(part.pk)
    return revision


def say_units(*, actor: Viewer, revision_id: UUID, units: str, at: datetime) -> None:
    """What the numbers of a file mean that carries no unit; it is read again. Said once."""
    revision = queries.revision_of(actor, revision_id)
    if revision is None:
        raise NotFoundError
    refuse(rules.why_not_change(actor, revision.part))
    if not units:
        raise InvalidError("units", say("Say which unit is meant."))
    _refuse_units(units)
    with transaction.atomic():
        won = Revision.objects.filter(
            pk=revision_id, state=Revision.State.REFUSED, units="", problem__kind="units"
        ).update(units=units, state=Revision.State.WAITING, problem=None)
        if not won:
            raise RefusedError(rules.why_not_say_units(Revision.objects.get(pk=revision_id)))
        begin_reading(revision)
        record(actor=actor, what="revision.units_said", subject=revision, at=at, facts={"units": units})
        announce(revision.part_id)


def change_part(
    *, actor: Viewer, part_id: UUID, version: int, name: str, note: str, confidentiality: str, at: datetime
) -> Part:
    """Its name, note and who may see it. Raises ConflictError where somebody changed it meanwhile."""
    part = _changeable(actor, part_id)
    name, note = _named(name, note, confidentiality)
    with transaction.atomic():
        changed = Part.objects.filter(pk=part_id, version=version).update(
            name=name, note=note, confidentiality=confidentiality, version=version + 1
        )
        if not changed:
            raise ConflictError(
                say("Somebody changed this meanwhile."), remedy=say("Look at what it says now, and change it again.")
            )
        facts = {} if part.confidentiality == confidentiality else {"was": part.confidentiality, "is": confidentiality}
        record(actor=actor, what="part.changed", subject=part, at=at, facts=facts)
        announce(part_id)
    return Part.objects.get(pk=part_id)


def add_reader(*, actor: Viewer, part_id: UUID, email: str, at: datetime) -> None:
    """A colleague may see the part from now on."""
    part = _changeable(actor, part_id)
    colleague = Membership.objects.filter(
        organisation_id=part.organisation_id, ended_at=None, person__email__iexact=email.strip()
    ).first()
    if colleague is None:
        raise InvalidError("email", say("Nobody in your organisation has this e-mail address."))
    refuse(rules.why_not_reader(colleague.person_id, part))
    with transaction.atomic():
        _, fresh = PartReader.objects.get_or_create(
            part=part, person_id=colleague.person_id, defaults={"organisation_id": part.organisation_id, "at": at}
        )
        if fresh:
            facts = {"person": str(colleague.person_id)}
            record(actor=actor, what="part.reader_added", subject=part, at=at, facts=facts)
            announce(part_id)


def remove_reader(*, actor: Viewer, part_id: UUID, person_id: UUID, at: datetime) -> None:
    """They may no longer."""
    part = _changeable(actor, part_id)
    with transaction.atomic():
        gone, _ = PartReader.objects.filter(part=part, person_id=person_id).delete()
        if not gone:
            raise NotFoundError
        record(actor=actor, what="part.reader_removed", subject=part, at=at, facts={"person": str(person_id)})
        announce(part_id)


def archive_part(*, actor: Viewer, part_id: UUID, at: datetime) -> None:
    """Out of the lists; nothing is deleted. What was still being checked is not any more."""
    part = _changeable(actor, part_id)
    with transaction.atomic():
        if not Part.objects.filter(pk=part_id, archived_at=None).update(archived_at=at):
            raise RefusedError([say("The part is archived.")])
        cancel_checks_of(part, at=at)
        record(actor=actor, what="part.archived", subject=part, at=at)
        announce(part_id)


def note_look(*, actor: Viewer, part: Part, at: datetime, what: str) -> None:
    """Record a look at the geometry of a controlled part; once in ten minutes for each viewer and kind of look."""
    if part.confidentiality != Part.Confidentiality.CONTROLLED:
        return
    known = Event.objects.filter(
        organisation_id=part.organisation_id, subject_kind=part._meta.label_lower, subject_id=str(part.pk),
        what="part.looked_at", actor_id=actor.person_id, at__gt=at - ONE_LOOK, facts__what=what,
    )  # fmt: skip
    if not known.exists():
        with transaction.atomic():
            record(actor=actor, what="part.looked_at", subject=part, at=at, facts={"what": what})


def _changeable(actor: Viewer, part_id: UUID) -> Part:
    """The part, to whoever may change it; to those who may only see it a refusal, to others nothing."""
    part = queries.part_of(actor, part_id)
    if part is None:
        raise NotFoundError
    refuse(rules.why_not_change(actor, part))
    return part


def _named(name: str, note: str, confidentiality: str) -> tuple[str, str]:
    name, note = name.strip(), note.strip()
    for field, reason in rules.why_not_named(name, note).items():
        raise InvalidError(field, reason)
    for reason in rules.why_not_confidentiality(confidentiality):
        raise InvalidError("confidentiality", reason)
    return name, note


def _refuse_units(units: str) -> None:
    for reason in rules.why_not_units(units):
        raise InvalidError("units", reason, remedy=say("Take one of: nm, um, mm, cm, m, inch, ft."))
