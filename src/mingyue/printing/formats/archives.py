"""Zips of masks, both ways: entries read one by one within limits, files that appear when they are whole."""

from __future__ import annotations

import hashlib
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from PIL import Image

from mingyue.errors import FileFormatError, LimitError
from mingyue.files import unfinished
from mingyue.phrases import say
from mingyue.printing.formats.limits import ReadLimits, archive_chunks
from mingyue.printing.formats.png import PngError, decode_png
from mingyue.printing.formats.stack import EXPORT_AGAIN, Picture, check_picture_size
from mingyue.printing.layers import MOST_LAYERS
from mingyue.printing.runs import Runs

# A layer may have many fields, each with its mask; each entry costs some hundred bytes of memory to list.
_MOST_ENTRIES = 10 * MOST_LAYERS
LIMITS = ReadLimits(max_archive_entries=_MOST_ENTRIES)
# The largest screen packs into less than this even where nothing compresses.
_MOST_MASK_BYTES = 1 << 28
# Texts that describe 100,000 layers take some ten megabytes.
_MOST_TEXT_BYTES = 1 << 26
_EPOCH = (1980, 1, 1, 0, 0, 0)  # no clock in the file: the same masks give the same bytes
_PNG_HEAD_BYTES = 33
# A stitched layer has some fields, and the next one may show the same again.
_KEPT_MASKS = 8


class Archive:
    """An open zip whose directory was checked: no bombs, no second meanings, no names that lead outside.

    Raises FileFormatError, LimitError.
    """

    def __init__(self, path: Path) -> None:
        try:
            for _ in archive_chunks(path, limits=LIMITS, only=()):
                pass
        except FileFormatError as error:
            raise FileFormatError(error.message, remedy=EXPORT_AGAIN) from error
        self.path = path
        self._zip = zipfile.ZipFile(path)
        self.names = self._zip.namelist()
        self._known = frozenset(self.names)
        self._mask = lru_cache(maxsize=_KEPT_MASKS)(
            lambda name, field_px: mask_from_png(self.read(name), name=name, field_px=field_px)
        )

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def close(self) -> None:
        """Close the file; nothing can be read any more."""
        self._zip.close()

    def text(self, name: str) -> str:
        """A small entry as text."""
        return self.read(name, most_bytes=_MOST_TEXT_BYTES).decode("utf-8", errors="replace")

    def json(self, name: str) -> Any:
        """A small entry as JSON."""
        return decoded_json(self.read(name, most_bytes=_MOST_TEXT_BYTES), name=name)

    def read(self, name: str, *, most_bytes: int = _MOST_MASK_BYTES) -> bytes:
        """One entry, counted while it is unpacked."""
        if name not in self._known:
            raise FileFormatError(
                say("{file} has no {name}.", file=self.path.name, name=repr(name[:100])), remedy=EXPORT_AGAIN
            )
        try:
            with self._zip.open(name) as stream:
                data = stream.read(most_bytes + 1)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, zlib.error) as error:
            raise FileFormatError(
                say("{file} cannot be read: {why}.", file=f"{self.path.name}: {name}", why=str(error)),
                remedy=EXPORT_AGAIN,
            ) from error
        if len(data) > most_bytes:
            raise LimitError(
                say(
                    "{name} in {file} unpacks to more than {most:,} bytes.",
                    name=name,
                    file=self.path.name,
                    most=most_bytes,
                ),
                remedy=EXPORT_AGAIN,
            )
        return data

    def head(self, name: str) -> bytes:
        """The first bytes of an entry, enough for a PNG to say its size."""
        if name not in self._known:
            return self.read(name)
        try:
            with self._zip.open(name) as stream:
                return stream.read(_PNG_HEAD_BYTES)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, zlib.error):
            return self.read(name, most_bytes=_PNG_HEAD_BYTES)  # which says what is wrong

    def picture(self, name: str, *, field_px: tuple[int, int]) -> Picture:
        """A mask of this size, to be read later; the last few are kept, as layers that are alike follow each other."""
        return Picture(name, lambda: self._mask(name, field_px))


def decoded_json(data: bytes, *, name: str) -> Any:
    """JSON of others, or an error that names the file."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FileFormatError(
            say("{file} is not JSON: {why}.", file=name, why=str(error)), remedy=EXPORT_AGAIN
        ) from error


def mask_from_png(data: bytes, *, name: str, field_px: tuple[int, int]) -> Runs:
    """The runs of a mask; its size is checked before anything is unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is the one that was asked for
            return decode_png(data, columns=field_px[0], rows=field_px[1])
    except PngError as error:
        raise PngError(say("{file}: {problem}", file=name, problem=error.message), remedy=EXPORT_AGAIN) from error


def png_size(head: bytes, *, name: str) -> tuple[int, int]:
    """Columns and rows that a PNG says it has, within limits."""
    if head[:8] != b"\x89PNG\r\n\x1a\n" or len(head) < 24:
        raise PngError(
            say("{file}: {problem}", file=name, problem=say("The mask is not a PNG file.")), remedy=EXPORT_AGAIN
        )
    columns, rows = struct.unpack(">II", head[16:24])
    check_picture_size(columns, rows, name=name)
    return columns, rows


class ZipWriter:
    """Entries in order, without a clock, each name once."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive
        self._by_digest: dict[str, str] = {}

    def add(self, name: str, data: bytes | str, *, packed: bool = False) -> None:
        """Store an entry; packed: it is packed already, and packing it again gains little."""
        entry = zipfile.ZipInfo(name, _EPOCH)
        entry.external_attr = 0o644 << 16
        how = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        self._zip.writestr(entry, data, compress_type=how)

    def add_once(self, name: str, data: bytes) -> str:
        """Store a PNG unless an equal one is there; the name under which it is found."""
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self._by_digest:
            self.add(name, data, packed=True)
            self._by_digest[digest] = name
        return self._by_digest[digest]


@contextmanager
def unfinished_zip(path: Path) -> Iterator[ZipWriter]:
    """A zip that appears under its name when it is whole."""
    with unfinished(path) as beside, zipfile.ZipFile(beside, "w", allowZip64=True) as archive:
        yield ZipWriter(archive)


def no_number(file: str, key: str, found: object) -> FileFormatError:
    """Where a file should say a number and says something else, or nothing."""
    return FileFormatError(
        say("{file} should say a number above 0 for {key}, and says {found}.",
            file=file, key=key, found=repr(found)[:60]),
        remedy=EXPORT_AGAIN,
    )  # fmt: skip


def number(table: Any, key: str, *, file: str, default: float | None = None, above_zero: bool = True) -> float:
    """A finite number from a table of numbers or texts. Raises FileFormatError where there is none and no default."""
    found = table.get(key) if isinstance(table, dict) else None
    if found is None and default is not None:
        return default
    try:
        value = float(found)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise no_number(file, key, found) from None
    if not (value > 0 if above_zero else value >= 0) or value == float("inf"):
        raise no_number(file, key, found)
    return value


def layers_promised(name: str, *, promised: int, found: int) -> FileFormatError:
    """A file that was cut short, or added to."""
    return FileFormatError(
        say("{file} promises {promised:,} layers and holds {found:,}.", file=name, promised=promised, found=found),
        remedy=EXPORT_AGAIN,
    )


def sha256_of(path: Path) -> str:
    """The digest of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
