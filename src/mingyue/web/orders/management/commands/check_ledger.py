"""`mingyue manage check_ledger`: the money adds up, whoever's it is."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mingyue.phrases import Phrase, in_language, language_of_environment, say
from mingyue.web.orders.ledger.faults import faults
from mingyue.web.orders.models import Entry, Order


class Command(BaseCommand):
    """Ends with 1 where something does not add up."""

    help = "Hold orders, entries, invoices, quotes and budgets against each other."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default="owner", help="Whose eyes see every organisation: the tables' owner.")

    def handle(self, *_: Any, database: str, **__: Any) -> None:
        found = 0
        for number, fault in faults(database, at=datetime.now(UTC)):
            found += 1
            self._say(say("✗ {organisation}: {fault}", organisation=number, fault=fault))
        self._say(
            say(
                "{orders:,} orders, {entries:,} entries, {faults:,} faults.",
                orders=Order.objects.using(database).count(),
                entries=Entry.objects.using(database).count(),
                faults=found,
            )
        )
        if found:
            sys.exit(1)

    def _say(self, phrase: Phrase) -> None:
        self.stdout.write(in_language(phrase, language_of_environment()))
