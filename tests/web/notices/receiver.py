"""A receiver of webhooks on this machine, which behaves as it is told: a real server, asked over real connections."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Call:
    """What came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """port: where it listens. manners: how it answers, one after the other, the last one from then on."""

    port: int = 0
    manners: list[str] = field(default_factory=lambda: ["well"])
    calls: list[Call] = field(default_factory=list)
    leave: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?a=1"

    @property
    def ids(self) -> list[str]:
        return [call.headers["webhook-id"] for call in self.calls]


@contextmanager
def receiving(*manners: str, tls: Any = None) -> Iterator[Receiver]:
    """One that listens. Manners: well, fails, redirects, silent, huge, drips, drips headers, breaks, hangs up,
    nonsense."""
    receiver = Receiver()
    receiver.manners = list(manners) or ["well"]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.calls.append(Call(self.path, headers, body))
            manner = receiver.manners.pop(0) if len(receiver.manners) > 1 else receiver.manners[0]
            self.close_connection = True
            with suppress(OSError):  # whoever asked has gone
                getattr(self, f"answer_{manner.replace(' ', '_')}")()

        def say(self, status: int, text: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def answer_well(self) -> None:
            self.say(200, b"thank you")

        def answer_fails(self) -> None:
            self.say(500, "<b>出错</b>\x00".encode())

        def answer_redirects(self) -> None:
            self.say(302, b"", Location=f"http://127.0.0.1:{receiver.port}/elsewhere")

        def answer_silent(self) -> None:
            receiver.leave.wait(60)

        def answer_huge(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(1 << 30))
            self.end_headers()
            for _ in range(1 << 14):
                self.wfile.write(b"x" * (1 << 16))

        def answer_drips(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.drip(b"drop ")

        def answer_drips_headers(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            self.drip(b"X: y\r\n")

        def drip(self, drop: bytes) -> None:
            while not receiver.leave.is_set():
                self.wfile.write(drop)
                time.sleep(0.02)

        def answer_breaks(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")

        def answer_hangs_up(self) -> None:
            pass

        def answer_nonsense(self) -> None:
            self.wfile.write(b"220 mail.example.org ESMTP\r\n")

        def log_message(self, *_: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.leave.set()
        server.shutdown()
        server.server_close()
        thread.join()
