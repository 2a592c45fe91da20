"""`mingyue quote …` for managers of a facility: what waits for them, and their answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from mingyue.cli.amounts import fen, money
from mingyue.cli.options import ConfirmedOption, OriginOption, WhyOption
from mingyue.cli.output import AsJson, print_json, print_line, print_table, tell
from mingyue.cli.platform import asked, named
from mingyue.cli.quotes import QuoteArgument, prices, print_state
from mingyue.errors import BadInputError
from mingyue.phrases import say

if TYPE_CHECKING:
    from mingyue.client import Change, Client, Quote

_LINE = re.compile(r"(?:([0-9]{1,4})\.)?([0-9]{1,4})=(.+)", re.ASCII)


def waiting(origin: OriginOption = None, as_json: AsJson = False) -> None:
    """`mingyue quote waiting`."""
    from msgspec import to_builtins

    found = asked(origin, lambda client: client.waiting())
    if as_json:
        print_json({"quotes": to_builtins(found)})
        return
    if not found:
        print_line(say("No quote waits for you."))
        return
    columns = (say("its number"), say("customer"), say("part"), say("price"), say("facility"), say("since"))
    print_table(
        columns,
        (
            (one.number, named(one.customer.name, one.customer.name_zh), one.part.name, prices(one),
             named(one.facility.name, one.facility.name_zh), f"{one.at:%Y-%m-%d %H:%M}")
            for one in found
        ),
    )  # fmt: skip


def release(quote: QuoteArgument, origin: OriginOption = None, as_json: AsJson = False) -> None:
    """`mingyue quote release QUOTE`."""
    print_state(asked(origin, lambda client: client.release(quote)), as_json=as_json)


def decline(
    quote: QuoteArgument,
    why: WhyOption,
    confirmed: ConfirmedOption = False,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue quote decline QUOTE`."""
    found = asked(origin, lambda client: client.decline(quote, why) if confirmed else client.quote(quote))
    print_state(found, as_json=as_json)
    if not confirmed and not as_json:
        print_line(say("It would be declined, and the customer reads: {why}", why=why))
        print_line(say("Nothing was done yet. Say --yes to do it."))


def replace(
    quote: QuoteArgument,
    lines: Annotated[
        list[str],
        typer.Option(
            "--line",
            metavar="[OPTION.]LINE=YUAN",
            help=tell("Another amount for a line, before tax; may be given several times. Both are counted from 1."),
        ),
    ],
    why: WhyOption,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue quote replace QUOTE`."""

    def replaced(client: Client) -> Quote:
        now = client.quote(quote)
        return client.replace(now, [_change(now, line, why) for line in lines])

    found = asked(origin, replaced)
    print_state(found, as_json=as_json)
    if not as_json:
        for option in found.options:
            total = money(option.total_fen, found.currency)
            print_line(say("Option {number}: {total} with tax.", number=option.number + 1, total=total))


def _change(quote: Quote, said: str, why: str) -> Change:
    """What `[OPTION.]LINE=YUAN` means of this quote. The only option need not be said."""
    from mingyue.client import Change

    read = _LINE.fullmatch(said)
    option, line = (int(read[1] or (len(quote.options) == 1)), int(read[2])) if read else (0, 0)
    if read is None or not 0 < option <= len(quote.options) or not 0 < line <= len(quote.options[option - 1].lines):
        raise BadInputError(
            say("{said!r} names no line of {number}.", said=said, number=quote.number),
            remedy=say("Write it as OPTION.LINE=YUAN, such as 1.3=1280.50; `mingyue quote show` counts both."),
        )
    return Change(option=option - 1, line=line - 1, amount_fen=fen(read[3]), why=why)
