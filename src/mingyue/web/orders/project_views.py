"""The page of projects, which pay."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from mingyue.web.orders import queries, rules, services
from mingyue.web.orders.forms import ProjectForm
from mingyue.web.people.viewers import Viewer
from mingyue.web.people.views import accepted
from mingyue.web.records.errors import NotFoundError


@login_required
@require_http_methods(["GET", "POST"])
def projects(request: HttpRequest) -> HttpResponse:
    """What is left of each; a budget holder opens new ones, in the first organisation where they are one."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    spends_for = [one for one in viewer.organisations if rules.may_spend(viewer, one)]
    form = ProjectForm(request.POST or None)
    if request.method == "POST":
        if not spends_for:
            raise NotFoundError
        if form.is_valid() and accepted(
            form,
            lambda: services.open_project(
                actor=viewer, organisation_id=spends_for[0], at=datetime.now(UTC), **form.cleaned_data
            ),
        ):
            return redirect("projects")
    about = {"projects": queries.projects_of(viewer), "spends": bool(spends_for), "form": form, "tab": "projects"}
    return render(request, "orders/projects.html", about, status=400 if form.errors else 200)
