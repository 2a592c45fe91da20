"""What the worker does for parts: read a revision, check it, answer what more is asked, clear uploads away.

Each may be begun again after its worker died: see attempts.py. The engine runs in a process of its own: see child.py.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from procrastinate.contrib.django import app

from mingyue.phrases import Phrase, say
from mingyue.web.parts import child
from mingyue.web.parts.attempts import Attempt, LostError, announce, begin
from mingyue.web.parts.begun import CHECK, QUEUE, READ, STUDY, begin_first_checks
from mingyue.web.parts.bridge.jobs import Job
from mingyue.web.parts.models import Check, Revision, Study
from mingyue.web.records.blobs import keep_file, open_blob, pieces
from mingyue.web.records.kept_phrases import as_json
from mingyue.web.records.models import Blob
from mingyue.web.records.services import record
from mingyue.web.records.tasks import when_given_up
from mingyue.web.records.uploads import clear_uploads, tidy_name
from mingyue.web.records.walls import seen_by

_WRITES_S = 0.25  # progress is written at most four times a second


@app.task(name=READ, queue=QUEUE)  # type: ignore[untyped-decorator]
def read_revision(*, revision_id: str, organisation_id: str) -> None:
    """A revision's facts and its view; then the checks that nobody needs to ask for."""
    with seen_by(organisation_id=UUID(organisation_id)):
        revision = Revision.objects.select_related("blob", "part").get(pk=revision_id)
        attempt = begin(revision, part_id=revision.part_id, at=_now())
        if attempt is not None:
            with _working(attempt) as folder:
                _read(revision, attempt, folder)


def _read(revision: Revision, attempt: Attempt, folder: Path) -> None:
    job = Job(kind="read", path=_laid_out(revision, folder), folder=folder, units=revision.units)
    for line in _run(job, attempt):
        if "problem" in line:
            attempt.write(state=Revision.State.REFUSED, problem=line["problem"])
            return
        if "result" not in line:
            continue
        with transaction.atomic():
            view = _kept(folder / "view.glb", revision, "model/gltf-binary")
            attempt.write(state=Revision.State.READ, facts=line["result"], view=view, problem=None)
            revision.refresh_from_db(fields=["state"])
            begin_first_checks(revision, at=_now())
            record(
                actor=None, what="revision.read", subject=revision, at=_now(),
                facts={"triangles": line["result"]["triangles"]},
            )  # fmt: skip


@app.task(name=CHECK, queue=QUEUE)  # type: ignore[untyped-decorator]
def run_check(*, check_id: str, organisation_id: str) -> None:
    """A check's findings as soon as they are known, its masks, and its findings with the model's answers."""
    with seen_by(organisation_id=UUID(organisation_id)):
        check = Check.objects.select_related("revision__blob", "machine", "resin").get(pk=check_id)
        attempt = begin(check, part_id=check.revision.part_id, at=_now())
        if attempt is not None:
            with _working(attempt) as folder:
                _check(check, attempt, folder)


@dataclass
class _Found:
    """What a check has found so far. extra: notes of what could not be done."""

    looked: dict[str, Any] = field(default_factory=dict)
    extra: list[dict[str, Any]] = field(default_factory=list)

    @property
    def said(self) -> dict[str, Any]:
        """For the check's row."""
        return self.looked | {"notes": [*self.looked["notes"], *self.extra]}


def _check(check: Check, attempt: Attempt, folder: Path) -> None:
    found = _Found()
    for line in _run(_job("check", check, folder), attempt):
        if line.get("step") == "findings":
            found.looked = line["looked"]
            attempt.write(
                findings=line["findings"], looked=found.said, estimate=line["estimate"], verdict=line["verdict"]
            )
        elif line.get("step") == "masks":
            _keep_masks(line["why_not"], found, check, attempt, folder)
        elif "problem" in line and not found.looked:
            attempt.write(state=Check.State.FAILED, problem=line["problem"], ended_at=_now(), doing=None)
        elif "problem" in line:  # it has findings, and says what could not be done any more
            found.extra.append(line["problem"]["message"])
            _finish(check, attempt, found)
        elif "result" in line:
            _finish(check, attempt, found)


def _keep_masks(why_not: dict[str, Any] | None, found: _Found, check: Check, attempt: Attempt, folder: Path) -> None:
    if why_not is not None:
        found.extra.append(why_not)
        attempt.write(looked=found.said)
        return
    with transaction.atomic():
        attempt.write(masks=_kept(folder / "masks.job.zip", check, "application/zip"))


def _finish(check: Check, attempt: Attempt, found: _Found) -> None:
    with transaction.atomic():
        attempt.write(state=Check.State.DONE, looked=found.said, done_share=1.0, doing=None, ended_at=_now())
        record(
            actor=None, what="check.done", subject=check, at=_now(),
            facts={"counts": found.looked["counts"], "model_asked": found.looked["model_asked"]},
        )  # fmt: skip


@app.task(name=STUDY, queue=QUEUE)  # type: ignore[untyped-decorator]
def run_study(*, study_id: str, organisation_id: str) -> None:
    """What more was asked about a check."""
    with seen_by(organisation_id=UUID(organisation_id)):
        study = Study.objects.select_related(
            "about__revision__blob", "about__machine", "about__resin", "about__masks"
        ).get(pk=study_id)
        attempt = begin(study, part_id=study.about.revision.part_id, at=_now())
        if attempt is not None:
            with _working(attempt) as folder:
                _study(study, attempt, folder)


