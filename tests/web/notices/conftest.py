"""A deal between a customer and a facility, and whoever is told of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from mingyue.web.notices.fanning import tell
from mingyue.web.notices.models import Notice
from mingyue.web.people.models import Organisation, User
from mingyue.web.records.kept_phrases import from_json
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast
from tests.web.orders.conftest import Deal, deal, everything, shop

__all__ = ["deal", "everything", "shop"]  # fixtures

Tell = Callable[..., None]


@pytest.fixture
def tell_all(cast: Cast) -> Tell:
    """Everybody of the cast is told of what happened since."""

    def told(at: datetime = NOW) -> None:
        for organisation in (cast.institute, cast.facility_operator, cast.firm, cast.park):
            while tell(organisation.pk, at=at):
                pass

    return told


def heard(person: User) -> list[str]:
    """What a person was told, in the order in which it happened, in English."""
    with seen_by(person_id=person.pk):
        return [from_json(one.text) for one in Notice.objects.order_by("event__number")]


def of(organisation: Organisation) -> Any:
    """The database as this organisation sees it."""
    return seen_by(organisation_id=organisation.pk)


@pytest.fixture
def told_deal(deal: Deal, tell_all: Tell) -> Deal:
    """The deal; what happened before it is no news."""
    tell_all()
    return deal
