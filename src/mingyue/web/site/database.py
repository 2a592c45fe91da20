"""Where PostgreSQL is, as Django wants to hear it: one role that serves, and one that owns the tables.

Row-level security binds whoever neither owns a table nor is superuser, so pages are served by a role that is neither.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.web.site.environment import Environment

NAME = "mingyue"
PORT = "5432"  # part of the socket's name, whatever PGPORT says
SERVING_ROLE = "mingyue_app"
OWNING_ROLE = "mingyue_owner"
KEPT_S = 600  # what a server keeps for each connection grows with what was asked
_LONGEST_SOCKET_PATH = 90  # a socket's path may have 107 bytes on Linux and 103 on macOS, its own name included


def databases_of(environment: Environment) -> dict[str, dict[str, Any]]:
    """Django's DATABASES: `default` serves, `owner` changes tables and checks everything."""
    if environment.embedded:
        host = str(socket_folder(environment.home))
        serving = {"HOST": host, "PORT": PORT, "NAME": NAME, "USER": SERVING_ROLE}
        owning = {"HOST": host, "PORT": PORT, "NAME": NAME, "USER": OWNING_ROLE}
    else:
        serving = _spelled_out(environment.database_url, "DATABASE_URL")
        owning = _spelled_out(environment.owner_url or environment.database_url, "DATABASE_OWNER_URL")
    return {"default": _dressed(serving), "owner": _dressed(owning)}


def socket_folder(home: Path) -> Path:
    """Where the embedded server listens: below `home`, or in the temporary folder where that path is too long."""
    wanted = home / "run"
    if len(str(wanted).encode()) <= _LONGEST_SOCKET_PATH:
        return wanted
    return Path(tempfile.gettempdir()) / f"mingyue-{hashlib.sha256(str(home).encode()).hexdigest()[:16]}"


def _spelled_out(url: str, name: str) -> dict[str, Any]:
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        said = {key: value for key, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError as error:
        raise BadInputError(
            say("{name} is no address of a PostgreSQL database: {why}", name=name, why=str(error).strip()),
            remedy=say("Write it as postgresql://user:password@host:5432/database."),
        ) from error
    known = {"HOST": said.pop("host", ""), "PORT": str(said.pop("port", "")), "USER": said.pop("user", "")}
    known |= {"PASSWORD": said.pop("password", ""), "NAME": said.pop("dbname", NAME)}
    return known | {"OPTIONS": said}


def _dressed(address: dict[str, Any]) -> dict[str, Any]:
    """With what every connection has: its zone, and a limit on what waits."""
    options = dict(address.get("OPTIONS", {}))
    options.setdefault("connect_timeout", 10)
    options.setdefault("options", "-c TimeZone=UTC -c statement_timeout=60000 -c lock_timeout=15000")
    return address | {
        "ENGINE": "mingyue.web.records.postgres",
        "OPTIONS": options,
        # Requests are answered by a few threads that stay (site/handling.py), each with a connection; a new one would cost
        # more than most pages. Before it is used again it forgets who looked (records/postgres), which also shows at once
        # when the database was started anew.
        "CONN_MAX_AGE": KEPT_S,
        "CONN_HEALTH_CHECKS": True,
    }
