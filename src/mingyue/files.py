"""Files that are whole or not there: written beside their name, and put in its place when they are finished."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mingyue.errors import BadInputError, why_refused
from mingyue.phrases import say


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A place beside the path to write to, which takes the path's name when the block ends well, else vanishes.

    A folder made there takes the name of no folder but an empty one. Raises BadInputError where the path cannot be
    written, at once where that can be seen: nothing but an ordinary file is ever replaced.
    """
    _refuse(path)
    beside = path.with_name(f".{path.name}.{os.uname().nodename}.{os.getpid()}.part")
    try:
        _clear_away(path)
        yield beside
        if beside.is_dir():
            if path.is_dir():
                path.rmdir()
        else:
            with beside.open("rb") as written:
                os.fsync(written.fileno())
        beside.replace(path)
    except OSError as error:
        raise _cannot_write(path, why_refused(error)) from error
    finally:
        _remove(beside)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that appears whole or not at all. Raises BadInputError as `unfinished` does."""
    with unfinished(path) as beside:
        beside.write_bytes(data)


def refuse_same(source: Path, target: Path) -> None:
    """Raises BadInputError where a command would write over the very file it reads."""
    try:
        same = source.samefile(target)
    except OSError:
        return  # one of them is not there
    if same:
        raise BadInputError(
            say("{file} would be written over itself.", file=target), remedy=say("Choose another name with -o.")
        )


def _clear_away(path: Path) -> None:
    """Remove what processes that were killed have left beside this path: those of this machine that are no more."""
    left = re.compile(rf"\.{re.escape(path.name)}\.{re.escape(os.uname().nodename)}\.(\d{{1,9}})\.part")
    for beside in path.parent.iterdir():
        found = left.fullmatch(beside.name)
        if found and not _is_running(int(found[1])):
            _remove(beside)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)  # asks, and sends nothing
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _remove(beside: Path) -> None:
    if beside.is_dir():
        shutil.rmtree(beside, ignore_errors=True)
    else:
        beside.unlink(missing_ok=True)


def _refuse(path: Path) -> None:
    if path.name in {"", ".", ".."}:
        raise _cannot_write(path, say("that is no name of a file"))
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise _cannot_write(path, say("it is a device or a pipe, no ordinary file"))
        if not path.parent.is_dir():
            raise _cannot_write(path, say("the folder {folder} is not there", folder=path.parent))
    except OSError as error:
        raise _cannot_write(path, why_refused(error)) from error


def _cannot_write(path: Path, why: str) -> BadInputError:
    return BadInputError(
        say("{file} cannot be written: {why}.", file=path, why=why), remedy=say("Choose another place with -o.")
    )
