"""Why the platform does not start: it would be insecure, or something it needs is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingyue.errors import MingyueError
from mingyue.phrases import Phrase, say, together


class InsecureError(MingyueError):
    """Serving like this would not keep its promises to the people whose parts lie here."""

    exit_code = 9


class CannotServeError(MingyueError):
    """Something that serving needs is not there: the database, the port, the disk, the home folder."""

    exit_code = 10


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is insecure, and what to do about it."""

    what: Phrase
    remedy: Phrase


def insecure(reasons: Sequence[Reason]) -> InsecureError:
    """All reasons as one error: whoever mends one should not have to start again to hear of the next."""
    lines = [together(["-", reason.what, reason.remedy], " ") for reason in reasons]
    return InsecureError(
        say(
            "Mingyue refuses to serve like this, reasons: {count}.\n{reasons}",
            count=len(reasons),
            reasons=together(lines, "\n"),
        ),
        remedy=say("Mend all of them and start again; see docs/how-to/run-the-platform.md."),
    )
