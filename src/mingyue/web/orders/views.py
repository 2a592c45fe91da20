"""Pages of quotes: asking, comparing, talking, approving, accepting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingyue.web.facilities.models import Facility
from mingyue.web.facilities.queries import service_classes_of
from mingyue.web.orders import queries, rules, services
from mingyue.web.orders.against import compared
from mingyue.web.orders.forms import QuoteForm
from mingyue.web.orders.models import Order, Quote
from mingyue.web.orders.numbers import read
from mingyue.web.parts.models import Check, Revision
from mingyue.web.parts.queries import revision_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.people.views import accepted
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError

MOST_SHOWN = 200
_USUAL_ZONE = "Asia/Shanghai"
_NO_OPTION = -1


@login_required
@require_GET
def quotes(request: HttpRequest) -> HttpResponse:
    """The customer's, and those of the facilities where they work."""
    viewer = _viewer(request)
    return render(request, "orders/quotes.html", {"quotes": queries.quotes_of(viewer)[:MOST_SHOWN], "tab": "quotes"})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask what it costs to make a revision in the ways that were checked."""
    if not request.GET.get("revision"):
        return render(request, "orders/new_quote.html", {"revision": None})
    viewer, at = _viewer(request), datetime.now(UTC)
    revision = revision_of(viewer, uuid_of(request.GET["revision"]))
    if revision is None or not rules.may_order(viewer, revision.organisation_id):
        raise NotFoundError
    places = _places(revision, at)
    place = next((one for one in places if one.slug == request.GET.get("facility")), places[0] if places else None)
    about = {"revision": revision, "places": places, "place": place}
    if place is None:
        return render(request, "orders/new_quote.html", about)
    form = _quote_form(request, revision, place, at)
    if request.method == "POST" and form.is_valid():
        made = accepted(form, lambda: services.ask_quote(actor=viewer, asked=_asked(form.cleaned_data), at=at))
        if isinstance(made, Quote):
            return redirect("quote", quote_id=made.pk)
    return render(request, "orders/new_quote.html", about | {"form": form}, status=400 if form.errors else 200)


def _done(revision: Revision) -> Any:
    checks = Check.objects.filter(revision=revision, state=Check.State.DONE, estimate__isnull=False)
    return checks.select_related("machine__facility", "resin").order_by("-asked_at", "pk")


def _places(revision: Revision, at: datetime) -> list[Facility]:
    """Facilities that can make it and have published prices; the one that was asked last comes first."""
    found = {check.machine.facility_id: check.machine.facility for check in _done(revision)}
    return [one for one in found.values() if queries.tariff_at(one.pk, at=at)]


def _quote_form(request: HttpRequest, revision: Revision, place: Facility, at: datetime) -> QuoteForm:
    tariff = queries.tariff_at(place.pk, at=at)
    if tariff is None:
        raise NotFoundError
    checks = list(_done(revision).filter(machine__facility=place))
    return QuoteForm(
        request.POST if request.method == "POST" else None,
        checks=checks, classes=list(service_classes_of(place)), numbers=read(tariff.numbers),
        initial={"checks": [str(checks[0].pk)]},
    )  # fmt: skip


def _asked(said: dict[str, Any]) -> list[services.Asked]:
    return [
        services.Asked(
            UUID(check), UUID(said["service_class_id"]), said["tolerance_um"], said["quantity"], said["inspection"]
        )
        for check in said["checks"]
    ]


@login_required
@require_GET
def quote(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """One quote, to both sides."""
    return render(request, "orders/quote.html", _about(request, quote_id))


def _about(request: HttpRequest, quote_id: UUID) -> dict[str, Any]:
    viewer, at = _viewer(request), datetime.now(UTC)
    found = queries.quote_of(viewer, quote_id)
    if found is None:
        raise NotFoundError
    spends = rules.may_spend(viewer, found.organisation_id)
    open_projects = queries.projects_of(viewer).filter(organisation_id=found.organisation_id, closed_at=None)
    return {
        "quote": found,
        "content": found.content,
        "zone": zone_of(found),
        "closed": rules.why_closed(found, at=at),
        "approval": queries.approval_of(viewer, found),
        "thread": queries.messages_of(viewer, found),
        "order": Order.objects.filter(quote=found).first(),
        "orders": rules.may_order(viewer, found.organisation_id),
        "provides": rules.may_provide(viewer, found.provider_id),
        "spends": spends,
        "projects": list(open_projects) if spends else [],
        **_in_revisions(viewer, found, at),
    }


def _in_revisions(viewer: Viewer, found: Quote, at: datetime) -> dict[str, Any]:
    """The quote of an earlier revision that it follows, and what there is of later ones."""
    was = queries.followed_by(viewer, found)
    newer = queries.newer_revision_of(viewer, found) if rules.may_order(viewer, found.organisation_id) else None
    return {
        "was": was,
        "changes": compared(was.content, found.content) if was else [],
        "newer": newer,
        "follower": queries.follower_of(viewer, found, newer, at=at) if newer else None,
        "withdrawable": not rules.why_not_open(found),
    }


# --- acts ---------------------------------------------------------------------------------------------------------


@login_required
@require_POST
def say_message(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """To the other side."""
    text = request.POST.get("text", "")
    return _acted(request, quote_id, services.say_message, text=text)


@login_required
@require_POST
def ask_review(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """The customer wants a person to look."""
    _of_customer(request, quote_id)
    return _acted(request, quote_id, services.ask_review, text=request.POST.get("text", ""))


@login_required
@require_POST
def withdraw(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """The customer does not want it any more."""
    _of_customer(request, quote_id)
    return _acted(request, quote_id, services.withdraw_quote, why=request.POST.get("why", ""))


@login_required
@require_POST
def accept(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """The customer orders one option."""
    _of_customer(request, quote_id)
    return _acted(request, quote_id, services.accept_quote, option=_option(request))


@login_required
@require_POST
def approve(request: HttpRequest, quote_id: UUID) -> HttpResponse:
    """A budget holder lets a project pay for one option."""
    _of_customer(request, quote_id)
    said = request.POST.get("project", "")
    project_id = uuid_of(said) if said else UUID(int=0)  # the services say who may spend before they look for it
    return _acted(request, quote_id, services.approve_quote, option=_option(request), project_id=project_id)


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
    return _acted(request, quote_id, services.decline_quote, why=request.POST.get("why", ""))


def _acted(request: HttpRequest, quote_id: UUID, act: Callable[..., Any], **said: Any) -> HttpResponse:
    """On to the quote, or to the order that came of it; where a rule forbids it, the page says why."""
    try:
        done = act(actor=_viewer(request), quote_id=quote_id, at=datetime.now(UTC), **said)
    except (RefusedError, InvalidError, ConflictError) as error:
        reasons = error.reasons if isinstance(error, RefusedError) else (error.message,)
        return render(request, "orders/quote.html", _about(request, quote_id) | {"reasons": reasons}, status=400)
    if isinstance(done, Order):
        return redirect("order", order_id=done.pk)
    return redirect("quote", quote_id=quote_id)


def _of_customer(request: HttpRequest, quote_id: UUID) -> None:
    found = queries.quote_of(_viewer(request), quote_id)
    if found is None or not rules.may_order(_viewer(request), found.organisation_id):
        raise NotFoundError


def _of_provider(request: HttpRequest, quote_id: UUID) -> None:
    found = queries.quote_of(_viewer(request), quote_id)
    if found is None or not rules.may_provide(_viewer(request), found.provider_id):
        raise NotFoundError


def _option(request: HttpRequest) -> int:
    said = request.POST.get("option", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 2 else _NO_OPTION


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def uuid_of(text: str) -> UUID:
    """What an address or a form says is an id; nothing is found by one that is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFoundError from error


def zone_of(found: Quote) -> str:
    """The facility's, as long as the viewer may see that facility."""
    zone: str | None = Facility.objects.filter(pk=found.facility_id).values_list("zone", flat=True).first()
    return zone or _USUAL_ZONE
