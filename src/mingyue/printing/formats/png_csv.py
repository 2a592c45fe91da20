"""Plain PNG files and a table of them, both ways: a folder or a zip with layers.csv, one row an exposure.

Columns: file, bottom_um, thickness_um, exposure_s, field, x_um, y_um, pixel_um. A layer without light is one row that
names no file. Greys, fields, stage positions and exposures of any number are kept.
"""

from __future__ import annotations

import csv
import io
import os
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mingyue.errors import FileFormatError
from mingyue.files import unfinished
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.archives import (
    Archive,
    mask_from_png,
    number,
    png_size,
    sha256_of,
    unfinished_zip,
)
from mingyue.printing.formats.limits import ReadLimits, file_bytes
from mingyue.printing.formats.png import encode_png
from mingyue.printing.formats.stack import (
    ASK_PIXEL,
    EXPORT_AGAIN,
    SAME_UM,
    Exposure,
    Losses,
    MaskStack,
    Picture,
    StackLayer,
    check_counts,
    lose_package,
    lose_uneven_cuts,
    placed_fields,
)
from mingyue.printing.layers import MOST_LAYERS

TABLE = "layers.csv"
_COLUMNS = ("file", "bottom_um", "thickness_um", "exposure_s", "field", "x_um", "y_um", "pixel_um")
_NEEDED = _COLUMNS[:7]
_MOST_ROWS = 100 * MOST_LAYERS
_ONE_FILE = ReadLimits(max_file_bytes=1 << 28)


class _Place(Protocol):
    """Where the files lie: a folder, or a zip."""

    def text(self, name: str) -> str: ...
    def head(self, name: str) -> bytes: ...
    def picture(self, name: str, *, field_px: tuple[int, int]) -> Picture: ...


@dataclass(frozen=True)
class _Folder:
    path: Path

    def _inside(self, name: str) -> Path:
        """The file of that name, which lies in the folder itself and is no link out of it."""
        found = self.path / name
        if posixpath.isabs(name) or not found.resolve().is_relative_to(self.path.resolve()):
            raise FileFormatError(
                say("{file} names {name}, which lies elsewhere.", file=TABLE, name=repr(name)[:80]),
                remedy=EXPORT_AGAIN,
            )
        return found

    def text(self, name: str) -> str:
        file = self._inside(name)
        file_bytes(file, limits=_ONE_FILE)
        return file.read_text(encoding="utf-8", errors="replace")

    def head(self, name: str) -> bytes:
        file = self._inside(name)
        file_bytes(file, limits=_ONE_FILE)
        with file.open("rb") as opened:
            return opened.read(33)

    def _bytes(self, name: str) -> bytes:
        file = self._inside(name)
        file_bytes(file, limits=_ONE_FILE)
        return file.read_bytes()

    def picture(self, name: str, *, field_px: tuple[int, int]) -> Picture:
        return Picture(name, lambda: mask_from_png(self._bytes(name), name=name, field_px=field_px))


@dataclass(frozen=True, slots=True)
class _Row:
    file: str
    bottom_um: float
    thickness_um: float
    seconds: float
    offset_um: tuple[float, float]
    pixel_um: float | None


def read_png_csv(path: Path, *, pixel_um: float | None = None) -> MaskStack:
    """The masks of a folder or zip with layers.csv. pixel_um: for tables that do not say it.

    Raises FileFormatError, LimitError.
    """
    if path.is_dir():
        place: _Place = _Folder(path)
        close: Callable[[], None] = _nothing
        digest = sha256_of(path / TABLE)
    else:
        archive = Archive(path)
        place, close, digest = archive, archive.close, sha256_of(path)
    rows = list(_rows(place.text(TABLE), path.name))
    lit = [row for row in rows if row.file]
    if not lit:
        raise FileFormatError(say("{file} exposes nothing.", file=path.name), remedy=EXPORT_AGAIN)
    pixel_um = pixel_um or lit[0].pixel_um
    if pixel_um is None:
        raise FileFormatError(say("{file} does not say how large its pixels are.", file=path.name), remedy=ASK_PIXEL)
    field_px = png_size(place.head(lit[0].file), name=lit[0].file)
    offsets = list(dict.fromkeys(row.offset_um for row in lit))
    check_counts(1, len(offsets), name=path.name)
    canvas, fields, stitching = placed_fields(offsets, pixel_um=pixel_um, field_px=field_px)
    places = {offset: index for index, offset in enumerate(offsets)}
    return MaskStack(
        name=path.name,
        format="png",
        pixel_um=pixel_um,
        field_px=field_px,
        canvas=canvas,
        fields=fields,
        layers=tuple(_layers(rows, places, place, field_px)),
        stitching=stitching,
        sha256=digest,
        close=close,
    )


