"""The page of one quote: comparing, talking, approving, accepting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mingyue.web.orders import queries, rules, services
from mingyue.web.orders.against import compared
from mingyue.web.orders.models import Order, Quote
from mingyue.web.orders.pages.overview import told_apart
from mingyue.web.orders.pages.requests import option_of, text_of, uuid_of, viewer_of
from mingyue.web.parts.queries import revision_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError


@login_required
@require_GET
def quote(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """One quote, to both sides."""
    return render(request, "orders/quote.html", _about(request, quote_id))


def _about(request: HttpRequest, quote_id: UUID) -> dict[str, Any]:
    viewer, at = viewer_of(request), datetime.now(UTC)
    found = queries.quote_of(viewer, quote_id)
    if found is None:
        raise NotFoundError
    provides = rules.may_provide(viewer, found.provider_id)
    barred = rules.why_not_take(viewer, found)
    barred_from_giving = rules.why_not_give(viewer, buyers=queries.buyers_of(found)) if provides else []
    spends = rules.may_spend(viewer, found.organisation_id) and not barred
    open_projects = queries.projects_of(viewer).filter(organisation_id=found.organisation_id, closed_at=None)
    projects = list(open_projects) if spends else []
    content = queries.content_for(viewer, found)
    return {
        "quote": found,
        "now": at,
        "content": content,
        "overview": told_apart(content["options"]),
        "zone": found.facility.zone,
        "closed": rules.why_closed(found, at=at),
        "approval": queries.approval_of(viewer, found),
        "thread": queries.messages_of(viewer, found),
        "order": Order.objects.filter(quote=found).first(),
        "orders": queries.buys(viewer, found),
        "provides": provides,
        "barred_from_taking": barred,
        "barred_from_giving": barred_from_giving,
        "answers": provides and not barred_from_giving and found.state == Quote.State.REVIEW,
        "spends": spends,
        "projects": projects,
        "most_left_fen": max((one.remaining_fen for one in projects), default=0),
        **_in_revisions(viewer, found, at),
    }


def _in_revisions(viewer: Viewer, found: Quote, at: datetime) -> dict[str, Any]:
    """The quote of an earlier revision that it follows, and what there is of later ones."""
    was = queries.followed_by(viewer, found)
    buys = queries.buys(viewer, found)
    newer = queries.newer_revision_of(viewer, found) if buys else None
    over = buys and newer is None and rules.came_to_nothing(found, at=at)
    changes = compared(queries.content_for(viewer, was), queries.content_for(viewer, found)) if was else []
    return {
        "was": was,
        "changes": changes,
        "newer": newer,
        "follower": queries.follower_of(viewer, found, newer, at=at) if newer else None,
        "askable": over and revision_of(viewer, found.revision_id) is not None,
        "withdrawable": not rules.why_not_open(found),
    }


# --- acts ---------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def say_message(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """To the other side."""
    return _acted(request, quote_id, services.say_message, text=text_of(request.POST, "text"))


@login_required
@require_POST
def ask_review(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """The customer wants a person to look."""
    _of_customer(request, quote_id)
    return _acted(request, quote_id, services.ask_review, text=text_of(request.POST, "text"))


@login_required
@require_POST
def withdraw(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """The customer does not want it any more."""
    _of_customer(request, quote_id)
    return _acted(request, quote_id, services.withdraw_quote, why=text_of(request.POST, "why"))


@login_required
@require_POST
def accept(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """The customer orders one option."""
    _of_customer(request, quote_id)
    return _acted(request, quote_id, services.accept_quote, option=option_of(request))


@login_required
@require_POST
def approve(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """A budget holder lets a project pay for one option."""
    _of_customer(request, quote_id)
    said = request.POST.get("project", "")
    project_id = uuid_of(said) if said else UUID(int=0)  # the services say who may spend before they look for it
    return _acted(request, quote_id, services.approve_quote, option=option_of(request), project_id=project_id)


@login_required
@require_POST
def unapprove(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """A budget holder takes an approval back."""
    _of_customer(request, quote_id)
    return _acted(request, quote_id, services.withdraw_approval)


@login_required
@require_POST
def release(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """A manager looked, and offers it."""
    _of_provider(request, quote_id)
    return _acted(request, quote_id, services.release_quote)


@login_required
@require_POST
def decline(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """A manager says no, and why."""
    _of_provider(request, quote_id)
    return _acted(request, quote_id, services.decline_quote, why=text_of(request.POST, "why"))


def _acted(request: HttpRequest, quote_id: UUID, act: Callable[..., Any], **said: Any) -> HttpResponse:
    """On to the quote, or to the order that came of it; where a rule forbids it, the page says why."""
    try:
        done = act(actor=viewer_of(request), quote_id=quote_id, at=datetime.now(UTC), **said)
    except (RefusedError, InvalidError, ConflictError) as error:
        reasons = error.reasons if isinstance(error, RefusedError) else (error.message,)
        return render(request, "orders/quote.html", _about(request, quote_id) | {"reasons": reasons}, status=400)
    if isinstance(done, Order):
        return redirect("order", order_id=done.pk)
    return redirect("quote", quote_id=quote_id)


def _of_customer(request: HttpRequest, quote_id: UUID) -> None:
    found = queries.quote_of(viewer_of(request), quote_id)
    if found is None or not rules.may_order(viewer_of(request), found.organisation_id):
        raise NotFoundError


def _of_provider(request: HttpRequest, quote_id: UUID) -> None:
    found = queries.quote_of(viewer_of(request), quote_id)
    if found is None or not rules.may_provide(viewer_of(request), found.provider_id):
        raise NotFoundError
