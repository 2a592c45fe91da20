"""Row-level security: PostgreSQL itself shows a viewer no row of an organisation that is not theirs.

The pages' queries are narrowed as well; this wall stands where one of them forgot. It binds the role that serves pages,
which owns no table. Who looks is told by `seen_by`; where nobody said, nothing is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection
from django.db.migrations import RunSQL
from psycopg.pq import TransactionStatus

# Who a viewer is to the database: a person with memberships, an organisation acted for, a token held in the hand.
_SETTINGS = ("mingyue.person", "mingyue.organisation", "mingyue.token")
_TELL = "SELECT " + ", ".join(f"set_config('{name}', %s, false)" for name in _SETTINGS)
FORGET = _TELL.replace("%s", "''")
# What was told before is read first: a materialized part is done before what reads it.
_BEFORE = ", ".join(f"current_setting('{name}', true) AS {name.replace('.', '_')}" for name in _SETTINGS)
_ASK_AND_TELL = (
    f"WITH before AS MATERIALIZED (SELECT {_BEFORE}) {_TELL.replace('SELECT', 'SELECT before.*,')} FROM before"
)
MINE = "organisation_id IN (SELECT mingyue_organisations())"


def tell(*, person_id: UUID | None = None, organisation_id: UUID | None = None, token: str = "") -> None:
    """Say to the connection who looks from now on."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL, _values(person_id, organisation_id, token))


def _values(person_id: UUID | None, organisation_id: UUID | None, token: str) -> tuple[str, str, str]:
    return str(person_id or ""), str(organisation_id or ""), token


@contextmanager
def seen_by(*, person_id: UUID | None = None, organisation_id: UUID | None = None, token: str = "") -> Iterator[None]:
    """Inside, the database shows what this person, organisation or holder of a token may see; afterwards what it did."""
    with connection.cursor() as cursor:
        cursor.execute(_ASK_AND_TELL, _values(person_id, organisation_id, token))
        before = [value or "" for value in cursor.fetchone()[: len(_SETTINGS)]]
    try:
        yield
    finally:
        if not _is_broken():  # a broken transaction takes no more commands, and its end undoes the setting
            with connection.cursor() as cursor:
                cursor.execute(_TELL, before)


def _is_broken() -> bool:
    """Whether this transaction can only be rolled back, as Django or PostgreSQL itself says."""
    driver = connection.connection
    in_error = driver is not None and driver.info.transaction_status == TransactionStatus.INERROR
    return connection.needs_rollback or in_error


def wall(table: str, *, read: str = MINE, write: str = MINE) -> RunSQL:
    """A migration's step: who may read and who may write the rows of a table, as conditions in SQL."""
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY reads ON {table} FOR SELECT USING ({read});
        CREATE POLICY inserts ON {table} FOR INSERT WITH CHECK ({write});
        CREATE POLICY updates ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write});
        CREATE POLICY deletes ON {table} FOR DELETE USING ({write});
        """,
        f"""
        DROP POLICY reads ON {table}; DROP POLICY inserts ON {table};
        DROP POLICY updates ON {table}; DROP POLICY deletes ON {table};
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def same_tenant(table: str, column: str, parent: str) -> RunSQL:
    """A migration's step: a row and what it points to belong to one organisation, whatever a program says."""
    name = f"{table}_{column}_same_tenant"
    return RunSQL(
        f"""
        CREATE UNIQUE INDEX IF NOT EXISTS {parent}_of_tenant ON {parent} (id, organisation_id);
        ALTER TABLE {table} ADD CONSTRAINT {name}
            FOREIGN KEY ({column}, organisation_id) REFERENCES {parent} (id, organisation_id);
        """,
        f"ALTER TABLE {table} DROP CONSTRAINT {name};",
    )


def never_edited(table: str) -> RunSQL:
    """A migration's step: rows of this table are added and read, nothing else, by whoever serves pages."""
    return RunSQL(
        f"""
        DO $$ BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mingyue_app') THEN
                REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM mingyue_app;
            END IF;
        END $$;
        CREATE OR REPLACE FUNCTION mingyue_never_edited() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'rows of % are never edited', TG_TABLE_NAME; END $$;
        CREATE TRIGGER never_edited BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION mingyue_never_edited();
        """,
        f"DROP TRIGGER never_edited ON {table};",
    )


# A person's organisations, found past the walls that lead there. Owned by whoever migrates, who owns the tables.
VIEWERS_ORGANISATIONS = RunSQL(
    """
    CREATE FUNCTION mingyue_person() RETURNS uuid LANGUAGE sql STABLE AS
        $$ SELECT NULLIF(current_setting('mingyue.person', true), '')::uuid $$;
    CREATE FUNCTION mingyue_organisations() RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
    DECLARE acted_for text := NULLIF(current_setting('mingyue.organisation', true), '');
    BEGIN
        IF acted_for IS NOT NULL THEN RETURN NEXT acted_for::uuid; END IF;
        RETURN QUERY SELECT m.organisation_id FROM people_membership m
            WHERE m.person_id = mingyue_person() AND m.ended_at IS NULL;
    END $$;
    """,
    "DROP FUNCTION mingyue_organisations(); DROP FUNCTION mingyue_person();",
)
