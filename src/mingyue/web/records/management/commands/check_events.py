"""`mingyue manage check_events`: no event was changed, added between or taken away."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from mingyue.phrases import Phrase, in_language, language_of_environment, say
from mingyue.web.records.models import Chain, Event
from mingyue.web.records.services import FIRST, digest_of

_MOST_TOLD = 20  # of one chain; after the first break everything may be wrong


class Command(BaseCommand):
    """Ends with 1 where a chain is broken. The heads it prints are worth keeping elsewhere: they prove all before them."""

    help = "Follow every organisation's chain of events from its first to its head."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default="owner", help="Whose eyes see every organisation: the tables' owner.")

    def handle(self, *_: Any, database: str, **__: Any) -> None:
        chains = {chain.organisation_id: chain for chain in Chain.objects.using(database)}
        with_events = Event.objects.using(database).order_by().values_list("organisation_id", flat=True).distinct()
        broken = 0
        for organisation_id in sorted({*chains, *with_events}, key=str):
            found = list(_faults(organisation_id, chains.get(organisation_id), database))
            broken += bool(found)
            for fault in found[:_MOST_TOLD]:
                self._say(say("✗ {organisation}: {fault}", organisation=organisation_id, fault=fault))
            if not found:
                chain = chains[organisation_id]
                self._say(
                    say("✓ {organisation}: {count:,} events, head {head}",
                        organisation=organisation_id, count=chain.count, head=chain.head)
                )  # fmt: skip
        if broken:
            sys.exit(1)

    def _say(self, phrase: Phrase) -> None:
        self.stdout.write(in_language(phrase, language_of_environment()))


def _faults(organisation_id: UUID, chain: Chain | None, database: str) -> Iterator[Phrase]:
    """What is wrong with one chain, from its first event on."""
    previous, expected = FIRST, 1
    for event in Event.objects.using(database).filter(organisation_id=organisation_id).order_by("number").iterator():
        if event.number != expected:
            yield say("events {first:,} to {last:,} are missing", first=expected, last=event.number - 1)
        elif event.previous != previous:
            yield say("event {number:,} does not follow the one before it", number=event.number)
        if digest_of(event) != event.digest:
            yield say("event {number:,} was changed", number=event.number)
        previous, expected = event.digest, event.number + 1
    if chain is None:
        yield say("the chain's head is missing")
    elif chain.count > expected - 1:
        yield say("events {first:,} to {last:,} are missing", first=expected, last=chain.count)
    elif (chain.count, chain.head) != (expected - 1, previous):
        yield say("the chain's head does not fit its last event")
