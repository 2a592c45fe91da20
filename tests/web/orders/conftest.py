"""A facility with prices, and people of the customer's who may spend."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction

from mingyue.web.facilities.models import Facility, Machine, ServiceClass
from mingyue.web.materials.models import Resin
from mingyue.web.orders import services
from mingyue.web.orders.models import Order, Project, Quote, Tariff
from mingyue.web.orders.pricing.numbers import TAXED, Numbers
from mingyue.web.parts.models import Check, Part, Revision
from mingyue.web.people.middleware import tell_of
from mingyue.web.people.models import Membership, Organisation, User
from mingyue.web.people.queries import viewer_of
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.blobs import keep_bytes
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast, database_apart, make_cast

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


# --- what is quoted -----------------------------------------------------------------------------------------------

ESTIMATE = {"printing_s": [3000.0, 4200.0], "handling_s": [1200.0, 2400.0], "resin_mm3": [100.0, 120.0]}


def member(email: str, name: str, organisation: Organisation, *roles: str) -> User:
    """One more of the cast."""
    person = User.objects.create_user(email, "moon-over-the-lake", name=name)
    with seen_by(organisation_id=organisation.pk):
        Membership.objects.create(person=person, organisation=organisation, roles=list(roles), since=NOW)
    return person


def checked(shop: Shop, owner: User, organisation: Organisation, **more: Any) -> Check:
    """A check that is done, of a part of this organisation, put there past the engine."""
    theirs = {"organisation": organisation}
    with seen_by(organisation_id=organisation.pk), transaction.atomic():
        part = Part.objects.create(name="nozzle", owner=owner, terms_version="1", created_at=NOW, **theirs)
        blob = keep_bytes(b"solid", organisation_id=organisation.pk, media_type="model/stl", at=NOW)
        revision = Revision.objects.create(
            part=part, number=1, file_name="nozzle.stl", blob=blob, by=owner, at=NOW, state="read", **theirs
        )
        return Check.objects.create(**{
            "revision": revision, "machine": shop.machine, "resin": shop.resin, "layer_um": 5.0, "state": "done",
            "asked_at": NOW, "verdict": "fine", "estimate": ESTIMATE,
            "looked": {"placement": {"matrix": [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "offset_um": [0, 0, 0]}},
            **theirs, **more,
        })  # fmt: skip


@dataclass(frozen=True)
class Deal:
    """The institute's part has a price at the shop; its budget holder has a project. Whoever acts becomes the viewer."""

    cast: Cast
    shop: Shop
    holder: User
    rival: User
    tariff: Tariff
    check: Check
    project: Project

    def be(self, person: User) -> Viewer:
        """Becomes the viewer, to services and to the walls."""
        viewer = viewer_of(person)
        tell_of(viewer)
        return viewer

    def asked(self, *others: Check, **wish: Any) -> list[services.Asked]:
        """What a customer asks for: one option for each check."""
        said = {"service_class_id": self.shop.standard.pk, "tolerance_um": 25} | wish
        return [services.Asked(check_id=each.pk, **said) for each in (self.check, *others)]

    def quote(self, **wish: Any) -> Quote:
        """Asked by the owner of the part."""
        return services.ask_quote(actor=self.be(self.cast.owner), asked=self.asked(**wish), at=NOW)

    def approved(self, **wish: Any) -> Quote:
        """And approved by the budget holder, who stays the viewer."""
        quote = self.quote(**wish)
        services.approve_quote(
            actor=self.be(self.holder), quote_id=quote.pk, option=0, project_id=self.project.pk, at=NOW
        )
        return quote

    def ordered(self, **wish: Any) -> Order:
        """And accepted by the owner of the part, who stays the viewer."""
        quote = self.approved(**wish)
        return services.accept_quote(actor=self.be(self.cast.owner), quote_id=quote.pk, option=0, at=NOW)


@pytest.fixture
def deal(cast: Cast, shop: Shop) -> Deal:
    """Everything that is needed for an order."""
    return make_deal(cast, shop)


def make_deal(cast: Cast, shop: Shop, *, budget_fen: int = 100_000_00) -> Deal:
    """The deal, in the database as it is."""
    holder = member("holder@example.org", "Sun", cast.institute, "budget_holder", "member")
    rival = member("rival@example.org", "Zhou", cast.firm, "budget_holder", "member")
    tell_of(viewer_of(cast.manager))
    tariff = published(shop, cast.manager)
    check = checked(shop, cast.owner, cast.institute)
    spender = viewer_of(holder)
    tell_of(spender)
    project = services.open_project(
        actor=spender, organisation_id=cast.institute.pk, number="NSFC-52375001", name="Nests",
        budget_fen=budget_fen, at=NOW,
    )  # fmt: skip
    return Deal(cast, shop, holder, rival, tariff, check, project)


def revised(deal: Deal, number: int = 2, *, state: str = "read") -> Revision:
    """A later revision of the part, put there past the engine."""
    deal.be(deal.cast.owner)
    first = deal.check.revision
    return Revision.objects.create(
        organisation=deal.cast.institute, part_id=first.part_id, number=number, file_name="nozzle.stl",
        blob_id=first.blob_id, by=deal.cast.owner, at=NOW, state=state,
    )  # fmt: skip


def rechecked(deal: Deal, revision: Revision, old: Check, **more: Any) -> Check:
    """The check of it that asks the same, done."""
    deal.be(deal.cast.owner)
    return Check.objects.create(**{
        "organisation": deal.cast.institute, "revision": revision, "machine": old.machine, "resin": old.resin,
        "layer_um": old.layer_um, "rotation": old.rotation, "state": "done", "asked_at": NOW, "verdict": "fine",
        "estimate": ESTIMATE, "looked": old.looked, **more,
    })  # fmt: skip


@contextmanager
def deal_apart(django_db_blocker: Any, *, budget_fen: int) -> Iterator[Deal]:
    """One that is committed, so that every connection sees it."""
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    with django_db_blocker.unblock(), database_apart(f"orders_{os.getpid()}"):
        cast = make_cast()
        yield make_deal(cast, make_shop(cast), budget_fen=budget_fen)


@pytest.fixture
def today() -> Iterator[None]:
    """The day on which the shop's prices count."""
    with time_machine.travel(NOW, tick=False):
        yield


Everything = Callable[[], Any]


@pytest.fixture
def everything(cast: Cast) -> Everything:
    """What is kept of both sides, to see that a refused act changed nothing."""
    from django.apps import apps

    from mingyue.web.records.models import Event

    def look() -> Any:
        kept: dict[str, Any] = {}
        for organisation in (cast.institute, cast.facility_operator, cast.firm):
            with seen_by(organisation_id=organisation.pk):
                for model in (*apps.get_app_config("orders").get_models(), Event):
                    name = f"{organisation.slug} {model.__name__}"
                    kept[name] = list(model._default_manager.order_by("pk").values())
        return kept

    return look
