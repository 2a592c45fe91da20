"""Jobs whose worker died are given back, so that nothing runs for ever: a few times to another worker, then to nobody."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, connection, transaction

log = logging.getLogger("records.tasks")

SILENT_S = 30  # a worker unheard for so long is dead; a living one ends itself before, see serving/worker.py
DEATHS = 3  # a job during which so many workers died is what kills them

Mourner = Callable[..., None]
_mourners: dict[str, Mourner] = {}


def when_given_up(task_name: str) -> Callable[[Mourner], Mourner]:
    """Decorates what is called with a job's arguments, in the same transaction, when that job is given up for good."""

    def remember(mourner: Mourner) -> Mourner:
        _mourners[task_name] = mourner
        return mourner

    return remember


def give_back_jobs(*, dead: int | None = None) -> int:
    """Give back the jobs of workers that are dead, and of this one, known to be `dead`. How many jobs there were.

    Whoever lost its entry in the table of workers must not go on: the entry is deleted in the same transaction in which
    the jobs are given back, and a worker looks for its own. Of several who do this at once one gets each job.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => %s) OR id = %s",
            [SILENT_S, dead],
        )
        cursor.execute(
            "SELECT id, task_name, attempts, args::text FROM procrastinate_jobs"
            " WHERE status = 'doing' AND worker_id IS NULL ORDER BY id FOR UPDATE SKIP LOCKED"
        )
        jobs = cursor.fetchall()
        for number, task_name, attempts, arguments in jobs:
            _give_back(cursor, number, task_name, attempts, arguments)
    return len(jobs)


def _give_back(cursor: Any, number: int, task_name: str, attempts: int, arguments: str) -> None:
    if attempts + 1 < DEATHS:
        try:
            with transaction.atomic():
                cursor.execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [number])
        except IntegrityError:
            log.warning("job %s (%s) lost its worker; the same job is queued already", number, task_name)
        else:
            log.warning("job %s (%s) lost its worker, is tried again", number, task_name)
            return
    else:
        log.error("job %s (%s) lost its worker %s times, is given up", number, task_name, DEATHS)
        if mourner := _mourners.get(task_name):
            mourner(**json.loads(arguments))
    cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [number])
