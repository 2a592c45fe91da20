"""What the platform answers, as frozen things. Fields that it adds later are passed over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class Belonging(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation of whoever asks, and their roles there."""

    id: str
    slug: str
    name: str
    name_zh: str
    roles: tuple[str, ...]


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks. scopes: what the key reaches."""

    id: str
    name: str
    email: str
    organisations: tuple[Belonging, ...]
    scopes: tuple[str, ...] | None


class Facility(msgspec.Struct, frozen=True, kw_only=True):
    """A technology opened as a shared service."""

    id: str
    slug: str
    name: str
    name_zh: str
    about: str
    about_zh: str
    zone: str
    is_open: bool
    demonstration: bool


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """One machine of a facility. profile: what the engine knows of its class, None where it prints nothing."""

    id: str
    name: str
    state: str
    state_note: str
    profile: dict[str, Any] | None


class PartBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A part in a list."""

    id: str
    name: str
    note: str
    confidentiality: str
    organisation: str
    version: int
    created_at: datetime
    archived_at: datetime | None = None


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the reader's language, and what to do about it. kind: units where the file carries none."""

    message: str
    remedy: str
    kind: str = ""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a revision can be made on a machine with a resin. verdict: fails, risk, note, fine; empty until it is known."""

    id: str
    machine: dict[str, Any]
    resin: dict[str, Any]
    layer_um: float
    state: str
    done: float
    verdict: str
    counts: dict[str, int]
    problem: Said | None = None
    estimate: dict[str, Any] | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in {"done", "failed", "cancelled"}


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One geometry of a part. state: waiting, reading, read or refused."""

    id: str
    number: int
    file_name: str
    size_bytes: int
    units: str
    state: str
    checks: tuple[Check, ...]
    problem: Said | None = None
    facts: dict[str, Any] | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part with its revisions, the newest first."""

    id: str
    name: str
    note: str
    confidentiality: str
    version: int
    created_at: datetime
    revisions: tuple[Revision, ...]
    may_change: bool
    may_ask: bool
    archived_at: datetime | None = None

    @property
    def newest(self) -> Revision:
        """Its last revision."""
        return self.revisions[0]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that may go wrong, where, how bad, with a remedy. box_um: low and high corner in the build frame."""

    kind: str
    title: str
    message: str
    severity: str
    remedy: str
    box_um: tuple[tuple[float, float, float], tuple[float, float, float]]
    layers: tuple[int, int] | None = None
    measured: float | None = None
    limit: float | None = None
    unit: str = ""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What happened in an organisation. number: counted there, without a gap. api: where more is told, None where nowhere."""

    id: str
    number: int
    type: str
    at: datetime
    organisation: str
    subject: dict[str, str]
    facts: dict[str, Any]
    actor: str | None = None
    api: str | None = None
