"""`mingyue manage appoint_office EMAIL`: this person runs the platform from now on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mingyue.web.people.founding import appoint_office
from mingyue.web.people.models import User


class Command(BaseCommand):
    """Appoints the park's office."""

    help = "Let a registered person run the platform."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Appoint, and say so."""
        person = User.objects.filter(email__iexact=options["email"]).first()
        if person is None:
            raise CommandError(f"Nobody is registered as {options['email']}: let them register first.")
        park = appoint_office(person=person, at=datetime.now(UTC))
        self.stdout.write(f"{person} now runs the platform in {park.name}.")
