"""Pages of projects, which pay: what is left of each, and what it was promised for. To owners and budget holders only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingyue.phrases import Phrase, say
from mingyue.web.orders import queries, rules, services
from mingyue.web.orders.models import Project
from mingyue.web.orders.pages.forms import BudgetForm, ProjectForm
from mingyue.web.orders.pages.lists import Narrowing, listed
from mingyue.web.orders.pages.requests import viewer_of
from mingyue.web.people.queries import organisations_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.people.views import accepted
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mingyue.web.records.language import in_current_language


@login_required
@require_http_methods(["GET", "POST"])
def projects(request: HttpRequest) -> HttpResponse:
    """What is left of each; a budget holder opens new ones."""
    viewer = viewer_of(request)
    spends_for = [one for one in organisations_of(viewer) if rules.may_spend(viewer, one.pk)]
    form = ProjectForm(request.POST if request.method == "POST" else None, organisations=spends_for)
    if request.method == "POST":
        if not spends_for:
            raise NotFoundError
        if form.is_valid() and _opened(form, viewer, spends_for[0].pk):
            return redirect("projects")
    about = {"listed": _listed(request, viewer), "spends": bool(spends_for), "form": form, "tab": "projects"}
    return render(request, "orders/projects.html", about, status=400 if form.errors else 200)


def _opened(form: ProjectForm, viewer: Viewer, only: UUID) -> Any:
    said = dict(form.cleaned_data)
    organisation_id = UUID(said.pop("organisation", str(only)))
    return accepted(
        form,
        lambda: services.open_project(actor=viewer, organisation_id=organisation_id, at=datetime.now(UTC), **said),
    )


def _listed(request: HttpRequest, viewer: Viewer) -> Any:
    states = {
        "open": Narrowing(in_current_language(say("Open for approvals")), Q(closed_at=None)),
        "closed": Narrowing(in_current_language(say("Closed")), Q(closed_at__isnull=False)),
    }
    return listed(queries.projects_of(viewer), request.GET, searched=("number", "name"), states=states)


@login_required
@require_GET
def project(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """One project, and what was approved for it."""
    return render(request, "orders/project.html", _about(request, *_project(request, project_id)))


@login_required
@require_POST
def budget(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """More or less for it."""
    return _acted(request, project_id, BudgetForm(request.POST), services.change_budget)


@login_required
@require_POST
def close(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """It pays for nothing new."""
    return _acted(request, project_id, None, services.close_project)


def _acted(request: HttpRequest, project_id: UUID, form: BudgetForm | None, act: Callable[..., Any]) -> HttpResponse:
    """Back to the project; where a rule forbids it, or somebody was faster, the page says why, and how it stands now."""
    viewer, found = _project(request, project_id)
    reasons: Sequence[Phrase] = ()
    if form is None or form.is_valid():
        try:
            act(actor=viewer, project_id=project_id, at=datetime.now(UTC), **(form.cleaned_data if form else {}))
        except RefusedError as error:
            reasons = error.reasons
        except (ConflictError, InvalidError) as error:
            reasons = (error.message,)
        else:
            return redirect("project", project_id=project_id)
    found.refresh_from_db()
    about = _about(request, viewer, found) | {"reasons": reasons}
    if form is not None and form.errors:
        about["form"] = form
    return render(request, "orders/project.html", about, status=400)


def _project(request: HttpRequest, project_id: UUID) -> tuple[Viewer, Project]:
    viewer = viewer_of(request)
    found = queries.project_of(viewer, project_id)
    if found is None:
        raise NotFoundError
    return viewer, found


def _about(request: HttpRequest, viewer: Viewer, found: Project) -> dict[str, Any]:
    return {
        "project": found,
        "spends": rules.may_spend(viewer, found.organisation_id) and found.closed_at is None,
        "form": BudgetForm(initial={"version": found.version, "budget_fen": Decimal(found.budget_fen).scaleb(-2)}),
        "listed": listed(
            queries.approvals_of(viewer, found), request.GET,
            searched=("quote__number", "quote__order__number", "quote__part_name"), states={},
        ),
    }  # fmt: skip
