"""Whether this process answers (/health), and whether the whole platform can work (/ready). For machines that watch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from mingyue.web.notices.teller import behind

# A worker says every five seconds that it lives, see serving/worker.py; after 30 its work is given to another.
FRESH_HEARTBEAT_S = 30


def answered_first(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware before all others: whoever watches from inside knows neither our name nor HTTPS."""

    def answer(request: HttpRequest) -> HttpResponse:
        view = _VIEWS.get(request.path)
        return view(request) if view else get_response(request)

    return answer


def health(_request: HttpRequest) -> JsonResponse:
    """200: this process answers. Nothing else is asked."""
    return _told({"status": "ok"})


def ready(_request: HttpRequest) -> JsonResponse:
    """200 where pages and work can be done; 503 says which part cannot. How far the teller is behind is said and is no
    reason to send visitors elsewhere; null where nobody can say it."""
    checks = {"database": False, "migrations": False, "worker": False}
    teller = None
    try:
        with connections["default"].cursor() as cursor:
            checks["database"] = True
            checks["migrations"] = _is_migrated()
            if checks["migrations"]:
                checks["worker"] = _worker_lives(cursor)
                teller = asdict(behind(at=datetime.now(UTC)))
    except DatabaseError:
        pass  # the check that is left False says so; why is in the database's log
    well = all(checks.values())
    named = {name: "ok" if value else "failing" for name, value in checks.items()}
    told = {"status": "ok" if well else "failing", "checks": named, "teller": teller}
    return _told(told, status=200 if well else 503)


_VIEWS: dict[str, Callable[[HttpRequest], JsonResponse]] = {"/health": health, "/ready": ready}


def _told(what: dict[str, Any], status: int = 200) -> JsonResponse:
    response = JsonResponse(what, status=status, headers={"Cache-Control": "no-store"})
    response._has_been_logged = True  # type: ignore[attr-defined]  # whoever watches asks often, and hears it
    return response


def _worker_lives(cursor: Any) -> bool:
    cursor.execute(
        "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s))",
        [FRESH_HEARTBEAT_S],
    )
    return bool(cursor.fetchone()[0])


_seen_migrated = False


def _is_migrated() -> bool:
    """Whether every migration of this code was applied; once it was, that stays so as long as this process runs."""
    global _seen_migrated  # noqa: PLW0603
    if not _seen_migrated:
        executor = MigrationExecutor(connections["default"])
        _seen_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _seen_migrated
