"""Who tells what happened: `python -m mingyue.web.serving.teller ADDRESS`. It hears of events as they are committed.

ADDRESS is where the platform answers, for letters where MINGYUE_ORIGIN says nothing. Events, webhooks and letters have a
thread each, so that a mail server that is slow delays nobody's page; webhooks have several, one at a time for each.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import django
import django.db
import psycopg

log = logging.getLogger("teller")

_LOOK_AGAIN_S = 5.0  # for what is due by the clock, and for what was told while nobody listened
_AGAIN_S = 1.0
_GATHERS_S = 0.2  # what happens meanwhile is told together with what was heard
_YIELDS = 5  # how much nicer than whoever answers people: news may come a moment later, a page may not
_AT_ONCE = 8  # webhooks that are sent to at the same time
_IN_A_ROW = 50  # deliveries of one webhook before the others have their turn

Work = Callable[[dict[str, list[tuple[UUID, UUID]]]], bool]


def now() -> datetime:
    """The clock of this process."""
    return datetime.now(UTC)


class Teller:
    """Three loops that look for work, and an ear that wakes them. origin: how the platform's addresses begin."""

    def __init__(self, *, origin: str) -> None:
        self.origin = origin
        self.told_to_stop = False  # a plain value, for a signal may come while an event's own lock is held
        self.stopping = threading.Event()
        self._news = {name: threading.Event() for name in ("events", "deliveries", "letters")}
        self._senders = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sender")
        self._busy: set[UUID] = set()

    def run(self) -> None:
        """Tell until told to stop."""
        works: dict[str, Work] = {"events": self._tell, "deliveries": self._deliver, "letters": self._write}
        loops = [
            threading.Thread(target=self._loop, args=(name, work), name=name, daemon=True)
            for name, work in works.items()
        ]
        for loop in loops:
            loop.start()
        while not self.told_to_stop:
            self._listen()
        self.stopping.set()
        self._wake()
        for loop in loops:  # what is being sent is finished: it takes seconds
            loop.join()
        self._senders.shutdown()

    def stop(self, *_: object) -> None:
        """Begin nothing new, and end."""
        self.told_to_stop = True

    def _wake(self) -> None:
        for news in self._news.values():
            news.set()

    # --- hearing ---------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        """Wake whoever waits, as long as the database speaks to us."""
        from mingyue.web.records.live import server_address
        from mingyue.web.records.services import CHANNEL

        try:
            with psycopg.connect(autocommit=True, **server_address()) as connection:
                connection.execute(f"LISTEN {CHANNEL}".encode())
                self._wake()  # what was told before we listened
                while not self.told_to_stop:
                    for _ in connection.notifies(timeout=_AGAIN_S, stop_after=1):
                        self._news["events"].set()
        except psycopg.OperationalError as error:
            log.warning("news stopped: %s", type(error).__name__)
            self.stopping.wait(_AGAIN_S)

    # --- working ---------------------------------------------------------------------------------------------------

    def _loop(self, name: str, work: Work) -> None:
        """Do what there is to do, again and again. Only what lost the database or is a bug ends one round early."""
        from mingyue.web.notices.teller import to_tell

        while not self.stopping.is_set():
            self._news[name].clear()
            try:
                django.db.close_old_connections()
                more = work(to_tell(at=now()))
            except (django.db.OperationalError, django.db.InterfaceError) as error:
                log.warning("%s: the database was lost: %s", name, type(error).__name__)
                more = False
                self.stopping.wait(_AGAIN_S)
            except Exception:
                log.exception("%s: a fault", name)
                more = False
                self.stopping.wait(_AGAIN_S)
            if not more and self._news[name].wait(_LOOK_AGAIN_S) and name == "events":
                self.stopping.wait(_GATHERS_S)

    def _tell(self, found: dict[str, list[tuple[UUID, UUID]]]) -> bool:
        """Events become deliveries and notices. A chain on which we stumble keeps no other one waiting."""
        from mingyue.web.notices.aside import database_is_lost
        from mingyue.web.notices.fanning import tell, tell_aside

        told = 0
        works = [(tell, each) for each, _ in found["events"]] + [(tell_aside, each) for each, _ in found["aside"]]
        for work, organisation_id in works:
            try:
                told += work(organisation_id, at=now())
            except Exception as error:
                if database_is_lost(error):
                    raise
                log.exception("the events of %s cannot be told", organisation_id)
        if told:
            self._news["deliveries"].set()
        return told > 0

    def _deliver(self, found: dict[str, list[tuple[UUID, UUID]]]) -> bool:
        """Each webhook that has something due is one task; while it runs, it is left alone."""
        for organisation_id, webhook_id in found["deliveries"]:
            if webhook_id not in self._busy:
                self._busy.add(webhook_id)
                self._senders.submit(self._send, organisation_id, webhook_id)
        return False

    def _send(self, organisation_id: UUID, webhook_id: UUID) -> None:
        """One after the other, until one fails or it is the others' turn."""
        from mingyue.web.notices.delivering import deliver

        try:
            django.db.close_old_connections()
            for _ in range(_IN_A_ROW):
                if self.stopping.is_set() or not deliver(organisation_id, webhook_id, clock=now):
                    break
        except (django.db.OperationalError, django.db.InterfaceError) as error:
            log.warning("deliveries: the database was lost: %s", type(error).__name__)
        except Exception:
            log.exception("a delivery of %s is at fault", webhook_id)
            self.stopping.wait(_AGAIN_S)
        finally:
            self._busy.discard(webhook_id)
            self._news["deliveries"].set()

    def _write(self, found: dict[str, list[tuple[UUID, UUID]]]) -> bool:
        """Letters that are due. One on which we stumble keeps no other one waiting."""
        from mingyue.web.notices.aside import database_is_lost
        from mingyue.web.notices.mailing import send_letter

        left = 0
        for person_id, _ in found["letters"]:
            try:
                left += send_letter(person_id, clock=now, origin=self.origin)
            except Exception as error:
                if database_is_lost(error):
                    raise
                log.exception("a letter to %s cannot be written", person_id)
        return left > 0


def main(address: str) -> None:
    """Tell until SIGTERM."""
    from mingyue.web.site.environment import read_environment

    os.nice(_YIELDS)
    teller = Teller(origin=read_environment().origin or address)
    signal.signal(signal.SIGTERM, teller.stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal tells everybody; whoever started us decides
    teller.run()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingyue.web.site.settings")
    django.setup()
    main(sys.argv[1])
