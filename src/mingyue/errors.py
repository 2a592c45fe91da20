"""What a person can put right: an error that says what, where, and what to do. Bugs stay plain Python errors."""

from __future__ import annotations


class MingyueError(Exception):
    """The root of every error that its reader can mend.

    remedy: what to do now, in one sentence.
    exit_code: what the command line ends with; see docs/reference/exit-codes.md.
    """

    exit_code = 1

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class BadInputError(MingyueError):
    """A file or a value from outside is not what it should be."""

    exit_code = 3


class FileFormatError(BadInputError):
    """A file does not hold what its format promises."""


class LimitError(BadInputError):
    """A file or a request is larger than the limits that protect this machine."""

    exit_code = 4


class UnitsUnknownError(BadInputError):
    """The format carries no unit, and nobody said which one is meant."""

    exit_code = 5
