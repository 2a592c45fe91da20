"""Resins to everyone, batches to the facility, recipes to those they are shared with."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from mingyue.web.facilities.models import Facility
from mingyue.web.materials.models import Batch, Recipe, RecipeVersion, Resin
from mingyue.web.people.viewers import Viewer


def resins_of(facility: Facility) -> QuerySet[Resin]:
    """Those on offer."""
    return facility.resins.filter(is_offered=True).order_by("name")


def resins(viewer: Viewer) -> QuerySet[Resin]:
    """Everything on offer in facilities that are open, and the viewer's own."""
    return (
        Resin.objects.filter(Q(is_offered=True, facility__is_open=True) | Q(organisation_id__in=viewer.organisations))
        .select_related("facility")
        .order_by("name")
    )


def batches_of(viewer: Viewer, facility: Facility) -> QuerySet[Batch]:
    """What stands on the shelf, to those who run the facility."""
    return (
        Batch.objects.filter(resin__facility=facility, organisation_id__in=viewer.organisations, discarded_at=None)
        .select_related("resin")
        .order_by("expires_on")
    )


def batch_of(viewer: Viewer, batch_id: UUID) -> Batch | None:
    """The batch, to those who run the facility."""
    return Batch.objects.filter(pk=batch_id, organisation_id__in=viewer.organisations).first()


def recipes(viewer: Viewer) -> QuerySet[Recipe]:
    """The viewer's own, those shared with their organisations, and those shared with everyone who is signed in."""
    if not viewer.signed_in:
        return Recipe.objects.none()
    mine = viewer.organisations
    return (
        Recipe.objects.filter(
            Q(organisation_id__in=mine)
            | Q(share=Recipe.Share.EVERYONE)
            | Q(share=Recipe.Share.CHOSEN, shares__reader_id__in=mine)
        )
        .select_related("organisation")
        .distinct()
        .order_by("name", "pk")
    )


def recipe_of(viewer: Viewer, recipe_id: UUID) -> Recipe | None:
    """The recipe, to those it is shared with."""
    return recipes(viewer).filter(pk=recipe_id).first()


def versions_of(recipe: Recipe) -> QuerySet[RecipeVersion]:
    """Its versions, the newest first."""
    return recipe.versions.select_related("by").order_by("-number")
