"""`mingyue manage untold`: how far the teller is behind, and which events could not be told to anybody."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mingyue.phrases import Phrase, in_language, language_of_environment, say
from mingyue.web.notices.models import SetAside
from mingyue.web.notices.teller import behind


class Command(BaseCommand):
    """Ends with 1 where an event is set aside."""

    help = "Say how far the teller is behind, and which events were set aside because they cannot be told."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default="owner", help="Whose eyes see every organisation: the tables' owner.")

    def handle(self, *_: Any, database: str, **__: Any) -> None:
        found = SetAside.objects.using(database).select_related("event", "organisation")
        for aside in found.order_by("organisation__slug", "event__number"):
            self._say(_said(aside))
        far = behind(at=datetime.now(UTC))
        self._say(
            say("News waits for {seconds:.0f} s; events set aside: {count:,}.",
                seconds=far.behind_s, count=far.set_aside)
        )  # fmt: skip
        if far.set_aside:
            sys.exit(1)

    def _say(self, phrase: Phrase) -> None:
        self.stdout.write(in_language(phrase, language_of_environment()))


def _said(aside: SetAside) -> Phrase:
    return say(
        "✗ {organisation}, event {number:,}, {what}: {why}. Tried {failures} times, {again}.",
        organisation=aside.organisation.slug, number=aside.event.number, what=aside.event.what, why=aside.why,
        failures=aside.failures, again=_again(aside),
    )  # fmt: skip


def _again(aside: SetAside) -> Phrase:
    if aside.next_at is None:
        return say("not any more")
    return say("again at {when}", when=f"{aside.next_at:%Y-%m-%d %H:%M:%S}Z")
