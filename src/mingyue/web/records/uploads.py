"""Files on their way: begun, continued, given up, and taken once they are whole.

How much has come is the length of the file below `settings.MINGYUE_UPLOADS`: it is synchronised before it is told, and a
process that dies while it writes leaves the beginning of what was sent, never anything else.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, BinaryIO, Protocol
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from mingyue.errors import BadInputError, LimitError
from mingyue.phrases import say
from mingyue.web.records.blobs import keep_file, pieces
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError
from mingyue.web.records.models import Blob, Upload

LASTS = timedelta(days=3)  # after its last piece
CHECKED_PIECE_BYTES = 8 << 20  # a piece with a checksum is held in memory until the checksum is known to be right
_KEPT_FREE_BYTES = 2 << 30  # of the disk: uploads must not stop the database
_MEDIA_TYPES = {".stl": "model/stl", ".obj": "model/obj", ".3mf": "model/3mf", ".ply": "model/ply"}


class Sender(Protocol):
    """Whoever sends: what people's Viewer is."""

    @property
    def person_id(self) -> UUID | None: ...
    @property
    def organisations(self) -> Collection[UUID]: ...
    def may(self, scope: str) -> bool: ...


def sender_of(actor: Sender) -> UUID:
    """Who sends. Raises NotFoundError for whoever is not signed in, or whose key does not reach so far."""
    if actor.person_id is None or not actor.may("parts:write"):
        raise NotFoundError
    return actor.person_id


class OffsetError(ConflictError):
    """The piece does not begin where the file ends."""


class ChecksumError(BadInputError):
    """The piece is not what its sender meant: it was changed on the way, and nothing of it is kept."""


class LockedError(ConflictError):
    """Another request is writing to the same upload just now."""


def begin_upload(*, actor: Sender, organisation_id: UUID, file_name: str, length_bytes: int, at: datetime) -> Upload:
    """Room for a file of that length. Raises LimitError where it is too large, or too much is on its way already."""
    person_id = sender_of(actor)
    if organisation_id not in actor.organisations:
        raise NotFoundError
    name = tidy_name(file_name)
    if length_bytes < 1:
        raise InvalidError("length", say("The file is empty."))
    _refuse_more_than(settings.UPLOAD_LIMIT_BYTES, length_bytes, name)
    upload = Upload(
        id=uuid4(), organisation_id=organisation_id, person_id=person_id, file_name=name,
        length_bytes=length_bytes, at=at, expires_at=at + LASTS,
    )  # fmt: skip
    folder = upload_folder()
    with transaction.atomic():
        _refuse_crowd(organisation_id, length_bytes, folder)
        upload.save(force_insert=True)
        path_of(upload.pk).touch(mode=0o600, exist_ok=False)
        _synchronise(folder)
    return upload


def tidy_name(text: str) -> str:
    """The last part of a file's name, without what no name has. Raises InvalidError where nothing is left."""
    name = "".join(letter for letter in text.replace("\\", "/").rpartition("/")[2] if letter.isprintable()).strip()
    if name in {"", ".", ".."}:
        raise InvalidError("filename", say("The file has no name."))
    stem, dot, suffix = name.rpartition(".")
    while len(name.encode()) > 200:  # file systems take 255 bytes
        stem = stem[:-1] if dot else ""
        name = f"{stem}.{suffix}" if dot and stem else name[:-1]
    return name


def upload_of(sender: Sender, upload_id: UUID, *, at: datetime) -> Upload | None:
    """An upload that is still open, to whoever began it."""
    if sender.person_id is None or not sender.may("parts:write"):
        return None
    return Upload.objects.filter(
        pk=upload_id, person_id=sender.person_id, organisation_id__in=list(sender.organisations),
        state=Upload.State.OPEN, expires_at__gt=at,
    ).first()  # fmt: skip


def offset_of(upload: Upload) -> int:
    """How much of it has come, and is safe on the disk; nobody writes meanwhile."""
    with _held(upload, fcntl.LOCK_SH) as file:
        os.fsync(file.fileno())
        return os.fstat(file.fileno()).st_size


def add_piece(
    *, actor: Sender, upload_id: UUID, offset: int, piece: IO[bytes], at: datetime, sha256: bytes | None = None
) -> int:
    """Add a piece at the end; the new length, once it is safe on the disk.

    Raises OffsetError, LimitError for more than was announced, ChecksumError. What came of a piece that was cut short is
    kept, unless it has a checksum.
    """
    upload = upload_of(actor, upload_id, at=at)
    if upload is None:
        raise NotFoundError
    chunks = pieces(piece) if sha256 is None else iter([_checked(piece, sha256)])
    with _held(upload) as file:
        if upload_of(actor, upload_id, at=at) is None:  # it was given up or taken while we waited
            raise NotFoundError
        length = os.fstat(file.fileno()).st_size
        if length != offset:
            raise OffsetError(
                say("The file has {length:,} bytes so far, not {offset:,}.", length=length, offset=offset),
                remedy=say("Ask how much has come (HEAD), and go on from there."),
            )
        try:
            length = _append(file, chunks, length=length, most=upload.length_bytes)
        finally:
            file.flush()
            os.fsync(file.fileno())
    Upload.objects.filter(pk=upload_id, state=Upload.State.OPEN).update(expires_at=at + LASTS)
    return length


def _append(file: BinaryIO, chunks: Iterator[bytes], *, length: int, most: int) -> int:
    begun = length
    for chunk in chunks:
        if length + len(chunk) > most:
            file.flush()
            os.ftruncate(file.fileno(), begun)
            raise LimitError(
                say("More came than the {most:,} bytes that were announced.", most=most),
                remedy=say("Begin a new upload with the file's true length."),
            )
        file.write(chunk)
        length += len(chunk)
    return length


