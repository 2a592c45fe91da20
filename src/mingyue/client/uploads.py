"""A file becomes a finished upload, piece by piece (tus 1.0): a broken connection costs one piece, not the file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from mingyue.client.calls import Answer, ApiError, Caller, UnreachableError
from mingyue.errors import BadInputError, why_refused
from mingyue.phrases import say

PIECE_BYTES = 4 << 20  # with a checksum the platform takes up to 8 MiB
_TRIES = 6
_TUS = {"Tus-Resumable": "1.0.0"}
_MOVED, _HELD, _CHANGED = 409, 423, 460  # another offset; somebody else writes; the checksum differs

Progress = Callable[[int, int], None]  # bytes that are safe, and how many there are


def upload(caller: Caller, path: Path, *, organisation: str = "", progress: Progress | None = None) -> str:
    """Send a file; returns the upload's id. Raises BadInputError where it cannot be read, ApiError where it is refused."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            place = _begin(caller, path.name, size, organisation)
            at, failures = 0, 0
            while at < size:
                file.seek(at)
                piece = file.read(PIECE_BYTES)
                if not piece:
                    raise _shrunk(path)
                sent_to = _send(caller, place, piece, at)
                failures = 0 if sent_to is not None else failures + 1
                if failures > _TRIES:
                    raise _stuck(path)
                at = _offset(caller, place) if sent_to is None else sent_to
                if progress is not None:
                    progress(at, size)
    except OSError as error:
        raise BadInputError(
            say("{file} cannot be read: {why}.", file=path, why=why_refused(error)),
            remedy=say("Check the path, and that you may read it."),
        ) from error
    return place.rpartition("/")[2]


def _begin(caller: Caller, name: str, size: int, organisation: str) -> str:
    said = {"filename": name} | ({"organisation": organisation} if organisation else {})
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
    answer = caller("POST", "/uploads/", headers=_TUS | {"Upload-Length": str(size), "Upload-Metadata": metadata})
    return urlsplit(answer.headers["location"]).path


def _send(caller: Caller, place: str, piece: bytes, at: int) -> int | None:
    """Where the next piece begins; None where it must be asked, as after a lost answer."""
    digest = base64.b64encode(hashlib.sha256(piece).digest()).decode()
    headers = _TUS | {
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": str(at),
        "Upload-Checksum": f"sha256 {digest}",
    }
    try:
        answer: Answer = caller("PATCH", place, data=piece, headers=headers, again=False)
    except UnreachableError:
        return None
    except ApiError as error:
        if error.status in {_MOVED, _HELD, _CHANGED} or error.status >= 500:
            caller.sleep(0.2)
            return None
        raise
    return int(answer.headers["upload-offset"])


def _offset(caller: Caller, place: str) -> int:
    return int(caller("HEAD", place, headers=_TUS).headers["upload-offset"])


def _shrunk(path: Path) -> BadInputError:
    return BadInputError(
        say("{file} became shorter while it was sent.", file=path), remedy=say("Send it when nobody writes to it.")
    )


def _stuck(path: Path) -> UnreachableError:
    return UnreachableError(
        say("{file} cannot be sent: no piece arrives.", file=path), remedy=say("Check the network, and try again.")
    )
