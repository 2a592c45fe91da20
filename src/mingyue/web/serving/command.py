"""`mingyue serve`: what is said and asked before anything starts, and what is said when it has."""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mingyue.errors import MingyueError, why_refused
from mingyue.phrases import add_tables, say
from mingyue.web.serving.locks import HomeLock
from mingyue.web.serving.platform import Platform, address_of
from mingyue.web.serving.postgres import EmbeddedServer
from mingyue.web.serving.preparing import make_folders, why_foreign_walls_fail
from mingyue.web.serving.programs import cannot_write
from mingyue.web.serving.refusals import why_insecure
from mingyue.web.serving.speaking import log, open_log, print_error, print_line
from mingyue.web.site.environment import Environment, read_environment
from mingyue.web.site.errors import CannotServeError, insecure

_WAITING = 1024  # visitors that the system keeps for us while all processes are busy
_PATIENCE_S = 30.0
_WHY = {
    errno.EADDRINUSE: say("another program listens there"),
    errno.EADDRNOTAVAIL: say("this machine has no such address"),
    socket.EAI_NONAME: say("this machine has no such address"),
}


@dataclass(frozen=True, slots=True)
class Options:
    """Where to listen, and the file that appears when visitors may come."""

    host: str
    port: int
    ready_file: Path | None


def serve(arguments: Sequence[str]) -> int:
    """Run the platform until told to stop; the exit code. Codes: docs/reference/exit-codes.md."""
    options = _options(arguments)
    add_tables(Path(__file__).parents[1])
    open_log()
    try:
        return _serve(read_environment(), options)
    except MingyueError as error:
        print_error(error)
        return error.exit_code


def _options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser("mingyue serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, choices=range(65536), metavar="PORT")
    parser.add_argument("--ready-file", type=Path)
    given = parser.parse_args(arguments)
    return Options(given.host, given.port, given.ready_file)


def _serve(environment: Environment, options: Options) -> int:
    reasons = why_insecure(environment, host=options.host)
    try:
        reasons += why_foreign_walls_fail(environment)
    except CannotServeError:
        if not reasons:
            raise
    if reasons:
        raise insecure(reasons)
    make_folders(environment)
    with _alone(environment.home), _listening(options) as listening, _database(environment) as server:
        _warn(environment)
        return asyncio.run(_run(environment, options, server, listening))


async def _run(
    environment: Environment, options: Options, server: EmbeddedServer | None, listening: socket.socket
) -> int:
    address = address_of(listening)

    def when_ready() -> None:
        log.info("ready")
        print_line(say("Mingyue is ready at {address}", address=address))
        if options.ready_file:
            options.ready_file.write_text(f"{address}\n", encoding="utf-8")

    print_line(say("Mingyue starts; it will be at {address}", address=environment.origin or address))
    try:
        return await Platform(environment, server, listening).run(when_ready)
    finally:
        if options.ready_file:
            options.ready_file.unlink(missing_ok=True)


def _warn(environment: Environment) -> None:
    if environment.origin.startswith("https:") and not environment.behind_proxy:
        log.warning("MINGYUE_ORIGIN is https, which Mingyue does not speak itself: set MINGYUE_BEHIND_PROXY=1")
    if not environment.production:
        log.info("not in production: MINGYUE_PRODUCTION is not set; data lie in %s", environment.home)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One `serve` for one home folder."""
    try:
        lock = HomeLock(home / "serve.lock")
    except OSError as error:
        raise cannot_write(home, error) from error
    with lock:
        if not lock.taken():
            raise CannotServeError(
                say("{home} is served already.", home=home),
                remedy=say("Stop the other mingyue serve, or set MINGYUE_HOME to another folder."),
            )
        yield


@contextmanager
def _database(environment: Environment) -> Iterator[EmbeddedServer | None]:
    """The embedded server, which is ours to run; None where another one is used."""
    if not environment.embedded:
        yield None
        return
    server = EmbeddedServer(environment.home)
    if not server.taken():
        log.info("waiting for a mingyue manage that uses the database of this home")
        if not server.taken(within_s=_PATIENCE_S):
            raise CannotServeError(
                say("A mingyue manage that still runs uses the database of {home}.", home=environment.home),
                remedy=say("Wait until it has ended, or stop it, and start again."),
            )
    try:
        yield server
    finally:
        server.let_go()


@contextmanager
def _listening(options: Options) -> Iterator[socket.socket]:
    """The socket that all web processes share; nobody is turned away while one of them is started anew."""
    try:
        family, _, _, _, address = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)[0]
        listening = socket.create_server(address[:2], family=family, backlog=_WAITING)
    except OSError as error:
        why = _WHY.get(error.errno or 0) or why_refused(OSError(error.errno, os.strerror(error.errno or 0)))
        raise CannotServeError(
            say("Nobody can be answered at {host}, port {port}: {why}.", host=options.host, port=options.port, why=why),
            remedy=say("Choose a free port with --port, and an address of this machine with --host."),
        ) from error
    with listening:
        yield listening
