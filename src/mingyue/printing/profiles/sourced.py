"""Data files of machines and resins: tables of numbers that say where they come from."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from mingyue.errors import BadInputError, FileFormatError, why_refused
from mingyue.phrases import Phrase, say

Kind = Literal["machine", "resin", "limit", "times"]
Mark = Literal["seen", "2nd", "derived", "measured", "entered", "assumed"]
Table = Mapping[str, Any]

# A profile is a page of numbers; what is larger is something else.
_MOST_BYTES = 1_000_000
_KINDS: Final[dict[Kind, Phrase]] = {
    "machine": say("machine"),
    "resin": say("resin"),
    "limit": say("limit"),
    "times": say("times"),
}
MARKS: Final[dict[Mark, Phrase]] = {
    "seen": say("seen"),
    "2nd": say("2nd"),
    "derived": say("derived"),
    "measured": say("measured"),
    "entered": say("entered"),
    "assumed": say("assumed"),
}


class ProfileError(FileFormatError):
    """A machine or resin file does not say what is needed."""


class UnknownProfileError(BadInputError):
    """No machine or resin has this name."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from, and how sure that is. text_zh: the same in Chinese, empty where nobody wrote it."""

    text: str
    mark: Mark
    text_zh: str = ""


@dataclass(frozen=True, slots=True)
class Title:
    """What people call it, in both languages. In an English phrase it is its English name, see `phrases`."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.en


def shipped_tables(name: str) -> dict[str, Table]:
    """The tables that come with Mingyue: `machines` or `resins`."""
    text = (Path(__file__).parent / "data" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def read_tables(path: Path) -> dict[str, Table]:
    """The tables of a user's own file, in the format of the shipped ones."""
    try:
        if path.exists() and not path.is_file():
            raise ProfileError(
                say("{file} is no ordinary file.", file=path), remedy=say("Give the name of a TOML file.")
            )
        if path.stat().st_size > _MOST_BYTES:
            raise ProfileError(
                say("{file} is too large for a profile.", file=path), remedy=say("Give a TOML file of under 1 MB.")
            )
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(
            say("{file} cannot be read: {why}.", file=path, why=why_refused(error)),
            remedy=say("Check the name of the file."),
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(
            say("{file} is not a TOML file: {why}.", file=path, why=str(error)),
            remedy=say("See docs/reference/profiles.md for an example."),
        ) from error
    if not tables or not all(isinstance(table, dict) for table in tables.values()):
        raise ProfileError(
            say("{file} holds no profile.", file=path),
            remedy=say("Put each profile in a table of its own, such as [my-machine]."),
        )
    return tables


def quoted(text: str) -> str:
    """The text as a basic string of TOML, which is one of JSON but for the character DEL."""
    plain = text.encode(errors="replace").decode()  # a file's name may hold bytes that are no text
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")


def choose(name: str, *, kind: Kind) -> tuple[str, Table]:
    """The profile that a person means: a shipped one, the only one of a .toml file, or `FILE.toml:NAME`."""
    path, found, wanted = name.partition(".toml")
    if not found or (wanted and not wanted.startswith(":")):
        tables = shipped_tables(f"{kind}s")
        return _pick(name, kind, tables)
    tables = read_tables(Path(path + ".toml"))
    if not wanted and len(tables) > 1:
        raise BadInputError(
            say("{file} holds {count} profiles.", file=name, count=len(tables)),
            remedy=say("Say which, such as {file}:{first}.", file=name, first=next(iter(tables))),
        )
    return _pick(wanted[1:] or next(iter(tables)), kind, tables)


def _pick(name: str, kind: Kind, tables: Mapping[str, Table]) -> tuple[str, Table]:
    for known, table in tables.items():
        if known.lower() == name.strip().lower():
            return known, table
    raise UnknownProfileError(
        say("There is no {kind} called {name!r}.", kind=_KINDS[kind], name=name),
        remedy=say("Take one of: {names}; or give a .toml file.", names=", ".join(sorted(tables))),
    )


class Reading:
    """Takes the keys of one table and says exactly which of them is missing or odd."""

    def __init__(self, kind: Kind, name: str, table: Table) -> None:
        self._kind = kind
        self._name = name
        self._table = table

    def number(self, key: str) -> float:
        value = self.optional_number(key)
        if value is None:
            raise self._error(say("{key} is missing", key=key), say("Add a line such as `{key} = 2.0`.", key=key))
        return value

    def optional_number(self, key: str) -> float | None:
        value = self._table.get(key)
        return None if value is None else self._positive(key, value)

    def optional_numbers(self, key: str, count: int) -> tuple[float, ...] | None:
        value = self._table.get(key)
        if value is None:
            return None
        if not isinstance(value, list) or len(value) != count:
            raise self._error(
                say("{key} must be {count} numbers", key=key, count=count),
                say("Write `{key} = [{numbers}]`.", key=key, numbers=", ".join(["1.0"] * count)),
            )
        return tuple(self._positive(key, item) for item in value)

    def whole_numbers(self, key: str, count: int) -> tuple[int, ...]:
        values = self.optional_numbers(key, count)
        if values is None or any(value != int(value) for value in values):
            raise self._error(
                say("{key} must be {count} whole numbers", key=key, count=count),
                say("Write `{key} = [{numbers}]`.", key=key, numbers="1920, 1080"),
            )
        return tuple(int(value) for value in values)

    def title(self, fallback: str) -> Title:
        value = self._table.get("title", fallback)
        if isinstance(value, str):
            return Title(value, value)
        if isinstance(value, dict) and isinstance(value.get("en"), str):
            return Title(value["en"], str(value.get("zh", value["en"])))
        raise self._error(say("title is odd"), say('Write `title = "My machine"`.'))

    def sources(self, keys: Iterable[str]) -> dict[str, Source]:
        """The source of each key that the table has: its own one, or that of the table."""
        own = self._table.get("sources", {})
        common = self._source(self._table)
        return {key: self._source(own[key]) if key in own else common for key in keys if key in self._table}

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """A misspelt key must not be taken for a missing one."""
        odd = sorted(set(self._table) - set(known) - {"title", "source", "source_zh", "mark", "sources"})
        if odd:
            raise self._error(
                say("{keys} is not a key", keys=", ".join(odd)),
                say("Known keys: {keys}.", keys=", ".join(sorted(known))),
            )

    def _source(self, table: Table) -> Source:
        mark = table.get("mark", "entered")
        if mark not in get_args(Mark):
            raise self._error(
                say("mark {mark!r} is unknown", mark=mark),
                say("Take one of: {names}.", names=", ".join(get_args(Mark))),
            )
        return Source(str(table.get("source", "entered by the user")), mark, str(table.get("source_zh", "")))

    def _positive(self, key: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
            raise self._error(
                say("{key} = {value!r} is not a number above 0", key=key, value=value),
                say("Give {key} a number above 0.", key=key),
            )
        return float(value)

    def _error(self, what: Phrase, remedy: Phrase) -> ProfileError:
        return ProfileError(
            say("In {kind} {name}: {what}.", kind=_KINDS[self._kind], name=self._name, what=what), remedy=remedy
        )
