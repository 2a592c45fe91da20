"""Where commands speak: a terminal that knows no µ gets a ?, and a standard output that is full ends in an error, cleanly."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, TextIO

from mingyue.cli.output import print_error
from mingyue.errors import MingyueError, why_refused
from mingyue.phrases import say

# What a command ends with when nobody could be told what it found, though it was done.
OUTPUT_LOST = 7


def soften() -> None:
    """From now on what a terminal cannot show becomes a question mark there, and no error.

    Whoever has closed standard output or error wants to hear nothing.
    """
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def leave(code: int) -> NoReturn:
    """End with this exit code once everything said has left; with another one where it cannot leave."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # `mingyue … | head`
        _give_up(sys.stdout)
    except OSError as error:
        _give_up(sys.stdout)
        complain(error)
        code = code or OUTPUT_LOST
    _flush_errors()
    sys.exit(code)


def is_lost(stream: TextIO) -> bool:
    """Whether nothing can leave this stream any more: one more line is tried."""
    try:
        stream.write("\n")
        stream.flush()
    except OSError:
        return True
    return False


def lost(error: OSError) -> NoReturn:
    """End because nothing more can be said."""
    for stream in (sys.stdout, sys.stderr):
        if is_lost(stream):
            _give_up(stream)
    complain(error)
    _flush_errors()
    sys.exit(OUTPUT_LOST)


def complain(error: OSError) -> None:
    """Say on standard error that standard output takes no more, if that one still does."""
    with suppress(OSError):
        print_error(
            MingyueError(
                say("What there is to say cannot be written: {why}.", why=why_refused(error)),
                remedy=say("Make room, or send the output elsewhere; files that were written are whole."),
            )
        )


def _flush_errors() -> None:
    try:
        sys.stderr.flush()
    except OSError:
        _give_up(sys.stderr)


def _give_up(stream: TextIO) -> None:
    """Let go of what cannot be written, so that closing the stream at the very end does not fail again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        stream.flush()
