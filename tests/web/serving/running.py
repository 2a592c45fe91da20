"""A real `mingyue serve` in a process of its own, asked and killed from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil
import psycopg

from mingyue.web.site.database import NAME, PORT, SERVING_ROLE, socket_folder

ROOT = Path(__file__).parents[3]
PATIENCE_S = 60.0


def variables(home: Path, **more: str) -> dict[str, str]:
    """The environment of a process that knows nothing but this home."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR"}}
    return kept | {
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "tests.web.serving.settings",
        "MINGYUE_HOME": str(home),
        "MINGYUE_LANG": "en",
        "MINGYUE_WORKERS": "1",  # who is killed is known; a test that wants two says so
        **more,
    }


def mingyue(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "mingyue", *arguments],
        env=variables(home, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def until(true: Callable[[], Any]) -> Any:
    """What `true` answers as soon as that is something; fails where it does not happen."""
    end = time.monotonic() + PATIENCE_S
    while not (found := true()):
        assert time.monotonic() < end, f"{true} did not come true"
        time.sleep(0.05)
    return found


@dataclass
class Served:
    """One `mingyue serve`: its process, its home, where it answers."""

    home: Path
    process: subprocess.Popen[bytes]
    address: str

    def get(self, path: str) -> tuple[int, str]:
        """Status and text; 0 where nobody answers."""
        try:
            with urlopen(f"{self.address}{path}", timeout=20) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except (URLError, ConnectionError):
            return 0, ""

    def ready(self) -> bool:
        return self.get("/ready")[0] == 200

    def children(self, part: str) -> list[psutil.Process]:
        """Children whose command line has this part."""
        found = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):  # it ends just now
                if part in " ".join(child.cmdline()):
                    found.append(child)
        return found

    def log(self) -> str:
        return log_of(self.home).read_text(encoding="utf-8")

    def ask(self, query: str, *values: Any, role: str = SERVING_ROLE) -> list[tuple[Any, ...]]:
        """What a role is told by the database; the serving one where none is said."""
        with self.connected(role) as asked:
            found = asked.execute(query.encode(), values)
            return found.fetchall() if found.description else []

    def connected(self, role: str) -> psycopg.Connection:
        """The database, as this role sees it."""
        host = str(socket_folder(self.home))
        return psycopg.connect(host=host, port=PORT, user=role, dbname=NAME, autocommit=True)

    def defer(self, task: str, **arguments: str) -> int:
        """Queue a job."""
        job = "ROW('default', %s, 0, NULL, NULL, %s, NULL)::procrastinate_job_to_defer_v1"
        ((number,),) = self.ask(
            f"SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[{job}]))", task, json.dumps(arguments)
        )
        return int(number)

    def job(self, number: int) -> tuple[str, int]:
        """Status and attempts."""
        ((status, attempts),) = self.ask("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", number)
        return status, attempts

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_S)


def log_of(home: Path) -> Path:
    return home.with_name(f"{home.name}.log")


def serve(home: Path, **more: str) -> Served:
    """Start one and wait until it is ready."""
    place = home.with_name(f"{home.name}.ready")
    place.unlink(missing_ok=True)
    with log_of(home).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mingyue", "serve", "--port", "0", "--ready-file", str(place)],
            env=variables(home, **more),
            stdout=log,
            stderr=log,
        )

    def ready() -> str:
        assert process.poll() is None, log_of(home).read_text(encoding="utf-8")
        return place.read_text(encoding="utf-8").strip() if place.exists() else ""

    try:
        return Served(home, process, until(ready))
    except BaseException:
        process.kill()
        process.wait()
        raise


def left_behind(home: Path) -> list[str]:
    """Command lines of processes that work for this home."""
    found = []
    for process in psutil.process_iter():
        try:
            told = " ".join(process.cmdline())
            if process.pid != os.getpid() and (str(home) in told or process.environ().get("MINGYUE_HOME") == str(home)):
                found.append(told)
        except psutil.Error:
            continue
    return found
