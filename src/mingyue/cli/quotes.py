"""`mingyue quote …`: what a part costs, from the question to the order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mingyue.cli.amounts import money
from mingyue.cli.options import OriginOption
from mingyue.cli.output import AsJson, print_json, print_line, print_table, tell
from mingyue.cli.platform import VERDICTS, asked, logged_in, named, write_whole
from mingyue.errors import BadInputError
from mingyue.phrases import Phrase, say

if TYPE_CHECKING:  # `mingyue.client` speaks over the network; help texts need not wait for it
    from mingyue.client import Client, Line, Option, Order, Quote, QuoteBrief

INSPECTIONS: dict[str, Phrase] = {
    "visual": say("by eye"),
    "dimensional": say("measured where it matters"),
    "full": say("measured throughout"),
}

State = Literal["review", "offered", "declined", "superseded", "withdrawn", "accepted"]
QuoteArgument = Annotated[
    str, typer.Argument(metavar="QUOTE", help=tell("A quote's number, such as Q-7F3K-2M9P, or its id."))
]
PdfOption = Annotated[
    Path | None, typer.Option("-o", "--output", help=tell("The file to write; NUMBER.pdf if not said."))
]
OptionOption = Annotated[
    int | None, typer.Option("--option", min=1, help=tell("Which option, counted from 1 as they are shown."))
]


def ask(
    part: Annotated[str, typer.Argument(metavar="PART", help=tell("The part's id, as `mingyue parts` lists it."))],
    quantity: Annotated[list[int] | None, typer.Option("--quantity", min=1, help=tell("How many."))] = None,
    service_class: Annotated[
        list[str] | None, typer.Option("--service-class", help=tell("How fast, by the facility's name for it."))
    ] = None,
    inspection: Annotated[
        list[str] | None, typer.Option("--inspection", help=tell("How it is measured: visual, dimensional or full."))
    ] = None,
    tolerance_um: Annotated[
        list[int] | None, typer.Option("--tolerance-um", min=1, help=tell("Half-width of the tolerance in µm."))
    ] = None,
    facility: Annotated[
        str | None, typer.Option("--facility", help=tell("A facility's short name, as in its address."))
    ] = None,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue quote ask PART`."""
    quote = asked(
        origin,
        lambda client: client.ask_quote(
            part, quantity=quantity or 1, service_class=service_class or (), inspection=inspection or "visual",
            tolerance_um=tolerance_um or (), facility=facility or "",
        ),
    )  # fmt: skip
    _print(quote, as_json=as_json)


