"""One worker: `python -m mingyue.web.serving.worker PLACE SECONDS`. It says that it lives, and ends where it was given up.

PLACE is a file that holds the number under which the last worker in this place was known: whoever comes next knows that
one to be dead, and need not wait until its silence shows it. A job may take so many SECONDS after the worker was told to
stop.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import django
import django.db
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker

log = logging.getLogger("worker")

_BEAT_S = 5.0
_LEASE_S = 25.0  # unheard for so long we end ourselves, before tasks.SILENT_S lets others take our job
GIVEN_UP = 70  # exit code: somebody else has our job, or may have by now

_beside = ThreadPoolExecutor(1)
_BEAT = (
    "UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = %(id)s"
    " RETURNING pg_postmaster_start_time()::text AS since"
)


async def work(place: Path, *, finish_s: float) -> None:
    """Work off jobs until told to stop."""
    connector = app.connector.get_worker_connector()
    with app.replace_connector(connector) as ours:
        async with ours.open_async():
            app.perform_import_paths()
            settings = app.worker_defaults | {
                "shutdown_graceful_timeout": finish_s,
                "update_heartbeat_interval": 86_400.0,  # we say it ourselves: see `_live`
                "worker_middleware": [_known_before_it_works(place)],
            }
            worker = Worker(app=ours, **settings)
            living = asyncio.create_task(_live(worker, before_us=_number_in(place)))
            try:
                await worker.run()
            finally:
                living.cancel()
    place.unlink(missing_ok=True)


def _known_before_it_works(place: Path) -> Any:
    """Middleware around every job: should it end this process, the next one knows whose job it was.

    A job that lost the database has not failed. Its row still says that somebody is at it, so it is done anew, as if we
    had been killed; after a few times it is given up, for the fault may be the job's.
    """

    async def remember(call_next: Callable[[], Awaitable[Any]], _context: Any, worker: Worker) -> Any:
        place.write_text(str(worker.worker_id), encoding="ascii")
        try:
            return await call_next()
        except (django.db.OperationalError, django.db.InterfaceError) as error:
            _give_up(f"a job lost the database: {error}")

    return remember


async def _live(worker: Worker, *, before_us: int | None) -> None:
    """Say again and again that we live, and give back what the dead have left; first that of who was here before us.

    Only when we are known ourselves, so that nobody who asks meanwhile finds no worker at all.
    """
    while worker.worker_id is None:
        await asyncio.sleep(0.05)
    heard, since = time.monotonic(), ""
    while (number := worker.worker_id) is not None:
        try:
            known = await asyncio.wait_for(worker.app.connector.execute_query_all_async(_BEAT, id=number), _BEAT_S)
            if not known:
                _give_up("another worker was given our work")
            heard = time.monotonic()
            if since not in {"", known[0]["since"]}:
                # Our ear for new jobs was lost with the old server, and does not come back by itself.
                log.warning("the database was started anew, and so are we when our job is done")
                worker.stop()
            since = known[0]["since"]
            await _give_back(dead=before_us)
            before_us = None
        except (ConnectorException, TimeoutError, django.db.DatabaseError) as error:
            log.warning("heartbeat failed: %s", error)
            if time.monotonic() - heard > _LEASE_S:
                _give_up("the database did not hear us for too long")
        await asyncio.sleep(_BEAT_S)


async def _give_back(*, dead: int | None = None) -> None:
    """In a thread of its own, for a job may keep the usual one busy for long."""
    from mingyue.web.records.tasks import give_back_jobs

    def give_back() -> None:
        django.db.close_old_connections()
        give_back_jobs(dead=dead)

    await asyncio.get_running_loop().run_in_executor(_beside, give_back)


def _give_up(why: str) -> NoReturn:
    log.error("ends at once: %s", why)
    os._exit(GIVEN_UP)


def _number_in(place: Path) -> int | None:
    text = place.read_text(encoding="ascii").strip() if place.exists() else ""
    return int(text) if text.isdigit() else None


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingyue.web.site.settings")
    django.setup()
    asyncio.run(work(Path(sys.argv[1]), finish_s=float(sys.argv[2])))
