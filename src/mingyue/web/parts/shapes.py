"""What programs read and send about parts over HTTP; each field is told in parts/urls.py."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from mingyue.web.parts.models import Part
from mingyue.web.records.texts import EMAIL, Said, line, prose, unsaid

Json = dict[str, Any]
Class = Literal["public", "internal", "confidential", "controlled"]
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
    confidentiality: str
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
    state: str
    state_said: str
    done: float
    doing: str
    problem: ProblemOut | None
    result: Json | None


class CheckOut(Schema):
    """Whether a revision can be made on a machine with a resin. findings, masks: where they are to be had.

    rotation: degrees about x, then y, then z; null: as the file has it. lying: the same in words.
    """

    id: UUID
    machine: Json
    resin: NamedOut
    layer_um: float
    rotation: Turn | None
    lying: str
    state: str
    state_said: str
    done: float
    doing: str
    problem: ProblemOut | None
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    verdict: str
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
    state: str
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
    confidentiality: str
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


class FindingsOut(Schema):
    """What a check found, the worst first. left_out: how many more of the same kinds there are. placement: how it lies."""

    findings: list[Json]
    left_out: int
    placement: Json | None


class KeptOut(Schema):
    """A finding of both revisions. became: worse, same or better."""

    was: Json
    now: Json
    became: str


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
