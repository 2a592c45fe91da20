"""`mingyue ledger`: what was booked, as CSV for a finance office."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mingyue.cli.options import OriginOption
from mingyue.cli.output import AsJson, print_json, print_line, tell
from mingyue.cli.platform import asked, write_whole

OneOrAll = Annotated[
    str | None, typer.Argument(metavar="[ORDER]", help=tell("An order's number or id; all where none is said."))
]


def ledger(
    order: OneOrAll = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=tell("The file to write; standard output if not said."))
    ] = None,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue ledger [ORDER]`."""
    from msgspec import to_builtins

    if output is not None:
        table = asked(origin, lambda client: client.ledger_csv(order or ""))
        write_whole(
            table.encode("utf-8-sig"), output, as_json=as_json
        )  # with its mark, by which spreadsheets know UTF-8
    elif as_json:
        entries = asked(origin, lambda client: list(client.ledger(order or "")))
        print_json({"entries": to_builtins(entries)})
    else:
        print_csv(asked(origin, lambda client: client.ledger_csv(order or "")))


def print_csv(table: str) -> None:
    """Line by line, as it came. What else ends a line to some stands in names that others chose: it begins no row."""
    for line in table.removesuffix("\r\n").split("\r\n"):
        print_line(line)
