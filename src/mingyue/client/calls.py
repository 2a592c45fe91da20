"""A request to the platform and its answer: one connection that is kept, again where that is safe, problems as errors."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from mingyue import __version__
from mingyue.errors import BadInputError, MingyueError
from mingyue.phrases import Phrase, say

_TIMEOUT_S = 30.0
# After a failure it is tried again so much later; a platform that restarts is back within this.
_PAUSES_S = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
_BUSY = {429, 502, 503, 504}  # not done, and worth asking again
_LONGEST_WAIT_S = 60.0


class ApiError(MingyueError):
    """The platform refused.

    status: of HTTP. kind: the problem's type, such as not-found. reasons, errors: what forbids it; which values do not fit.
    """

    exit_code = 11
    status = 0
    kind = ""
    reasons: tuple[str, ...] = ()
    errors: tuple[Mapping[str, str], ...] = ()


class UnreachableError(MingyueError):
    """Nobody answers there, or somebody who is not Mingyue."""

    exit_code = 12


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. headers: names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read. Raises UnreachableError where it is no JSON: then somebody else answers there."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise _stranger() from error


class Caller:
    """Calls one platform with one key. Not for several threads at once: each takes its own."""

    def __init__(
        self, origin: str, key: str, *, language: str = "en", sleep: Callable[[float], None] = time.sleep
    ) -> None:
        parts = urlsplit(origin if "://" in origin else f"https://{origin}")
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
            raise BadInputError(
                say("{origin} is no address of a platform.", origin=origin),
                remedy=say("Write it as https://print.example.org, without a path."),
            )
        self.origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname, parts.port
        self._key, self._language, self.sleep = key, language, sleep
        self._connection: http.client.HTTPConnection | None = None

    def __call__(
        self, method: str, path: str, *, body: object = None, data: bytes | memoryview | None = None, again: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """Ask. again: whether the request may be sent twice, as when the answer was lost; `data` is sent as it is.

        Raises ApiError for a problem, UnreachableError where no answer came however often it was tried.
        """
        said = {
            "Authorization": f"Bearer {self._key}",
            "Accept-Language": self._language,
            "User-Agent": f"mingyue/{__version__}",
        }
        if body is not None:
            data = json.dumps(body).encode()
            said["Content-Type"] = "application/json"
        said |= headers or {}
        for pause_s in (*_PAUSES_S, None) if again else (None,):
            try:
                answer = self._once(method, path, data, said)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if pause_s is None or isinstance(error, ssl.SSLCertVerificationError):
                    raise _unreachable(self.origin, error) from error
                self.sleep(pause_s)
                continue
            if answer.status in _BUSY and pause_s is not None:
                self.sleep(max(pause_s, _asked_to_wait_s(answer)))
                continue
            break
        if answer.status >= 400:
            raise _refused(answer)
        if 300 <= answer.status < 400 and answer.status != 304:
            raise _elsewhere(self.origin, answer.headers.get("location", ""))
        return answer

    def _once(self, method: str, path: str, data: bytes | memoryview | None, headers: Mapping[str, str]) -> Answer:
        connection = self._connection = self._connection or self._connect()
        connection.request(method, path, body=cast(Any, data), headers=dict(headers))
        response = connection.getresponse()
        body = response.read()
        if response.will_close:
            self.close()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=_TIMEOUT_S)
        connection.connect()
        cast(socket.socket, connection.sock).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def close(self) -> None:
        """Let the connection go; the next call makes a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _asked_to_wait_s(answer: Answer) -> float:
    said = answer.headers.get("retry-after", "")
    return min(float(said), _LONGEST_WAIT_S) if said.isdigit() else 0.0


def _refused(answer: Answer) -> ApiError:
    try:
        told = json.loads(answer.body)
        problem = told if isinstance(told, dict) else {}
    except ValueError:
        problem = {}
    message = problem.get("detail") or problem.get("error")
    error = ApiError(
        _plain(message) if message else say("The platform answered {status}.", status=answer.status),
        remedy=_plain(problem["remedy"]) if problem.get("remedy") else say("Try again later, or tell whoever runs it."),
    )
    error.status = answer.status
    error.kind = str(problem.get("type", "")).rpartition(":")[2]
    error.reasons = tuple(problem.get("reasons", ()))
    error.errors = tuple(problem.get("errors", ()))
    return error


def _plain(text: object) -> Phrase:
    """What the platform said already in the reader's language."""
    return Phrase("{text}", {"text": str(text)})  # it stands in no table: it is said already


def _unreachable(origin: str, error: Exception) -> UnreachableError:
    return UnreachableError(
        say("{origin} does not answer: {why}", origin=origin, why=str(error) or type(error).__name__),
        remedy=say("Check the address and the network, and whether the platform runs."),
    )


def _stranger() -> UnreachableError:
    return UnreachableError(
        say("What answers there is not Mingyue."), remedy=say("Check the address; it is the one that a browser shows.")
    )


def _elsewhere(origin: str, place: str) -> UnreachableError:
    return UnreachableError(
        say("{origin} sends its callers to {place}.", origin=origin, place=place or "?"),
        remedy=say("Log in with that address, with https:// where it has it."),
    )
