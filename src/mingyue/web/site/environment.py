"""The environment's variables become one frozen thing: what the platform may be told from outside.

Every variable is documented in docs/reference/environment.md; a test holds that.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mingyue.errors import BadInputError, why_refused
from mingyue.phrases import say

TRUE = {"1", "true", "yes", "on"}


@dataclass(frozen=True, slots=True)
class Environment:
    """What was said from outside.

    home: data, blobs, uploads, secrets and logs; nothing is written elsewhere.
    database_url: the role that serves pages; it owns no table. Empty: the embedded server, below `home`.
    owner_url: the role that owns the tables and changes their shape.
    origin: scheme and host under which people reach the platform, such as https://print.example.org.
    blobs: where blobs lie: a folder, or s3://bucket/prefix.
    webhooks_private: whether webhooks may reach into private networks, and by http.
    """

    home: Path
    production: bool
    database_url: str
    owner_url: str
    secret_key: str
    hosts: tuple[str, ...]
    origin: str
    email_url: str
    email_from: str
    blobs: str
    oidc_file: str
    behind_proxy: bool
    web_processes: int
    workers: int
    webhooks_private: bool

    @property
    def embedded(self) -> bool:
        """Whether Mingyue runs its own PostgreSQL."""
        return not self.database_url


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """What the variables say, the rest by default. Raises BadInputError with a remedy."""
    said = os.environ if variables is None else variables
    home = Path(said.get("MINGYUE_HOME") or _default_home(said)).expanduser().absolute()
    production = said.get("MINGYUE_PRODUCTION", "").lower() in TRUE
    return Environment(
        home=home,
        production=production,
        database_url=said.get("DATABASE_URL", ""),
        owner_url=said.get("DATABASE_OWNER_URL", ""),
        secret_key=said.get("MINGYUE_SECRET_KEY", "") or ("" if production else _kept_secret(home)),
        hosts=_words(said.get("MINGYUE_HOSTS", "")),
        origin=said.get("MINGYUE_ORIGIN", "").rstrip("/"),
        email_url=said.get("MINGYUE_EMAIL_URL", ""),
        email_from=said.get("MINGYUE_EMAIL_FROM", "") or "Mingyue <mingyue@localhost>",
        blobs=said.get("MINGYUE_BLOBS", "") or str(home / "blobs"),
        oidc_file=said.get("MINGYUE_OIDC", ""),
        behind_proxy=said.get("MINGYUE_BEHIND_PROXY", "").lower() in TRUE,
        web_processes=_count(said, "MINGYUE_WEB_PROCESSES", 2),
        workers=_count(said, "MINGYUE_WORKERS", 2),  # of which one long check leaves one: see parts/begun.py
        webhooks_private=(said.get("MINGYUE_WEBHOOKS_PRIVATE", "") or str(not production)).lower() in TRUE,
    )


def _default_home(said: Mapping[str, str]) -> str:
    if os.geteuid() == 0 and not said.get("XDG_DATA_HOME"):
        return "/var/lib/mingyue"  # root's own folder is closed to the user as whom PostgreSQL runs
    return str(Path(said.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "mingyue")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _count(said: Mapping[str, str], name: str, default: int) -> int:
    text = said.get(name, "") or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 64:
        raise BadInputError(
            say("{name} is {text}, which is no count from 1 to 64.", name=name, text=text),
            remedy=say("Set it to a whole number, or leave it out."),
        )
    return int(text)


def _kept_secret(home: Path) -> str:
    """A secret of this installation's own, made once and readable by its owner only."""
    path = home / "secret_key"
    try:
        if not path.exists():
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside = home / f".secret_key.{os.getpid()}"
            beside.touch(mode=0o600)
            beside.write_text(secrets.token_urlsafe(48), encoding="ascii")
            with suppress(FileExistsError):  # of two that start at once, the first one's secret holds
                path.hardlink_to(beside)
            beside.unlink()
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise BadInputError(
            say("{folder} cannot be written: {why}.", folder=home, why=why_refused(error)),
            remedy=say("Set MINGYUE_HOME to a folder that you may write to, and make room on its disk."),
        ) from error
