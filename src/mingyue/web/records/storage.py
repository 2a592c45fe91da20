"""Blobs in a folder: whole or not there, and on the disk before anybody is told that they are kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class FolderStorage(FileSystemStorage):
    """A folder whose files are written beside their names, synchronised, and put in place. Never a second name."""

    def _save(self, name: str, content: File[Any]) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_name(f".{path.name}.{os.getpid()}.part")
        with beside.open("wb") as written:
            for piece in content.chunks(1 << 20):
                written.write(piece)
            written.flush()
            os.fsync(written.fileno())
        beside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Its own: the name is the digest, so what lies there is the same."""
        return name
