"""Jobs that tell a file what became of them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from django.db import connection
from procrastinate.contrib.django import app

from mingyue.web.records.tasks import when_given_up


@app.task(name="tests.note")
def note(*, path: str, text: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{text}\n")


@app.task(name="tests.once_long")
def once_long(*, path: str) -> None:
    """Takes for ever the first time, and no time the second."""
    first = not Path(path).exists()
    note(path=path, text=f"begun {os.getpid()}")
    while first:
        time.sleep(0.1)
    note(path=path, text="done")


@app.task(name="tests.deadly")
def deadly(*, path: str) -> None:
    note(path=path, text="begun")
    os.kill(os.getpid(), signal.SIGKILL)


@app.task(name="tests.loses_the_database")
def loses_the_database(*, path: str) -> None:
    """Its connection is cut the first time."""
    first = not Path(path).exists()
    note(path=path, text=f"begun {os.getpid()}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())" if first else "SELECT 1")
    note(path=path, text="done")


@when_given_up("tests.deadly")
def mourn(*, path: str) -> None:
    note(path=path, text="given up")
