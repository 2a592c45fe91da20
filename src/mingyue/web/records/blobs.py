"""Bytes become a blob by their digest, and a blob bytes again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import storages

from mingyue.web.records.models import Blob

_PIECE_BYTES = 1 << 20


def keep_file(path: Path, *, organisation_id: UUID, media_type: str, at: datetime) -> Blob:
    """A file's bytes as a blob of the organisation. The bytes are safe in the store before the row is written."""
    with path.open("rb") as source:
        digest = digest_of_stream(source)
        source.seek(0)
        return _keep(
            File(source), digest=digest, size_bytes=path.stat().st_size,
            organisation_id=organisation_id, media_type=media_type, at=at,
        )  # fmt: skip


def keep_bytes(content: bytes, *, organisation_id: UUID, media_type: str, at: datetime) -> Blob:
    """The bytes as a blob of the organisation."""
    digest = hashlib.sha256(content).hexdigest()
    return _keep(
        ContentFile(content), digest=digest, size_bytes=len(content),
        organisation_id=organisation_id, media_type=media_type, at=at,
    )  # fmt: skip


def _keep(
    content: File[Any], *, digest: str, size_bytes: int, organisation_id: UUID, media_type: str, at: datetime
) -> Blob:
    wanted = Blob(organisation_id=organisation_id, digest=digest, size_bytes=size_bytes, media_type=media_type, at=at)
    store = storages["blobs"]
    if not store.exists(wanted.key):
        store.save(wanted.key, content)
    blob, _ = Blob.objects.get_or_create(
        organisation_id=organisation_id,
        digest=digest,
        defaults={"size_bytes": size_bytes, "media_type": media_type, "at": at},
    )
    return blob


def open_blob(blob: Blob) -> IO[bytes]:
    """Its bytes, to be read from the start; close it."""
    opened: IO[bytes] = storages["blobs"].open(blob.key, "rb")
    return opened


def digest_of_stream(stream: IO[bytes]) -> str:
    """SHA-256 of what is left in the stream, in hexadecimal."""
    sum_of = hashlib.sha256()
    for piece in pieces(stream):
        sum_of.update(piece)
    return sum_of.hexdigest()


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in pieces of a mebibyte."""
    while piece := stream.read(_PIECE_BYTES):
        yield piece
