"""One POST to an address that somebody else chose: bounded in time, in size and in where it goes; redirects lead nowhere."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from typing import Self
from urllib.parse import SplitResult, urlsplit

from mingyue import __version__
from mingyue.phrases import Phrase, say
from mingyue.web.notices.guarding import ForbiddenError, Place, Resolver, UnknownError, places_of

SILENCE_S = 10.0  # no answer for so long, or no connection, finding out where it goes included
WHOLE_S = 15.0  # from the connection to the answer's headers, however slowly they drip
MOST_BYTES = 64 * 1024  # of an answer are read
SHOWN = 500  # characters of it are kept

FAULTS: Mapping[str, Phrase] = {
    "forbidden": say("The address leads into a private network."),
    "unknown": say("Nobody knows this name."),
    "unreachable": say("Nobody answers there."),
    "certificate": say("Its certificate is not valid for this name."),
    "late": say("No answer came in time."),
    "broken": say("What came was no answer."),
    "redirect": say("It redirects; redirects are not followed."),
    "status": say("It answered that it failed."),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. status: None where no answer came. fault: a key of FAULTS, empty where it arrived."""

    took_ms: int
    status: int | None = None
    answer: str = ""
    fault: str = ""


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: bool,
    resolve: Resolver = socket.getaddrinfo,
    trust: ssl.SSLContext | None = None,
    silence_s: float = SILENCE_S,
    whole_s: float = WHOLE_S,
) -> Outcome:
    """Send it once. Never raises for what the other side does."""
    began = time.monotonic()

    def after(**more: object) -> Outcome:
        return Outcome(round((time.monotonic() - began) * 1000), **more)  # type: ignore[arg-type]

    try:
        status, answer = _exchanged(
            urlsplit(url), body, headers, private=private, resolve=resolve, trust=trust or _trust(),
            silence_s=silence_s, whole_s=whole_s,
        )  # fmt: skip
    except ForbiddenError:
        return after(fault="forbidden")
    except UnknownError:
        return after(fault="unknown")
    except ssl.SSLCertVerificationError:
        return after(fault="certificate")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return after(fault=_why(error, late=time.monotonic() - began >= whole_s))
    return after(status=status, answer=answer, fault=_fault_of(status))


def _why(error: Exception, *, late: bool) -> str:
    if late or isinstance(error, TimeoutError):
        return "late"
    return "broken" if isinstance(error, http.client.HTTPException | ValueError | ssl.SSLError) else "unreachable"


def _fault_of(status: int) -> str:
    if 200 <= status < 300:
        return ""
    return "redirect" if 300 <= status < 400 else "status"


def _exchanged(
    url: SplitResult, body: bytes, headers: Mapping[str, str], *, private: bool, resolve: Resolver,
    trust: ssl.SSLContext, silence_s: float, whole_s: float,
) -> tuple[int, str]:  # fmt: skip
    secure, host = url.scheme == "https", url.hostname or ""
    port = url.port or (443 if secure else 80)
    until = time.monotonic() + silence_s
    places = places_of(host, port, private=private, resolve=resolve, within_s=silence_s)
    with closing(_connected(places, silence_s, until)) as plain, _CutOff(plain, whole_s) as clock:
        wire = trust.wrap_socket(plain, server_hostname=host) if secure else plain
        connection = http.client.HTTPConnection(host, port)
        connection.sock = wire  # it is open: nothing is resolved a second time
        with closing(connection):
            said = {"Host": url.netloc, "User-Agent": f"mingyue/{__version__}", "Content-Type": "application/json"}
            path = f"{url.path or '/'}{'?' + url.query if url.query else ''}"
            connection.request("POST", path, body=body, headers=said | {"Connection": "close"} | dict(headers))
            answer = connection.getresponse()
            if clock.is_over:  # the end of a connection looks like the end of the headers
                raise TimeoutError
            return answer.status, _beginning(answer)


def _connected(places: list[Place], silence_s: float, until: float) -> socket.socket:
    """To the first that answers. All of them together have as long as one: a name may have any number of addresses."""
    failed: OSError = TimeoutError()
    for family, place in places:
        left_s = until - time.monotonic()
        if left_s <= 0:
            break
        wire = socket.socket(family, socket.SOCK_STREAM)
        wire.settimeout(left_s)
        try:
            wire.connect(place)
        except OSError as error:
            wire.close()
            failed = error
        else:
            wire.settimeout(silence_s)
            return wire
    raise failed


class _CutOff:
    """Inside, the connection is cut once the time is up: a limit on each piece is none on a thousand pieces."""

    def __init__(self, wire: socket.socket, after_s: float) -> None:
        self._lever = wire.dup()  # TLS takes the socket itself away
        self._clock = threading.Timer(after_s, self._pull)
        self._clock.daemon = True
        self.is_over = False

    def _pull(self) -> None:
        self.is_over = True
        with suppress(OSError):
            self._lever.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._clock.cancel()
        self._clock.join()
        self._lever.close()


def _beginning(answer: http.client.HTTPResponse) -> str:
    """How it begins. That it breaks off changes nothing: its status has been said."""
    try:
        read = answer.read(MOST_BYTES)
    except http.client.IncompleteRead as error:
        read = error.partial
    except (OSError, http.client.HTTPException, ValueError):
        read = b""
    text = read.decode("utf-8", "replace")[:SHOWN]
    return "".join(one if one.isprintable() or one in "\n\t" else " " for one in text)
