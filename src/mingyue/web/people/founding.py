"""Who runs the platform: said once from the machine it runs on, never through a page."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mingyue.phrases import say
from mingyue.web.people.models import Membership, Organisation, Role, User
from mingyue.web.records.errors import RefusedError
from mingyue.web.records.services import record
from mingyue.web.records.walls import seen_by


def appoint_office(
    *, person: User, at: datetime, slug: str = "park", name: str = "Park office", name_zh: str = "园区办公室",
    demonstration: bool = False,
) -> Organisation:  # fmt: skip
    """The person runs the platform from now on, in the one organisation that does; it is made where there is none."""
    park = Organisation.objects.filter(runs_platform=True).first() or Organisation(
        slug=slug, kind=Organisation.Kind.AUTHORITY, name=name, name_zh=name_zh, runs_platform=True,
        demonstration=demonstration, created_at=at,
    )  # fmt: skip
    if not person.is_active:
        raise RefusedError([say("This person cannot sign in.")])
    with seen_by(organisation_id=park.pk), transaction.atomic():
        if park._state.adding:
            park.save(force_insert=True)
        membership, fresh = Membership.objects.get_or_create(
            organisation=park,
            person=person,
            ended_at=None,
            defaults={"roles": [Role.OFFICE, Role.OWNER], "since": at},
        )
        if not fresh and Role.OFFICE not in membership.roles:
            membership.roles = sorted({*membership.roles, Role.OFFICE})
            membership.save(update_fields=["roles"])
        record(actor=None, what="office.appointed", subject=membership, at=at, facts={"person": str(person.pk)})
    return park
