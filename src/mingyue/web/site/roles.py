"""Whether row-level security binds the role that serves pages: it must be no superuser, and own no table."""

from __future__ import annotations

from typing import Any

from mingyue.phrases import say
from mingyue.web.site.errors import Reason

# A role may also become what it is a member of, so membership counts as much as the attribute.
_PAST_THE_WALLS = """
    SELECT current_user,
           bool_or(held.rolsuper), bool_or(held.rolbypassrls)
      FROM pg_roles me JOIN pg_roles held
        ON held.oid = me.oid OR (NOT me.rolsuper AND pg_has_role(me.oid, held.oid, 'MEMBER'))
     WHERE me.rolname = current_user
"""
_OWNED = """
    SELECT count(*) FROM pg_class t JOIN pg_namespace s ON s.oid = t.relnamespace
     WHERE t.relkind IN ('r', 'p') AND s.nspname NOT IN ('pg_catalog', 'information_schema')
       AND s.nspname NOT LIKE 'pg_toast%' AND pg_has_role(current_user, t.relowner, 'MEMBER')
"""


def why_walls_fail(cursor: Any) -> list[Reason]:
    """Why row-level security would not bind the role of this cursor, if anything."""
    cursor.execute(_PAST_THE_WALLS)
    role, is_super, bypasses = cursor.fetchone()
    if is_super:
        return [
            Reason(
                say("The role {role}, which serves pages, is superuser or may become one.", role=role),
                say("Name another role in DATABASE_URL: CREATE ROLE mingyue_app LOGIN NOSUPERUSER."),
            )
        ]
    reasons = []
    if bypasses:
        reasons.append(
            Reason(
                say("The role {role}, which serves pages, may pass row-level security.", role=role),
                say("As superuser: ALTER ROLE {role} NOBYPASSRLS.", role=role),
            )
        )
    cursor.execute(_OWNED)
    (owned,) = cursor.fetchone()
    if owned:
        reasons.append(
            Reason(
                say("The role {role}, which serves pages, owns {count} tables.", role=role, count=owned),
                say("Let another role own them, named in DATABASE_OWNER_URL: REASSIGN OWNED BY {role}.", role=role),
            )
        )
    return reasons
