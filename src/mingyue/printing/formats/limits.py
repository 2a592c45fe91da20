"""What a file may cost before it is believed: sizes are counted, never taken from the file's own word."""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mingyue.errors import BadInputError, FileFormatError, LimitError, why_refused
from mingyue.phrases import Phrase, say

_CHUNK_BYTES = 1 << 20
_SAVE_AGAIN = say("Save the file again as 3MF with a common CAD program or slicer.")


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Upper bounds for one part file. The defaults suit a machine with 16 GiB; a shared one may want less."""

    max_file_bytes: int = 4 << 30  # a binary STL of max_triangles is 3 GB
    max_triangles: int = 60_000_000  # 2.2 GB as arrays; the densest lattices asked for have about 20 million
    max_archive_entries: int = 2_000  # a 3MF has some ten, one with a slice stack in many files some hundreds
    max_archive_bytes: int = 8 << 30  # unpacked: max_triangles as XML are about 5 GB
    max_archive_ratio: float = 200.0  # mesh XML packs 10:1, at most 60:1; deflate can reach 1032:1
    archive_ratio_floor_bytes: int = 50 << 20  # unpacked this much harms nobody, whatever its ratio
    max_text_line_bytes: int = 64 << 10  # a polygon of some thousand corners still fits
    max_component_depth: int = 64  # objects inside objects; assemblies have some five levels
    max_objects: int = 10_000  # in one archive; lib3mf's time grows with their square, 20,000 take it 7 s
    max_instances: int = 50_000  # objects laid out, each counted as often as it is used


def file_bytes(path: Path, *, limits: ReadLimits) -> int:
    """The size of an ordinary file, or an error that says why it cannot be read."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        why = why_refused(error) if isinstance(error, OSError) else str(error)
        raise BadInputError(
            say("{file} cannot be opened: {why}.", file=path.name, why=why),
            remedy=say("Check the path and its permissions."),
        ) from error
    if not stat.S_ISREG(status.st_mode):
        raise BadInputError(
            say("{file} is not an ordinary file.", file=path.name),
            remedy=say("Name one part file, not a folder or a device."),
        )
    if not os.access(path, os.R_OK):
        raise BadInputError(say("{file} may not be read.", file=path.name), remedy=say("Ask its owner for permission."))
    if not status.st_size:
        raise FileFormatError(say("{file} is empty.", file=path.name), remedy=say("Export or upload the part again."))
    what = say("has {count:,} bytes", count=status.st_size)
    check_limit(status.st_size, limits.max_file_bytes, what, path=path, name="max_file_bytes")
    return status.st_size


def check_limit(count: int, limit: int, what: Phrase, *, path: Path, name: str) -> None:
    """Refuse a count over its limit. what: what the file does so often, such as "has 5 bytes"."""
    if count > limit:
        raise LimitError(
            say("{file} {what}, more than {limit:,}.", file=path.name, what=what, limit=limit),
            remedy=_raise_limit(name),
        )


def _raise_limit(name: str) -> Phrase:
    return say(
        "Make the part smaller or coarser. Who trusts the file reads it from Python, with a higher ReadLimits.{name}.",
        name=name,
    )


def check_triangle_count(count: int, *, path: Path, limits: ReadLimits) -> None:
    """Refuse more triangles than the limits allow, before anything is made for them."""
    what = say("holds {count:,} triangles", count=count)
    check_limit(count, limits.max_triangles, what, path=path, name="max_triangles")


def check_point_count(count: int, *, path: Path, limits: ReadLimits) -> None:
    """Refuse more points than the triangles allowed could have as their own corners."""
    what = say("holds {count:,} points", count=count)
    check_limit(count, 3 * limits.max_triangles, what, path=path, name="max_triangles")


