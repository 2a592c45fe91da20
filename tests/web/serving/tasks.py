"""Jobs that tell a file what became of them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

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


@when_given_up("tests.deadly")
def mourn(*, path: str) -> None:
    note(path=path, text="given up")
