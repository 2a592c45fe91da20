"""Materials over HTTP: resins on offer, batches of them, and recipes with versions that never change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from mingyue.web.facilities import queries as facilities
from mingyue.web.materials import queries, services
from mingyue.web.materials.models import Recipe, Resin
from mingyue.web.people import queries as people
from mingyue.web.people.access import SIGNED_IN, Needs, caller, now, there
from mingyue.web.people.models import Organisation
from mingyue.web.records.paging import Cursor, Limit, Page, page_of
from mingyue.web.records.texts import SLUG, Said, Slug, line

router = Router(tags=["materials"])
READS = Needs("materials:read")
WRITES = Needs("materials:write")

Profile = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=60, pattern=r"^[-a-z0-9]+$")]
OfOrganisation = Annotated[str, StringConstraints(strict=True, pattern=SLUG)]
Why = Annotated[str, line(300)]


class ResinOut(Schema):
    """A resin as a facility offers it. profile: the engine's name for it."""

    id: UUID
    facility: str
    profile: str
    name: str
    name_zh: str
    about: str
    about_zh: str
    is_offered: bool

    @staticmethod
    def resolve_facility(resin: Resin) -> str:
        """The facility's slug."""
        return resin.facility.slug


class ResinIn(Said):
    """A resin on offer."""

    profile: Profile
    name: Annotated[str, line(80)]
    name_zh: Annotated[str, line(80, shortest=0)] = ""
    about: Annotated[str, line(400, shortest=0)] = ""
    about_zh: Annotated[str, line(400, shortest=0)] = ""


class BatchOut(Schema):
    """A bottle on the shelf."""

    id: UUID
    resin_id: UUID
    number: str
    volume_ml: int
    made_on: date
    expires_on: date
    opened_at: datetime | None


class BatchIn(Said):
    """A bottle that came."""

    number: Annotated[str, line(60)]
    volume_ml: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    made_on: date
    expires_on: date


class NumbersIn(Said):
    """What a version says, and why there is one."""

    layer_um: Annotated[float, Field(strict=True, ge=0.1, le=1000)]
    exposure_s: Annotated[float, Field(strict=True, ge=0.001, le=600)]
    irradiance_mw_cm2: Annotated[float, Field(strict=True, ge=0.001, le=10_000)]
    why: Why

    @property
    def numbers(self) -> services.Numbers:
        """As the service takes them."""
        return services.Numbers(
            layer_um=self.layer_um, exposure_s=self.exposure_s, irradiance_mw_cm2=self.irradiance_mw_cm2
        )


class RecipeIn(NumbersIn):
    """A recipe and its first version. organisation: whose it is, by slug."""

    organisation: OfOrganisation
    name: Annotated[str, line(100)]
    machine_profile: Profile
    resin_profile: Profile


class ShareIn(Said):
    """Who may read a recipe. readers: organisations by slug, where share is `chosen`."""

    share: Literal["private", "chosen", "everyone"]
    readers: Annotated[list[OfOrganisation], Field(max_length=100)] = []


class RecipeOut(Schema):
    """A recipe; its numbers stand in its versions."""

    id: UUID
    organisation: str
    name: str
    machine_profile: str
    resin_profile: str
    share: str
    created_at: datetime

    @staticmethod
    def resolve_organisation(recipe: Recipe) -> str:
        """Its owner's slug."""
        return recipe.organisation.slug


class VersionOut(Schema):
    """The numbers of a recipe, for ever."""

    id: UUID
    number: int
    layer_um: float
    exposure_s: float
    irradiance_mw_cm2: float
    settings: dict[str, Any]
    why: str
    at: datetime


@router.get("/facilities/{slug}/resins", auth=READS, response=list[ResinOut])
def list_resins(request: HttpRequest, slug: Slug) -> Any:
    """What the facility offers."""
    facility = there(facilities.facility_of(caller(request), slug))
    return list(queries.resins_of(facility).select_related("facility"))


