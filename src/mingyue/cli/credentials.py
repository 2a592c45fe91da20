"""Which platforms somebody is logged in to, and with which key: a file that nobody else may read."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mingyue.errors import BadInputError, MingyueError
from mingyue.files import unfinished
from mingyue.phrases import say


class NotLoggedInError(MingyueError):
    """No key is kept for a platform."""

    exit_code = 14


@dataclass(frozen=True, slots=True)
class Credentials:
    """keys: origin → key. last: the origin of the last login."""

    keys: Mapping[str, str]
    last: str = ""

    def chosen(self, origin: str | None) -> tuple[str, str]:
        """Origin and key of the platform that is meant. Raises NotLoggedInError."""
        wanted = (origin or self.last).rstrip("/")
        if wanted not in self.keys:
            raise NotLoggedInError(
                say("You are not logged in to {origin}.", origin=wanted)
                if wanted
                else say("You are not logged in to any platform."),
                remedy=say("Make a key on your organisation's page there, and run `mingyue login ORIGIN`."),
            )
        return wanted, self.keys[wanted]


def place() -> Path:
    """Where they are kept, by the XDG base directory specification."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "mingyue" / "credentials.toml"


def read_credentials() -> Credentials:
    """Those that are kept. Raises BadInputError where the file is not as we write it."""
    path = place()
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        keys = {origin: str(entry["key"]) for origin, entry in told.get("platforms", {}).items()}
    except FileNotFoundError:
        return Credentials({})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise BadInputError(
            say("{file} cannot be read: {why}", file=path, why=str(error)),
            remedy=say("Remove the file, and log in again."),
        ) from error
    return Credentials(keys, str(told.get("last", "")))


def keep(origin: str, key: str) -> Path:
    """Keep the key, beside those that are there; this origin is the one that is meant from now on."""
    keys = {**read_credentials().keys, origin: key}
    # A text of JSON without control characters is a text of TOML.
    lines = [f"last = {json.dumps(origin)}"]
    lines += [f"\n[platforms.{json.dumps(name)}]\nkey = {json.dumps(keys[name])}" for name in sorted(keys)]
    path = place()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with unfinished(path) as beside:
        beside.touch(mode=0o600)
        beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
