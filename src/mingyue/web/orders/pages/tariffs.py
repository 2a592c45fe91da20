"""The page of a facility's prices: what counts, what will, what changed; to its managers the next version and its effect."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from mingyue.phrases import say
from mingyue.web.facilities.models import Facility
from mingyue.web.facilities.queries import facility_of
from mingyue.web.orders import queries, services
from mingyue.web.orders.models import Tariff
from mingyue.web.orders.pages.requests import viewer_of
from mingyue.web.orders.pages.tariff_form import PublishForm, TariffForm, posted
from mingyue.web.orders.pages.tariff_versions import differences, versions
from mingyue.web.orders.pricing.numbers import read
from mingyue.web.orders.pricing.repricing import Asked, Preview, preview_of
from mingyue.web.orders.tariffs import right_numbers
from mingyue.web.people.models import Role
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mingyue.web.records.language import in_current_language

MOST_PREVIEWED = 20


@login_required
@require_http_methods(["GET", "POST"])
def tariff(request: HttpRequest, slug: str) -> HttpResponse:
    """A manager saves what comes next, or with `preview` only looks at what it would do."""
    viewer, found, manages = _facility(request, slug)
    if request.method == "GET":
        return render(request, "orders/tariff.html", _about(viewer, found, manages=manages))
    if not manages:
        raise NotFoundError
    form = TariffForm(request.POST, facility=found, numbers=None, version=0)
    about = _about(viewer, found, manages=True) | {"form": form, "preview": None, "changed": []}
    if form.is_valid() and "preview" in request.POST:
        about |= _previewed(viewer, found, form, about["follows"])
    elif form.is_valid() and _saved(viewer, found, about["draft"], form):
        messages.success(request, in_current_language(say("The draft is saved. Customers do not see it.")))
        return redirect("tariff", slug=slug)
    return render(request, "orders/tariff.html", about, status=400 if form.errors else 200)


def _previewed(viewer: Viewer, found: Facility, form: TariffForm, follows: Tariff | None) -> dict[str, Any]:
    """What the numbers in the form would do. Nothing is kept."""
    numbers = form.numbers()
    try:
        right_numbers(found, numbers)
    except InvalidError as error:
        form.add_error(form.field_of(error.field), in_current_language(error.message))
        return {}
    return _effect(viewer, found, numbers, follows) | {"unsaved": True}


def _saved(viewer: Viewer, found: Facility, draft: Tariff | None, form: TariffForm) -> bool:
    said: dict[str, Any] = {"numbers": form.numbers(), "why": "", "at": datetime.now(UTC)}
    try:
        if draft is None:
            services.draft_tariff(actor=viewer, facility=found, **said)
        else:
            version = form.cleaned_data["version"]
            services.change_tariff(actor=viewer, tariff_id=draft.pk, version=version, **said)
    except InvalidError as error:
        form.add_error(form.field_of(error.field), in_current_language(error.message))
    except (RefusedError, ConflictError) as error:
        form.add_error(None, in_current_language(error.message))
    else:
        return True
    return False


@login_required
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """The draft counts from a moment on, which is now where nothing is said."""
    viewer, found, manages = _facility(request, slug)
    if not manages:
        raise NotFoundError
    draft, at = _draft(viewer, found), datetime.now(UTC)
    if draft is None:
        return redirect("tariff", slug=slug)
    form = PublishForm(request.POST, zone=found.zone)
    if form.is_valid():
        valid_from, version = form.cleaned_data["valid_from"] or at, form.cleaned_data["version"]
        try:
            services.publish_tariff(actor=viewer, tariff_id=draft.pk, version=version, valid_from=valid_from, at=at)
        except (RefusedError, ConflictError) as error:
            form.add_error(None, in_current_language(error.message))
        else:
            told = say("Version {number} is published; below stands from when it counts.", number=draft.number)
            messages.success(request, in_current_language(told))
            return redirect("tariff", slug=slug)
    about = _about(viewer, found, manages=True) | {"publish_form": form}
    return render(request, "orders/tariff.html", about, status=400)


def _facility(request: HttpRequest, slug: str) -> tuple[Viewer, Facility, bool]:
    viewer = viewer_of(request)
    found = facility_of(viewer, slug)
    if found is None:
        raise NotFoundError
    return viewer, found, viewer.has(found.organisation_id, Role.MANAGER)


def _draft(viewer: Viewer, found: Facility) -> Tariff | None:
    return queries.tariffs_of(viewer, found).filter(state=Tariff.State.DRAFT).first()


def _about(viewer: Viewer, found: Facility, *, manages: bool) -> dict[str, Any]:
    at = datetime.now(UTC)
    current = queries.tariff_at(found.pk, at=at)
    published = list(queries.tariffs_of(viewer, found).filter(state=Tariff.State.PUBLISHED))
    about: dict[str, Any] = {
        "facility": found,
        "current": current,
        "posted": list(posted(found, current.numbers)) if current else [],
        "versions": versions(found, published, at=at),
    }
    # What comes next follows the last one, which may count from later on: else its changes would be undone unseen.
    follows = about["versions"][0].tariff if published else None
    return about | _to_managers(viewer, found, follows) if manages else about


def _to_managers(viewer: Viewer, found: Facility, follows: Tariff | None) -> dict[str, Any]:
    """The draft, which starts from the version that it follows, and what it would do."""
    draft = _draft(viewer, found)
    shown = draft or follows
    version = draft.version if draft else 0
    about: dict[str, Any] = {
        "draft": draft,
        "follows": follows,
        "form": TariffForm(facility=found, numbers=shown.numbers if shown else None, version=version),
        "publish_form": PublishForm(zone=found.zone, initial={"version": version}),
    }
    return about | (_effect(viewer, found, draft.numbers, follows) if draft else {})


def _effect(viewer: Viewer, found: Facility, numbers: dict[str, Any], follows: Tariff | None) -> dict[str, Any]:
    """What numbers that fit the facility change, and what its last quotes would have cost by them."""
    return {
        "changed": list(differences(found, follows.numbers, numbers)) if follows else [],
        "preview": _preview(viewer, found, numbers),
    }


def _preview(viewer: Viewer, found: Facility, numbers: dict[str, Any]) -> Preview:
    asked = queries.asked_of(viewer, found)[:MOST_PREVIEWED]
    ordered = [Asked(one.number, one.content, one.order.option if hasattr(one, "order") else 0) for one in asked]
    return preview_of(ordered, read(numbers))
