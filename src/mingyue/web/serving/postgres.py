"""Mingyue's own PostgreSQL below MINGYUE_HOME: made, started, put right after a crash, stopped.

It listens on a socket in a folder that only its owner may enter, on no network, and believes the kernel about who asks.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

from mingyue.phrases import say
from mingyue.web.records.lifeline import ends_with_us
from mingyue.web.serving.locks import HomeLock
from mingyue.web.serving.programs import MAJOR, Programs, cannot_write, programs
from mingyue.web.site.database import NAME, OWNING_ROLE, PORT, SERVING_ROLE, socket_folder
from mingyue.web.site.errors import CannotServeError

SUPERUSER = "postgres"
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT  # how a postmaster is told to stop
_START_S = 120.0  # after a crash of a busy server its log is replayed first
_STOP_S = 30.0
_GONE_S = 5.0
_STATUS_LINE = 7  # of postmaster.pid

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": PORT,
    "max_connections": "200",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%t ",
    # Errors of statements are the application's to tell, and would bring people's and parts' names into the log.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


class EmbeddedServer:
    """PostgreSQL for one home folder. `start` and `stop` do nothing where it is so already."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "postgres"
        self.data = self.folder / "data"
        self.socket = socket_folder(home)
        self._log = home / "logs" / "postgres.log"
        self._programs: Programs | None = None
        self._lock: HomeLock | None = None
        self._process: subprocess.Popen[bytes] | None = None

    # --- for whoever wants a server, and no more -------------------------------------------------------------------

    def start(self) -> bool:
        """Start it and wait until it answers. False where another process of ours runs it already."""
        if self._process and self._process.poll() is None:
            return True
        if not self.taken():
            self.wait_until_ready(lambda: True)
            return False
        self.make()
        self._log.parent.mkdir(mode=0o700, exist_ok=True)
        with self._log.open("ab") as lines:
            self._process = subprocess.Popen(stdout=lines, stderr=lines, process_group=0, **self.invocation())
        process = self._process
        self.wait_until_ready(lambda: process.poll() is None)
        self.make_roles()
        return True

    def stop(self) -> None:
        """Stop it, if it is we who started it."""
        if self._process:
            for how, patience_s in ((FAST, _STOP_S), (IMMEDIATE, _GONE_S), (signal.SIGKILL, None)):
                self._process.send_signal(how)
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(patience_s)
                    break
            self._process = None
        self.let_go()

    def running(self) -> bool:
        """Whether it answers."""
        try:
            self._connect("postgres", timeout_s=2).close()
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def borrowed(self) -> Iterator[None]:
        """Have it run for a while. Whoever started it stops it when nobody else borrows it any more."""
        with HomeLock(self.home / "database.users.lock") as users:
            users.taken(shared=True, within_s=_STOP_S)
            ours = self.start()
            try:
                yield
            finally:
                if ours:
                    while not users.taken(within_s=60.0):
                        pass
                    self.stop()

    # --- for whoever keeps it running ------------------------------------------------------------------------------

    def taken(self, *, within_s: float = 0.0) -> bool:
        """Whether this process is the one that may run it."""
        if self._lock is None:
            lock = HomeLock(self.home / "database.lock")
            if not lock.taken(within_s=within_s):
                lock.close()
                return False
            self._lock = lock
        return True

    def let_go(self) -> None:
        """Another process may run it now."""
        if self._lock:
            self._lock.close()
            self._lock = None

    def make(self) -> None:
        """Everything that must be there before it starts; what a killed predecessor left is cleared away."""
        try:
            self._programs = self._programs or programs(self.home)
            self.folder.mkdir(parents=True, exist_ok=True)
            for folder in (self.home, self.folder):
                folder.chmod(0o711 if self._programs.user else 0o700)
            self._make_socket_folder(self._programs)
            self._make_data(self._programs)
            ident = "".join(f"mingyue {_our_name()} {role}\n" for role in (SUPERUSER, OWNING_ROLE, SERVING_ROLE))
            for name, text in (("hba.conf", "local all all peer map=mingyue\n"), ("ident.conf", ident)):
                (self.folder / name).write_text(text, encoding="utf-8")
                (self.folder / name).chmod(0o644)
            self._clear_away()
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def invocation(self) -> dict[str, Any]:
        """For `subprocess.Popen`: the server itself, which ends with us. After `make`."""
        assert self._programs
        settings = _SETTINGS | {
            "unix_socket_directories": str(self.socket),
            "hba_file": str(self.folder / "hba.conf"),
            "ident_file": str(self.folder / "ident.conf"),
        }
        command = [str(self._programs.folder / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return {"args": command, "preexec_fn": ends_with_us(FAST), **self._programs.options()}

    def wait_until_ready(self, alive: Callable[[], bool]) -> None:
        """Wait until it answers, as long as it is `alive`."""
        until = time.monotonic() + _START_S
        while not (self._says_it_is_ready() and self.running()):
            if not alive() or time.monotonic() > until:
                raise CannotServeError(
                    say("PostgreSQL did not start."),
                    remedy=say(
                        "Read why in the log ({log}, or above). Often the disk is full.",
                        log=self._log,
                    ),
                )
            time.sleep(0.1)

    def make_roles(self) -> None:
        """The database with one role that owns its tables and one that serves pages; their rights are as they should."""
        try:
            self._make_roles()
        except psycopg.Error as error:
            raise CannotServeError(
                say("The roles of the database could not be made: {why}", why=str(error).strip()),
                remedy=say("Read why in the log ({log}, or above). Often the disk is full.", log=self._log),
            ) from error

    # --- inside ----------------------------------------------------------------------------------------------------

    def _make_roles(self) -> None:
        with self._connect("postgres") as asked:
            for role in (OWNING_ROLE, SERVING_ROLE):
                if not asked.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    asked.execute(f"CREATE ROLE {role}".encode())
                limits = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
                asked.execute(f"ALTER ROLE {role} {limits}".encode())
            if not asked.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                asked.execute(f"CREATE DATABASE {NAME} OWNER {OWNING_ROLE}".encode())
            asked.execute(f"REVOKE ALL ON DATABASE {NAME} FROM PUBLIC".encode())
            asked.execute(f"GRANT CONNECT ON DATABASE {NAME} TO {SERVING_ROLE}".encode())
        with self._connect(NAME) as asked:
            asked.execute(f"ALTER SCHEMA public OWNER TO {OWNING_ROLE}".encode())

    def _says_it_is_ready(self) -> bool:
        """Asked before we knock: who is turned away is told in its log."""
        with suppress(OSError):
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
            return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"
        return False

    def _connect(self, database: str, *, timeout_s: int = 10) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket),
            port=PORT,
            user=SUPERUSER,
            dbname=database,
            connect_timeout=timeout_s,
            autocommit=True,
        )

    def _make_socket_folder(self, found: Programs) -> None:
        """Ours alone: in the temporary folder somebody else may have made one of that name."""
        self.socket.mkdir(mode=0o700, exist_ok=True)
        known = self.socket.lstat()
        if not stat.S_ISDIR(known.st_mode) or known.st_uid not in {os.geteuid(), found.owner()[0]}:
            raise CannotServeError(
                say("{folder} belongs to somebody else.", folder=self.socket),
                remedy=say("Set MINGYUE_HOME to a shorter path, so that the database's socket fits below it."),
            )
        os.chown(self.socket, *found.owner())
        self.socket.chmod(0o700)

    def _make_data(self, found: Programs) -> None:
        if self.data.exists():
            made_by = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
            if made_by != MAJOR:
                raise CannotServeError(
                    say(
                        "{folder} was made by PostgreSQL {old}, this is {new}.",
                        folder=self.data,
                        old=made_by,
                        new=MAJOR,
                    ),
                    remedy=say("Carry the data over with pg_upgrade; see docs/how-to/run-the-platform.md."),
                )
            return
        beside = self.folder / "data.unfinished"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(mode=0o700)
        os.chown(beside, *found.owner())
        self._refuse_closed_folders(found)
        found.run(
            "initdb",
            *("-D", str(beside), "-U", SUPERUSER, "--auth=peer", "--encoding=UTF8", "--no-instructions"),
            # Letters of every language, the same on every machine.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        )
        beside.rename(self.data)

    def _refuse_closed_folders(self, found: Programs) -> None:
        """As root: the other user must be able to come here. Folders above home are not ours to open."""
        if not found.user:
            return
        for folder in self.home.parents:
            if not folder.stat().st_mode & stat.S_IXOTH:
                raise CannotServeError(
                    say(
                        "The user {user}, as whom PostgreSQL runs, may not enter {folder}.",
                        user=found.user,
                        folder=folder,
                    ),
                    remedy=say(
                        "Set MINGYUE_HOME to a folder elsewhere, such as /var/lib/mingyue, or run as an ordinary user."
                    ),
                )

    def _clear_away(self) -> None:
        """End servers of this data that nobody keeps any more: the lock is ours, so no other may run."""
        record = self.data / "postmaster.pid"
        postmaster = _number_in(record)
        left = _processes_in(self.data.resolve())
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(FAST if process.pid == postmaster else signal.SIGTERM)
        _, stubborn = psutil.wait_procs(left, timeout=_GONE_S)
        for process in stubborn:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(stubborn, timeout=_GONE_S)
        # Its number may be another process's by now, such as after a container started anew; PostgreSQL would not start.
        record.unlink(missing_ok=True)


def _our_name() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name


def _number_in(record: Path) -> int | None:
    try:
        first = record.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
    except FileNotFoundError:
        return None
    return int(first) if first.isdigit() else None


def _processes_in(data: Path) -> list[Any]:
    """PostgreSQL's processes whose data these are: each works in that folder."""
    found = []
    for process in psutil.process_iter(["name"]):
        with suppress(psutil.Error):
            if (process.info["name"] or "").startswith("postgres") and Path(process.cwd()) == data:
                found.append(process)
    return found
