"""Finished work, kept in a folder until all of it is done, so that whoever was killed goes on from there.

The folder may lie on this machine or in any store that fsspec reaches. An entry is a digest of its content and the
content: what was cut short or changed is not taken for finished.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any

from mingyue.errors import BadInputError, why_refused
from mingyue.phrases import say

_DONE, _UNDONE = ".block", ".part"
_DIGEST_BYTES = hashlib.sha256().digest_size


class Kept:
    """Entries by their keys, in the folder `url`: a path, or such as `s3://bucket/folder`. Nothing else may be in it.

    The folder is made with the first entry. found: how many entries were of use again.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.found = 0
        self._names = self._listed()

    def __len__(self) -> int:
        return sum(name.endswith(_DONE) for name in self._names)

    def find(self, key: str) -> bytes | None:
        """The content under this key, or None where there is none, or not as it was written."""
        if key + _DONE not in self._names:
            return None
        with self._reached():
            try:
                data: bytes = self._files.cat_file(self._path(key + _DONE))
            except FileNotFoundError:  # another build has ended and cleared the folder
                return None
        digest, content = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
        if hashlib.sha256(content).digest() != digest:
            return None
        self.found += 1
        return content

    def keep(self, key: str, content: bytes) -> None:
        """Write an entry beside its name and put it there whole."""
        undone = f"{key}.{os.getpid()}{_UNDONE}"
        with self._reached():
            with suppress(FileExistsError):  # never its parents: a bucket misspelt must not come into being
                self._files.mkdir(self._root, create_parents=False)
            self._files.pipe_file(self._path(undone), hashlib.sha256(content).digest() + content)
            self._files.mv(self._path(undone), self._path(key + _DONE))
        self._names.add(key + _DONE)

    def clear(self) -> None:
        """Remove all entries, those of earlier settings too, and the folder, unless somebody has put other things there."""
        with self._reached():
            for name in self._listed():
                if name.endswith((_DONE, _UNDONE)):
                    self._files.rm_file(self._path(name))
            with suppress(OSError, NotImplementedError):  # it is not empty, or the store knows no folders
                self._files.rmdir(self._root)
        self._names.clear()

    def _listed(self) -> set[str]:
        with self._reached():
            self._files.invalidate_cache()
            with suppress(FileNotFoundError):
                return {name.rpartition("/")[2] for name in self._files.ls(self._root, detail=False)}
        return set()

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @cached_property
    def _files(self) -> Any:
        return self._place[0]

    @cached_property
    def _root(self) -> str:
        return self._place[1].rstrip("/")

    @cached_property
    def _place(self) -> tuple[Any, str]:
        import fsspec  # most builds keep nothing

        files, root = fsspec.url_to_fs(self.url)
        return files, root

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except BadInputError:
            raise
        except Exception as error:  # each store has errors of its own, which share no other root
            raise BadInputError(
                say(
                    "Nothing can be kept in {place}: {why}.",
                    place=self.url,
                    why=why_refused(error) if isinstance(error, OSError) else str(error),
                ),
                remedy=say("Choose another place with --work; for s3:// install mingyue[s3] and set its credentials."),
            ) from error
