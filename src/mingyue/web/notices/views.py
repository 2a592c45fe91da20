"""Pages of notices: what one is told, and of what one wants to hear."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingyue.phrases import say
from mingyue.web.notices import queries, services
from mingyue.web.notices.forms import WishesForm
from mingyue.web.notices.models import Group, Notice
from mingyue.web.notices.telling import WHY, Who
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.kept_phrases import from_json
from mingyue.web.records.language import in_current_language
from mingyue.web.records.live import stream_of
from mingyue.web.records.paging import stretch_of

_A_PAGE = 50


@login_required
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """The newest first, page by page; with `?unread=1`, only those that were not opened. By time and not unread first, for
    what one reads would move from under one's pages."""
    viewer = _viewer(request)
    only_unread = request.GET.get("unread") == "1"
    rows = queries.unread_of(viewer) if only_unread else queries.notices_of(viewer)
    older, newer = request.GET.get("older_than"), request.GET.get("newer_than")
    page = stretch_of(rows, limit=_A_PAGE, by="at", older_than=older, newer_than=newer)
    about = {"notices": [_told(one) for one in page.items], "page": page, "only_unread": only_unread}
    return render(request, "notices/notices.html", about)


def _told(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.pk,
        "text": in_current_language(from_json(notice.text)),
        "why": in_current_language(WHY[Who(notice.who)]),
        "at": notice.at,
        "is_new": notice.read_at is None,
    }


@login_required
@require_GET
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """To what it is about; from now on it is read. A link, so that a letter can carry it and no script is needed."""
    return redirect(services.open_notice(actor=_viewer(request), notice_id=notice_id, at=datetime.now(UTC)))


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """None is new any more."""
    services.read_all(actor=_viewer(request), at=datetime.now(UTC))
    return redirect("notices")


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Of which groups one wants to hear, and where."""
    viewer = _viewer(request)
    form = WishesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.set_wishes(actor=viewer, **form.cleaned_data)
        messages.success(request, in_current_language(say("Changed.")))
        return redirect("notices-settings")
    on_page, by_mail = queries.wishes_of(viewer.someone)
    rows = [
        {"value": one.value, "label": one.label, "on_page": one in on_page, "by_mail": one in by_mail} for one in Group
    ]
    return render(request, "notices/settings.html", {"rows": rows, "form": form}, status=400 if form.errors else 200)


@login_required
@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """How many are new, for the bell."""
    return JsonResponse({"unread": queries.unread_count(_viewer(request))}, headers={"Cache-Control": "no-store"})


@login_required
@require_GET
def live(request: HttpRequest) -> HttpResponseBase:
    """Says whenever the viewer's notices changed."""
    return stream_of("person", str(_viewer(request).someone))


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer
