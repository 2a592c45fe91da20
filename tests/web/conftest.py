"""A real PostgreSQL for the platform's tests, and the cast: owner, colleague, operator, the park's office, a stranger."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client

from mingyue.web.people.models import Membership, Organisation, Role, User
from mingyue.web.people.queries import viewer_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.walls import seen_by
from mingyue.web.site.database import OWNING_ROLE, PORT, socket_folder
from tests.web.serving.demonstrated import demonstration

__all__ = ["demonstration"]  # a fixture

ROOT = Path(__file__).parents[2]
HOME = Path(os.environ["MINGYUE_TEST_HOME"])
TEMPLATE = "mingyue_template"
NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
PASSWORD = "moon-over-the-lake"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """A good hash takes its time, and every test signs people in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def postgres_server(django_db_blocker: Any) -> Path:
    """The embedded server of this run, with a migrated database to copy; whoever comes first has it started."""
    with (HOME / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (HOME / "template.ready").exists():
            leader = os.environ["MINGYUE_TEST_LEADER"]
            subprocess.run([sys.executable, "-m", "tests.web.keeper", str(HOME), leader], cwd=ROOT, check=True)
            patience = time.monotonic() + 60
            while not (HOME / "server.ready").exists():
                assert time.monotonic() < patience, "PostgreSQL did not start"
                time.sleep(0.05)
            with django_db_blocker.unblock():
                _migrate(TEMPLATE)
            (HOME / "template.ready").touch()
    return socket_folder(HOME)


def _as_superuser(statement: str) -> None:
    address = f"postgresql://postgres@/postgres?host={socket_folder(HOME)}&port={PORT}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def _migrate(name: str) -> None:
    _as_superuser(f"CREATE DATABASE {name} OWNER {OWNING_ROLE}")
    use_database(name)
    call_command("prepare", verbosity=0)
    connections.close_all()


def use_database(name: str) -> None:
    """Let Django talk to this database from now on."""
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        connections.databases[alias]["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(postgres_server: Path, django_db_blocker: Any) -> Iterator[None]:
    """A database of this process's own, copied from the migrated one."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with django_db_blocker.unblock():
        _as_superuser(f"DROP DATABASE IF EXISTS {name}")
        _as_superuser(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER {OWNING_ROLE}")
        use_database(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()


@contextmanager
def database_apart(name: str) -> Iterator[str]:
    """A database for what is committed, as several threads or processes must see it; its address for another process."""
    before = connections["default"].settings_dict["NAME"]
    _as_superuser(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _as_superuser(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER {OWNING_ROLE}")
    use_database(name)
    try:
        yield f"postgresql://{{role}}@/{name}?host={socket_folder(HOME)}&port={PORT}"
    finally:
        connections.close_all()
        use_database(before)
        _as_superuser(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@dataclass(frozen=True)
class Cast:
    """Who plays. The owner and the colleague are of one institute; the operator runs the facility; the stranger is of
    another firm and must see nothing of theirs."""

    owner: User
    colleague: User
    operator: User
    manager: User
    office: User
    stranger: User
    institute: Organisation
    facility_operator: Organisation
    park: Organisation
    firm: Organisation


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, each in their organisation."""
    return make_cast()


def make_cast() -> Cast:
    """The cast, in the database as it is."""
    institute = _organisation("lake-institute", "institute", "Lake Institute", "明月湖研究院")
    works = _organisation("micro-works", "company", "Micro Works", "微纳工坊")
    park = _organisation("park", "authority", "Science Park", "科学园", runs_platform=True)
    firm = _organisation("other-firm", "company", "Other Firm", "别家公司")
    return Cast(
        owner=_member("owner@example.org", "Ouyang", institute, Role.OWNER, Role.MEMBER),
        colleague=_member("colleague@example.org", "Chen", institute, Role.MEMBER),
        operator=_member("operator@example.org", "Wang", works, Role.OPERATOR),
        manager=_member("manager@example.org", "Li", works, Role.OWNER, Role.MANAGER),
        office=_member("office@example.org", "Zhao", park, Role.OWNER, Role.OFFICE),
        stranger=_member("stranger@example.org", "Qian", firm, Role.OWNER, Role.MEMBER),
        institute=institute,
        facility_operator=works,
        park=park,
        firm=firm,
    )


def _organisation(slug: str, kind: str, name: str, name_zh: str, **more: Any) -> Organisation:
    with seen_by():
        made = Organisation(slug=slug, kind=kind, name=name, name_zh=name_zh, created_at=NOW, **more)
        with seen_by(organisation_id=made.pk):
            made.save(force_insert=True)
    return made


def _member(email: str, name: str, organisation: Organisation, *roles: str) -> User:
    person = User.objects.create_user(email, PASSWORD, name=name)
    with seen_by(organisation_id=organisation.pk):
        Membership.objects.create(person=person, organisation=organisation, roles=list(roles), since=NOW)
    return person


@pytest.fixture
def as_viewer() -> Iterator[Callable[[User], Viewer]]:
    """Makes a person the viewer, to the services and to the database's walls, until the test ends or another does."""
    from mingyue.web.people.middleware import tell_of
    from mingyue.web.records import walls

    def become(person: User) -> Viewer:
        viewer = viewer_of(person)
        tell_of(viewer)
        return viewer

    yield become
    if not connections["default"].needs_rollback:
        walls.tell()


@pytest.fixture
def browse(client: Client) -> Callable[[User | None], Client]:
    """A test client signed in as this person."""

    def sign_in(person: User | None) -> Client:
        if person is None:
            client.logout()
        else:
            client.force_login(person)
        return client

    return sign_in
