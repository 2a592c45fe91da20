"""The command `mingyue`: which commands there are, and how an error ends one."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from mingyue import __version__
from mingyue.cli import build, compensate, convert, inspect, profiles, repair, samples, simulate
from mingyue.cli.chinese import Command, Group, use_chinese_headings
from mingyue.cli.output import LANGUAGE, print_error, print_line, print_stopped, tell
from mingyue.errors import MingyueError

if LANGUAGE == "zh":
    use_chinese_headings()
app = typer.Typer(
    name="mingyue",
    cls=Group,
    help=tell("Prepare a print at 2 µm: from a part to masks that a machine exposes."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("machines", cls=Command, help=tell("List the machines that are known, and where their numbers come from."))(
    profiles.list_machines
)
app.command("resins", cls=Command, help=tell("List the resins that are known, and where their numbers come from."))(
    profiles.list_resins
)
app.command("samples", cls=Command, help=tell("List the sample parts, or write one of them as STL."))(samples.samples)
app.command("inspect", cls=Command, help=tell("Say what is in a part or a file of masks, and what is wrong with it."))(
    inspect.inspect
)
app.command(
    "repair", cls=Command, help=tell("Mend a part and say what was changed; the file you give stays as it is.")
)(repair.repair)
app.command("build", cls=Command, help=tell("Make a print package: slice a part into masks for a machine."))(
    build.build
)
app.command(
    "simulate", cls=Command, help=tell("Print a package virtually: what will come out, and how far from the design.")
)(simulate.simulate)
app.command(
    "compensate", cls=Command, help=tell("Bend the masks of a package so that the solid comes out as designed.")
)(compensate.compensate)
app.command(
    "convert", cls=Command, help=tell("Write the masks of one file in the format of another, and say what is lost.")
)(convert.convert)


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


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line. Exit codes are in docs/reference/exit-codes.md."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        app(None if arguments is None else list(arguments))
    except MingyueError as error:
        print_error(error)
        sys.exit(error.exit_code)
    except Stopped as stopped:
        print_stopped()
        sys.exit(stopped.exit_code)
    except BrokenPipeError:  # `mingyue … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that closing it does not fail again
        sys.exit(0)
    sys.exit(0)


def _stop(number: int, _frame: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not interrupt the tidying up
    raise Stopped(number)
