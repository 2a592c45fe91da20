"""How commands speak: tables and sentences for people, one JSON object for programs, errors with their remedy."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from mingyue.errors import MingyueError
from mingyue.phrases import Language, in_language, language_of_environment, say

if TYPE_CHECKING:  # a program that reads JSON need not wait for what draws tables
    from rich.console import Console
    from rich.progress import Progress

LANGUAGE: Language = language_of_environment()
# What a terminal obeys: colours, moves, another title. What others wrote is shown, and commands nothing.
_OBEYED = dict.fromkeys((*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)), "\N{REPLACEMENT CHARACTER}")


def local(text: object) -> str:
    """The text in the language of whoever sits here; other things as they write themselves."""
    return in_language(text if isinstance(text, str) else str(text), LANGUAGE)


def tell(template: str, /, **values: object) -> str:
    """A phrase, said in the language of whoever sits here. For help texts and labels."""
    return local(say(template, **values))


AsJson = Annotated[
    bool,
    typer.Option("--json", help=tell("Print one JSON object on standard output, and nothing else there.")),
]


@cache
def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def print_json(value: object) -> None:
    """One JSON object on standard output: keys in English, numbers unrounded, paths as text."""
    text = json.dumps(value, ensure_ascii=not _takes_all(sys.stdout), indent=2, default=_plain, allow_nan=False)
    sys.stdout.write(text + "\n")


def _takes_all(stream: TextIO) -> bool:
    """Whether any letter can be written there; else JSON spells it out, and stays what it is."""
    return (stream.encoding or "").lower().replace("-", "").startswith("utf")


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: getattr(value, entry.name) for entry in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):  # of numpy
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def print_line(text: str = "", *, style: str | None = None) -> None:
    """A line for people on standard output; markup in it is not obeyed."""
    _print(local(text), sys.stdout, style)


def print_notes(notes: Iterable[str]) -> None:
    """What is worth knowing but no error, on standard error, so that it never gets into a pipe."""
    for note in notes:
        _print(tell("note: {text}", text=note), sys.stderr, "yellow")


def print_error(error: MingyueError) -> None:
    """What, where and what to do, on standard error."""
    _print(tell("error: {text}", text=error.message), sys.stderr, "bold red")
    _print(tell("remedy: {text}", text=error.remedy), sys.stderr)


def print_compiling() -> None:
    """Why the first run on a machine takes longer, on standard error."""
    _print(tell("Compiling for this processor; that is done once and takes some seconds."), sys.stderr, "dim")


def print_stopped() -> None:
    """That the work was interrupted, on standard error."""
    _print(tell("stopped: nothing unfinished was left behind."), sys.stderr, "yellow")


def _print(text: str, stream: TextIO, style: str | None = None) -> None:
    """A line; in colour where somebody looks at it, and plain, without waiting for what colours it, where nobody does."""
    text = text.translate(_OBEYED)
    if stream.isatty():
        _console(stderr=stream is sys.stderr).print(text, style=style, markup=False, soft_wrap=True)
    else:
        stream.write(f"{text}\n")


def print_pairs(pairs: Mapping[str, object], *, title: str | None = None) -> None:
    """Names and values under each other."""
    from rich.table import Table

    table = Table(show_header=False, box=None, title=title, title_justify="left", pad_edge=False)
    table.add_column(style="dim")
    table.add_column()
    for name, value in pairs.items():
        table.add_row(local(name), _escaped(value))
    _console(stderr=False).print(table)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table with a heading."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(local(column), overflow="fold")
    for row in rows:
        table.add_row(*(_escaped(cell) for cell in row))
    _console(stderr=False).print(table)


def _escaped(text: object) -> str:
    return local(text).translate(_OBEYED).replace("[", r"\[")


@contextmanager
def progress_bar(label: str, *, quiet: bool) -> Iterator[Progress | None]:
    """A bar on standard error; none where it would get in the way of a program."""
    if quiet:
        yield None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn(local(label)), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
        console=_console(stderr=True), transient=True,
    ) as bar:  # fmt: skip
        yield bar