def list_quotes(
    state: Annotated[State | None, typer.Option("--state", help=tell("Those that stand so."))] = None,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue quote list`."""
    from msgspec import to_builtins

    found = asked(origin, lambda client: list(client.quotes(state=state or "")))
    if as_json:
        print_json({"quotes": to_builtins(found)})
        return
    if not found:
        print_line(say("No quote yet. Ask for one with `mingyue quote ask`."))
        return
    columns = (say("its number"), say("part"), say("state"), say("price"), say("facility"), say("valid until"))
    print_table(columns, map(_row, found))


def show(quote: QuoteArgument, origin: OriginOption = None, as_json: AsJson = False) -> None:
    """`mingyue quote show QUOTE`."""
    _print(asked(origin, lambda client: client.quote(quote)), as_json=as_json)


def say_message(
    quote: QuoteArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=tell("What you say."))],
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue quote say QUOTE TEXT`."""
    print_state(asked(origin, lambda client: client.say(quote, text)), as_json=as_json)


def approve(
    quote: QuoteArgument,
    project: Annotated[str, typer.Option("--project", help=tell("Number or id of the project that pays."))],
    option: OptionOption = None,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue quote approve QUOTE`."""

    def approved(client: Client) -> Quote:
        now = client.quote(quote)
        return client.approve(now, _chosen(now, option), project)

    print_state(asked(origin, approved), as_json=as_json)


def accept(
    quote: QuoteArgument, option: OptionOption = None, origin: OriginOption = None, as_json: AsJson = False
) -> None:
    """`mingyue quote accept QUOTE`."""
    from msgspec import to_builtins

    def accepted(client: Client) -> Order:
        now = client.quote(quote)
        return client.accept(now, now.approval.option if now.approval and option is None else _chosen(now, option))

    order = asked(origin, accepted)
    if as_json:
        print_json({"order": to_builtins(order)})
        return
    print_line(
        say(
            "{quote} is the order {number} over {amount}, paid by {project}.",
            quote=order.quote.number, number=order.number, amount=money(order.total_fen, order.currency),
            project=order.reference,
        )
    )  # fmt: skip


def withdraw(
    quote: QuoteArgument,
    why: Annotated[str, typer.Option("--why", help=tell("Why; the other side reads it."))] = "",
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue quote withdraw QUOTE`."""
    print_state(asked(origin, lambda client: client.withdraw(quote, why)), as_json=as_json)


def review(
    quote: QuoteArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=tell("What a person is to look at, and why."))],
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue quote review QUOTE TEXT`."""
    print_state(asked(origin, lambda client: client.ask_review(quote, text)), as_json=as_json)


def pdf(quote: QuoteArgument, output: PdfOption = None, origin: OriginOption = None, as_json: AsJson = False) -> None:
    """`mingyue quote pdf QUOTE`."""
    with logged_in(origin) as client:
        found = client.quote(quote)
        write_whole(client.quote_document(found), output or Path(f"{found.number}.pdf"), as_json=as_json)


def print_option(option: Option, currency: str) -> None:
    """The lines of an option, each with its reason."""
    rows: list[tuple[object, ...]] = [
        (number, _reason(line), _quantity(line), money(line.unit_price_fen, currency), money(line.amount_fen, currency),
         f"{line.tax_per_mille / 10:g} %", money(line.tax_fen, currency))
        for number, line in enumerate(option.lines, start=1)
    ]  # fmt: skip
    rows.append(("", say("together"), "", "", money(option.net_fen, currency), "", money(option.tax_fen, currency)))
    print_table(("", say("line"), say("quantity"), say("each"), say("amount"), say("tax"), say("tax amount")), rows)


def _chosen(quote: Quote, option: int | None) -> int:
    """Counted from 0. The only one need not be said."""
    if option is None and len(quote.options) == 1:
        return 0
    if option is None or option > len(quote.options):
        raise BadInputError(
            say("{number} has {count} options.", number=quote.number, count=len(quote.options)),
            remedy=say("Say which one with --option, counted from 1."),
        )
    return option - 1


def _print(quote: Quote, *, as_json: bool) -> None:
    print_state(quote, as_json=as_json)
    if as_json:
        return
    for reason in quote.review if quote.state == "review" else ():
        print_line(say("It is looked at first: {why}", why=reason))
    print_table(("", *(say("option {number}", number=one.number + 1) for one in quote.options)), _side_by_side(quote))
    for option in quote.options:
        print_line("")
        print_line(say("option {number}", number=option.number + 1))
        print_option(option, quote.currency)
    for one in quote.thread:
        print_line(f"{one.at:%Y-%m-%d %H:%M} {one.by}: {one.text}")


def print_state(quote: Quote, *, as_json: bool) -> None:
    """How it stands, in a few lines; with `as_json` all of it."""
    from msgspec import to_builtins

    if as_json:
        print_json({"quote": to_builtins(quote)})
        return
    print_line(
        say(
            "{number}: {part}, revision {revision}, by {facility}: {state}",
            number=quote.number, part=quote.part.name, revision=quote.part.revision,
            facility=named(quote.facility.name, quote.facility.name_zh), state=quote.state_said,
        )
    )  # fmt: skip
    if quote.state == "offered" and quote.valid_until is not None:
        print_line(say("It is valid until {day}.", day=f"{quote.valid_until:%Y-%m-%d}"))
    if quote.approval is not None:
        print_line(
            say(
                "Option {number} was approved by {who}; {project} pays {amount}.",
                number=quote.approval.option + 1, who=quote.approval.by, project=quote.approval.project.number,
                amount=money(quote.approval.amount_fen, quote.currency),
            )
        )  # fmt: skip
    for number in (quote.order, quote.superseded_by):
        if number is not None:
            print_line(say("It became {number}.", number=number.number))


def _side_by_side(quote: Quote) -> list[tuple[object, ...]]:
    """What tells the options apart, one a column."""
    told: dict[Phrase, list[object]] = {
        say("machine"): [one.machine["name"] for one in quote.options],
        say("resin"): [named(one.resin["name"], one.resin["name_zh"]) for one in quote.options],
        say("layer"): [f"{one.layer_um:g} µm" for one in quote.options],
        say("quantity"): [f"{one.quantity:,}" for one in quote.options],
        say("inspection"): [INSPECTIONS.get(one.inspection, one.inspection) for one in quote.options],
        say("tolerance"): [f"±{one.tolerance_um} µm" for one in quote.options],
        say("service class"): [named(one.service_class.name, one.service_class.name_zh) for one in quote.options],
        say("working days"): [one.service_class.lead_days for one in quote.options],
        say("check"): [VERDICTS.get(one.verdict, one.verdict) for one in quote.options],
        say("price with tax"): [money(one.total_fen, quote.currency) for one in quote.options],
    }
    return [(name, *values) for name, values in told.items()]


def _row(quote: QuoteBrief) -> tuple[object, ...]:
    until = f"{quote.valid_until:%Y-%m-%d}" if quote.valid_until else "–"
    facility = named(quote.facility.name, quote.facility.name_zh)
    return quote.number, quote.part.name, quote.state_said, prices(quote), facility, until


def prices(quote: QuoteBrief) -> str:
    """From the cheapest option to the dearest."""
    least, most = min(quote.totals_fen), max(quote.totals_fen)
    return "–".join(dict.fromkeys((money(least, quote.currency), money(most, quote.currency))))


def _reason(line: Line) -> object:
    return line.changed["why"] if line.changed else line.reason


def _quantity(line: Line) -> object:
    count = line.quantity_milli / 1000
    told = {
        "hour": say("{count:,.3f} hours", count=count),
        "ml": say("{count:,.3f} ml", count=count),
        "part": say("{count:,.0f} pieces", count=count),
    }
    return told.get(line.unit, "")
