"""The print package: one zip with a manifest, the masks as PNG and a preview; written whole or not at all."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import numpy as np

from mingyue.errors import BadInputError, FileFormatError
from mingyue.files import unfinished
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.manifest import Manifest, MaskOf
from mingyue.printing.formats.png import check_png_size, decode_png
from mingyue.printing.runs import FULL, Runs, blank, from_picture

# 100,000 layers of 336 fields are some 500 MB of manifest; more is an attack.
_MOST_MANIFEST_BYTES = 1 << 30
# A field of 65,536² px packs into less than this even where nothing compresses to more than 1:1032.
_MOST_MASK_BYTES = 1 << 28
_EPOCH = (1980, 1, 1, 0, 0, 0)  # no clock in the file: the same part gives the same bytes


class PackageError(FileFormatError):
    """A print package does not hold what it promises."""


class _AbandonedError(Exception):
    """The block was left before the package was finished."""


@dataclass
class PackageWriter:
    """Writes a package beside its final name and puts it there when it is finished: with `with`, then `finish`.

    Equal masks are stored once. Leaving the block without `finish` leaves nothing behind.
    """

    path: Path
    masks: list[MaskOf] = field(default_factory=list)
    _by_digest: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._place = unfinished(self.path)
        self._beside = self._place.__enter__()
        self._zip = zipfile.ZipFile(self._beside, "w", allowZip64=True)
        self._is_finished = False
        return self

    def add_mask(self, png: bytes, *, name: str, lit_px: int) -> int:
        """Store a mask and return its place in the list of masks; a mask that is there already is only pointed at."""
        digest = hashlib.sha256(png).hexdigest()
        if digest not in self._by_digest:
            self._by_digest[digest] = len(self.masks)
            self.masks.append(MaskOf(f"masks/{name}.png", digest, lit_px))
            self._write(f"masks/{name}.png", png, zipfile.ZIP_STORED)  # PNG is packed already
        return self._by_digest[digest]

    def finish(self, manifest: Manifest, *, preview_png: bytes) -> None:
        """Write the preview and the manifest, and let the package appear under its name."""
        self._write(manifest.preview, preview_png, zipfile.ZIP_STORED)
        self._write("manifest.json", msgspec.json.encode(manifest), zipfile.ZIP_DEFLATED)
        self._zip.close()
        self._is_finished = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_finished and error is None:
            self._place.__exit__(None, None, None)
            return
        with suppress(OSError):  # a full disk refuses the end of a file too, which nobody will read
            self._zip.close()
        with suppress(_AbandonedError):
            self._place.__exit__(kind or _AbandonedError, error or _AbandonedError(), trace)

    def _write(self, name: str, data: bytes, how: int) -> None:
        entry = zipfile.ZipInfo(name, _EPOCH)
        entry.external_attr = 0o644 << 16
        self._zip.writestr(entry, data, compress_type=how)


@dataclass(frozen=True)
class PrintPackage:
    """An open package. Masks are read when asked for, so a package of any size costs what is looked at."""

    path: Path
    manifest: Manifest
    _zip: zipfile.ZipFile

    def mask_png(self, mask_index: int) -> bytes:
        """The file of one mask, its digest checked."""
        mask = self.manifest.masks[mask_index]
        png = _read(self._zip, mask.path, most_bytes=_MOST_MASK_BYTES)
        if hashlib.sha256(png).hexdigest() != mask.sha256:
            raise PackageError(
                say("{mask} was changed after the package was made.", mask=mask.path),
                remedy=say("Build the package again."),
            )
        return png

    def mask(self, layer: int, field_index: int) -> Runs:
        """What the projector shows for this field in this layer; dark where the layer does not name the field.

        Where the field is exposed several times, its masks add up to the part; more than full is full.
        """
        columns, rows = self.manifest.machine.field_px
        shown = [exposure.mask for exposure in self.manifest.layers[layer].exposures if exposure.field == field_index]
        if not shown:
            return blank(rows=rows, columns=columns)
        first, *others = (decode_png(self.mask_png(mask), columns=columns, rows=rows) for mask in shown)
        if not others:
            return first
        total = first.painted().astype(np.int64)
        for other in others:
            total += other.painted()
        return from_picture(np.minimum(total, FULL).astype(np.uint8))

    def preview_png(self) -> bytes:
        """The picture of the part."""
        return _read(self._zip, self.manifest.preview, most_bytes=_MOST_MASK_BYTES)

    def problems(self) -> Iterator[Phrase]:
        """What is wrong with the masks: missing, changed or of the wrong size. Nothing when the package is whole.

        A mask whose digest is right is the one that was written, so none has to be unpacked.
        """
        columns, rows = self.manifest.machine.field_px
        for mask_index, mask in enumerate(self.manifest.masks):
            try:
                check_png_size(self.mask_png(mask_index), columns=columns, rows=rows)
            except BadInputError as error:
                yield say("{mask}: {problem}", mask=mask.path, problem=error.message)


@contextmanager
def open_package(path: Path) -> Iterator[PrintPackage]:
    """Read a package's manifest and check that it keeps the rules; the masks stay on disk."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise PackageError(say("There is no file {file}.", file=path), remedy=say("Check the name.")) from error
    except (OSError, zipfile.BadZipFile) as error:
        raise PackageError(
            say("{file} is not a print package: {why}.", file=path, why=str(error)),
            remedy=say("Make one with `mingyue build`."),
        ) from error
    with archive:
        data = _read(archive, "manifest.json", most_bytes=_MOST_MANIFEST_BYTES)
        try:
            manifest = msgspec.json.decode(data, type=Manifest)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise PackageError(
                say("The manifest of {file} breaks the schema: {why}.", file=path.name, why=_why(error)),
                remedy=say("Build the package again; docs/reference/print-package.md describes the format."),
            ) from error
        yield PrintPackage(path, manifest, archive)


def _why(error: Exception) -> str:
    """Our own words where the manifest's own check refused it, else those of the reader."""
    said = error.__cause__.args[0] if error.__cause__ and error.__cause__.args else None
    return said if isinstance(said, Phrase) else str(error)


def is_package(path: Path) -> bool:
    """Whether this is a zip with a manifest; nothing is unpacked."""
    try:
        if not path.is_file():  # a pipe would wait for ever
            return False
        with zipfile.ZipFile(path) as archive:
            return "manifest.json" in archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        return False


def _read(archive: zipfile.ZipFile, name: str, *, most_bytes: int) -> bytes:
    """One entry, counted while it is unpacked: the sizes in a zip's directory may lie."""
    remedy = say("The package is damaged or was changed: build it again.")
    try:
        with archive.open(name) as stream:
            data = stream.read(most_bytes + 1)
    except KeyError as error:
        raise PackageError(say("The package has no {name}.", name=name), remedy=remedy) from error
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError) as error:
        raise PackageError(say("{file} cannot be read: {why}.", file=name, why=str(error)), remedy=remedy) from error
    if len(data) > most_bytes:
        raise PackageError(
            say("{file} unpacks to more than {most} MiB.", file=name, most=most_bytes >> 20), remedy=remedy
        )
    return data
