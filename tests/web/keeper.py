"""Keeps one PostgreSQL for a run of tests, whichever of its processes asked first: `python -m tests.web.keeper HOME PID`.

It ends when the process of that number does.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil

from mingyue.web.serving.postgres import EmbeddedServer
from mingyue.web.serving.preparing import make_folders
from mingyue.web.site.environment import read_environment


def main(home: Path, leader: int) -> None:
    """Start it, say so by the file `server.ready`, and stop it when the leader is gone."""
    make_folders(read_environment())
    server = EmbeddedServer(home)
    server.start()
    (home / "server.ready").touch()
    while psutil.pid_exists(leader) and (home / "server.ready").exists():
        time.sleep(0.2)
    server.stop()


if __name__ == "__main__":
    if os.fork():  # whoever asked need not wait for its end
        os._exit(0)
    os.setsid()
    main(Path(sys.argv[1]), int(sys.argv[2]))
