"""`mingyue manage prepare`: the database takes the shape that this version needs, and is shown to keep its walls."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections

from mingyue.errors import MingyueError
from mingyue.phrases import in_language, language_of_environment, say
from mingyue.web.site.errors import CannotServeError, insecure
from mingyue.web.site.roles import why_walls_fail

# Any number that nobody else uses: whoever prepares the same database waits for whoever came first.
_LOCK = 0x4D_69_6E_67


class Command(BaseCommand):
    """Safe to run again and again, also by several machines at once."""

    help = "Create or change the tables, grant the serving role what it needs, and check that walls bind it."
    requires_system_checks = ()

    def handle(self, *_: Any, verbosity: int, **__: Any) -> None:
        try:
            _prepare(verbosity)
        except MingyueError as error:
            language = language_of_environment()
            text = "\n".join(in_language(phrase, language) for phrase in (error.message, error.remedy))
            raise CommandError(text, returncode=error.exit_code) from error


def _prepare(verbosity: int) -> None:
    owner, serving = connections["owner"], connections["default"]
    try:
        owner.ensure_connection()
        with serving.cursor() as asked:
            asked.execute("SELECT current_user")
            role = owner.ops.quote_name(asked.fetchone()[0])
    except OperationalError as error:
        raise CannotServeError(
            say("The database cannot be reached: {why}", why=str(error).strip()),
            remedy=say("Check DATABASE_URL and DATABASE_OWNER_URL, and that the server runs."),
        ) from error
    with owner.cursor() as cursor:
        # A page may not take a minute; a change of tables may.
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            _grant(cursor, role)
            quiet = max(verbosity - 1, 0)
            call_command("migrate", database="owner", interactive=False, verbosity=quiet)
            call_command("createcachetable", database="owner", verbosity=quiet)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    with serving.cursor() as cursor:
        if reasons := why_walls_fail(cursor):
            raise insecure(reasons)


def _grant(cursor: Any, role: str) -> None:
    """What tables are made from now on, the serving role may use; a migration may take some of it back."""
    cursor.execute(
        f"""
        GRANT USAGE ON SCHEMA public TO {role};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {role};
        """
    )
