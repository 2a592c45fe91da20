"""Pages of materials: what is on offer, what stands on the shelf, recipes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingyue.web.facilities.bridge import profile_of as machine_profile
from mingyue.web.facilities.models import Facility
from mingyue.web.facilities.queries import facility_of
from mingyue.web.materials import bridge, queries, services
from mingyue.web.materials.forms import BatchForm, NumbersForm, RecipeForm, ResinForm, ShareForm
from mingyue.web.materials.models import Recipe, Resin
from mingyue.web.people.models import Role
from mingyue.web.people.queries import organisations_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.people.views import accepted
from mingyue.web.records.errors import NotFoundError


@require_GET
def materials(request: HttpRequest) -> HttpResponse:
    """Resins on offer, and the recipes that the viewer may read."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    resins = [(one, bridge.profile_of(one.profile)) for one in queries.resins(viewer)]
    return render(request, "materials/materials.html", {"resins": resins, "recipes": queries.recipes(viewer)})


@login_required
@require_http_methods(["GET", "POST"])
def new_recipe(request: HttpRequest) -> HttpResponse:
    """A recipe of the viewer's organisation."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    mine = organisations_of(viewer)
    form = RecipeForm(request.POST or None, organisations=mine, initial={"organisation": mine.first()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made = accepted(
            form,
            lambda: services.write_recipe(
                actor=viewer, organisation_id=said["organisation"].pk, name=said["name"],
                machine_profile=said["machine_profile"], resin_profile=said["resin_profile"], numbers=_numbers(said),
                why=said["why"], at=datetime.now(UTC),
            ),
        )  # fmt: skip
        if isinstance(made, Recipe):
            return redirect("recipe", recipe_id=made.pk)
    return render(request, "materials/new_recipe.html", {"form": form})


@login_required
@require_GET
def recipe(request: HttpRequest, recipe_id: UUID) -> HttpResponse:
    """One recipe with all its versions."""
    return render(request, "materials/recipe.html", _about(request, recipe_id))


@login_required
@require_POST
def revise(request: HttpRequest, recipe_id: UUID) -> HttpResponse:
    """A next version."""
    viewer, found = _mine(request, recipe_id)
    form = NumbersForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        if accepted(
            form,
            lambda: services.revise_recipe(
                actor=viewer, recipe=found, numbers=_numbers(said), why=said["why"], at=datetime.now(UTC)
            ),
        ):
            return redirect("recipe", recipe_id=recipe_id)
    return render(request, "materials/recipe.html", _about(request, recipe_id, numbers_form=form), status=400)


@login_required
@require_POST
def share(request: HttpRequest, recipe_id: UUID) -> HttpResponse:
    """Who may read it from now on."""
    viewer, found = _mine(request, recipe_id)
    form = ShareForm(request.POST)
    if form.is_valid() and accepted(
        form,
        lambda: services.share_recipe(actor=viewer, recipe=found, at=datetime.now(UTC), **form.cleaned_data),
    ):
        return redirect("recipe", recipe_id=recipe_id)
    return render(request, "materials/recipe.html", _about(request, recipe_id, share_form=form), status=400)


@login_required
@require_http_methods(["GET", "POST"])
def stock(request: HttpRequest, slug: str) -> HttpResponse:
    """A facility's resins and batches, to those who run it."""
    viewer, facility = _operated(request, slug)
    form = ResinForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and accepted(
            form,
            lambda: services.offer_resin(actor=viewer, facility=facility, at=datetime.now(UTC), **form.cleaned_data),
        )
    ):
        return redirect("stock", slug=slug)
    context = _stock(viewer, facility, resin_form=form)
    return render(request, "materials/stock.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def add_batch(request: HttpRequest, slug: str, resin_id: UUID) -> HttpResponse:
    """A bottle on the shelf."""
    viewer, facility = _operated(request, slug)
    resin = facility.resins.filter(pk=resin_id).first()
    if resin is None:
        raise NotFoundError
    form = BatchForm(request.POST)
    if form.is_valid() and accepted(
        form, lambda: services.add_batch(actor=viewer, resin=resin, at=datetime.now(UTC), **form.cleaned_data)
    ):
        return redirect("stock", slug=slug)
    return render(request, "materials/stock.html", _stock(viewer, facility, refused=(resin, form)), status=400)


@login_required
@require_POST
def discard_batch(request: HttpRequest, slug: str, batch_id: UUID) -> HttpResponse:
    """The bottle is gone."""
    viewer, _ = _operated(request, slug)
    batch = queries.batch_of(viewer, batch_id)
    if batch is None:
        raise NotFoundError
    services.discard_batch(actor=viewer, batch=batch, at=datetime.now(UTC))
    return redirect("stock", slug=slug)


def _numbers(said: dict[str, Any]) -> services.Numbers:
    return services.Numbers(said["layer_um"], said["exposure_s"], said["irradiance_mw_cm2"])


def _about(request: HttpRequest, recipe_id: UUID, **more: Any) -> dict[str, Any]:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.recipe_of(viewer, recipe_id)
    if found is None:
        raise NotFoundError
    versions = list(queries.versions_of(found))
    newest = versions[0]
    mine = viewer.belongs_to(found.organisation_id)
    readers = [one.reader_id for one in found.shares.all()] if mine else []
    return {
        "recipe": found,
        "versions": versions,
        "mine": mine,
        "machine_profile": machine_profile(found.machine_profile),
        "resin_profile": bridge.profile_of(found.resin_profile),
        "numbers_form": NumbersForm(
            initial={name: getattr(newest, name) for name in ("layer_um", "exposure_s", "irradiance_mw_cm2")}
        ),
        "share_form": ShareForm(initial={"share": found.share, "readers": readers}),
    } | more


def _mine(request: HttpRequest, recipe_id: UUID) -> tuple[Viewer, Recipe]:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.recipe_of(viewer, recipe_id)
    if found is None or not viewer.belongs_to(found.organisation_id):
        raise NotFoundError
    return viewer, found


def _operated(request: HttpRequest, slug: str) -> tuple[Viewer, Facility]:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = facility_of(viewer, slug)
    if found is None or not viewer.has(found.organisation_id, Role.MANAGER, Role.OPERATOR):
        raise NotFoundError
    return viewer, found


def _stock(
    viewer: Viewer, facility: Facility, *, refused: tuple[Resin, BatchForm] | None = None, **more: Any
) -> dict[str, Any]:
    def form_for(resin: Resin) -> BatchForm:
        return refused[1] if refused and refused[0].pk == resin.pk else BatchForm(auto_id=f"batch-{resin.pk}-%s")

    return {
        "facility": facility,
        "resins": [(resin, form_for(resin)) for resin in queries.resins_of(facility)],
        "batches": queries.batches_of(viewer, facility),
        "today": datetime.now(UTC).date(),
        "manages": viewer.has(facility.organisation_id, Role.MANAGER),
        "resin_form": ResinForm(),
    } | more
