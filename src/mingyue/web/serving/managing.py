"""`mingyue manage`: Django's commands, with the embedded database running as long as one of them needs it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

from mingyue.errors import MingyueError
from mingyue.phrases import add_tables
from mingyue.web.serving.postgres import EmbeddedServer
from mingyue.web.serving.preparing import make_folders
from mingyue.web.serving.speaking import print_error
from mingyue.web.site.environment import read_environment

_WITHOUT_DATABASE = {
    "help",
    "version",
    "compilemessages",
    "makemessages",
    "collectstatic",
    "findstatic",
    "diffsettings",
}


def manage(arguments: Sequence[str]) -> int:
    """Run one of Django's commands; the exit code."""
    from django.core.management import execute_from_command_line

    add_tables(Path(__file__).parents[1])
    signal.signal(signal.SIGTERM, _end)  # past the `finally` that stops the database
    try:
        environment = read_environment()
        alone = not environment.embedded or not _needs_database(arguments)
        if not alone:
            make_folders(environment)
        with nullcontext() if alone else EmbeddedServer(environment.home).borrowed():
            execute_from_command_line(["mingyue manage", *arguments])
    except MingyueError as error:
        print_error(error)
        return error.exit_code
    return 0


def _needs_database(arguments: Sequence[str]) -> bool:
    return bool(arguments) and arguments[0] not in _WITHOUT_DATABASE and not {"--help", "-h"} & set(arguments)


def _end(number: int, _frame: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)
