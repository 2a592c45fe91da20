"""Parts, narrowed to what the viewer may see: None, or nothing in a list, where they may not."""

from __future__ import annotations

from typing import IO
from uuid import UUID

from django.db.models import QuerySet

from mingyue.web.parts.models import Check, Part, Revision
from mingyue.web.people.viewers import Viewer


def parts_of(viewer: Viewer, *, organisation_id: UUID | None = None, archived: bool = False) -> QuerySet[Part]:
    """Newest first. organisation_id: of this one only."""
    raise NotImplementedError


def part_of(viewer: Viewer, part_id: UUID) -> Part | None: ...


def revision_of(viewer: Viewer, revision_id: UUID) -> Revision | None:
    """With its part."""


def check_of(viewer: Viewer, check_id: UUID) -> Check | None:
    """With revision, part, machine and resin."""


def may_change(viewer: Viewer, part: Part) -> bool:
    """Whether its name, its readers and its revisions are theirs to decide about."""


def may_ask(viewer: Viewer, part: Part) -> bool:
    """Whether they may ask for checks of it: whoever sees it and belongs to its organisation."""


def file_of(viewer: Viewer, revision_id: UUID) -> tuple[Revision, IO[bytes]] | None:
    """The file as it came."""


def view_of(viewer: Viewer, revision_id: UUID) -> tuple[str, bytes] | None:
    """Digest and bytes of the decimated GLB."""


def layers_of(viewer: Viewer, check_id: UUID) -> tuple[str, dict[str, object]] | None:
    """Digest of the print package, and LAYERS of parts/urls.py."""


def mask_of(
    viewer: Viewer, check_id: UUID, *, layer: int, field: int, exposure: int = 0, scale: int = 1
) -> tuple[str, bytes | None] | None:
    """An ETag and the PNG; no bytes where the field is dark; None where there is no such layer, field or check."""


def as_json(viewer: Viewer, part: Part) -> dict[str, object]:
    """PART of parts/urls.py, in the reader's language."""
    raise NotImplementedError


def findings_as_json(check: Check) -> list[dict[str, object]]:
    """FINDING of parts/urls.py for each of its findings, in the reader's language."""
    raise NotImplementedError
