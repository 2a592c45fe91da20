"""Migrations' steps by which PostgreSQL itself keeps what was promised, whatever a program does."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.migrations import RunSQL


def frozen_where(table: str, condition: str, columns: Sequence[str] = (), *, trigger: str = "stays") -> RunSQL:
    """Rows of which OLD fulfils the condition are not removed, and these columns of them (all, if none is named) stay."""
    old, new = (", ".join(f"{row}.{column}" for column in columns) or f"{row}.*" for row in ("OLD", "NEW"))
    name = f"{table}_{trigger}"
    return RunSQL(
        f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT ({condition}) THEN
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            END IF;
            IF TG_OP = 'UPDATE' THEN
                IF ROW({old}) IS NOT DISTINCT FROM ROW({new}) THEN RETURN NEW; END IF;
            END IF;
            RAISE EXCEPTION 'what is promised in {table} never changes';
        END $$;
        CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
        """,
        f"DROP TRIGGER {trigger} ON {table}; DROP FUNCTION {name}();",
    )


def same_provider(table: str, column: str, parent: str, of: str = "provider_id") -> RunSQL:
    """A row and what it points to are of one facility's organisation; `of` names that one's column in the parent."""
    name = f"{table}_{column}_same_provider"
    return RunSQL(
        f"""
        CREATE UNIQUE INDEX IF NOT EXISTS {parent}_of_{of} ON {parent} (id, {of});
        ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, provider_id) REFERENCES {parent} (id, {of});
        """,
        f"ALTER TABLE {table} DROP CONSTRAINT {name};",
    )
