"""Of two workers on the same work only the last writes; a zombie, or whoever was cancelled, writes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from mingyue.web.parts import child, services, tasks
from mingyue.web.parts.attempts import LostError, begin
from mingyue.web.parts.models import Check, Revision
from tests.web.conftest import NOW, Cast
from tests.web.parts.conftest import Works, added
from tests.web.parts.test_asking import asked


@pytest.fixture
def check(cast: Cast, works: Works, as_viewer: Any) -> Check:
    """One that waits."""
    owner = as_viewer(cast.owner)
    revision = added(owner)
    Revision.objects.filter(pk=revision.pk).update(state="read")
    return asked(owner, revision, works)


def test_a_zombie_writes_nothing(check: Check) -> None:
    zombie = begin(check, part_id=check.revision.part_id, at=NOW)
    living = begin(check, part_id=check.revision.part_id, at=NOW)
    assert zombie is not None
    assert living is not None
    living.write(done_share=0.5)

    for act in (lambda: zombie.write(done_share=0.9, verdict="fine"), zombie.require):
        with pytest.raises(LostError):
            act()
    check.refresh_from_db()
    assert (check.done_share, check.verdict, check.attempt) == (0.5, "", 2)
    living.write(state="done")


def test_work_that_is_done_or_cancelled_is_not_begun(cast: Cast, as_viewer: Any, check: Check) -> None:
    running = begin(check, part_id=check.revision.part_id, at=NOW)
    assert running is not None
    services.cancel_check(actor=as_viewer(cast.owner), check_id=check.pk, at=NOW)
    with pytest.raises(LostError):
        running.require()
    assert begin(check, part_id=check.revision.part_id, at=NOW) is None
    check.refresh_from_db()
    assert (check.state, check.attempt) == ("cancelled", 1)


def told(*lines: dict[str, Any]) -> Any:
    """An engine that says this."""

    def run(job: Any, *, bounds: Any, tick: Any) -> Any:
        yield from lines

    return run


def test_a_task_whose_check_was_cancelled_meanwhile_ends_without_a_word(
    cast: Cast, as_viewer: Any, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(job: Any, *, bounds: Any, tick: Any) -> Any:
        yield {"progress": 0.1, "doing": {"text": "x"}}
        Check.objects.filter(pk=check.pk).update(state="cancelled")
        tick()
        raise AssertionError("it went on")

    monkeypatch.setattr(child, "run", run)
    tasks.run_check.func(check_id=str(check.pk), organisation_id=str(cast.institute.pk))
    check.refresh_from_db()
    assert (check.state, check.looked) == ("cancelled", None)


def test_a_fault_of_ours_ends_the_check_and_is_told(cast: Cast, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "run", told({"step": "findings"}))
    with pytest.raises(KeyError):
        tasks.run_check.func(check_id=str(check.pk), organisation_id=str(cast.institute.pk))
    check.refresh_from_db()
    assert check.state == "failed"
    assert check.problem["message"]["template"] == "A fault of the platform stopped this work."


def test_findings_stay_when_what_follows_them_dies(cast: Cast, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = {"notes": [], "counts": {"fails": 0, "risk": 0, "note": 0}, "model_asked": False}
    monkeypatch.setattr(
        child, "run",
        told(
            {"step": "findings", "findings": [], "looked": looked, "estimate": None, "verdict": "fine"},
            {"problem": {"kind": "memory", "message": {"template": "short of memory", "values": {}}}},
        ),
    )  # fmt: skip
    tasks.run_check.func(check_id=str(check.pk), organisation_id=str(cast.institute.pk))
    check.refresh_from_db()
    assert (check.state, check.verdict, check.problem) == ("done", "fine", None)
    assert check.looked["notes"] == [{"template": "short of memory", "values": {}}]


def test_what_killed_too_many_workers_fails_and_says_so(cast: Cast, check: Check) -> None:
    begin(check, part_id=check.revision.part_id, at=NOW)
    tasks.check_given_up(check_id=str(check.pk), organisation_id=str(cast.institute.pk))
    tasks.reading_given_up(revision_id=str(check.revision_id), organisation_id=str(cast.institute.pk))
    check.refresh_from_db()
    check.revision.refresh_from_db()
    assert (check.state, check.problem["kind"]) == ("failed", "crash")
    assert "stopped several times" in check.problem["message"]["template"]
    assert check.revision.state == "read"  # what is done stays done
