"""`mingyue manage check_blobs`: every blob's bytes are there, and are still what they were."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from django.core.files.storage import Storage, storages
from django.core.management.base import BaseCommand, CommandParser

from mingyue.phrases import Phrase, in_language, language_of_environment, say
from mingyue.web.records.blobs import digest_of_stream
from mingyue.web.records.models import Blob


class Command(BaseCommand):
    """Ends with 1 where something is missing or was changed. Files that belong to no blob harm nobody, and are only told."""

    help = "Read every blob and compare it with its digest and size."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default="owner", help="Whose eyes see every organisation: the tables' owner.")

    def handle(self, *_: Any, database: str, **__: Any) -> None:
        blobs = Blob.objects.using(database).order_by("organisation_id", "digest")
        known, faults = set(), 0
        for blob in blobs.iterator():
            known.add(blob.key)
            for fault in _faults(blob):
                faults += 1
                self._say(say("✗ {key}: {fault}", key=blob.key, fault=fault))
        orphans = sorted(set(_files(storages["blobs"])) - known)
        for name in orphans:
            self._say(say("- {file} belongs to no blob.", file=name))
        self._say(
            say("{count:,} blobs, {faults:,} faults, {orphans:,} files without a blob.",
                count=len(known), faults=faults, orphans=len(orphans))
        )  # fmt: skip
        if faults:
            sys.exit(1)

    def _say(self, phrase: Phrase) -> None:
        self.stdout.write(in_language(phrase, language_of_environment()))


def _faults(blob: Blob) -> Iterator[Phrase]:
    store = storages["blobs"]
    if not store.exists(blob.key):
        yield say("its bytes are missing")
        return
    size = store.size(blob.key)
    if size != blob.size_bytes:
        yield say("it has {size:,} bytes instead of {wanted:,}", size=size, wanted=blob.size_bytes)
        return
    with store.open(blob.key, "rb") as stream:
        if digest_of_stream(stream) != blob.digest:
            yield say("its bytes were changed")


def _files(store: Storage, folder: str = "") -> Iterator[str]:
    try:
        folders, files = store.listdir(folder)
    except FileNotFoundError:  # nothing was ever kept
        return
    for name in files:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from _files(store, f"{folder}/{name}" if folder else name)
