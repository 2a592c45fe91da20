"""The page on which a manager gives lines of a quote other amounts: seen first, then sent as another quote."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from mingyue.phrases import say
from mingyue.web.orders import contents, queries, rules, services
from mingyue.web.orders.models import Quote
from mingyue.web.orders.pages.replacing_form import ReplaceForm
from mingyue.web.orders.pages.requests import viewer_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.people.views import accepted
from mingyue.web.records.errors import NotFoundError
from mingyue.web.records.language import in_current_language


@login_required
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """Without `send`, what the customer would be asked for; nothing is kept of that."""
    viewer = viewer_of(request)
    found = queries.quote_of(viewer, quote_id)
    if found is None or not rules.may_provide(viewer, found.provider_id):
        raise NotFoundError
    if request.method == "GET" and rules.why_not_open(found):
        return redirect("quote", quote_id=quote_id)
    form = ReplaceForm(request.POST if request.method == "POST" else None, content=found.content)
    preview: dict[str, Any] | None = None
    if request.method == "POST" and _changes_well(form, found):
        if "send" in request.POST:
            other = _sent(form, viewer, found)
            if other is not None:
                return redirect("quote", quote_id=other.pk)
        else:
            preview = contents.changed(found.content, form.changes(), number=found.number)
    about = {"quote": found, "content": queries.content_for(viewer, found), "form": form, "preview": preview}
    return render(request, "orders/replace.html", about, status=400 if form.errors else 200)


def _changes_well(form: ReplaceForm, found: Quote) -> bool:
    """Whether what was typed can become a quote; the form says why not."""
    if not form.is_valid():
        return False
    changes = form.changes()
    reasons = contents.why_not_changed(found.content, changes) if changes else [say("Say which line changes.")]
    for reason in reasons:
        form.add_error(None, in_current_language(reason))
    return not reasons


def _sent(form: ReplaceForm, viewer: Viewer, found: Quote) -> Quote | None:
    other: Quote | None = accepted(
        form,
        lambda: services.replace_quote(
            actor=viewer, quote_id=found.pk, changes=form.changes(), at=datetime.now(UTC)
        ),
    )  # fmt: skip
    return other
