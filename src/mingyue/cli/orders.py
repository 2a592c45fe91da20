"""`mingyue order …`: what became of a quote, and the money behind it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mingyue.cli.amounts import money
from mingyue.cli.ledger import OneOrAll, print_csv
from mingyue.cli.options import OriginOption
from mingyue.cli.output import AsJson, print_json, print_line, print_pairs, print_table, tell
from mingyue.cli.platform import asked, logged_in, named, write_whole
from mingyue.cli.quotes import PdfOption, print_option
from mingyue.phrases import Phrase, say

if TYPE_CHECKING:
    from mingyue.client import Entry, Invoice, Order

State = Literal["accepted", "scheduled", "making", "made", "delivered", "cancelled"]
OrderArgument = Annotated[
    str, typer.Argument(metavar="ORDER", help=tell("An order's number, such as O-7F3K-2M9P, or its id."))
]


def list_orders(
    state: Annotated[State | None, typer.Option("--state", help=tell("Those that are so far."))] = None,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue order list`."""
    from msgspec import to_builtins

    found = asked(origin, lambda client: list(client.orders(state=state or "")))
    if as_json:
        print_json({"orders": to_builtins(found)})
        return
    if not found:
        print_line(say("No order yet. Accept a quote with `mingyue quote accept`."))
        return
    columns = (say("its number"), say("part"), say("state"), say("price"), say("facility"), say("project"), say("date"))
    print_table(
        columns,
        (
            (one.number, one.part.name, one.state_said, money(one.total_fen, one.currency),
             named(one.facility.name, one.facility.name_zh), one.reference, f"{one.at:%Y-%m-%d}")
            for one in found
        ),
    )  # fmt: skip


def show(order: OrderArgument, origin: OriginOption = None, as_json: AsJson = False) -> None:
    """`mingyue order show ORDER`."""
    found = asked(origin, lambda client: client.order(order))
    print_state(found, as_json=as_json)
    if as_json:
        return
    print_option(found.option, found.currency)
    print_pairs({name: money(amount, found.currency) for name, amount in _standing(found).items()})
    if found.invoices:
        _print_invoices(found.invoices)


def pdf(order: OrderArgument, output: PdfOption = None, origin: OriginOption = None, as_json: AsJson = False) -> None:
    """`mingyue order pdf ORDER`."""
    with logged_in(origin) as client:
        found = client.order(order)
        write_whole(client.order_document(found), output or Path(f"{found.number}.pdf"), as_json=as_json)


def cancel(
    order: OrderArgument,
    confirmed: Annotated[
        bool, typer.Option("--yes", help=tell("Cancel it; else only what that costs is said."))
    ] = False,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue order cancel ORDER`."""
    found = asked(origin, lambda client: client.cancel(order) if confirmed else client.order(order))
    print_state(found, as_json=as_json)
    if as_json:
        return
    total = money(found.total_fen, found.currency)
    if found.due_fen is not None:
        print_line(say("Of {total}, {due} is due.", total=total, due=money(found.due_fen, found.currency)))
    elif found.due_on_cancelling_fen is None:
        print_line(say("What is made cannot be cancelled."))
    else:
        due = money(found.due_on_cancelling_fen, found.currency)
        print_line(say("Cancelling it now costs {due} of {total}. Say --yes to do it.", due=due, total=total))


def list_invoices(order: OneOrAll = None, origin: OriginOption = None, as_json: AsJson = False) -> None:
    """`mingyue order invoices`."""
    from msgspec import to_builtins

    found = asked(origin, lambda client: list(client.invoices(order or "")))
    if as_json:
        print_json({"invoices": to_builtins(found)})
    elif not found:
        print_line(say("Nothing was billed yet."))
    else:
        _print_invoices(found)


def list_entries(
    order: OneOrAll = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help=tell("Print all as CSV for a finance office, the oldest first."))
    ] = False,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue order ledger`."""
    from msgspec import to_builtins

    if as_csv:
        print_csv(asked(origin, lambda client: client.ledger_csv(order or "")))
        return
    found = asked(origin, lambda client: list(client.ledger(order or "")))
    if as_json:
        print_json({"entries": to_builtins(found)})
    elif not found:
        print_line(say("Nothing was booked yet."))
    else:
        of = () if order else (say("order"),)
        columns = (say("date"), *of, say("entry"), say("account"), say("debit"), say("credit"), say("reference"))
        print_table(columns, (row for entry in found for row in _postings(entry, of_one=bool(order))))


def print_state(order: Order, *, as_json: bool) -> None:
    """How far it is, in a line; with `as_json` all of it."""
    from msgspec import to_builtins

    if as_json:
        print_json({"order": to_builtins(order)})
        return
    print_line(
        say(
            "{number}: {part}, by {facility}, paid by {project}: {state}",
            number=order.number, part=order.part.name, facility=named(order.facility.name, order.facility.name_zh),
            project=order.reference, state=order.state_said,
        )
    )  # fmt: skip


def _standing(order: Order) -> dict[Phrase, int]:
    now = order.balance
    told = {
        say("ordered, with tax"): order.total_fen,
        say("left to be billed"): now.to_bill_fen,
        say("billed"): now.billed_fen,
        say("still to be paid"): now.to_pay_fen,
        say("paid"): now.paid_fen,
    }
    return told | ({say("written off"): now.written_off_fen} if now.written_off_fen else {})


def _print_invoices(invoices: list[Invoice] | tuple[Invoice, ...]) -> None:
    columns = (say("document"), say("its number"), say("order"), say("amount"), say("date"), say("due"), say("voided"))
    print_table(
        columns,
        (
            (one.kind_said, one.number, one.order.number, money(one.total_fen, one.currency), f"{one.at:%Y-%m-%d}",
             _due(one), f"{one.voided_at:%Y-%m-%d}" if one.voided_at else "")
            for one in invoices
        ),
    )  # fmt: skip


def _due(one: Invoice) -> str:
    """Until when it is to be paid; settled or overdue, where it is so."""
    if one.settled_at or one.voided_at or one.due_on is None:
        return say("settled") if one.settled_at else ""
    return say("{day}, overdue", day=f"{one.due_on:%Y-%m-%d}") if one.overdue else f"{one.due_on:%Y-%m-%d}"


def _postings(entry: Entry, *, of_one: bool) -> list[tuple[object, ...]]:
    """A line each; what is the same for all stands in the first. of_one: whether all are of the order that was named."""
    rows: list[tuple[object, ...]] = []
    for one in entry.postings:
        order = () if of_one else (entry.order.number,)
        about = (f"{entry.at:%Y-%m-%d}", *order, entry.kind_said)
        debit, credit = max(one.amount_fen, 0), max(-one.amount_fen, 0)
        amounts = (money(amount, entry.currency) if amount else "" for amount in (debit, credit))
        rows.append(
            (*(("",) * len(about) if rows else about), one.account_said, *amounts, "" if rows else entry.reference)
        )
    return rows
