"""The page that asks what it costs to make a revision in the ways that were checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from mingyue.web.facilities.models import Facility
from mingyue.web.facilities.queries import service_classes_of
from mingyue.web.orders import queries, rules, services
from mingyue.web.orders.models import Quote, Tariff
from mingyue.web.orders.pages.forms import QuoteForm
from mingyue.web.orders.pages.requests import uuid_of, viewer_of
from mingyue.web.orders.pricing.numbers import read
from mingyue.web.parts.models import Check, Revision
from mingyue.web.parts.queries import revision_of
from mingyue.web.people.views import accepted
from mingyue.web.records.errors import NotFoundError


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask what it costs to make a revision in the ways that were checked."""
    if not request.GET.get("revision"):
        return render(request, "orders/new_quote.html", {"revision": None})
    viewer, at = viewer_of(request), datetime.now(UTC)
    revision = revision_of(viewer, uuid_of(request.GET["revision"]))
    if revision is None or not rules.may_order(viewer, revision.organisation_id):
        raise NotFoundError
    offers = _offers(revision, at)
    offer = next((one for one in offers if one.place.slug == request.GET.get("facility")), next(iter(offers), None))
    about = {"revision": revision, "places": [one.place for one in offers], "place": offer and offer.place}
    if offer is None:
        return render(request, "orders/new_quote.html", about)
    form = _quote_form(request, offer)
    if request.method == "POST" and form.is_valid():
        made = accepted(form, lambda: services.ask_quote(actor=viewer, asked=_asked(form.cleaned_data), at=at))
        if isinstance(made, Quote):
            return redirect("quote", quote_id=made.pk)
    return render(request, "orders/new_quote.html", about | {"form": form}, status=400 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class _Offer:
    """A facility that can make a revision and has published prices, with the checks by which something can be promised."""

    place: Facility
    tariff: Tariff
    checks: list[Check]


def _offers(revision: Revision, at: datetime) -> list[_Offer]:
    """Where it was checked last comes first; its checks too, the newest first."""
    found = Check.objects.filter(revision=revision, state__in=rules.PRICED, estimate__isnull=False)
    found = found.select_related("machine__facility", "resin").order_by("-asked_at", "pk")
    by_place: dict[Facility, list[Check]] = {}
    for check in found:
        if not rules.why_not_make(check):
            by_place.setdefault(check.machine.facility, []).append(check)
    tariffs = {place: queries.tariff_at(place.pk, at=at) for place in by_place}
    return [_Offer(place, tariff, by_place[place]) for place, tariff in tariffs.items() if tariff]


def _quote_form(request: HttpRequest, offer: _Offer) -> QuoteForm:
    return QuoteForm(
        request.POST if request.method == "POST" else None,
        checks=offer.checks, classes=list(service_classes_of(offer.place)), numbers=read(offer.tariff.numbers),
    )  # fmt: skip


def _asked(said: dict[str, Any]) -> list[services.Asked]:
    return [
        services.Asked(UUID(check), UUID(service_class), int(tolerance_um), quantity, inspection)
        for check, service_class, tolerance_um, quantity, inspection in said["options"]
    ]
