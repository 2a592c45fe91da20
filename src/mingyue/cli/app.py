"""The command `mingyue`: which commands there are, and how an error ends one."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Annotated, Any, Final, NoReturn

import typer
from typer.core import TyperCommand

from mingyue import __version__
from mingyue.cli.chinese import Command, Group, use_chinese_headings
from mingyue.cli.output import LANGUAGE, local, print_compiling, print_error, print_line, print_stopped, tell
from mingyue.cli.streams import is_lost, leave, lost, soften
from mingyue.errors import MingyueError
from mingyue.phrases import Phrase, say
from mingyue.printing.kernels import compiled

if LANGUAGE == "zh":
    use_chinese_headings()

_SETTINGS: Final = {"help_option_names": ["-h", "--help"]}

# Name → where its function is, as module:function, and what it does. A command's module is imported when it is called:
# nobody waits for what the others need.
COMMANDS: Final[dict[str, tuple[str, Phrase]]] = {
    "machines": (
        "profiles:list_machines",
        say("List the machines that are known, and where their numbers come from."),
    ),
    "resins": (
        "profiles:list_resins",
        say("List the resins that are known, and where their numbers come from."),
    ),
    "samples": (
        "samples:samples",
        say("List the sample parts, or write one of them as STL."),
    ),
    "inspect": (
        "inspect:inspect",
        say("Say what is in a part or a file of masks, and what is wrong with it."),
    ),
    "repair": (
        "repair:repair",
        say("Mend a part and say what was changed; the file you give stays as it is."),
    ),
    "check": (
        "check:check",
        say("Say whether a part can be made, where it will fail, and what to do."),
    ),
    "orient": (
        "orient:orient",
        say("Compare ways of laying a part on the platform, and name a few."),
    ),
    "support": (
        "support:support",
        say("Put supports below a part: pillars and branches with necks of a few pixels."),
    ),
    "build": (
        "build:build",
        say("Make a print package: slice a part into masks for a machine."),
    ),
    "simulate": (
        "simulate:simulate",
        say("Print a package virtually: what will come out, and how far from the design."),
    ),
    "compensate": (
        "compensate:compensate",
        say("Bend the masks of a package so that the solid comes out as designed."),
    ),
    "convert": (
        "convert:convert",
        say("Write the masks of one file in the format of another, and say what is lost."),
    ),
    "report": (
        "report:report",
        say("Write a page that says what will come out, with pictures and tables."),
    ),
    "calibrate": (
        "calibrate:calibrate",
        say("Find a resin's numbers from measured cure depths."),
    ),
    "coupon": (
        "coupon:coupon",
        say("Make a test piece and the form for it, or read the form when filled in."),
    ),
    "login": (
        "platform:login",
        say("Log in to a platform with an API key, which is kept for the commands below."),
    ),
    "upload": (
        "platform:upload",
        say("Send parts to the platform, and wait for their checks where that is asked."),
    ),
    "parts": (
        "platform:list_parts",
        say("List the parts on the platform that you may see."),
    ),
    "quote ask": (
        "quotes:ask",
        say("Ask what a part costs, with an option for each combination of what is said."),
    ),
    "quote list": (
        "quotes:list_quotes",
        say("List the quotes that you may see."),
    ),
    "quote show": (
        "quotes:show",
        say("Show a quote: its options side by side, each line with its reason."),
    ),
    "quote say": (
        "quotes:say_message",
        say("Say something about a quote to the other side."),
    ),
    "quote approve": (
        "quotes:approve",
        say("Let a project pay for an option of a quote."),
    ),
    "quote accept": (
        "quotes:accept",
        say("Order the option of a quote that was approved."),
    ),
    "quote withdraw": (
        "quotes:withdraw",
        say("Say that a quote is wanted no more."),
    ),
    "quote review": (
        "quotes:review",
        say("Have a person of the facility look at an offer."),
    ),
    "quote release": (
        "answers:release",
        say("Offer a quote that was looked at, as it is; for managers of the facility."),
    ),
    "quote waiting": (
        "answers:waiting",
        say("List the quotes that wait for an answer of your facility; for managers of it, as the next two."),
    ),
    "quote decline": (
        "answers:decline",
        say("Say that a quote is not done, and why, where that is confirmed."),
    ),
    "quote replace": (
        "answers:replace",
        say("Offer a quote with other amounts: a new quote, which takes its place."),
    ),
    "quote pdf": (
        "quotes:pdf",
        say("Fetch a quote as a PDF."),
    ),
    "order list": (
        "orders:list_orders",
        say("List the orders that you may see."),
    ),
    "order show": (
        "orders:show",
        say("Show an order: what it is for, how far it is, what was billed and paid."),
    ),
    "order pdf": (
        "orders:pdf",
        say("Fetch the confirmation of an order as a PDF."),
    ),
    "order cancel": (
        "orders:cancel",
        say("Say what cancelling an order costs now, and cancel it where that is confirmed."),
    ),
    "order invoices": (
        "orders:list_invoices",
        say("List invoices and credit notes: of one order, or of all."),
    ),
    "order ledger": (
        "orders:list_entries",
        say("List what was booked: about one order, or about all."),
    ),
    "order advance": (
        "books:advance",
        say("Say how far an order is; for managers of the facility, as the next six."),
    ),
    "order bill": (
        "books:bill",
        say("Write an invoice over an order, or over a part of it."),
    ),
    "order payment": (
        "books:payment",
        say("Note that money came for an order."),
    ),
    "order refund": (
        "books:refund",
        say("Note that money went back, where that is confirmed."),
    ),
    "order write-off": (
        "books:write_off",
        say("Write off what nobody will pay, where that is confirmed."),
    ),
    "order void": (
        "books:void",
        say("Void an invoice that should not have been, where that is confirmed."),
    ),
    "order credit": (
        "books:credit",
        say("Ask for less than was billed: a credit note, where that is confirmed."),
    ),
    "ledger": (
        "ledger:ledger",
        say("Write what was booked as CSV for a finance office: about one order, or about all."),
    ),
    "events": (
        "events:list_events",
        say("List what happened in your organisation on the platform, or follow what happens."),
    ),
    "serve": (
        "serve:serve",
        say("Open the shared service: database, pages and workers, until it is stopped."),
    ),
    "manage": (
        "serve:manage",
        say("Administrate the shared service by one of its own commands."),
    ),
}
# Commands of two words, by the first: what they are about.
GROUPS: Final[dict[str, Phrase]] = {
    "quote": say("Prices: ask, compare, talk, approve, accept."),
    "order": say("Orders: how far they are, and the money behind them."),
}
# What follows the first word belongs to somebody else, options too.
_HANDED_ON: Final = {"manage": {"ignore_unknown_options": True, "allow_interspersed_args": False}}


def command(name: str) -> TyperCommand:
    """The command of this name, its module imported."""
    where, help_text = COMMANDS[name]
    module, _, function = where.partition(":")
    alone = typer.Typer(add_completion=False, context_settings=_SETTINGS)
    chosen = getattr(import_module(f"mingyue.cli.{module}"), function)
    gc.enable()  # off since `main`
    alone.command(name.rpartition(" ")[2], cls=Command, help=local(help_text), context_settings=_HANDED_ON.get(name))(
        chosen
    )
    made = typer.main.get_command(alone)
    assert isinstance(made, TyperCommand)
    return made


class _OnDemand(Group):
    """The commands of the table that begin with these words, each made when it is asked for."""

    begins = ""

    def list_commands(self, ctx: Any) -> list[str]:
        rest = [name.removeprefix(self.begins) for name in COMMANDS if name.startswith(self.begins)]
        return list(dict.fromkeys(name.partition(" ")[0] for name in rest))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        name = f"{self.begins}{cmd_name}"
        if name in GROUPS:
            group = _OnDemand(name=cmd_name, help=local(GROUPS[name]), no_args_is_help=True, context_settings=_SETTINGS)
            group.begins = f"{name} "
            return group
        return command(name) if name in COMMANDS else None


app = typer.Typer(
    name="mingyue",
    cls=_OnDemand,
    help=tell("Prepare a print at 2 µm: from a part to masks that a machine exposes."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings=_SETTINGS,
)


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help=tell("Say which version this is."), is_eager=True)] = False,
) -> None:
    if version:
        print_line(f"mingyue {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.Exit(WRONG_USAGE)  # typer has shown the help


WRONG_USAGE = 2


class Stopped(BaseException):
    """Somebody pressed Ctrl-C or ended the process: everything unfinished is put away on the way out."""

    def __init__(self, signal_number: int) -> None:
        self.exit_code = 128 + signal_number  # as shells count it: 130 after Ctrl-C


def run(arguments: Sequence[str] | None) -> NoReturn:
    """Run the command line. Exit codes are in docs/reference/exit-codes.md."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    soften()
    compiled.before_compiling(print_compiling)
    try:
        app(None if arguments is None else list(arguments))
    except SystemExit as ended:
        # typer ends with 1 where the reader has gone, which is no error: `mingyue … | head`
        leave(0 if isinstance(ended.__context__, BrokenPipeError) else int(ended.code or 0))
    except MingyueError as error:
        with suppress(OSError):  # the exit code is told even where nothing else can be
            print_error(error)
        leave(error.exit_code)
    except Stopped as stopped:
        with suppress(OSError):
            print_stopped()
        leave(stopped.exit_code)
    except BrokenPipeError:
        leave(0)
    except OSError as error:
        if is_lost(sys.stdout) or is_lost(sys.stderr):
            lost(error)
        raise
    leave(0)


def _stop(number: int, _frame: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not interrupt the tidying up
    raise Stopped(number)
