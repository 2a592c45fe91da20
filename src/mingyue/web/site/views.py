"""The start page, and the park's office."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.i18n import set_language

from mingyue.web.facilities.queries import facilities
from mingyue.web.notices.teller import behind
from mingyue.web.orders.queries import waiting_for
from mingyue.web.parts.queries import parts_of
from mingyue.web.people.services import note_language
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import NotFoundError
from mingyue.web.site import queries

_SHOWN = 6


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is open, what is new, and the viewer's own."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    context = {
        "facilities": facilities(viewer)[:_SHOWN],
        "news": queries.news_for(viewer),
        "my_parts": parts_of(viewer)[:_SHOWN] if viewer.signed_in else [],
        "waiting": waiting_for(viewer)[:_SHOWN],
    }
    return render(request, "site/home.html", context)


def language(request: HttpRequest) -> HttpResponse:
    """In which language the visitor reads from now on; whoever is signed in is written to in it too."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    chosen = request.POST.get("language", "")
    if viewer.person_id is not None and chosen in dict(settings.LANGUAGES):
        note_language(person_id=viewer.person_id, language=chosen)
    return set_language(request)


@login_required
@require_GET
def administration(request: HttpRequest) -> HttpResponse:
    """Who is on the platform, to those who run it. Nobody's parts are shown here."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.office:
        raise NotFoundError
    context = {
        "organisations": queries.organisations_for_office(viewer),
        "people_count": queries.people_count(viewer),
        "teller": behind(at=datetime.now(UTC)),
    }
    return render(request, "site/administration.html", context)
