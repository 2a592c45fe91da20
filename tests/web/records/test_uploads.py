"""Resumable uploads as a browser and a program see them: tus 1.0.0 over HTTP."""

from __future__ import annotations

import base64
import fcntl
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from mingyue.web.people import services as people
from mingyue.web.records import uploads
from mingyue.web.records.models import Blob, Upload
from tests.web.conftest import NOW, Cast

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"
Browse = Callable[..., Client]


def metadata(**said: str) -> str:
    """As tus writes it."""
    return ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in said.items())


def begun(client: Client, length: int, name: str = "part.stl", **said: str) -> str:
    """The path of a new upload."""
    answer = client.post(
        "/uploads/", headers=TUS | {"Upload-Length": str(length), "Upload-Metadata": metadata(filename=name, **said)}
    )
    assert answer.status_code == 201, answer.content
    return answer["Location"].removeprefix("http://testserver")


def send(client: Client, place: str, content: bytes, offset: int, **headers: str) -> Any:
    """One piece."""
    said = TUS | {"Upload-Offset": str(offset)} | {name.replace("_", "-"): value for name, value in headers.items()}
    return client.patch(place, data=content, content_type=PIECE, headers=said)


def test_an_upload_goes_on_where_it_broke_off(cast: Cast, browse: Browse) -> None:
    client = browse(cast.owner)
    place = begun(client, 10)

    assert send(client, place, b"moon ", 0)["Upload-Offset"] == "5"
    asked = client.head(place, headers=TUS)
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == ("5", "10")
    assert asked["Cache-Control"] == "no-store"
    assert send(client, place, b"light", 5)["Upload-Offset"] == "10"

    assert uploads.path_of(_id(place)).read_bytes() == b"moon light"


def test_what_a_killed_process_had_written_is_gone_on_from(cast: Cast, browse: Browse) -> None:
    """It had not answered yet: what lies on the disk is the beginning of its piece, and the sender asks how much."""
    client = browse(cast.owner)
    place = begun(client, 10)
    send(client, place, b"moon ", 0)
    with uploads.path_of(_id(place)).open("ab") as file:
        file.write(b"li")

    assert send(client, place, b"light", 5).status_code == 409
    assert client.head(place, headers=TUS)["Upload-Offset"] == "7"
    assert send(client, place, b"ght", 7).status_code == 204
    assert uploads.path_of(_id(place)).read_bytes() == b"moon light"


def test_two_who_write_at_once_do_not_mix(cast: Cast, browse: Browse) -> None:
    client = browse(cast.owner)
    place = begun(client, 10)
    with uploads.path_of(_id(place)).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert send(client, place, b"moon ", 0).status_code == 423
    assert send(client, place, b"moon ", 0).status_code == 204


def test_a_piece_for_another_place_is_a_conflict_and_changes_nothing(cast: Cast, browse: Browse) -> None:
    client = browse(cast.owner)
    place = begun(client, 10)
    send(client, place, b"moon ", 0)

    for offset in (0, 4, 6):
        assert send(client, place, b"light", offset).status_code == 409
    assert client.head(place, headers=TUS)["Upload-Offset"] == "5"


def test_more_than_was_announced_is_refused_whole(cast: Cast, browse: Browse) -> None:
    client = browse(cast.owner)
    place = begun(client, 6)
    send(client, place, b"moon ", 0)

    assert send(client, place, b"light", 5).status_code == 413
    assert uploads.path_of(_id(place)).read_bytes() == b"moon "


def test_a_piece_that_differs_from_its_checksum_is_not_kept(cast: Cast, browse: Browse) -> None:
    client = browse(cast.owner)
    place = begun(client, 4)
    wanted = "sha256 " + base64.b64encode(hashlib.sha256(b"moon").digest()).decode()

    assert send(client, place, b"mood", 0, Upload_Checksum=wanted).status_code == 460
    assert client.head(place, headers=TUS)["Upload-Offset"] == "0"
    assert send(client, place, b"moon", 0, Upload_Checksum=wanted).status_code == 204
    assert send(client, begun(client, 4), b"moon", 0, Upload_Checksum="md5 bW9vbg==").status_code == 400


