"""What is done to resins, batches and recipes; each is one transaction and one event."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from mingyue.phrases import say
from mingyue.web.facilities import bridge as machines
from mingyue.web.facilities.models import Facility
from mingyue.web.materials import bridge, rules
from mingyue.web.materials.models import Batch, Recipe, RecipeShare, RecipeVersion, Resin
from mingyue.web.people.models import Organisation
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import InvalidError, NotFoundError, RefusedError, refuse
from mingyue.web.records.services import record


def offer_resin(
    *, actor: Viewer, facility: Facility, profile: str, name: str, at: datetime, name_zh: str = "", about: str = "",
    about_zh: str = "",
) -> Resin:  # fmt: skip
    """A resin on offer."""
    _refuse_to_keys(actor)
    refuse(rules.why_not_offer(actor, facility.organisation_id))
    if bridge.profile_of(profile) is None:
        raise InvalidError("profile", say("There is no resin named {name}.", name=profile))
    try:
        with transaction.atomic():
            resin = Resin.objects.create(
                organisation_id=facility.organisation_id, facility=facility, profile=profile, name=name.strip()[:80],
                name_zh=name_zh.strip()[:80], about=about.strip()[:400], about_zh=about_zh.strip()[:400],
            )  # fmt: skip
            record(actor=actor, what="resin.offered", subject=resin, at=at)
    except IntegrityError as error:
        raise InvalidError("profile", say("The facility offers this resin already.")) from error
    return resin


def add_batch(
    *, actor: Viewer, resin: Resin, number: str, volume_ml: int, made_on: date, expires_on: date, at: datetime
) -> Batch:
    """A bottle on the shelf."""
    _refuse_to_keys(actor)
    refuse(rules.why_not_stock(actor, resin.organisation_id))
    refuse(rules.why_not_batch(volume_ml=volume_ml, made_on=made_on, expires_on=expires_on))
    if not number.strip():
        raise InvalidError("number", say("A batch has a number."))
    try:
        with transaction.atomic():
            batch = Batch.objects.create(
                organisation_id=resin.organisation_id, resin=resin, number=number.strip()[:60], volume_ml=volume_ml,
                made_on=made_on, expires_on=expires_on,
            )  # fmt: skip
            record(actor=actor, what="batch.added", subject=batch, at=at)
    except IntegrityError as error:
        raise InvalidError("number", say("There is a batch of this number already.")) from error
    return batch


def discard_batch(*, actor: Viewer, batch: Batch, at: datetime) -> None:
    """The bottle is gone."""
    _refuse_to_keys(actor)
    refuse(rules.why_not_stock(actor, batch.organisation_id))
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, discarded_at=None).update(discarded_at=at):
            raise RefusedError([say("This batch was discarded already.")])
        record(actor=actor, what="batch.discarded", subject=batch, at=at)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a version of a recipe says. settings: what else the engine takes, such as base layers and transition."""

    layer_um: float
    exposure_s: float
    irradiance_mw_cm2: float
    settings: Mapping[str, Any] = field(default_factory=dict)


def write_recipe(
    *, actor: Viewer, organisation_id: UUID, name: str, machine_profile: str, resin_profile: str, numbers: Numbers,
    why: str, at: datetime,
) -> Recipe:  # fmt: skip
    """A new recipe with its first version, private at first."""
    _member(actor, organisation_id)
    if machines.profile_of(machine_profile) is None:
        raise InvalidError("machine_profile", say("There is no class of machine named {name}.", name=machine_profile))
    if bridge.profile_of(resin_profile) is None:
        raise InvalidError("resin_profile", say("There is no resin named {name}.", name=resin_profile))
    if not name.strip():
        raise InvalidError("name", say("A recipe has a name."))
    with transaction.atomic():
        recipe = Recipe.objects.create(
            organisation_id=organisation_id, name=name.strip()[:100], machine_profile=machine_profile,
            resin_profile=resin_profile, created_at=at,
        )  # fmt: skip
        record(actor=actor, what="recipe.written", subject=recipe, at=at)
        _add_version(actor, recipe, 1, numbers, why=why, at=at)
    return recipe


def revise_recipe(*, actor: Viewer, recipe: Recipe, numbers: Numbers, why: str, at: datetime) -> RecipeVersion:
    """A next version; those before it stay as they are."""
    _member(actor, recipe.organisation_id)
    with transaction.atomic():
        Recipe.objects.select_for_update().get(pk=recipe.pk)
        number = recipe.versions.count() + 1
        return _add_version(actor, recipe, number, numbers, why=why, at=at)


def share_recipe(
    *, actor: Viewer, recipe: Recipe, share: str, at: datetime, readers: Collection[Organisation] = ()
) -> None:
    """Who may read a recipe from now on. What was read before cannot be unread."""
    _member(actor, recipe.organisation_id)
    refuse(rules.why_not_share(share))
    with transaction.atomic():
        Recipe.objects.filter(pk=recipe.pk).update(share=share)
        recipe.shares.all().delete()
        if share == Recipe.Share.CHOSEN:
            RecipeShare.objects.bulk_create(
                RecipeShare(organisation_id=recipe.organisation_id, recipe=recipe, reader=reader, at=at)
                for reader in readers
            )
        record(actor=actor, what="recipe.shared", subject=recipe, at=at, facts={"share": share})


def _add_version(
    actor: Viewer, recipe: Recipe, number: int, numbers: Numbers, *, why: str, at: datetime
) -> RecipeVersion:
    refuse(
        rules.why_not_numbers(
            layer_um=numbers.layer_um, exposure_s=numbers.exposure_s, irradiance_mw_cm2=numbers.irradiance_mw_cm2
        )
    )
    version = RecipeVersion.objects.create(
        organisation_id=recipe.organisation_id, recipe=recipe, number=number, layer_um=numbers.layer_um,
        exposure_s=numbers.exposure_s, irradiance_mw_cm2=numbers.irradiance_mw_cm2, settings=dict(numbers.settings),
        why=why.strip()[:300], by_id=actor.someone, at=at,
    )  # fmt: skip
    record(actor=actor, what="recipe.version_added", subject=version, at=at, facts={"number": number})
    return version


def _member(actor: Viewer, organisation_id: UUID) -> None:
    if not actor.belongs_to(organisation_id) or not actor.may("materials:write"):
        raise NotFoundError


def _refuse_to_keys(actor: Viewer) -> None:
    if actor.scopes is not None:
        raise NotFoundError  # keys do not run facilities
