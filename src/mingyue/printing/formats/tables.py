"""A table that a person filled in becomes rows: CSV as spreadsheets in any country write it, in bounded memory."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mingyue.errors import FileFormatError, LimitError
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.limits import ReadLimits, file_bytes

MOST_ROWS = 5_000
MOST_COLUMNS = 100
_MOST_CELL = 1_000
_MOST_BYTES = 1_000_000  # 5,000 rows of 200 characters
_COMMENTS: Final = ("#", "%", "//")
_SAVE_AGAIN: Final = say("Save it again as CSV, with one line of column names and one line for each measurement.")


@dataclass(frozen=True, slots=True)
class Column:
    """A column we know. key: our name; names: what else people call it, in small letters and without its unit.

    units: unit → what a number in it is multiplied by; the first is ours, taken where the heading states none.
    """

    key: str
    names: tuple[str, ...]
    units: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: the cells by our name of the column, as they were written, without blanks around."""

    line: int
    cells: Mapping[str, str]
    factors: Mapping[str, float]
    decimal_comma: bool = False

    def text(self, key: str) -> str:
        """The cell; empty where it or its column is."""
        return self.cells.get(key, "")

    def number(self, key: str) -> float | None:
        """The number in our unit, None where the cell is empty. Raises FileFormatError for anything else."""
        text = self.text(key)
        return None if not text else self.as_number(key, text)

    def as_number(self, key: str, text: str) -> float:
        """This text as a number of that column; a comma is a decimal point where it does not part the cells."""
        plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
        if self.decimal_comma and re.fullmatch(r"[-+]?\d+,\d+", plain):
            plain = plain.replace(",", ".")
        try:
            value = float(plain)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or "_" in plain:
            raise self.error(
                key,
                say("{text!r} is not a number", text=text[:40]),
                say("Write a number there such as 12.5, or leave the cell empty."),
            )
        return value * self.factors.get(key, 1.0)

    def error(self, key: str, what: Phrase, remedy: Phrase) -> FileFormatError:
        """That something in this line is odd."""
        return FileFormatError(
            say("Line {line}, column {column}: {what}.", line=self.line, column=key, what=what), remedy=remedy
        )


def read_table(path: Path, columns: tuple[Column, ...]) -> list[Row]:
    """The rows of a CSV file under those of our columns that it has; columns that we do not know are passed over.

    Commas, semicolons or tabs between the cells; a byte order mark, comments, empty lines, GB 18030 and UTF-16 are taken
    as they come. Raises FileFormatError, LimitError.
    """
    if file_bytes(path, limits=ReadLimits()) > _MOST_BYTES:
        raise LimitError(
            say("{file} has more than {most:,} bytes, which no table of measurements needs.",
                file=path.name, most=_MOST_BYTES),
            remedy=_SAVE_AGAIN,
        )  # fmt: skip
    text = _decoded(path.read_bytes(), path)
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if _says_something(line)]
    if len(lines) < 2:
        raise FileFormatError(say("{file} holds no measurements.", file=path.name), remedy=_SAVE_AGAIN)
    if len(lines) > MOST_ROWS + 1:
        raise LimitError(
            say("{file} has {count:,} lines, more than {limit:,}.", file=path.name, count=len(lines), limit=MOST_ROWS),
            remedy=say("Average the readings of each piece first."),
        )
    mark = _separator(lines[0][1])
    heading = _cells(lines[0][1], mark, lines[0][0], path)
    places, factors = _known(heading, columns, path, lines[0][0])
    return list(_rows(lines[1:], mark, places, factors, path))


def require_columns(rows: list[Row], keys: tuple[str, ...], path: Path) -> None:
    """Raises FileFormatError where the table has no column of these names."""
    missing = [key for key in keys if rows and key not in rows[0].cells]
    if missing:
        raise FileFormatError(
            say("{file} has no column {names}.", file=path.name, names=", ".join(missing)),
            remedy=say("Add it; the columns it has that are known: {names}.", names=", ".join(rows[0].cells) or "–"),
        )


def _decoded(data: bytes, path: Path) -> str:
    encodings = ["utf-16"] if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileFormatError(say("{file} is not a text file.", file=path.name), remedy=_SAVE_AGAIN)


def _says_something(line: str) -> bool:
    bare = line.strip(' \t\ufeff"')
    return bool(bare.strip(";,\t ，；")) and not bare.startswith(_COMMENTS)


def _separator(heading: str) -> str:
    counts = {mark: heading.count(mark) for mark in "\t;；,，"}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def _cells(line: str, mark: str, number: int, path: Path) -> list[str]:
    try:
        cells = next(csv.reader(io.StringIO(line), delimiter=mark, skipinitialspace=True), [])
    except csv.Error as error:
        raise FileFormatError(
            say("{file}, line {line} cannot be read: {why}.", file=path.name, line=number, why=str(error)),
            remedy=_SAVE_AGAIN,
        ) from error
    if len(cells) > MOST_COLUMNS or any(len(cell) > _MOST_CELL for cell in cells):
        raise LimitError(
            say("{file}, line {line} is too long for a table of measurements.", file=path.name, line=number),
            remedy=_SAVE_AGAIN,
        )
    return [cell.strip() for cell in cells]


def _known(
    heading: list[str], columns: tuple[Column, ...], path: Path, line: int
) -> tuple[dict[int, str], dict[str, float]]:
    places: dict[int, str] = {}
    factors: dict[str, float] = {}
    for place, cell in enumerate(heading):
        name, unit = _name_and_unit(cell)
        column = next((column for column in columns if name in {column.key, *column.names}), None)
        if column is None:
            continue
        if column.key in factors:
            raise FileFormatError(
                say("{file} has two columns {name}.", file=path.name, name=column.key),
                remedy=say("Leave one of them out."),
            )
        factor = 1.0 if unit is None else column.units.get(unit)
        if factor is None:
            raise FileFormatError(
                say("Line {line}: {unit!r} is no unit that {name} is read in.", line=line, unit=unit, name=column.key),
                remedy=say("Take one of: {names}.", names=", ".join(column.units)),
            )
        places[place], factors[column.key] = column.key, factor
    if not places:
        found = ", ".join(repr(cell[:30]) for cell in heading[:8])
        raise FileFormatError(
            say("Line {line} of {file} names no column that is known; it has {found}.",
                line=line, file=path.name, found=found),
            remedy=say("Begin with a line of column names, such as {names}.",
                       names=", ".join(column.key for column in columns)),
        )  # fmt: skip
    return places, factors


def _name_and_unit(cell: str) -> tuple[str, str | None]:
    """`Cure depth [μm]` → ("cure depth", "um")."""
    plain = unicodedata.normalize("NFKC", cell).lower().strip()
    name, unit = re.fullmatch(r"(.*?)\s*(?:[(\[]\s*([^()\[\]]*?)\s*[)\]])?", plain, re.DOTALL).groups()  # type: ignore[union-attr]
    return name.strip(), _plain_unit(unit) if unit else None


def _plain_unit(unit: str) -> str:
    """NFKC has made ² a 2 and µ a μ already."""
    return re.sub(r"[\s^·*]", "", unit).replace("μ", "u").replace("微米", "um").replace("毫米", "mm").replace("秒", "s")


def _rows(
    lines: list[tuple[int, str]], mark: str, places: Mapping[int, str], factors: Mapping[str, float], path: Path
) -> Iterator[Row]:
    comma = mark not in ",，"
    for number, line in lines:
        cells = _cells(line, mark, number, path)
        yield Row(
            number, {key: cells[place] if place < len(cells) else "" for place, key in places.items()}, factors, comma
        )
