"""What programs read and send about parts over HTTP; each field is told in parts/urls.py."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

from mingyue.web.parts.changes import SEVERITIES
from mingyue.web.parts.models import Check, Part, Revision
from mingyue.web.records.texts import EMAIL, Said, among, line, prose, unsaid

Json = dict[str, Any]
Class = Literal["public", "internal", "confidential", "controlled"]
Severity = Annotated[str, among(SEVERITIES)]
Verdict = Annotated[str, among([*SEVERITIES, "fine", ""])]  # none yet
Progress = Annotated[str, among(Check.State.values)]
Turn = Annotated[list[Annotated[float, Field(strict=True, ge=-360, le=360)]], Field(min_length=3, max_length=3)]
Unit = Literal["nm", "um", "mm", "cm", "m", "inch", "ft"]


class NamedOut(Schema):
    """Somebody or something by id and name."""

    id: UUID
    name: str


class PartBriefOut(Schema):
    """A part in a list. organisation: its slug."""

    id: UUID
    name: str
    note: str
    confidentiality: Annotated[str, among(Part.Confidentiality.values)]
    organisation: str
    owner: NamedOut
    version: int
    created_at: datetime
    archived_at: datetime | None

    @staticmethod
    def resolve_organisation(part: Part) -> str:
        return part.organisation.slug

    @staticmethod
    def resolve_owner(part: Part) -> Json:
        return {"id": part.owner_id, "name": str(part.owner)}


class ProblemOut(Schema):
    """Why something could not be done. kind: units where the file carries none and somebody must say it."""

    message: str
    remedy: str
    kind: str = ""
    size: list[float] | None = None


class StudyOut(Schema):
    """What was asked about a check: how the part may lie, or what will come out."""

    id: UUID
    state: Progress
    state_said: str
    done: float
    doing: str
    problem: ProblemOut | None
    result: Json | None


class MachineOfCheckOut(Schema):
    """The machine, and where it stands. facility_slug: what addresses name the facility by."""

    id: UUID
    name: str
    facility: str
    facility_slug: str
    pixel_um: float | None


class CheckOut(Schema):
    """Whether a revision can be made on a machine with a resin. findings, masks: where they are to be had.

    rotation: degrees about x, then y, then z; null: as the file has it. lying: the same in words.
    """

    id: UUID
    machine: MachineOfCheckOut
    resin: NamedOut
    layer_um: float
    rotation: Turn | None
    lying: str
    state: Progress
    state_said: str
    done: float
    doing: str
    problem: ProblemOut | None
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    verdict: Verdict
    verdict_said: str
    counts: dict[str, int]
    layers: int
    fields: int
    mended: bool
    notes: list[str]
    model_asked: bool
    findings: str | None
    masks: str | None
    estimate: Json | None
    placement: Json | None
    orientations: StudyOut | None
    deviation: StudyOut | None


class RevisionOut(Schema):
    """One geometry of a part. view: where its lighter surface is to be had."""

    id: UUID
    number: int
    file_name: str
    size_bytes: int
    units: str
    by: str
    at: datetime
    state: Annotated[str, among(Revision.State.values)]
    state_said: str
    problem: ProblemOut | None
    facts: Json | None
    view: str | None
    checks: list[CheckOut]


class PartOut(Schema):
    """A part with everything of it; revisions with the newest first."""

    id: UUID
    name: str
    note: str
    confidentiality: Annotated[str, among(Part.Confidentiality.values)]
    confidentiality_said: str
    owner: NamedOut
    organisation: NamedOut
    version: int
    created_at: datetime
    archived_at: datetime | None
    may_change: bool
    may_ask: bool
    readers: list[NamedOut]
    revisions: list[RevisionOut]


class FoundOut(Schema):
    """One thing that may go wrong. box_um: low and high corner in the build frame; layers: first and last; measured, limit:
    in unit; null where there is none. There is more of it: where it was measured, where its rule comes from, what a model
    says.
    """

    model_config = ConfigDict(extra="allow")

    id: str
    kind: str
    title: str
    message: str
    remedy: str
    severity: Severity
    severity_said: str
    layers: list[int] | None
    box_um: list[list[float]]
    measured: float | None
    limit: float | None
    unit: str


class FindingsOut(Schema):
    """What a check found, the worst first. left_out: how many more of the same kinds there are. placement: how it lies."""

    findings: list[FoundOut]
    left_out: int
    placement: Json | None


class KeptOut(Schema):
    """A finding of both revisions. became: worse, same or better."""

    was: Json
    now: Json
    became: Annotated[str, among(["worse", "same", "better"])]


class ChangesOut(Schema):
    """What a check found against one of another revision, the worst first; box_um and points_um are in the part frame.

    comparable: false where no place of the one is a place of the other. notes: what a reader must know. moved_um: by how
    much the old one was moved so that it lies where the new one does. near_um: how far apart the same may be.
    """

    comparable: bool
    notes: list[str]
    moved_um: list[float]
    near_um: float
    gained: list[Json]
    lost: list[Json]
    kept: list[KeptOut]


class WayOut(Schema):
    """A machine that a check may be asked for, with the resins that fit it."""

    id: UUID
    name: str
    facility: str
    pixel_um: float | None
    layer_um: list[float] | None
    resins: list[NamedOut]


class PartIn(Said):
    """A part from a finished upload. units: of a file that carries none."""

    upload: UUID
    name: Annotated[str, line(120)]
    note: Annotated[str, prose(2000)] = ""
    confidentiality: Class = "confidential"
    units: Unit = unsaid("")


class ChangeIn(Said):
    """What is told about a part, and who may see it; what is left out stays."""

    name: Annotated[str, line(120)] = unsaid()
    note: Annotated[str, prose(2000)] = unsaid()
    confidentiality: Class = unsaid()


class RevisionIn(Said):
    """Another geometry from a finished upload."""

    upload: UUID
    units: Unit = unsaid("")


class UnitsIn(Said):
    """What the numbers of a file mean."""

    units: Unit


class ReaderIn(Said):
    """A colleague who may see the part."""

    email: Annotated[str, StringConstraints(strict=True, max_length=200, pattern=EMAIL)]


class CheckIn(Said):
    """On which machine, with which resin, in which layers; the machine's usual ones where that is left out.

    rotation: degrees about x, then y, then z, by which it is turned first; null: as the file has it.
    """

    machine: UUID
    resin: UUID
    layer_um: Annotated[float, Field(strict=True, ge=0.1, le=1000)] = unsaid()
    rotation: Turn | None = None
