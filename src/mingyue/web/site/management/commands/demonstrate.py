"""`mingyue manage demonstrate`: made-up people, organisations and machines to look around with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from mingyue.phrases import in_language, language_of_environment
from mingyue.web.site.demonstration import demonstrate
from mingyue.web.site.environment import read_environment


class Command(BaseCommand):
    """Makes demonstration data."""

    help = "Make demonstration data; doing it again adds only what is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, and say who signs in how."""
        language = language_of_environment()
        entrances = demonstrate(
            environment=read_environment(),
            at=datetime.now(UTC),
            tell=lambda text: self.stdout.write(in_language(text, language)),
        )
        width = max(map(len, entrances.passwords))
        for email, password in entrances.passwords.items():
            self.stdout.write(f"  {email:{width}}  {password}")