def _checked(piece: IO[bytes], sha256: bytes) -> bytes:
    content = piece.read(CHECKED_PIECE_BYTES + 1)
    if len(content) > CHECKED_PIECE_BYTES:
        raise LimitError(
            say("A piece with a checksum has {most} MiB at most.", most=CHECKED_PIECE_BYTES >> 20),
            remedy=say("Send smaller pieces."),
        )
    if hashlib.sha256(content).digest() != sha256:
        raise ChecksumError(
            say("The piece differs from its checksum; nothing of it was kept."), remedy=say("Send it again.")
        )
    return content


def give_up(*, actor: Sender, upload_id: UUID, at: datetime) -> None:
    """Forget what has come."""
    if upload_of(actor, upload_id, at=at) is None:
        raise NotFoundError
    if Upload.objects.filter(pk=upload_id, state=Upload.State.OPEN).update(state=Upload.State.GIVEN_UP):
        path_of(upload_id).unlink(missing_ok=True)


def take_upload(*, actor: Sender, upload_id: UUID, at: datetime) -> tuple[Upload, Blob]:
    """The whole file as a blob, once: of two who take it, one gets it. Inside the transaction of what it becomes.

    Raises NotFoundError for what is nobody's or somebody else's, ConflictError where it was taken already or is not whole.
    """
    found = Upload.objects.filter(
        pk=upload_id, person_id=sender_of(actor), organisation_id__in=list(actor.organisations)
    )
    upload = found.first()
    if upload is None:
        raise NotFoundError
    if not found.filter(state=Upload.State.OPEN, expires_at__gt=at).update(state=Upload.State.FINISHED):
        raise ConflictError(say("This upload was used already, or has run out."), remedy=say("Upload the file again."))
    path = path_of(upload_id)
    with _held(upload) as file:
        come = os.fstat(file.fileno()).st_size
        if come != upload.length_bytes:
            raise ConflictError(
                say("Of {length:,} bytes, {come:,} have come.", length=upload.length_bytes, come=come),
                remedy=say("Send the rest first."),
            )
        suffix = Path(upload.file_name).suffix.lower()
        media_type = _MEDIA_TYPES.get(suffix, "application/octet-stream")
        blob = keep_file(path, organisation_id=upload.organisation_id, media_type=media_type, at=at)
    Upload.objects.filter(pk=upload_id).update(blob=blob)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return upload, blob


def clear_uploads(*, at: datetime, using: str = "owner") -> int:
    """Give up what has run out, and remove files that no open upload needs; how many files went.

    using: the tables' owner; nobody is signed in, and all organisations are meant.
    """
    uploads = Upload.objects.using(using)
    uploads.filter(state=Upload.State.OPEN, expires_at__lte=at).update(state=Upload.State.GIVEN_UP)
    needed = {str(one) for one in uploads.filter(state=Upload.State.OPEN).values_list("pk", flat=True)}
    gone = 0
    for path in upload_folder().iterdir():
        # What has just been made may belong to a transaction that has not ended.
        with suppress(FileNotFoundError):
            if path.name not in needed and path.stat().st_mtime < (at - timedelta(hours=1)).timestamp():
                path.unlink()
                gone += 1
    return gone


def path_of(upload_id: UUID) -> Path:
    """Where its bytes lie until they are a blob."""
    folder: Path = settings.MINGYUE_UPLOADS
    return folder / str(upload_id)


def upload_folder() -> Path:
    """The folder of all uploads; it is made if it is not there."""
    folder: Path = settings.MINGYUE_UPLOADS
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _refuse_more_than(most: int, length_bytes: int, name: str) -> None:
    if length_bytes > most:
        raise LimitError(
            say("{file} has {length:,} bytes; {most:,} are the most.", file=name, length=length_bytes, most=most),
            remedy=say("Make the part smaller or coarser, or save it as 3MF, which is packed."),
        )


def _refuse_crowd(organisation_id: UUID, length_bytes: int, folder: Path) -> None:
    """One at a time for each organisation, so that two together do not pass the limit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"uploads of {organisation_id}"])
    open_ones = Upload.objects.filter(organisation_id=organisation_id, state=Upload.State.OPEN)
    coming = open_ones.aggregate(sum=Sum("length_bytes"))["sum"] or 0
    if coming + length_bytes > settings.UPLOADS_OPEN_LIMIT_BYTES:
        raise LimitError(
            say("Your organisation has {coming:,} bytes of uploads that are not finished.", coming=coming),
            remedy=say("Finish them or give them up; what nobody goes on with is forgotten after three days."),
        )
    if shutil.disk_usage(folder).free < length_bytes + _KEPT_FREE_BYTES:
        raise LimitError(
            say("There is no room for a file of {length:,} bytes just now.", length=length_bytes),
            remedy=say("Try again later, or tell whoever runs the platform that its disk is full."),
        )


@contextmanager
def _held(upload: Upload, how: int = fcntl.LOCK_EX) -> Iterator[BinaryIO]:
    """Its file, which nobody else writes meanwhile."""
    try:
        file = path_of(upload.pk).open("ab")
    except FileNotFoundError:
        raise NotFoundError from None
    with file:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(
                say("Another request is writing to this upload."), remedy=say("Try again in a moment.")
            ) from None
        yield file
        file.flush()


def _synchronise(folder: Path) -> None:
    """So that a new file's name is on the disk as well."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
