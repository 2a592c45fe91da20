"""What a person can put right: an error that says what, where, and what to do. Bugs stay plain Python errors."""

from __future__ import annotations

import errno
from typing import Any

from mingyue.phrases import Phrase, say

# What an operating system says most often when it refuses a file, in its own words.
_REFUSALS = {
    errno.ENOENT: say("No such file or directory"),
    errno.EACCES: say("Permission denied"),
    errno.EISDIR: say("Is a directory"),
    errno.ENOTDIR: say("Not a directory"),
    errno.EROFS: say("Read-only file system"),
    errno.ENOSPC: say("No space left on device"),
}


class MingyueError(Exception):
    """The root of every error that its reader can mend.

    remedy: what to do now, in one sentence.
    exit_code: what the command line ends with; see docs/reference/exit-codes.md.
    """

    exit_code = 1

    def __init__(self, message: Phrase, *, remedy: Phrase) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[Any, ...]:
        """Past `__init__`, whose arguments differ from class to class: errors travel between processes."""
        return _unraised, (type(self), self.args), self.__dict__


def _unraised(kind: type[MingyueError], arguments: tuple[object, ...]) -> MingyueError:
    return kind.__new__(kind, *arguments)


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


def why_refused(error: OSError) -> str:
    """What the operating system says, as a phrase where it is said often."""
    return _REFUSALS.get(error.errno or 0) or error.strerror or str(error)
