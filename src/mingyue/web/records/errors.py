"""Refusals that every app shares; site/middleware.py says which is which answer."""

from __future__ import annotations

from collections.abc import Sequence

from mingyue.errors import BadInputError, MingyueError
from mingyue.phrases import Phrase, say, together


class NotFoundError(MingyueError):
    """There is no such thing, or it is not for this viewer to know that there is."""

    def __init__(self) -> None:
        super().__init__(
            say("There is nothing here that you may see."),
            remedy=say("Check the address, or sign in as somebody who may see it."),
        )


class RefusedError(MingyueError):
    """A rule forbids what was asked; each reason is said.

    reasons: what forbids it, one sentence each.
    """

    def __init__(self, reasons: Sequence[Phrase], *, remedy: Phrase | None = None) -> None:
        super().__init__(together(reasons, " "), remedy=remedy or say("Change what is named there, and try again."))
        self.reasons = tuple(reasons)


def refuse(reasons: Sequence[Phrase]) -> None:
    """Raise the reasons that a rule found, if it found any."""
    if reasons:
        raise RefusedError(reasons)


class ConflictError(MingyueError):
    """It changed meanwhile, or somebody was faster."""


class InvalidError(BadInputError):
    """A value is not what its field takes.

    field: which one.
    """

    def __init__(self, field: str, message: Phrase, *, remedy: Phrase | None = None) -> None:
        super().__init__(message, remedy=remedy or say("Correct this field, and send it again."))
        self.field = field
