"""How `serve` speaks: errors and addresses in the reader's language, everything that happens as lines of one log."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress

from mingyue.errors import MingyueError
from mingyue.phrases import in_language, language_of_environment, say
from mingyue.web.site.logs import Lines

log = logging.getLogger("serving")


def open_log() -> None:
    """From now on what happens is told on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False


def pass_on(name: str, line: bytes) -> None:
    """A line of a child, with its name before it."""
    with suppress(OSError):
        sys.stderr.buffer.write(b"%-8s | %s\n" % (name.encode(), line))
        sys.stderr.buffer.flush()


def print_line(text: str) -> None:
    """A line for people and programs on standard output, at once."""
    with suppress(OSError):
        print(in_language(text, language_of_environment()), flush=True)  # noqa: T201


def print_error(error: MingyueError) -> None:
    """What, and what to do, on standard error."""
    language = language_of_environment()
    for phrase in (say("error: {text}", text=error.message), say("remedy: {text}", text=error.remedy)):
        with suppress(OSError):
            print(in_language(phrase, language), file=sys.stderr, flush=True)  # noqa: T201