def test_another_persons_upload_is_not_there(cast: Cast, browse: Browse) -> None:
    place = begun(browse(cast.owner), 4)

    for person in (cast.colleague, cast.stranger, cast.office, None):
        client = browse(person)
        assert client.head(place, headers=TUS).status_code == 404
        assert send(client, place, b"moon", 0).status_code == 404
        assert client.delete(place, headers=TUS).status_code == 404
    assert uploads.path_of(_id(place)).read_bytes() == b""


def test_nobody_begins_an_upload_for_an_organisation_that_is_not_theirs(cast: Cast, browse: Browse) -> None:
    for person, organisation in (
        (cast.stranger, cast.institute),
        (cast.office, cast.institute),
        (None, cast.institute),
    ):
        for said in (organisation.slug, str(organisation.pk)):
            answer = browse(person).post(
                "/uploads/",
                headers=TUS | {"Upload-Length": "4", "Upload-Metadata": metadata(filename="a.stl", organisation=said)},
            )
            assert answer.status_code == 404
    assert not Upload.objects.exists()


def test_ones_own_organisation_is_named_by_slug_or_id_or_not_at_all(cast: Cast, browse: Browse) -> None:
    client = browse(cast.owner)
    for said in ({}, {"organisation": cast.institute.slug}, {"organisation": str(cast.institute.pk)}):
        place = begun(client, 4, **said)
        assert client.head(place, headers=TUS).status_code == 200


def test_the_protocol_says_what_it_can_do_and_wants_to_be_spoken(cast: Cast, browse: Browse, settings: Any) -> None:
    client = browse(cast.owner)
    able = client.options("/uploads/")
    assert able.status_code == 204
    assert able["Tus-Extension"] == "creation,expiration,termination,checksum"
    assert able["Tus-Max-Size"] == str(settings.UPLOAD_LIMIT_BYTES)
    assert client.post("/uploads/", headers={"Upload-Length": "4"}).status_code == 412
    place = begun(client, 4)
    wrong = client.patch(place, data=b"moon", content_type="text/plain", headers=TUS | {"Upload-Offset": "0"})
    assert wrong.status_code == 415


def test_an_upload_that_was_given_up_is_gone(cast: Cast, browse: Browse) -> None:
    client = browse(cast.owner)
    place = begun(client, 4)
    assert client.delete(place, headers=TUS).status_code == 204
    assert client.head(place, headers=TUS).status_code == 404
    assert not uploads.path_of(_id(place)).exists()


@pytest.mark.parametrize("length", ["", "-1", "1e3", "9" * 30, "0", "٣"])
def test_a_length_that_is_none_is_refused(cast: Cast, browse: Browse, length: str) -> None:
    said = TUS | {"Upload-Length": length.encode("utf-8").decode("latin-1"), "Upload-Metadata": metadata(filename="a")}
    answer = browse(cast.owner).post("/uploads/", headers=said)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_too_large_a_file_and_too_many_at_once_are_refused(cast: Cast, browse: Browse, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES, settings.UPLOADS_OPEN_LIMIT_BYTES = 100, 150
    client = browse(cast.owner)

    def post(length: int) -> int:
        said = TUS | {"Upload-Length": str(length), "Upload-Metadata": metadata(filename="a.stl")}
        return client.post("/uploads/", headers=said).status_code

    assert (post(101), post(100), post(51), post(50)) == (413, 201, 413, 201)


def test_a_key_uploads_only_with_the_scope_for_it(cast: Cast, client: Client, as_viewer: Any) -> None:
    owner = as_viewer(cast.owner)
    now = datetime.now(UTC)
    secrets = {}
    for scope in ("parts:read", "parts:write"):
        _, secrets[scope] = people.make_key(
            actor=owner, organisation_id=cast.institute.pk, name="test", scopes=[scope],
            expires_at=now + timedelta(days=1), at=now,
        )  # fmt: skip

    def post(scope: str) -> int:
        said = TUS | {"Upload-Length": "4", "Upload-Metadata": metadata(filename="a.stl")}
        return client.post("/uploads/", headers=said | {"Authorization": f"Bearer {secrets[scope]}"}).status_code

    assert (post("parts:read"), post("parts:write")) == (404, 201)


def test_a_session_needs_its_csrf_token(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.owner)
    said = TUS | {"Upload-Length": "4", "Upload-Metadata": metadata(filename="a.stl")}
    assert strict.post("/uploads/", headers=said).status_code == 403
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("part.stl", "part.stl"),
        ("../../etc/passwd", "passwd"),
        ("C:\\parts\\nest.3mf", "nest.3mf"),
        ("a\x00b\n.stl", "ab.stl"),
        ("月" * 100 + ".stl", "月" * 65 + ".stl"),
    ],
)
def test_a_files_name_is_only_a_name(said: str, kept: str) -> None:
    assert uploads.tidy_name(said) == kept


