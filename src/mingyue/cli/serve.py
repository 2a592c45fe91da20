"""`mingyue serve` and `mingyue manage`: handed on to the platform, which is installed by the extra `web`."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from mingyue.cli.output import tell
from mingyue.errors import BadInputError
from mingyue.phrases import say

_NEEDED = ("django", "procrastinate", "psycopg", "uvicorn", "csp", "allauth", "ninja", "servestatic")


def serve(
    host: Annotated[str, typer.Option("--host", help=tell("The address to listen on."))] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help=tell("The port to listen on; 0 takes a free one."))
    ] = 8000,
    ready_file: Annotated[
        Path | None,
        typer.Option("--ready-file", help=tell("A file to write the address to when visitors may come.")),
    ] = None,
) -> None:
    """`mingyue serve`."""
    _hand_on(
        "serve",
        *("--host", host, "--port", str(port)),
        *(() if ready_file is None else ("--ready-file", str(ready_file))),
    )


def manage(
    arguments: Annotated[
        list[str] | None, typer.Argument(help=tell("The command and its options; help lists them."))
    ] = None,
) -> None:
    """`mingyue manage COMMAND [ARGUMENTS]`."""
    _hand_on("manage", *(arguments or ["help"]))


def _hand_on(*arguments: str) -> NoReturn:
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise BadInputError(
            say("The platform is not installed: {names}.", names=", ".join(missing)),
            remedy=say("pip install 'mingyue[web]'."),
        )
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "mingyue.web", *arguments])
