"""Who does what in a real `mingyue serve` just now, and how it is caught in the middle of it."""

from __future__ import annotations

import base64
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import psutil

from mingyue.client.calls import Caller
from mingyue.web.serving.postgres import SUPERUSER
from tests.web.serving.running import Served, until

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = TUS | {"Content-Type": "application/offset+octet-stream"}
AT_WORK = {
    "reading": "SELECT count(*) FROM parts_revision WHERE state = 'reading'",
    "running": "SELECT count(*) FROM parts_check WHERE state = 'running'",
}
SETTLED_S = 0.5
MOST_PIECE_BYTES = 8 << 20


class Upload:
    """One upload by hand, so that it can be left half sent."""

    def __init__(self, caller: Caller, content: bytes, name: str) -> None:
        self.caller, self.content = caller, content
        said = {
            "Upload-Length": str(len(content)),
            "Upload-Metadata": f"filename {base64.b64encode(name.encode()).decode()}",
        }
        self.path = urlsplit(caller("POST", "/uploads/", headers=TUS | said).headers["location"]).path
        self.acknowledged = 0

    @property
    def id(self) -> str:
        return self.path.rpartition("/")[2]

    def offset(self) -> int:
        """What the platform says it has."""
        return int(self.caller("HEAD", self.path, headers=TUS).headers["upload-offset"])

    def send(self, size: int) -> None:
        """A piece from where it is, acknowledged."""
        at = self.acknowledged
        headers = PIECE | {"Upload-Offset": str(at)}
        answer = self.caller("PATCH", self.path, data=self.content[at : at + size], headers=headers, again=False)
        self.acknowledged = int(answer.headers["upload-offset"])

    @contextmanager
    def half_sent(self, served: Served, key: str) -> Iterator[psutil.Process]:
        """The process that holds a request of which seven eighths have come: more than the kernel keeps for it."""
        at = self.acknowledged
        piece = self.content[at : at + MOST_PIECE_BYTES]
        assert len(piece) == MOST_PIECE_BYTES
        place = urlsplit(served.address)
        with socket.create_connection((place.hostname, place.port or 80)) as sending:
            sending.settimeout(30)
            lines = PIECE | {
                "Host": place.netloc, "Authorization": f"Bearer {key}", "Upload-Offset": str(at),
                "Content-Length": str(len(piece)),
            }  # fmt: skip
            head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
            sending.sendall(f"PATCH {self.path} HTTP/1.1\r\n{head}\r\n".encode() + piece[: len(piece) * 7 // 8])
            port = sending.getsockname()[1]
            yield until(lambda: next((web for web in served.children("serving.web") if port in visitors(web)), None))

    def finish(self) -> None:
        """Go on from where the platform says it is; that is not before what it acknowledged."""
        at = self.offset()
        assert self.acknowledged <= at <= len(self.content)
        self.acknowledged = at
        while self.acknowledged < len(self.content):
            self.send(4 << 20)


def visitors(web: psutil.Process) -> set[int]:
    """Ports of those to whom a process listens."""
    with suppress(psutil.Error):
        return {one.raddr.port for one in web.net_connections("tcp") if one.raddr}
    return set()


def engines(served: Served) -> list[psutil.Process]:
    """What a worker has started to look at a part."""
    found = []
    for worker in served.children("serving.worker"):
        with suppress(psutil.Error):  # it ends just now
            found += [one for one in worker.children() if "mingyue.web.parts.bridge.engine" in one.cmdline()]
    return found


def frozen(served: Served, state: str) -> psutil.Process:
    """The engine of who reads ("reading") or checks ("running"), stopped in the middle: it will not be done by itself.

    An engine that is stopped after its last word is not in the middle: its worker soon writes what it heard, and then
    the row says something else. So the row is asked again after a while.
    """

    def so() -> bool:
        return asked(served, AT_WORK[state]) == [(1,)]

    def so_still() -> bool:
        time.sleep(SETTLED_S)
        return so()

    def caught() -> psutil.Process | None:
        for engine in engines(served):
            with suppress(psutil.Error):  # it ends just now
                if engine.nice() == 0:  # it has not bound itself yet
                    continue
                engine.suspend()
                if so() and so_still():
                    return engine
                engine.resume()
        return None

    return until(caught)


def asked(served: Served, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the database says to whom no wall stops."""
    return served.ask(query, *values, role=SUPERUSER)


def gone(process: psutil.Process) -> bool:
    """Whether it runs no more; who would have waited for it may be dead too."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
