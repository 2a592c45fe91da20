"""The page of a facility's prices, and their next version to its managers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from mingyue.web.facilities.models import Facility
from mingyue.web.facilities.queries import facility_of
from mingyue.web.orders import queries, services
from mingyue.web.orders.models import Tariff
from mingyue.web.orders.tariff_form import TariffForm, posted
from mingyue.web.people.models import Role
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mingyue.web.records.language import in_current_language


@login_required
@require_http_methods(["GET", "POST"])
def tariff(request: HttpRequest, slug: str) -> HttpResponse:
    """What counts now; a manager writes what comes next."""
    viewer, found, manages = _facility(request, slug)
    if request.method == "GET":
        return render(request, "orders/tariff.html", _about(viewer, found, manages=manages))
    if not manages:
        raise NotFoundError
    draft = _draft(viewer, found)
    form = TariffForm(request.POST, facility=found, numbers=None, version=0)
    if form.is_valid() and _saved(viewer, found, draft, form):
        return redirect("tariff", slug=slug)
    about = _about(viewer, found, manages=True) | {"form": form}
    return render(request, "orders/tariff.html", about, status=400)


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
    """The draft counts from now on."""
    viewer, found, manages = _facility(request, slug)
    if not manages:
        raise NotFoundError
    draft, at = _draft(viewer, found), datetime.now(UTC)
    said = request.POST.get("version", "")
    if draft is None or not said.isascii() or not said.isdigit():
        return redirect("tariff", slug=slug)
    try:
        services.publish_tariff(actor=viewer, tariff_id=draft.pk, version=int(said), valid_from=at, at=at)
    except (RefusedError, ConflictError) as error:
        about = _about(viewer, found, manages=True) | {"reasons": [error.message]}
        return render(request, "orders/tariff.html", about, status=400)
    return redirect("tariff", slug=slug)


def _facility(request: HttpRequest, slug: str) -> tuple[Viewer, Facility, bool]:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = facility_of(viewer, slug)
    if found is None:
        raise NotFoundError
    return viewer, found, viewer.has(found.organisation_id, Role.MANAGER)


def _draft(viewer: Viewer, found: Facility) -> Tariff | None:
    return queries.tariffs_of(viewer, found).filter(state=Tariff.State.DRAFT).first()


def _about(viewer: Viewer, found: Facility, *, manages: bool) -> dict[str, Any]:
    current = queries.tariff_at(found.pk, at=datetime.now(UTC))
    draft = _draft(viewer, found) if manages else None
    shown = draft or current
    form = TariffForm(
        facility=found, numbers=shown.numbers if shown else None, version=draft.version if draft else 0
    )  # fmt: skip
    return {
        "facility": found,
        "current": current,
        "posted": list(posted(found, current.numbers)) if current else [],
        "draft": draft,
        "form": form if manages else None,
    }
