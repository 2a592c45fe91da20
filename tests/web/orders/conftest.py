"""A facility with prices, and people of the customer's who may spend."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import pytest

from mingyue.web.facilities.models import Facility, Machine, ServiceClass
from mingyue.web.materials.models import Resin
from mingyue.web.orders import services
from mingyue.web.orders.models import Tariff
from mingyue.web.orders.numbers import TAXED, Numbers
from mingyue.web.people.models import User
from mingyue.web.people.queries import viewer_of
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast

PLAIN = Numbers(
    setup_fen=200_00,
    machine_hour_fen={"s230": 300_00},
    resin_ml_fen={"pr48-385": 50_00},
    cleaning_fen=20_00,
    inspection_fen={"visual": 0, "dimensional": 80_00, "full": 400_00},
    handling_hour_fen=150_00,
    minimum_fen=500_00,
    rebate_per_mille={"10": 100, "100": 250},
    kind_per_mille={"university": 700},
    class_per_mille={"standard": 1000, "express": 1500},
    tolerance_per_mille={"25": 1000, "10": 1300},
    tax_per_mille=dict.fromkeys(TAXED, 60) | {"resin": 130},
    valid_days=14,
    review_above_fen=50_000_00,
    review_above_quantity=500,
    review_above_hours=100,
    cancel_due_per_mille={"accepted": 0, "scheduled": 100, "making": 1000},
)


@dataclass(frozen=True)
class Shop:
    """The facility of the cast's operator: machines, resin, two service classes."""

    facility: Facility
    machine: Machine
    resin: Resin
    standard: ServiceClass
    express: ServiceClass

    def numbers(self, **others: Any) -> dict[str, Any]:
        """A tariff's numbers that fit it, as JSON."""
        classes = {str(self.standard.pk): 1000, str(self.express.pk): 1500}
        return asdict(replace(PLAIN, class_per_mille=classes, **others))


@pytest.fixture
def shop(cast: Cast) -> Shop:
    """It stands in another organisation than the parts."""
    return make_shop(cast)


def make_shop(cast: Cast) -> Shop:
    """The shop, in the database as it is."""
    theirs = {"organisation": cast.facility_operator}
    with seen_by(organisation_id=cast.facility_operator.pk):
        facility = Facility.objects.create(slug="works", name="Micro Works", created_at=NOW, **theirs)
        return Shop(
            facility,
            Machine.objects.create(facility=facility, name="P1", profile="s230", state_since=NOW, **theirs),
            Resin.objects.create(facility=facility, profile="pr48-385", name="PR48", **theirs),
            ServiceClass.objects.create(facility=facility, name="Standard", name_zh="标准", lead_days=15, **theirs),
            ServiceClass.objects.create(facility=facility, name="Express", name_zh="加急", lead_days=5, **theirs),
        )


def published(shop: Shop, manager: User, **numbers: Any) -> Tariff:
    """A tariff that counts from now on. The manager must be the viewer."""
    actor = viewer_of(manager)
    tariff = services.draft_tariff(
        actor=actor, facility=shop.facility, numbers=shop.numbers(**numbers), why="first", at=NOW
    )
    services.publish_tariff(actor=actor, tariff_id=tariff.pk, version=1, valid_from=NOW, at=NOW)
    return tariff
