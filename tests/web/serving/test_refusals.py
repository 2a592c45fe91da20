"""Serving insecurely is refused, with every reason at once; what a stranger gets without asking is safe."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mingyue.web.serving.postgres import EmbeddedServer
from mingyue.web.serving.preparing import make_folders
from mingyue.web.serving.refusals import why_insecure
from mingyue.web.site.database import NAME, OWNING_ROLE, PORT, SERVING_ROLE
from mingyue.web.site.environment import read_environment
from tests.web.serving.running import left_behind, mingyue

SAFE = {
    "MINGYUE_PRODUCTION": "1",
    "MINGYUE_SECRET_KEY": secrets.token_urlsafe(48),
    "MINGYUE_HOSTS": "print.example.org",
    "MINGYUE_ORIGIN": "https://print.example.org",
}


def reasons(host: str = "127.0.0.1", **said: str) -> list[str]:
    return [reason.what for reason in why_insecure(read_environment({"MINGYUE_HOME": "/nowhere", **said}), host=host)]


def test_a_safe_production_is_not_refused() -> None:
    assert reasons(**SAFE) == []
    assert reasons(**SAFE, host="0.0.0.0") == []


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("MINGYUE_SECRET_KEY", "", "MINGYUE_SECRET_KEY has 0 characters, fewer than 40."),
        ("MINGYUE_SECRET_KEY", "k9" * 19 + "x", "MINGYUE_SECRET_KEY has 39 characters, fewer than 40."),
        ("MINGYUE_SECRET_KEY", "k9" * 20, "MINGYUE_SECRET_KEY can be guessed"),
        ("MINGYUE_SECRET_KEY", "django-insecure-abcdefghijklmnopqrstuvwxyz0123", "MINGYUE_SECRET_KEY can be guessed"),
        ("MINGYUE_HOSTS", "", "MINGYUE_HOSTS does not name"),
        ("MINGYUE_HOSTS", "*", "MINGYUE_HOSTS does not name"),
        ("MINGYUE_HOSTS", "print.example.org,*", "MINGYUE_HOSTS does not name"),
        ("MINGYUE_ORIGIN", "", "MINGYUE_ORIGIN is not an address with https"),
        ("MINGYUE_ORIGIN", "http://print.example.org", "MINGYUE_ORIGIN is not an address with https"),
        ("MINGYUE_ORIGIN", "https://", "MINGYUE_ORIGIN is not an address with https"),
        ("DATABASE_URL", "postgresql://app@db/mingyue", "DATABASE_OWNER_URL is missing"),
    ],
)
def test_each_thing_that_is_insecure_is_a_reason(variable: str, value: str, why: str) -> None:
    (found,) = reasons(**SAFE | {variable: value})

    assert found.startswith(why)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "print.example.org"])
def test_without_production_only_this_machine_is_answered_unless_hosts_are_said(host: str, tmp_path: Path) -> None:
    home = {"MINGYUE_HOME": str(tmp_path)}

    assert len(reasons(host, **home)) == 1
    assert reasons(host, **home, MINGYUE_HOSTS="print.example.org") == []
    assert [reasons(here, **home) for here in ("127.0.0.1", "localhost", "::1", "127.9.9.9")] == [[]] * 4


def test_serve_says_all_reasons_with_their_remedies_and_starts_nothing(tmp_path: Path) -> None:
    ended = mingyue(tmp_path / "home", "serve", "--port", "0", MINGYUE_PRODUCTION="1")

    assert ended.returncode == 9
    assert ended.stderr.splitlines() == [
        "error: Mingyue refuses to serve like this, reasons: 3.",
        "- MINGYUE_SECRET_KEY has 0 characters, fewer than 40."
        ' Make one: python -c "import secrets; print(secrets.token_urlsafe(48))".',
        "- MINGYUE_HOSTS does not name the hosts that this platform answers to."
        " Set it to names such as print.example.org, without *.",
        "- MINGYUE_ORIGIN is not an address with https, so passwords would travel in the clear."
        " Set it to the address that people type, such as https://print.example.org.",
        "remedy: Mend all of them and start again; see docs/how-to/run-the-platform.md.",
    ]
    assert not (tmp_path / "home").exists()


def test_the_reasons_are_said_in_chinese_too(tmp_path: Path) -> None:
    ended = mingyue(tmp_path / "home", "serve", "--port", "0", MINGYUE_PRODUCTION="1", MINGYUE_LANG="zh")

    assert ended.stderr.startswith("错误：明月拒绝在此状态下提供服务，原因有 3 条。\n- MINGYUE_SECRET_KEY 有 0 个字符")


# --- a server of somebody else's -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def foreign() -> Iterator[EmbeddedServer]:
    """A PostgreSQL that `serve` is told of by its address, with roles as somebody made them."""
    with tempfile.TemporaryDirectory(prefix="my-") as folder:
        Path(folder).chmod(0o711)
        environment = read_environment({"MINGYUE_HOME": f"{folder}/foreign"})
        make_folders(environment)
        server = EmbeddedServer(environment.home)
        assert server.start()
        yield server
        server.stop()


def address(server: EmbeddedServer, role: str) -> str:
    return f"postgresql://{role}@/{NAME}?host={server.socket}&port={PORT}"


def as_superuser(server: EmbeddedServer, *commands: str) -> None:
    with psycopg.connect(host=str(server.socket), port=PORT, user="postgres", dbname=NAME, autocommit=True) as asked:
        for command in commands:
            asked.execute(command.encode())


@pytest.mark.parametrize("production", [{}, SAFE])
def test_a_foreign_database_whose_walls_would_not_bind_is_refused(
    foreign: EmbeddedServer, tmp_path: Path, production: dict[str, str]
) -> None:
    as_superuser(foreign, "CREATE TABLE mine (id int)", f"ALTER TABLE mine OWNER TO {SERVING_ROLE}",
                 f"ALTER ROLE {SERVING_ROLE} BYPASSRLS")  # fmt: skip
    try:
        ended = mingyue(
            tmp_path / "home", "serve", "--port", "0",
            DATABASE_URL=address(foreign, SERVING_ROLE), DATABASE_OWNER_URL=address(foreign, OWNING_ROLE), **production,
        )  # fmt: skip
    finally:
        as_superuser(foreign, "DROP TABLE mine", f"ALTER ROLE {SERVING_ROLE} NOBYPASSRLS")

    assert ended.returncode == 9
    assert "reasons: 2." in ended.stderr
    assert "mingyue_app, which serves pages, may pass row-level security." in ended.stderr
    assert "mingyue_app, which serves pages, owns 1 tables." in ended.stderr


def test_a_superuser_or_a_member_of_the_owner_serves_no_pages(foreign: EmbeddedServer, tmp_path: Path) -> None:
    owner = {"DATABASE_OWNER_URL": address(foreign, OWNING_ROLE)}

    ended = mingyue(tmp_path / "home", "serve", "--port", "0", DATABASE_URL=address(foreign, "postgres"), **owner)

    assert ended.returncode == 9
    assert "The role postgres, which serves pages, is superuser or may become one." in ended.stderr


def test_prepare_makes_tables_that_the_serving_role_may_use_and_does_not_own(
    foreign: EmbeddedServer, tmp_path: Path
) -> None:
    urls = {"DATABASE_URL": address(foreign, SERVING_ROLE), "DATABASE_OWNER_URL": address(foreign, OWNING_ROLE)}

    first, second = (mingyue(tmp_path / "home", "manage", "prepare", **urls) for _ in range(2))

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    with psycopg.connect(address(foreign, SERVING_ROLE)) as asked:
        rights = "SELECT, INSERT, UPDATE, DELETE"
        tables = "SELECT tablename, has_table_privilege(quote_ident(tablename), %s) FROM pg_tables"
        held = dict(asked.execute(f"{tables} WHERE schemaname = 'public'".encode(), [rights]).fetchall())
        assert set(held.values()) == {True}
        assert {"site_cache", "procrastinate_jobs", "django_migrations"} <= set(held)

    as_superuser(foreign, f"GRANT {OWNING_ROLE} TO {SERVING_ROLE}")
    try:
        third = mingyue(tmp_path / "home", "manage", "prepare", **urls)
    finally:
        as_superuser(foreign, f"REVOKE {OWNING_ROLE} FROM {SERVING_ROLE}")
    assert third.returncode == 9
    assert f"mingyue_app, which serves pages, owns {len(held)} tables." in third.stderr


def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    url = f"postgresql://app@/mingyue?host={tmp_path}"

    ended = mingyue(tmp_path / "home", "serve", "--port", "0", DATABASE_URL=url, DATABASE_OWNER_URL=url)

    assert ended.returncode == 10
    assert ended.stderr.startswith("error: The database cannot be reached: ")
    assert "remedy: Check DATABASE_URL and DATABASE_OWNER_URL" in ended.stderr


# --- a home that takes nothing -------------------------------------------------------------------------------------


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    ended = mingyue(tmp_path / "file" / "home", "serve", "--port", "0")

    assert ended.returncode == 3
    assert f"error: {tmp_path / 'file' / 'home'} cannot be written: Not a directory." in ended.stderr
    assert "remedy: Set MINGYUE_HOME to a folder that you may write to" in ended.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
def test_as_root_a_folder_closed_to_the_other_user_is_said_and_stays_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    ended = mingyue(closed / "home", "serve", "--port", "0")

    assert ended.returncode == 10
    assert f"as whom PostgreSQL runs, may not enter {closed}." in ended.stderr
    assert closed.stat().st_mode & 0o777 == 0o700
    assert left_behind(closed / "home") == []


def test_a_database_of_another_version_is_left_alone(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="my-") as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "home" / "postgres" / "data"
        data.mkdir(parents=True)
        (data / "PG_VERSION").write_text("16\n")

        ended = mingyue(Path(folder) / "home", "serve", "--port", "0")

        assert ended.returncode == 10
        assert f"error: {data} was made by PostgreSQL 16, this is 18." in ended.stderr
        assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_without_the_extra_the_command_says_how_to_get_it(tmp_path: Path) -> None:
    code = (
        "import importlib.util as u, sys\n"
        "found = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'django' else found(name, *a)\n"
        "from mingyue.cli import main; main(['serve'])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False,
                           env={**os.environ, "MINGYUE_LANG": "en"})  # fmt: skip

    assert ended.returncode == 3
    assert ended.stderr == "error: The platform is not installed: django.\nremedy: pip install 'mingyue[web]'.\n"
