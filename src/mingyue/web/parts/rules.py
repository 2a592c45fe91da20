"""Why something may not happen to a part. Pure: what is known comes in, the reasons go out."""

from __future__ import annotations

from uuid import UUID

from mingyue.phrases import Phrase, say
from mingyue.units import length_unit
from mingyue.web.facilities.models import Machine
from mingyue.web.materials.models import Resin
from mingyue.web.parts.models import Check, Part, Revision
from mingyue.web.people.models import Role
from mingyue.web.people.viewers import Viewer

TERMS_VERSION = "2026-11"  # of what whoever sends a part agrees to
LONGEST_NAME = 120
LONGEST_NOTE = 2_000


def may_change(viewer: Viewer, part: Part) -> bool:
    """Its owner decides about a part, and the owners of the organisation."""
    if not viewer.may("parts:write") or not viewer.belongs_to(part.organisation_id):
        return False
    return part.owner_id == viewer.person_id or viewer.has(part.organisation_id, Role.OWNER)


def may_ask(viewer: Viewer, part: Part) -> bool:
    """Whoever sees a part of their organisation may have it checked."""
    return viewer.may("parts:write") and viewer.belongs_to(part.organisation_id)


def why_not_change(viewer: Viewer, part: Part) -> list[Phrase]:
    """Why this viewer may not decide about a part that they see."""
    if may_change(viewer, part):
        return []
    return [say("Only the part's owner and the organisation's owners may do this.")]


def why_not_ask(viewer: Viewer, part: Part) -> list[Phrase]:
    """Why this viewer may not have a part checked that they see."""
    reasons = [] if may_ask(viewer, part) else [say("Only members of the part's organisation may do this.")]
    if part.archived_at:
        reasons.append(say("The part is archived."))
    return reasons


def why_not_named(name: str, note: str) -> dict[str, Phrase]:
    """What is wrong with what a part is called, by field."""
    reasons = {}
    if not 1 <= len(name) <= LONGEST_NAME:
        reasons["name"] = say("A part's name has 1 to {most} characters.", most=LONGEST_NAME)
    if len(note) > LONGEST_NOTE:
        reasons["note"] = say("A note has {most:,} characters at most.", most=LONGEST_NOTE)
    return reasons


def why_not_confidentiality(value: str) -> list[Phrase]:
    """Why there is no such class."""
    if value in Part.Confidentiality.values:
        return []
    return [say("There is no confidentiality named {value}.", value=value)]


def why_not_units(text: str) -> list[Phrase]:
    """Why this is no unit; an empty one leaves it to the file."""
    if not text or length_unit(text):
        return []
    return [say("{text!r} is not a unit of length.", text=text)]


def why_not_say_units(revision: Revision) -> list[Phrase]:
    """Why nobody needs to be told what this file's numbers mean."""
    asked = revision.state == Revision.State.REFUSED and (revision.problem or {}).get("kind") == "units"
    return [] if asked else [say("Nobody asked for this file's unit.")]


def why_not_check(revision: Revision, *, machine: Machine, resin: Resin, fits: list[Phrase]) -> list[Phrase]:
    """Why this revision cannot be checked so. fits: what the engine has against machine and resin."""
    reasons = []
    if revision.state != Revision.State.READ:
        reasons.append(say("The file has not been read."))
    if not machine.facility.is_open or machine.state not in (Machine.State.READY, Machine.State.BUSY):
        reasons.append(say("This machine is not open to others now."))
    if resin.facility_id != machine.facility_id or not resin.is_offered:
        reasons.append(say("This resin is not offered with this machine."))
    return [*reasons, *fits]


def why_not_cancel(check: Check) -> list[Phrase]:
    """Why there is nothing to stop."""
    if check.state in (Check.State.WAITING, Check.State.RUNNING):
        return []
    return [say("The check has ended already.")]


def why_not_study(check: Check, kind: str) -> list[Phrase]:
    """Why this cannot be asked about a check yet."""
    if check.state not in (Check.State.RUNNING, Check.State.DONE) or not check.looked:
        return [say("The check has found nothing yet.")]
    if kind == "deviation" and check.masks_id is None:
        return [say("There are no masks, so that nothing can be printed virtually.")]
    return []


def why_not_reader(person_id: UUID, part: Part) -> list[Phrase]:
    """Why this colleague need not be named as a reader."""
    return [say("The part's owner sees it anyway.")] if person_id == part.owner_id else []
