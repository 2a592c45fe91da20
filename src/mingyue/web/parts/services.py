"""What people do about parts, revisions and checks; each is one transaction, one event, and the work it asks for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from mingyue.web.parts.models import Check, Part, Revision
from mingyue.web.people.viewers import Viewer


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
    raise NotImplementedError


def add_revision(*, actor: Viewer, part_id: UUID, upload_id: UUID, at: datetime, units: str = "") -> Revision:
    """Another geometry of a part from a finished upload. Reading begins."""
    raise NotImplementedError


def say_units(*, actor: Viewer, revision_id: UUID, units: str, at: datetime) -> None:
    """What the numbers of a file mean that carries no unit; it is read again. Said once."""
    raise NotImplementedError


def change_part(
    *, actor: Viewer, part_id: UUID, version: int, name: str, note: str, confidentiality: str, at: datetime
) -> Part:
    """Its name, note and who may see it. Raises ConflictError where somebody changed it meanwhile."""
    raise NotImplementedError


def add_reader(*, actor: Viewer, part_id: UUID, email: str, at: datetime) -> None:
    """A colleague may see the part from now on."""
    raise NotImplementedError


def remove_reader(*, actor: Viewer, part_id: UUID, person_id: UUID, at: datetime) -> None:
    """They may no longer."""
    raise NotImplementedError


def archive_part(*, actor: Viewer, part_id: UUID, at: datetime) -> None:
    """Out of the lists; nothing is deleted."""
    raise NotImplementedError


def ask_check(
    *, actor: Viewer, revision_id: UUID, machine_id: UUID, resin_id: UUID, at: datetime, layer_um: float | None = None
) -> Check:
    """Whether it can be made so; the check that is there where it was asked already, anew where that one failed."""
    raise NotImplementedError


def cancel_check(*, actor: Viewer, check_id: UUID, at: datetime) -> None:
    """Stop a check that waits or runs."""
    raise NotImplementedError


def ask_orientations(*, actor: Viewer, check_id: UUID, at: datetime) -> Study:  # noqa: F821
    """How the part may lie on this check's machine."""
    raise NotImplementedError


def ask_deviation(*, actor: Viewer, check_id: UUID, at: datetime) -> Study:  # noqa: F821
    """What will come out, by the virtual print, and how far that is from the design."""
    raise NotImplementedError


def note_look(*, actor: Viewer, part: Part, at: datetime, what: str) -> None:
    """Record a look at the geometry of a controlled part; once in ten minutes for each viewer."""
    raise NotImplementedError
