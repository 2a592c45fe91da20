"""A facility to check parts for, files to send, and a worker that does what was asked, here and now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from mingyue.printing.formats.stl import write_stl
from mingyue.printing.meshes import Mesh
from mingyue.printing.samples.solids import box, meshed
from mingyue.web.facilities.models import Facility, Machine
from mingyue.web.materials.models import Resin
from mingyue.web.parts import services
from mingyue.web.parts.models import Check, Part, Revision
from mingyue.web.people.viewers import Viewer
from mingyue.web.records import uploads
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast


@dataclass(frozen=True)
class Works:
    """The facility of the cast's operator: a machine that prints, one that does not, and a resin."""

    facility: Facility
    machine: Machine
    lathe: Machine
    resin: Resin


@pytest.fixture
def works(cast: Cast) -> Works:
    """It stands in another organisation than the parts."""
    owner = {"organisation": cast.facility_operator}
    with seen_by(organisation_id=cast.facility_operator.pk):
        facility = Facility.objects.create(slug="works", name="Micro Works", created_at=NOW, **owner)
        machine = Machine.objects.create(facility=facility, name="P1", profile="s230", state_since=NOW, **owner)
        lathe = Machine.objects.create(facility=facility, name="Lathe", state_since=NOW, **owner)
        resin = Resin.objects.create(facility=facility, profile="pr48-385", name="PR48", **owner)
    return Works(facility, machine, lathe, resin)


def box_stl(side: float = 0.2) -> bytes:
    """A cube as a binary STL, its side in whatever unit one says."""
    return stl_of(meshed(box((0.0, 0.0, 0.0), (side, side, side))))


def stl_of(mesh: Mesh) -> bytes:
    """A mesh as a binary STL, its numbers as they are."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.stl"
        write_stl(mesh, path, unit="um")
        return path.read_bytes()


def sent(actor: Viewer, content: bytes, name: str = "part.stl", organisation_id: UUID | None = None) -> UUID:
    """An upload that is whole."""
    upload = uploads.begin_upload(
        actor=actor, organisation_id=organisation_id or actor.organisations[0], file_name=name,
        length_bytes=len(content), at=NOW,
    )  # fmt: skip
    uploads.add_piece(actor=actor, upload_id=upload.pk, offset=0, piece=BytesIO(content), at=NOW)
    return upload.pk


def added(actor: Viewer, content: bytes | None = None, *, file_name: str = "part.stl", **more: Any) -> Revision:
    """A part made of a file; a small cube where none is given."""
    upload_id = sent(actor, box_stl() if content is None else content, file_name)
    said: dict[str, Any] = {"name": "Cube", "units": "mm", "at": NOW} | more
    return services.add_part(actor=actor, upload_id=upload_id, **said)


Work = Callable[..., list[str]]


@pytest.fixture
def work(db: None) -> Work:
    """A worker: does all jobs that wait, those that they ask for as well; the names of the tasks, in their order."""

    def do(*, only: str = "") -> list[str]:
        done = []
        while job := _next_job(only):
            name, arguments = job
            app.tasks[name].func(**arguments)
            done.append(name)
        return done

    return do


def _next_job(only: str) -> tuple[str, dict[str, Any]] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = (SELECT id FROM procrastinate_jobs"
            " WHERE status = 'todo' AND task_name LIKE %s ORDER BY priority DESC, id LIMIT 1)"
            " RETURNING task_name, args",
            [f"{only}%"],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    import json

    return row[0], row[1] if isinstance(row[1], dict) else json.loads(row[1])


def only_check(revision: Revision) -> Check:
    """The one check of a revision."""
    return Check.objects.get(revision=revision)


def everything(part: Part) -> tuple[Any, ...]:
    """What is kept of a part, to see that a refused act changed nothing."""
    return (
        list(Part.objects.filter(pk=part.pk).values()),
        list(Revision.objects.filter(part=part).order_by("number").values()),
        list(Check.objects.filter(revision__part=part).order_by("pk").values()),
        list(part.readers.order_by("pk").values()),
    )
