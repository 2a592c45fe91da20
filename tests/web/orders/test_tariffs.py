"""A tariff is drafted and published by its facility's managers, and then never changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.db.utils import DatabaseError

from mingyue.web.orders import queries, services
from mingyue.web.orders.models import Tariff
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mingyue.web.records.models import Event
from tests.web.conftest import NOW, Cast
from tests.web.orders.conftest import Shop, published

DAY = timedelta(days=1)


@pytest.fixture
def manager(cast: Cast, as_viewer: Any) -> Viewer:
    return as_viewer(cast.manager)  # type: ignore[no-any-return]


def drafted(manager: Viewer, shop: Shop) -> Tariff:
    return services.draft_tariff(actor=manager, facility=shop.facility, numbers=shop.numbers(), why="w", at=NOW)


def everything() -> Any:
    return list(Tariff.objects.order_by("number").values()), Event.objects.count()


def test_versions_are_counted_and_each_act_is_recorded(cast: Cast, shop: Shop, manager: Viewer) -> None:
    first = drafted(manager, shop)
    services.change_tariff(
        actor=manager, tariff_id=first.pk, version=1, numbers=shop.numbers(setup_fen=1), why="cheaper", at=NOW
    )
    services.publish_tariff(actor=manager, tariff_id=first.pk, version=2, valid_from=NOW, at=NOW)
    second = drafted(manager, shop)
    first.refresh_from_db()

    assert (first.number, first.state, first.numbers["setup_fen"], first.why) == (1, "published", 1, "cheaper")
    assert (second.number, second.state) == (2, "draft")
    told = Event.objects.filter(subject_kind="orders.tariff").order_by("number").values_list("what", flat=True)
    assert list(told) == ["tariff.drafted", "tariff.changed", "tariff.published", "tariff.drafted"]


def test_the_tariff_that_counts_is_the_one_that_became_valid_last(shop: Shop, manager: Viewer) -> None:
    made = [drafted(manager, shop) for _ in range(3)]
    for tariff, begins in zip(made, (NOW, NOW + 2 * DAY, NOW + DAY), strict=True):
        services.publish_tariff(actor=manager, tariff_id=tariff.pk, version=1, valid_from=begins, at=NOW)
    drafted(manager, shop)

    found = [queries.tariff_at(shop.facility.pk, at=NOW + days * DAY) for days in (-1, 0, 1, 2, 9)]
    assert found == [None, made[0], made[2], made[1], made[1]]


def test_a_published_tariff_never_changes(shop: Shop, manager: Viewer, cast: Cast) -> None:
    tariff = published(shop, cast.manager)
    before = everything()

    for act in (
        lambda: Tariff.objects.filter(pk=tariff.pk).update(why="other"),
        lambda: Tariff.objects.filter(pk=tariff.pk).update(state="draft"),
        lambda: Tariff.objects.filter(pk=tariff.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            act()
    with pytest.raises(RefusedError, match="A published tariff never changes"):
        services.change_tariff(
            actor=manager, tariff_id=tariff.pk, version=1, numbers=shop.numbers(setup_fen=1), why="", at=NOW
        )
    with pytest.raises(RefusedError, match="published already"):
        services.publish_tariff(actor=manager, tariff_id=tariff.pk, version=1, valid_from=NOW, at=NOW)
    assert everything() == before


def test_a_draft_changed_meanwhile_is_a_conflict(shop: Shop, manager: Viewer) -> None:
    tariff = drafted(manager, shop)
    services.change_tariff(actor=manager, tariff_id=tariff.pk, version=1, numbers=shop.numbers(), why="x", at=NOW)
    before = everything()

    with pytest.raises(ConflictError):
        services.change_tariff(actor=manager, tariff_id=tariff.pk, version=1, numbers=shop.numbers(), why="y", at=NOW)
    with pytest.raises(ConflictError):
        services.publish_tariff(actor=manager, tariff_id=tariff.pk, version=1, valid_from=NOW, at=NOW)
    with pytest.raises(RefusedError, match="not from the past"):
        services.publish_tariff(actor=manager, tariff_id=tariff.pk, version=2, valid_from=NOW - DAY, at=NOW)
    assert everything() == before


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        ({"setup_fen": -1}, "setup_fen"),
        ({"machine_hour_fen": {"s999": 1}}, "machine_hour_fen"),
    ],
)
def test_numbers_that_do_not_fit_the_facility_are_refused(
    shop: Shop, manager: Viewer, numbers: dict[str, Any], field: str
) -> None:
    before = everything()
    with pytest.raises(InvalidError) as refused:
        services.draft_tariff(actor=manager, facility=shop.facility, numbers=shop.numbers(**numbers), why="", at=NOW)
    assert refused.value.field == field
    with pytest.raises(InvalidError) as refused:
        services.draft_tariff(
            actor=manager, facility=shop.facility, numbers=shop.numbers() | {"class_per_mille": {"x": 1}}, why="",
            at=NOW,
        )  # fmt: skip
    assert refused.value.field == "class_per_mille"
    assert everything() == before


@pytest.mark.parametrize("name", ["owner", "colleague", "operator", "office", "stranger"])
def test_only_a_manager_makes_prices(cast: Cast, shop: Shop, as_viewer: Any, name: str) -> None:
    as_viewer(cast.manager)
    public, secret = published(shop, cast.manager), drafted(as_viewer(cast.manager), shop)
    before = everything()
    viewer = as_viewer(getattr(cast, name))
    inside = name == "operator"

    assert set(queries.tariffs_of(viewer, shop.facility)) == ({public, secret} if inside else {public})
    assert (queries.tariff_of(viewer, secret.pk) is not None) == inside
    assert set(Tariff.objects.all()) == ({public, secret} if inside else {public})  # the wall
    with pytest.raises(RefusedError, match="Only a manager"):
        drafted(viewer, shop)
    with pytest.raises(RefusedError if inside else NotFoundError):
        services.publish_tariff(actor=viewer, tariff_id=secret.pk, version=1, valid_from=NOW, at=NOW)
    as_viewer(cast.manager)
    assert everything() == before


def test_a_stranger_cannot_write_a_price_past_the_services(cast: Cast, shop: Shop, as_viewer: Any) -> None:
    as_viewer(cast.stranger)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Tariff.objects.create(
            organisation=cast.facility_operator, facility=shop.facility, number=9, numbers={}, by=cast.stranger, at=NOW
        )
