"""`mingyue order …` for managers of a facility: how far an order is, and its money."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mingyue.cli.amounts import fen, money
from mingyue.cli.options import ConfirmedOption, OriginOption, WhyOption
from mingyue.cli.orders import OrderArgument, print_state
from mingyue.cli.output import AsJson, print_json, print_line, tell
from mingyue.cli.platform import asked
from mingyue.errors import BadInputError
from mingyue.phrases import Phrase, say

if TYPE_CHECKING:
    from mingyue.client import Client, Entry, Invoice, Order

Reached = Literal["scheduled", "making", "made", "delivered"]
AmountArgument = Annotated[str, typer.Argument(metavar="YUAN", help=tell("How much, such as 1280 or 1280.50."))]
ReferenceOption = Annotated[str, typer.Option("--reference", help=tell("The bank's; the same one is noted once."))]
InvoiceArgument = Annotated[
    str, typer.Argument(metavar="INVOICE", help=tell("An invoice of the order by its number, or its id."))
]


def advance(
    order: OrderArgument,
    state: Annotated[Reached, typer.Argument(metavar="STATE", help=tell("How far it is; forward only."))],
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue order advance ORDER STATE`."""
    print_state(asked(origin, lambda client: client.advance(order, state)), as_json=as_json)


def bill(
    order: OrderArgument,
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="YUAN", help=tell("How much, with tax; else all that is left."))
    ] = None,
    note: Annotated[str, typer.Option("--note", help=tell("What is said about it."))] = "",
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue order bill ORDER`."""
    much = None if amount is None else fen(amount)
    _print_invoice(asked(origin, lambda client: client.bill(order, much, note=note)), as_json=as_json)


def payment(
    order: OrderArgument,
    amount: AmountArgument,
    reference: ReferenceOption,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue order payment ORDER YUAN`."""
    much = fen(amount)
    _print_entry(asked(origin, lambda client: client.note_payment(order, much, reference=reference)), as_json=as_json)


def refund(
    order: OrderArgument,
    amount: AmountArgument,
    reference: ReferenceOption,
    confirmed: ConfirmedOption = False,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue order refund ORDER YUAN`."""
    much = fen(amount)
    if confirmed:
        noted = asked(origin, lambda client: client.note_refund(order, much, reference=reference))
        _print_entry(noted, as_json=as_json)
        return
    now = asked(origin, lambda client: client.order(order))
    said = say(
        "{amount} would be noted as paid back; {paid} was paid.",
        amount=money(much, now.currency), paid=money(now.balance.paid_fen, now.currency),
    )  # fmt: skip
    _only_told(now, said, as_json=as_json)


def write_off(
    order: OrderArgument,
    amount: AmountArgument,
    why: WhyOption,
    confirmed: ConfirmedOption = False,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue order write-off ORDER YUAN`."""
    much = fen(amount)
    if confirmed:
        _print_entry(asked(origin, lambda client: client.write_off(order, much, why=why)), as_json=as_json)
        return
    now = asked(origin, lambda client: client.order(order))
    said = say(
        "{amount} would be written off; {left} is still to be paid.",
        amount=money(much, now.currency), left=money(now.balance.to_pay_fen, now.currency),
    )  # fmt: skip
    _only_told(now, said, as_json=as_json)


def void(
    order: OrderArgument,
    invoice: InvoiceArgument,
    why: WhyOption,
    confirmed: ConfirmedOption = False,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue order void ORDER INVOICE`."""
    _about_invoice(
        order, invoice, origin, as_json=as_json,
        act=(lambda client, meant: client.void(meant, why=why)) if confirmed else None,
        told=lambda meant: say(
            "Invoice {number} over {total} would be voided.",
            number=meant.number, total=money(meant.total_fen, meant.currency),
        ),
    )  # fmt: skip


def credit(
    order: OrderArgument,
    invoice: InvoiceArgument,
    amount: AmountArgument,
    why: WhyOption,
    confirmed: ConfirmedOption = False,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue order credit ORDER INVOICE YUAN`."""
    much = fen(amount)
    _about_invoice(
        order, invoice, origin, as_json=as_json,
        act=(lambda client, meant: client.credit(meant, much, why=why)) if confirmed else None,
        told=lambda meant: say(
            "Of invoice {number} over {total}, {amount} would be credited.",
            number=meant.number, total=money(meant.total_fen, meant.currency), amount=money(much, meant.currency),
        ),
    )  # fmt: skip


def _about_invoice(
    order: str,
    invoice: str,
    origin: str | None,
    *,
    as_json: bool,
    act: Callable[[Client, Invoice], Invoice] | None,
    told: Callable[[Invoice], Phrase],
) -> None:
    """Do it about the invoice that is meant; where there is nothing to do yet, tell what would be done."""

    def done(client: Client) -> tuple[Order, Invoice]:
        now = client.order(order)
        meant = _meant(now, invoice)
        return now, act(client, meant) if act else meant

    now, found = asked(origin, done)
    if act:
        _print_invoice(found, as_json=as_json)
    else:
        _only_told(now, told(found), as_json=as_json)


def _meant(order: Order, said: str) -> Invoice:
    for one in order.invoices:
        if one.kind == "invoice" and said in {str(one.number), one.id}:
            return one
    raise BadInputError(
        say("{order} has no invoice {said}.", order=order.number, said=said),
        remedy=say("`mingyue order invoices ORDER` lists them with their numbers."),
    )


def _only_told(order: Order, said: Phrase, *, as_json: bool) -> None:
    print_state(order, as_json=as_json)
    if not as_json:
        print_line(said)
        print_line(say("Nothing was done yet. Say --yes to do it."))


def _print_invoice(invoice: Invoice, *, as_json: bool) -> None:
    said = say(
        "{kind} {number} about {order}: {amount}",
        kind=invoice.kind_said, number=invoice.number, order=invoice.order.number,
        amount=money(invoice.total_fen, invoice.currency),
    )  # fmt: skip
    _print("invoice", invoice, said, as_json=as_json)


def _print_entry(entry: Entry, *, as_json: bool) -> None:
    amount = sum(max(one.amount_fen, 0) for one in entry.postings)
    said = say(
        "{order}: {kind}, {amount}",
        order=entry.order.number, kind=entry.kind_said, amount=money(amount, entry.currency),
    )  # fmt: skip
    _print("entry", entry, said, as_json=as_json)


def _print(name: str, thing: Any, said: Phrase, *, as_json: bool) -> None:
    from msgspec import to_builtins

    if as_json:
        print_json({name: to_builtins(thing)})
    else:
        print_line(said)
