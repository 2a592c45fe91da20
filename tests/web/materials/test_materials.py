"""Resins, batches and recipes: versions that never change, and who may read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from mingyue.web.facilities.models import Facility
from mingyue.web.facilities.services import open_facility
from mingyue.web.materials import queries, services
from mingyue.web.materials.models import Batch, Recipe, RecipeVersion, Resin
from mingyue.web.people.models import User
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import InvalidError, NotFoundError, RefusedError
from tests.web.conftest import NOW, Cast

AsViewer = Callable[[User], Viewer]
GOOD = services.Numbers(layer_um=5, exposure_s=0.9, irradiance_mw_cm2=30)


@pytest.fixture
def resin(cast: Cast, as_viewer: AsViewer) -> Resin:
    """PR48, offered by the facility."""
    manager = as_viewer(cast.manager)
    facility = open_facility(actor=manager, organisation=cast.facility_operator, name="Works", at=NOW)
    return services.offer_resin(actor=manager, facility=facility, profile="pr48-385", name="PR48", at=NOW)


@pytest.fixture
def recipe(cast: Cast, as_viewer: AsViewer) -> Recipe:
    """A private recipe of the institute."""
    return services.write_recipe(
        actor=as_viewer(cast.owner), organisation_id=cast.institute.pk, name="sharp struts", machine_profile="s230",
        resin_profile="pr48-385", numbers=GOOD, why="first try", at=NOW,
    )  # fmt: skip


def test_a_next_version_leaves_the_first_as_it_was(cast: Cast, recipe: Recipe, as_viewer: AsViewer) -> None:
    actor = as_viewer(cast.colleague)

    services.revise_recipe(
        actor=actor, recipe=recipe, numbers=services.Numbers(5, 1.1, 30), why="gaps stayed closed", at=NOW
    )

    versions = list(RecipeVersion.objects.order_by("number").values_list("number", "exposure_s", "why"))
    assert versions == [(1, 0.9, "first try"), (2, 1.1, "gaps stayed closed")]


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        (services.Numbers(0, 0.9, 30), "0.1 to 1,000 µm"),
        (services.Numbers(5, 0, 30), "0.001 to 600 s"),
        (services.Numbers(5, 0.9, 0), "10,000 mW/cm²"),
        (services.Numbers(float("nan"), 0.9, 30), "0.1 to 1,000 µm"),
    ],
)
def test_numbers_nothing_can_be_printed_with_are_refused(
    cast: Cast, recipe: Recipe, as_viewer: AsViewer, numbers: services.Numbers, reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        services.revise_recipe(actor=as_viewer(cast.owner), recipe=recipe, numbers=numbers, why="x", at=NOW)
    assert RecipeVersion.objects.count() == 1


def seen_by_each(cast: Cast, as_viewer: AsViewer) -> dict[str, bool]:
    names = ("owner", "colleague", "stranger", "operator", "office")
    return {name: queries.recipes(as_viewer(getattr(cast, name))).exists() for name in names}


def test_who_reads_a_recipe_follows_its_share(cast: Cast, recipe: Recipe, as_viewer: AsViewer) -> None:
    own = {"owner": True, "colleague": True, "stranger": False, "operator": False, "office": False}
    assert seen_by_each(cast, as_viewer) == own

    services.share_recipe(actor=as_viewer(cast.owner), recipe=recipe, share="chosen", readers=[cast.firm], at=NOW)
    assert seen_by_each(cast, as_viewer) == own | {"stranger": True}

    services.share_recipe(actor=as_viewer(cast.owner), recipe=recipe, share="everyone", at=NOW)
    assert set(seen_by_each(cast, as_viewer).values()) == {True}

    services.share_recipe(actor=as_viewer(cast.owner), recipe=recipe, share="private", at=NOW)
    assert seen_by_each(cast, as_viewer) == own


def test_a_reader_changes_nothing(cast: Cast, recipe: Recipe, as_viewer: AsViewer) -> None:
    services.share_recipe(actor=as_viewer(cast.owner), recipe=recipe, share="everyone", at=NOW)
    reader = as_viewer(cast.stranger)

    with pytest.raises(NotFoundError):
        services.revise_recipe(actor=reader, recipe=recipe, numbers=GOOD, why="mine", at=NOW)
    with pytest.raises(NotFoundError):
        services.share_recipe(actor=reader, recipe=recipe, share="private", at=NOW)

    assert RecipeVersion.objects.count() == 1
    assert Recipe.objects.get().share == "everyone"


@pytest.mark.parametrize("profile", ["pr9000", "/etc/passwd", "resins.toml:pr48-385"])
def test_a_resin_is_a_name_and_never_a_file(cast: Cast, resin: Resin, as_viewer: AsViewer, profile: str) -> None:
    with pytest.raises(InvalidError, match="no resin named"):
        services.offer_resin(actor=as_viewer(cast.manager), facility=resin.facility, profile=profile, name="x", at=NOW)


def test_an_operator_keeps_the_shelf_and_strangers_do_not_see_it(cast: Cast, resin: Resin, as_viewer: AsViewer) -> None:
    operator = as_viewer(cast.operator)
    batch = services.add_batch(
        actor=operator, resin=resin, number="2611-01", volume_ml=500, made_on=date(2026, 11, 1),
        expires_on=date(2027, 11, 1), at=NOW,
    )  # fmt: skip
    assert batch.is_usable(date(2027, 11, 1))
    assert not batch.is_usable(date(2027, 11, 2))
    facility = Facility.objects.get()
    assert list(queries.batches_of(operator, facility)) == [batch]
    assert not queries.batches_of(as_viewer(cast.stranger), facility).exists()

    services.discard_batch(actor=as_viewer(cast.operator), batch=batch, at=NOW)
    with pytest.raises(RefusedError, match="already"):
        services.discard_batch(actor=as_viewer(cast.operator), batch=batch, at=NOW)
    assert not Batch.objects.get().is_usable(date(2026, 11, 2))


@pytest.mark.parametrize("who", ["owner", "stranger", "office"])
def test_only_those_who_run_the_facility_add_batches(cast: Cast, resin: Resin, as_viewer: AsViewer, who: str) -> None:
    with pytest.raises(RefusedError):
        services.add_batch(
            actor=as_viewer(getattr(cast, who)), resin=resin, number="1", volume_ml=1, made_on=date(2026, 1, 1),
            expires_on=date(2027, 1, 1), at=NOW,
        )  # fmt: skip
    assert not Batch.objects.exists()


def test_a_batch_that_expires_before_it_was_made_is_refused(cast: Cast, resin: Resin, as_viewer: AsViewer) -> None:
    with pytest.raises(RefusedError, match="expires after"):
        services.add_batch(
            actor=as_viewer(cast.operator), resin=resin, number="1", volume_ml=1, made_on=date(2027, 1, 1),
            expires_on=date(2026, 1, 1), at=NOW,
        )  # fmt: skip