@router.post("/facilities/{slug}/resins", auth=SIGNED_IN, response={201: ResinOut})
def offer_resin(request: HttpRequest, slug: Slug, said: ResinIn) -> Any:
    """A resin on offer. The facility's managers may do this."""
    facility = there(facilities.facility_of(caller(request), slug))
    return Status(201, services.offer_resin(actor=caller(request), facility=facility, at=now(), **said.model_dump()))


@router.get("/facilities/{slug}/batches", auth=READS, response=list[BatchOut])
def list_batches(request: HttpRequest, slug: Slug) -> Any:
    """What stands on the shelf, to those who run the facility; others find nothing."""
    return list(queries.batches_of(caller(request), there(facilities.facility_of(caller(request), slug))))


@router.post("/resins/{uuid:resin_id}/batches", auth=SIGNED_IN, response={201: BatchOut})
def add_batch(request: HttpRequest, resin_id: UUID, said: BatchIn) -> Any:
    """A bottle that came. Operators and managers of the facility may say this."""
    resin = there(queries.resins(caller(request)).filter(pk=resin_id).first())
    return Status(201, services.add_batch(actor=caller(request), resin=resin, at=now(), **said.model_dump()))


@router.delete("/batches/{uuid:batch_id}", auth=SIGNED_IN, response={204: None})
def discard_batch(request: HttpRequest, batch_id: UUID) -> Any:
    """The bottle is gone."""
    batch = there(queries.batch_of(caller(request), batch_id))
    services.discard_batch(actor=caller(request), batch=batch, at=now())
    return Status(204, None)


@router.get("/recipes", auth=READS, response=Page[RecipeOut])
def list_recipes(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """The caller's own, and those shared with them or with everyone."""
    return page_of(queries.recipes(caller(request)), cursor=cursor, limit=limit)


@router.post("/recipes", auth=WRITES, response={201: RecipeOut})
def write_recipe(request: HttpRequest, response: HttpResponse, said: RecipeIn) -> Any:
    """A recipe with its first version, private at first."""
    organisation = there(people.organisation_of(caller(request), said.organisation))
    made = services.write_recipe(
        actor=caller(request), organisation_id=organisation.pk, name=said.name, machine_profile=said.machine_profile,
        resin_profile=said.resin_profile, numbers=said.numbers, why=said.why, at=now(),
    )  # fmt: skip
    response["Location"] = f"/api/recipes/{made.pk}"
    return Status(201, made)


@router.get("/recipes/{uuid:recipe_id}", auth=READS, response=RecipeOut)
def show_recipe(request: HttpRequest, recipe_id: UUID) -> Any:
    """One recipe."""
    return there(queries.recipe_of(caller(request), recipe_id))


@router.put("/recipes/{uuid:recipe_id}/share", auth=WRITES, response=RecipeOut)
def share_recipe(request: HttpRequest, recipe_id: UUID, said: ShareIn) -> Any:
    """Who may read it from now on. Members of its organisation decide."""
    found = there(queries.recipe_of(caller(request), recipe_id))
    readers = [there(Organisation.objects.filter(slug=slug).first()) for slug in dict.fromkeys(said.readers)]
    services.share_recipe(actor=caller(request), recipe=found, share=said.share, readers=readers, at=now())
    return there(queries.recipe_of(caller(request), recipe_id))


@router.get("/recipes/{uuid:recipe_id}/versions", auth=READS, response=Page[VersionOut])
def list_versions(request: HttpRequest, recipe_id: UUID, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """Its versions, the newest first."""
    versions = queries.versions_of(there(queries.recipe_of(caller(request), recipe_id)))
    return page_of(versions, cursor=cursor, limit=limit, by="at")


@router.post("/recipes/{uuid:recipe_id}/versions", auth=WRITES, response={201: VersionOut})
def revise_recipe(request: HttpRequest, recipe_id: UUID, said: NumbersIn) -> Any:
    """A next version; those before it stay as they are."""
    found = there(queries.recipe_of(caller(request), recipe_id))
    made = services.revise_recipe(actor=caller(request), recipe=found, numbers=said.numbers, why=said.why, at=now())
    return Status(201, made)
