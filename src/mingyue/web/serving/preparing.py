"""What must be true before anything is served: the folders are there, and the walls of a foreign database hold."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg

from mingyue.phrases import say
from mingyue.web.serving.programs import cannot_write
from mingyue.web.site.database import databases_of
from mingyue.web.site.environment import Environment
from mingyue.web.site.errors import CannotServeError, Reason
from mingyue.web.site.roles import why_walls_fail

# Their names are also in site/settings.py and site/mail.py, which read from them.
_FOLDERS = ("uploads", "mail", "logs", "static", "workers")


def make_folders(environment: Environment) -> None:
    """Folders below the home folder, closed to everybody else."""
    home = environment.home
    wanted = [home / name for name in _FOLDERS]
    if not environment.blobs.startswith("s3://"):
        wanted.append(Path(environment.blobs))
    try:
        home.mkdir(parents=True, exist_ok=True)
        # As root the database runs as another user, who must come through, and no further than to its own folders.
        home.chmod(0o711 if os.geteuid() == 0 and environment.embedded else 0o700)
        for folder in wanted:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = home / ".writable"
        probe.write_bytes(b"\0" * 4096)  # a full disk shows itself here rather than in the middle of a start
        probe.unlink()
    except OSError as error:
        raise cannot_write(home, error) from error


def why_foreign_walls_fail(environment: Environment) -> list[Reason]:
    """Why the role of DATABASE_URL would see more than it should. The embedded server's roles are made by us."""
    if environment.embedded:
        return []
    address = databases_of(environment)["default"]
    named = {"host": address["HOST"], "port": address["PORT"], "user": address["USER"], "password": address["PASSWORD"]}
    given = {key: value for key, value in named.items() if value}
    try:
        with psycopg.connect(dbname=address["NAME"], **given, **address["OPTIONS"]) as asked:
            return why_walls_fail(asked.cursor())
    except psycopg.OperationalError as error:
        raise CannotServeError(
            say("The database cannot be reached: {why}", why=str(error).strip()),
            remedy=say("Check DATABASE_URL and DATABASE_OWNER_URL, and that the server runs."),
        ) from error
