"""Django's PostgreSQL, but whether a kept connection still lives is asked by letting it forget who looked.

Django asks once before each request, and the worker before each job, at the first statement; so neither inherits
anything from the one before, and both notice when the server was started anew.
"""

from __future__ import annotations

from django.db.backends.postgresql import base
from psycopg import Error

from mingyue.web.records.walls import FORGET


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection of one thread."""

    def is_usable(self) -> bool:
        """Whether it lives and has forgotten."""
        if self.connection is None:
            return False
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(FORGET)
        except Error:
            return False
        return True