def _study(study: Study, attempt: Attempt, folder: Path) -> None:
    for line in _run(_job(study.kind, study.about, folder), attempt):
        if "problem" in line:
            attempt.write(state=Check.State.FAILED, problem=line["problem"], ended_at=_now(), doing=None)
        elif "result" in line:
            with transaction.atomic():
                made = folder / "deviation.glb"
                blob = _kept(made, study, "model/gltf-binary") if made.exists() else None
                attempt.write(
                    state=Check.State.DONE, result=line["result"], blob=blob, done_share=1.0, doing=None, ended_at=_now(),
                )  # fmt: skip
                record(actor=None, what="study.done", subject=study, at=_now(), facts={"kind": study.kind})


@app.periodic(cron="17 * * * *")  # type: ignore[untyped-decorator]
@app.task(name="parts:clear_uploads", queue=QUEUE)  # type: ignore[untyped-decorator]
def clear_uploads_away(timestamp: int) -> None:
    """What nobody goes on with, once an hour."""
    clear_uploads(at=datetime.fromtimestamp(timestamp, UTC))


# --- whoever died at it too often ---------------------------------------------------------------------------------


@when_given_up(READ)
def reading_given_up(*, revision_id: str, organisation_id: str) -> None:
    """So many workers died while they read it that nobody tries any more."""
    with seen_by(organisation_id=UUID(organisation_id)):
        revision = Revision.objects.get(pk=revision_id)
        fail(revision, revision.part_id, _gave_up())


@when_given_up(CHECK)
def check_given_up(*, check_id: str, organisation_id: str) -> None:
    """The same of a check."""
    with seen_by(organisation_id=UUID(organisation_id)):
        check = Check.objects.select_related("revision").get(pk=check_id)
        fail(check, check.revision.part_id, _gave_up())


@when_given_up(STUDY)
def study_given_up(*, study_id: str, organisation_id: str) -> None:
    """The same of a study."""
    with seen_by(organisation_id=UUID(organisation_id)):
        study = Study.objects.select_related("about__revision").get(pk=study_id)
        fail(study, study.about.revision.part_id, _gave_up())


def _gave_up() -> Phrase:
    return say("Whoever worked on this stopped several times, so it is not tried again by itself.")


# --- what they share ----------------------------------------------------------------------------------------------


def _job(kind: str, check: Check, folder: Path) -> Job:
    package = None
    if kind == Study.Kind.DEVIATION and check.masks is not None:
        package = folder / "given.job.zip"
        _copy(check.masks, package)
    revision = check.revision
    return Job(
        kind=kind, path=_laid_out(revision, folder), folder=folder, units=revision.units, package=package,
        machine=check.machine.profile, resin=check.resin.profile, layer_um=check.layer_um,
        rotate_deg=tuple(check.rotation or (0.0, 0.0, 0.0)),
    )  # fmt: skip


def _run(job: Job, attempt: Attempt) -> Iterator[child.Line]:
    """The engine's lines, progress written on the way. Raises LostError, and ends the engine, where the work is lost."""
    written = 0.0
    with closing(child.run(job, bounds=child.limits(), tick=attempt.require)) as lines:  # type: ignore[type-var]
        for line in lines:
            if "progress" not in line:
                yield line
            elif time.monotonic() - written >= _WRITES_S:
                written = time.monotonic()
                _write_progress(attempt, line)


def _write_progress(attempt: Attempt, line: child.Line) -> None:
    if isinstance(attempt.row, Revision):  # it is read in seconds, and says only that it is
        attempt.require()
    else:
        attempt.write(done_share=line["progress"], doing=line["doing"])


@contextmanager
def _working(attempt: Attempt) -> Iterator[Path]:
    """A folder for the work. Whoever lost it stops without a word; a bug of ours is told, and ends the row's work.

    Where the database is lost nothing can be told: the worker ends, and the next one does the work. See serving/worker.py.
    """
    try:
        with child.workplace() as folder:
            yield folder
    except LostError:
        return
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        fail(attempt.row, attempt.part_id, say("A fault of the platform stopped this work."), attempt=attempt.number)
        raise


def fail(row: Revision | Check | Study, part_id: UUID, why: str, *, attempt: int | None = None) -> None:
    """Say that this row's work will not be done. attempt: only where this is the last one; else whether begun or not."""
    problem = {
        "kind": "crash",
        "message": as_json(why),
        "remedy": as_json(say("Try again. If it happens again, tell whoever runs the platform, and name this part.")),
    }
    if isinstance(row, Revision):
        state, busy, more = Revision.State.REFUSED.value, Revision.State.READING.value, {}
    else:
        state, busy, more = Check.State.FAILED.value, Check.State.RUNNING.value, {"ended_at": _now(), "doing": None}
    found = type(row)._default_manager.filter(pk=row.pk)
    rows = (
        found.filter(state=busy, attempt=attempt) if attempt is not None else found.filter(state__in=["waiting", busy])
    )
    with transaction.atomic():
        if rows.update(state=state, problem=problem, **more):
            announce(part_id)


def _laid_out(revision: Revision, folder: Path) -> Path:
    """The revision's file as it came, under its name, in a folder of its own."""
    place = folder / "came"
    place.mkdir()
    path = place / tidy_name(revision.file_name)
    _copy(revision.blob, path)
    return path


def _copy(blob: Blob, path: Path) -> None:
    with open_blob(blob) as source, path.open("wb") as target:
        for piece in pieces(source):
            target.write(piece)


def _kept(path: Path, row: Revision | Check | Study, media_type: str) -> Blob:
    return keep_file(path, organisation_id=row.organisation_id, media_type=media_type, at=_now())


def _now() -> datetime:
    return datetime.now(UTC)
