"""What the start page and the park's office read across the apps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from mingyue.phrases import Phrase, say
from mingyue.web.facilities.queries import facilities
from mingyue.web.materials.queries import recipes
from mingyue.web.people.models import Membership, Organisation, User
from mingyue.web.people.viewers import Viewer

_NEWS = 6


@dataclass(frozen=True, slots=True)
class News:
    """Something new, and where to read it."""

    at: datetime
    text: Phrase
    address: str


def news_for(viewer: Viewer) -> list[News]:
    """What was opened and shared lately, the newest first."""
    opened = [
        News(one.created_at, say("{name} opened", name=one.title), f"/facilities/{one.slug}/")
        for one in facilities(viewer).order_by("-created_at")[:_NEWS]
    ]
    shared = [
        News(one.created_at, say("A recipe was shared: {name}", name=one.name), f"/materials/recipes/{one.pk}/")
        for one in recipes(viewer).exclude(organisation_id__in=viewer.organisations).order_by("-created_at")[:_NEWS]
    ]
    return sorted([*opened, *shared], key=lambda one: one.at, reverse=True)[:_NEWS]


def organisations_for_office(viewer: Viewer) -> list[tuple[Organisation, int]]:
    """All organisations with how many members they have; nothing of what is theirs."""
    if not viewer.office:
        return []
    counts = dict(Membership.objects.filter(ended_at=None).values_list("organisation").annotate(Count("pk")).order_by())
    return [(one, counts.get(one.pk, 0)) for one in Organisation.objects.order_by("name")]


def people_count(viewer: Viewer) -> int:
    """How many people can sign in."""
    return User.objects.filter(is_active=True).count() if viewer.office else 0