# --- what becomes of it -------------------------------------------------------------------------------------------


def whole(actor: Any, content: bytes = b"moon") -> Any:
    """An upload of which all has come."""
    upload = uploads.begin_upload(
        actor=actor, organisation_id=actor.organisations[0], file_name="a.stl", length_bytes=len(content), at=NOW
    )
    uploads.add_piece(actor=actor, upload_id=upload.pk, offset=0, piece=BytesIO(content), at=NOW)
    return upload


def test_an_upload_becomes_a_blob_once(cast: Cast, as_viewer: Any, django_capture_on_commit_callbacks: Any) -> None:
    owner = as_viewer(cast.owner)
    upload = whole(owner)
    with django_capture_on_commit_callbacks(execute=True):
        _, blob = uploads.take_upload(actor=owner, upload_id=upload.pk, at=NOW)

    assert (blob.digest, blob.size_bytes) == (hashlib.sha256(b"moon").hexdigest(), 4)
    assert not uploads.path_of(upload.pk).exists()
    with pytest.raises(uploads.ConflictError, match="used already"):
        uploads.take_upload(actor=owner, upload_id=upload.pk, at=NOW)
    assert Blob.objects.count() == 1


def test_half_an_upload_becomes_nothing(cast: Cast, as_viewer: Any) -> None:
    owner = as_viewer(cast.owner)
    upload = uploads.begin_upload(
        actor=owner, organisation_id=cast.institute.pk, file_name="a.stl", length_bytes=8, at=NOW
    )
    uploads.add_piece(actor=owner, upload_id=upload.pk, offset=0, piece=BytesIO(b"moon"), at=NOW)
    with pytest.raises(uploads.ConflictError, match="Of 8 bytes, 4 have come"):
        uploads.take_upload(actor=owner, upload_id=upload.pk, at=NOW)
    assert not Blob.objects.exists()


def test_what_nobody_goes_on_with_is_cleared_away(cast: Cast, as_viewer: Any, tmp_path: Any, settings: Any) -> None:
    settings.MINGYUE_UPLOADS = tmp_path
    owner = as_viewer(cast.owner)
    upload = whole(owner)
    stray = tmp_path / "stray"
    stray.touch()

    assert uploads.upload_of(owner, upload.pk, at=NOW + uploads.LASTS) is None
    later = datetime.now(UTC) + uploads.LASTS + timedelta(hours=2)
    Upload.objects.filter(pk=upload.pk).update(expires_at=later)
    assert _cleared(later - timedelta(minutes=1)) == 1
    assert (stray.exists(), uploads.path_of(upload.pk).exists()) == (False, True)
    assert _cleared(later) == 1
    assert not uploads.path_of(upload.pk).exists()


def _cleared(at: datetime) -> int:
    """As the worker does, but on this test's connection, which alone sees what it wrote."""
    return uploads.clear_uploads(at=at, using="default")


def _id(place: str) -> Any:
    return place.rpartition("/")[2]
