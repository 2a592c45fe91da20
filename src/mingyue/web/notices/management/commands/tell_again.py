"""`mingyue manage tell_again`: events that were set aside are told, once what kept them from it is mended."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mingyue.phrases import in_language, language_of_environment, say
from mingyue.web.notices.fanning import tell_aside
from mingyue.web.notices.models import SetAside


class Command(BaseCommand):
    """Safe to run again and again, and while the teller runs: each is told by one, once. Ends with 1 where some are left."""

    help = "Tell the events that were set aside; those that still cannot be told stay so."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default="owner", help="Whose eyes see every organisation: the tables' owner.")

    def handle(self, *_: Any, database: str, **__: Any) -> None:
        aside = SetAside.objects.using(database)
        told = 0
        for organisation_id in sorted(set(aside.values_list("organisation_id", flat=True)), key=str):
            told += tell_aside(organisation_id, at=datetime.now(UTC), even_given_up=True)
        left = aside.count()
        phrase = say("Told: {told:,}. Still set aside: {left:,}.", told=told, left=left)
        self.stdout.write(in_language(phrase, language_of_environment()))
        if left:
            sys.exit(1)
