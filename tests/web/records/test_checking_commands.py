"""The commands that check what is kept find what somebody changed past the platform."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import transaction

from mingyue.web.records.blobs import keep_bytes
from mingyue.web.records.models import Blob, Chain, Event
from mingyue.web.records.services import FIRST, digest_of, record
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast


@pytest.fixture(autouse=True)
def _blobs_of_this_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(storages["blobs"].__dict__, "location", str(tmp_path))


def said_by(command: str) -> tuple[int, str]:
    """Exit code and text. It reads on the test's own connection, for nobody else sees what a test wrote."""
    out = StringIO()
    try:
        call_command(command, stdout=out, database="default")
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def kept(cast: Cast, content: bytes) -> tuple[Blob, Path]:
    """A blob, and where its bytes lie."""
    blob = keep_bytes(content, organisation_id=cast.institute.pk, media_type="model/stl", at=NOW)
    return blob, Path(storages["blobs"].path(blob.key))


def test_blobs_as_they_were_kept_are_right(cast: Cast, as_viewer: Any) -> None:
    as_viewer(cast.owner)
    kept(cast, b"moon")
    assert said_by("check_blobs") == (0, "1 blobs, 0 faults, 0 files without a blob.\n")


def test_a_flipped_byte_is_found(cast: Cast, as_viewer: Any) -> None:
    as_viewer(cast.owner)
    blob, path = kept(cast, b"moon")
    kept(cast, b"light")
    path.write_bytes(b"mood")
    assert said_by("check_blobs") == (
        1, f"✗ {blob.key}: its bytes were changed\n2 blobs, 1 faults, 0 files without a blob.\n"
    )  # fmt: skip


def test_a_cut_and_a_missing_blob_are_found(cast: Cast, as_viewer: Any) -> None:
    as_viewer(cast.owner)
    _, cut = kept(cast, b"moon")
    _, missing = kept(cast, b"light")
    cut.write_bytes(b"moo")
    missing.unlink()
    code, text = said_by("check_blobs")
    assert code == 1
    assert "it has 3 bytes instead of 4" in text
    assert "its bytes are missing" in text


def test_a_file_without_a_blob_is_told_and_harms_nobody(cast: Cast, as_viewer: Any) -> None:
    as_viewer(cast.owner)
    _, path = kept(cast, b"moon")
    path.with_name("stray").write_bytes(b"x")
    code, text = said_by("check_blobs")
    assert code == 0
    assert "stray belongs to no blob." in text


# --- events -------------------------------------------------------------------------------------------------------


def grown(cast: Cast) -> list[Event]:
    """Three events of a chain. Whoever tampers with one needs the tables' owner; what that leaves is laid out below."""
    with transaction.atomic():
        return [
            record(actor=None, what=f"test.{number}", subject=cast.institute, organisation_id=cast.institute.pk, at=NOW)
            for number in range(3)
        ]


def laid_out(cast: Cast, events: list[Event], *, count: int | None = None) -> None:
    """These events as the firm's chain, whatever they say; its head is that of the last."""
    firm = cast.firm.pk
    with seen_by(organisation_id=firm):
        Event.objects.bulk_create(events)
        Chain.objects.create(organisation_id=firm, count=count or len(events), head=events[-1].digest)


def chain_for(cast: Cast, length: int) -> list[Event]:
    """Events that follow each other, not kept yet."""
    events: list[Event] = []
    for number in range(1, length + 1):
        event = Event(
            organisation_id=cast.firm.pk, number=number, at=NOW, what=f"test.{number}", subject_kind="test",
            subject_id="1", facts={"number": number}, previous=events[-1].digest if events else FIRST,
        )  # fmt: skip
        event.digest = digest_of(event)
        events.append(event)
    return events


def test_a_chain_as_it_grew_is_right(cast: Cast, as_viewer: Any) -> None:
    as_viewer(cast.owner)
    events = grown(cast)
    code, text = said_by("check_events")
    assert code == 0
    assert f"✓ {cast.institute.pk}: {events[-1].number:,} events, head {events[-1].digest}\n" in text


def test_a_chain_laid_out_whole_is_right(cast: Cast, as_viewer: Any) -> None:
    laid_out(cast, chain_for(cast, 4))
    as_viewer(cast.stranger)
    assert said_by("check_events")[0] == 0


def test_an_event_taken_out_is_found(cast: Cast, as_viewer: Any) -> None:
    events = chain_for(cast, 4)
    laid_out(cast, [events[0], *events[2:]], count=4)
    as_viewer(cast.stranger)
    assert said_by("check_events") == (1, f"✗ {cast.firm.pk}: events 2 to 2 are missing\n")


def test_the_last_event_taken_away_is_found(cast: Cast, as_viewer: Any) -> None:
    laid_out(cast, chain_for(cast, 4)[:3], count=4)
    as_viewer(cast.stranger)
    assert said_by("check_events") == (1, f"✗ {cast.firm.pk}: events 4 to 4 are missing\n")


def test_a_changed_event_is_found(cast: Cast, as_viewer: Any) -> None:
    events = chain_for(cast, 3)
    events[1].facts = {"number": 7}
    laid_out(cast, events)
    as_viewer(cast.stranger)
    assert said_by("check_events") == (1, f"✗ {cast.firm.pk}: event 2 was changed\n")


def test_an_event_changed_together_with_its_digest_is_found_by_the_next(cast: Cast, as_viewer: Any) -> None:
    events = chain_for(cast, 3)
    events[1].facts = {"number": 7}
    events[1].digest = digest_of(events[1])
    laid_out(cast, events)
    as_viewer(cast.stranger)
    assert said_by("check_events") == (1, f"✗ {cast.firm.pk}: event 3 does not follow the one before it\n")