def archive_chunks(
    path: Path, *, limits: ReadLimits, only: Container[str] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Every part of a zip file as (name, chunk), unpacked piece by piece, counted, and checked on the way.

    Sizes in headers are compared with what really comes out. Raises FileFormatError for names that could
    leave a folder, repeated names, links, encryption, damage and double meanings; LimitError for bombs.
    only: names of the parts to unpack, all where it is None.
    """
    size = file_bytes(path, limits=limits)
    with path.open("rb") as file:
        _check_directory(file, size, path, limits)
        try:
            entries = zipfile.ZipFile(file).infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
            raise _damaged(path, str(error).rstrip(".")) from error
        what = say("packs {count:,} files", count=len(entries))
        check_limit(len(entries), limits.max_archive_entries, what, path=path, name="max_archive_entries")
        _check_names(entries, path)
        total = 0
        for entry in entries:
            if only is not None and entry.filename not in only:
                continue
            for chunk in _unpacked(file, entry, path):
                total += len(chunk)
                _check_total(total, size, path, limits)
                yield entry.filename, chunk


def _damaged(path: Path, why: str) -> FileFormatError:
    return FileFormatError(say("{file} is a damaged archive: {why}.", file=path.name, why=why), remedy=_SAVE_AGAIN)


def _check_total(total: int, size: int, path: Path, limits: ReadLimits) -> None:
    what = say("unpacks to {count:,} bytes or more", count=total)
    check_limit(total, limits.max_archive_bytes, what, path=path, name="max_archive_bytes")
    if total > max(limits.archive_ratio_floor_bytes, limits.max_archive_ratio * size):
        raise LimitError(
            say(
                "{file} has {size:,} bytes but unpacks to {total:,} or more, over {ratio:g} to 1.",
                file=path.name,
                size=size,
                total=total,
                ratio=limits.max_archive_ratio,
            ),
            remedy=_raise_limit("max_archive_ratio"),
        )


def _check_directory(file: BinaryIO, size: int, path: Path, limits: ReadLimits) -> None:
    """One directory, at the very end, of bearable size: so that every zip reader sees the same files."""
    tail_at = max(0, size - 66_000)  # the end record is 22 bytes and a comment of at most 65,535
    file.seek(tail_at)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        raise _damaged(path, say("its end is missing, the file may be cut short"))
    directory_bytes, directory_at, comment_bytes = struct.unpack_from("<IIH", tail, at + 12)
    end_at = tail_at + at
    if at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07":  # zip64 keeps the true numbers apart
        (record_at,) = struct.unpack_from("<Q", tail, at - 12)
        end_at += -20 - 56
        if record_at != end_at:
            raise _damaged(path, say("its large-file record is not where it should be"))
        file.seek(record_at)
        directory_bytes, directory_at = struct.unpack_from("<QQ", file.read(56), 40)
    if tail.count(b"PK\x05\x06") != 1 or tail_at + at + 22 + comment_bytes != size:
        raise _damaged(path, say("it has more than one end, so two programs could read two different parts"))
    if directory_at + directory_bytes != end_at:
        raise _damaged(path, say("its directory is not where it should be"))
    bearable = limits.max_archive_entries * 1024  # an entry takes 46 bytes, its name and some extra fields
    what = say("has an archive directory of {count:,} bytes", count=directory_bytes)
    check_limit(directory_bytes, bearable, what, path=path, name="max_archive_entries")


def _check_names(entries: list[zipfile.ZipInfo], path: Path) -> None:
    seen = set()
    for entry in entries:
        name = entry.orig_filename
        why = _why_unfit(entry)
        if name.casefold() in seen:  # the package rules of 3MF compare names without case
            why = say("occurs twice")
        if why:
            raise FileFormatError(
                say("{file} packs the file {name!r}, which {why}.", file=path.name, name=name[:100], why=why),
                remedy=_SAVE_AGAIN,
            )
        seen.add(name.casefold())


def _why_unfit(entry: zipfile.ZipInfo) -> Phrase | None:
    name = entry.orig_filename
    if not name or re.search(r"[\x00-\x1f\\]", name):
        return say("has a backslash or control character in its name, or none at all")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        return say("points outside the archive")
    if stat.S_ISLNK(entry.external_attr >> 16):
        return say("is a link to another file")
    if entry.flag_bits & 0x41:  # bit 0: encrypted, bit 6: strongly encrypted
        return say("is encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return say("is packed in a way that 3MF does not know")
    return None


def _unpacked(file: BinaryIO, entry: zipfile.ZipInfo, path: Path) -> Iterator[bytes]:
    """The entry's bytes to the true end of its packed data: zipfile itself stops at the promised size."""
    file.seek(entry.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise _damaged(path, say("{name!r} does not begin where the directory says", name=entry.filename))
    file.seek(sum(struct.unpack_from("<HH", header, 26)), os.SEEK_CUR)  # its name and extra fields again
    count = checksum = 0
    for chunk in _inflated(file, entry, path):
        count += len(chunk)
        checksum = zlib.crc32(chunk, checksum)
        yield chunk
    if count != entry.file_size or checksum != entry.CRC:
        raise _damaged(
            path,
            say(
                "{name!r} promises {size:,} bytes and unpacks to {count:,}, or others",
                name=entry.filename,
                size=entry.file_size,
                count=count,
            ),
        )


def _inflated(file: BinaryIO, entry: zipfile.ZipInfo, path: Path) -> Iterator[bytes]:
    left = entry.compress_size
    if entry.compress_type == zipfile.ZIP_STORED:
        while left > 0 and (chunk := file.read(min(left, _CHUNK_BYTES))):
            left -= len(chunk)
            yield chunk
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    packed = b""
    while not inflater.eof:
        if not packed:
            packed = file.read(min(left, _CHUNK_BYTES))
            left -= len(packed)
        try:
            chunk = inflater.decompress(packed, _CHUNK_BYTES)
        except zlib.error as error:
            raise _damaged(path, f"{entry.filename!r}: {error}".rstrip(".")) from error
        if not packed and not chunk:
            raise _damaged(path, say("{name!r} is cut short", name=entry.filename))
        packed = inflater.unconsumed_tail
        yield chunk
