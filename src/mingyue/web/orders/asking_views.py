"""The page that asks what it costs to make a revision in the ways that were checked."""

from __future__ import annotations

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
from mingyue.web.orders.forms import QuoteForm
from mingyue.web.orders.models import Quote
from mingyue.web.orders.numbers import read
from mingyue.web.orders.requests import uuid_of, viewer_of
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


def _priced(revision: Revision) -> list[Check]:
    """The checks by which something can still be promised, newest first."""
    checks = Check.objects.filter(revision=revision, state__in=rules.PRICED, estimate__isnull=False)
    found = checks.select_related("machine__facility", "resin").order_by("-asked_at", "pk")
    return [check for check in found if not rules.why_not_make(check)]


def _places(revision: Revision, at: datetime) -> list[Facility]:
    """Facilities that can make it and have published prices; the one that was asked last comes first."""
    found = {check.machine.facility_id: check.machine.facility for check in _priced(revision)}
    return [one for one in found.values() if queries.tariff_at(one.pk, at=at)]


def _quote_form(request: HttpRequest, revision: Revision, place: Facility, at: datetime) -> QuoteForm:
    tariff = queries.tariff_at(place.pk, at=at)
    if tariff is None:
        raise NotFoundError
    checks = [check for check in _priced(revision) if check.machine.facility_id == place.pk]
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