def _nothing() -> None:
    return None


def _rows(text: str, file: str) -> Iterator[_Row]:
    table = csv.DictReader(io.StringIO(text))
    missing = [name for name in _NEEDED if name not in (table.fieldnames or ())]
    if missing:
        raise FileFormatError(
            say("{file} has no column {names}.", file=TABLE, names=", ".join(missing)), remedy=EXPORT_AGAIN
        )
    try:
        for count, row in enumerate(table):
            check_counts(count // 100, 1, name=file)
            where = say("{file}, line {line}", file=TABLE, line=table.line_num)
            name = row["file"] or ""
            offset = [_signed(row, key, where) if name else 0.0 for key in ("x_um", "y_um")]
            yield _Row(
                name,
                number(row, "bottom_um", file=where, above_zero=False),
                number(row, "thickness_um", file=where),
                number(row, "exposure_s", file=where) if name else 0.0,
                (offset[0], offset[1]),
                number(row, "pixel_um", file=where) if row.get("pixel_um") else None,
            )
    except csv.Error as error:
        raise FileFormatError(
            say("{file} cannot be read: {why}.", file=TABLE, why=str(error)), remedy=EXPORT_AGAIN
        ) from error


def _signed(row: dict[str, str], key: str, where: str) -> float:
    text = (row[key] or "").strip()
    value = number({key: text.removeprefix("-")}, key, file=where, above_zero=False)
    return -value if text.startswith("-") else value


def _layers(
    rows: list[_Row], places: dict[tuple[float, float], int], place: _Place, field_px: tuple[int, int]
) -> Iterator[StackLayer]:
    """Rows that stand one after the other at the same height are one layer."""
    pictures: dict[str, Picture] = {}
    at = 0
    while at < len(rows):
        first = rows[at]
        exposures = []
        while at < len(rows) and abs(rows[at].bottom_um - first.bottom_um) <= SAME_UM / 2:
            row = rows[at]
            if row.file:
                if row.file not in pictures:
                    pictures[row.file] = place.picture(row.file, field_px=field_px)
                exposures.append(Exposure(places[row.offset_um], row.seconds, pictures[row.file]))
            at += 1
        cut_um = first.bottom_um + first.thickness_um / 2
        yield StackLayer(first.bottom_um, first.thickness_um, cut_um, tuple(exposures))


def write_png_csv(stack: MaskStack, path: Path) -> tuple[Phrase, ...]:
    """Write PNG files and their table: a zip where the name ends in .zip, else a folder. Returns what is lost."""
    losses = Losses()
    lose_package(stack, losses)
    lose_uneven_cuts(stack, losses)
    if stack.stitching.overlap_px:
        losses.add(say("Not carried over: how the greys of overlapping fields were shared out."))
    if len({shown.field for layer in stack.layers for shown in layer.exposures}) < len(stack.fields):
        losses.add(say("Fields that never get light are left out."))
    if path.suffix.lower() == ".zip":
        with unfinished_zip(path) as archive:
            archive.add(TABLE, _table(stack, lambda name, data: archive.add(name, data, packed=True)))
        return losses.told()
    with unfinished(path) as folder:
        folder.mkdir()
        table = _table(stack, lambda name, data: _write(folder / name, data))
        _write(folder / TABLE, table.encode())
    return losses.told()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _table(stack: MaskStack, store: Callable[[str, bytes], None]) -> str:
    """Store each picture once, and list the exposures."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    names: dict[str, str] = {}
    for layer in stack.layers:
        height = (layer.bottom_um, layer.thickness_um)
        if not layer.exposures:
            table.writerow(("", *height, "", "", "", "", stack.pixel_um))
        for shown in layer.exposures:
            if shown.picture.name not in names:
                names[shown.picture.name] = f"{len(names):05d}.png"
                store(names[shown.picture.name], encode_png(shown.picture.read()))
            place = stack.fields[shown.field].offset_um
            table.writerow((names[shown.picture.name], *height, shown.seconds, shown.field, *place, stack.pixel_um))
    return text.getvalue()
