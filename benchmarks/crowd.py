"""Made-up people for the platform's benchmarks, and many parts like the one they have: through Django, beside `serve`.

`people 50` makes people with sessions of their own, so that nobody has to type a password; `copies 29` repeats each
organisation's checked parts; `idle` takes from the worker what it has left. What was made comes as JSON on standard output.
"""

from __future__ import annotations

import json
import secrets
import sys
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from uuid import uuid4

import django

_ORGANISATIONS = 5


def main() -> None:
    """Make what was asked for."""
    django.setup()
    what, *count = sys.argv[1:]
    made = {"people": people, "copies": copies, "idle": idle}[what](*map(int, count))
    sys.stdout.write(json.dumps(made))


def people(count: int) -> list[dict[str, str]]:
    """So many people in a few organisations, each signed in; those that are there already are signed in anew."""
    organisations = [_organisation(f"crowd-{number + 1}") for number in range(_ORGANISATIONS)]
    return [_person(number, organisations[number % _ORGANISATIONS]) for number in range(count)]


def _organisation(slug: str) -> Any:
    from mingyue.web.people.models import Organisation
    from mingyue.web.records.walls import seen_by

    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        found = Organisation(slug=slug, kind="company", name=slug.title(), created_at=datetime.now(UTC))
        with seen_by(organisation_id=found.pk):
            found.save(force_insert=True)
    return found


def _person(number: int, organisation: Any) -> dict[str, str]:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from mingyue.web.people.models import Membership, User
    from mingyue.web.records.walls import seen_by

    person, fresh = User.objects.get_or_create(email=f"visitor{number}@crowd.example", name=f"Visitor {number}")
    if fresh:
        with seen_by(organisation_id=organisation.pk):
            Membership.objects.create(
                person=person, organisation=organisation, roles=["member"], since=datetime.now(UTC)
            )
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return {"session": session.session_key, "csrf": secrets.token_hex(16), "organisation": organisation.slug}


def copies(count: int) -> list[dict[str, str]]:
    """Each organisation's parts that are checked, so many times more. The answer: what may be looked at."""
    from mingyue.web.parts.models import Part
    from mingyue.web.people.models import Organisation
    from mingyue.web.records.walls import seen_by

    made = []
    for organisation in Organisation.objects.filter(slug__startswith="crowd-"):
        with seen_by(organisation_id=organisation.pk):
            mine = Part.objects.filter(organisation=organisation, name="Crowd part")
            for part in list(mine)[: 1 if mine.count() <= count else 0]:
                for _ in range(count):
                    _copied(part)
            made += [{"organisation": organisation.slug, "part": str(part.pk)} for part in mine]
    return made


def idle() -> list[dict[str, str]]:
    """Nothing is left to do; what is being done ends as soon as it finds that it was cancelled."""
    from django.db import connections, transaction

    from mingyue.web.parts.models import Check, Revision

    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = 'parts'")
        Check.objects.using("owner").filter(state__in=("waiting", "running")).update(state="cancelled")
        Revision.objects.using("owner").filter(state__in=("waiting", "reading")).update(state="refused")
    return []


def _copied(part: Any) -> None:
    revision = part.revisions.get()
    checks = list(revision.checks.all())
    _again(part)
    _again(revision, part=part)
    for check in checks:
        _again(check, revision=revision)


def _again(row: Any, **changed: Any) -> None:
    row.pk, row._state.adding = uuid4(), True
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(force_insert=True)


if __name__ == "__main__":
    main()
