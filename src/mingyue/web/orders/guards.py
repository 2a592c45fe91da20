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


# At the end of the transaction, for entry and postings come one after the other. As the tables' owner, who sees all of
# them: whoever wrote may have stopped acting for the facility by then.
BALANCED = RunSQL(
    """
    CREATE FUNCTION orders_balanced() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_temp AS $$
    DECLARE
        the_entry uuid := CASE TG_TABLE_NAME WHEN 'orders_entry' THEN to_jsonb(NEW) ->> 'id'
                          ELSE to_jsonb(NEW) ->> 'entry_id' END;
        the_sum numeric; count_of bigint; currencies bigint; bound numeric;
    BEGIN
        SELECT COALESCE(sum(p.amount_fen), 0), count(*), count(DISTINCT a.currency)
            INTO the_sum, count_of, currencies
            FROM orders_posting p JOIN orders_account a ON a.id = p.account_id WHERE p.entry_id = the_entry;
        IF the_sum <> 0 OR count_of < 2 OR currencies <> 1 THEN
            RAISE EXCEPTION 'entry % does not balance', the_entry USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        SELECT COALESCE(sum(p.amount_fen), 0) INTO bound
            FROM orders_entry e JOIN orders_posting p ON p.entry_id = e.id
            JOIN orders_account a ON a.id = p.account_id AND a.kind = 'committed'
            WHERE e.order_id = (SELECT order_id FROM orders_entry WHERE id = the_entry);
        IF bound < 0 THEN
            RAISE EXCEPTION 'entry % bills more than was ordered', the_entry
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON orders_entry DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION orders_balanced();
    CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON orders_posting DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION orders_balanced();
    """,
    """
    DROP TRIGGER balanced ON orders_posting; DROP TRIGGER balanced ON orders_entry; DROP FUNCTION orders_balanced();
    """,
)
