"""Pages about a later revision of what was quoted: the same asked once more, and what its price is against the last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingyue.web.orders import again, queries, rules
from mingyue.web.orders.against import compared
from mingyue.web.orders.models import Quote
from mingyue.web.orders.pages.requests import viewer_of
from mingyue.web.parts.models import Check, Revision
from mingyue.web.parts.queries import revision_of
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError

_UNDER_WAY = (Check.State.WAITING, Check.State.RUNNING)


@login_required
@require_http_methods(["GET", "POST"])
def ask_again(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """The same for the newest revision: what is still checked for that, and the quote as soon as it is done."""
    viewer = viewer_of(request)
    found = queries.quote_of(viewer, quote_id)
    if found is None or not rules.may_order(viewer, found.organisation_id):
        raise NotFoundError
    revision = queries.newer_revision_of(viewer, found)
    if revision is None:
        return redirect("quote", quote_id=quote_id)
    if request.method == "GET":
        return render(request, "orders/again.html", _about(found, revision))
    try:
        done = again.ask_again(
            actor=viewer, quote_id=quote_id, withdraw=bool(request.POST.get("withdraw")), at=datetime.now(UTC)
        )
    except (RefusedError, InvalidError, ConflictError) as error:
        reasons = error.reasons if isinstance(error, RefusedError) else (error.message,)
        return render(request, "orders/again.html", _about(found, revision) | {"reasons": reasons}, status=400)
    if done.quote is None:
        chosen = "?withdraw=yes" if request.POST.get("withdraw") else ""
        return redirect(reverse("quote-again", args=[quote_id]) + chosen)
    return redirect("quote", quote_id=done.quote.pk)


def _about(quote: Quote, revision: Revision) -> dict[str, Any]:
    checks = again.checks_now(quote, revision)
    return {
        "quote": quote,
        "revision": revision,
        "steps": _steps(quote.content["options"], checks),
        "reading": revision.state in (Revision.State.WAITING, Revision.State.READING),
        "under_way": any(check is not None and check.state in _UNDER_WAY for check in checks),
        "ready": all(check is not None and check.state in rules.PRICED and check.estimate for check in checks),
        "is_open": not rules.why_not_open(quote),
    }


def _steps(
    options: Sequence[dict[str, Any]], checks: Sequence[Check | None]
) -> list[tuple[list[int], dict[str, Any], Check | None]]:
    """For each check that was quoted: the numbers of its options, the first of them, and the check that is now its like."""
    numbers: dict[str, list[int]] = {}
    for option in options:
        numbers.setdefault(option["check"], []).append(option["number"] + 1)
    return [(each, options[each[0] - 1], checks[each[0] - 1]) for each in numbers.values()]


@login_required
@require_GET
def changes(request: HttpRequest, revision_id: UUID) -> HttpResponse:
    """A piece of a page: what a revision costs against an earlier one, `?since=`; empty where that one had no price."""
    viewer = viewer_of(request)
    revision = revision_of(viewer, revision_id)
    if revision is None or not rules.may_order(viewer, revision.organisation_id):
        raise NotFoundError
    since = _earlier(revision, request.GET.get("since", ""))
    was, now = queries.prices_of(viewer, since, revision) if since else (None, None)
    if was is None:
        return HttpResponse("")
    newer = queries.newer_revision_of(viewer, was)
    about = {
        "was": was,
        "now": now,
        "changes": compared(was.content, now.content) if now else [],
        "newer": newer if newer == revision else None,
    }
    return render(request, "orders/_since.html", about)


def _earlier(revision: Revision, number: str) -> Revision | None:
    return next((one for one in Revision.objects.filter(part_id=revision.part_id) if str(one.number) == number), None)
