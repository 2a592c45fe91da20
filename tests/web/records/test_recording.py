"""One event in several chains at once: in order, whole or not at all, and in nobody's chain by whom it is not seen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction

from mingyue.web.people.models import Organisation
from mingyue.web.records.models import HOUSE, Chain, Event
from mingyue.web.records.services import record, record_in_each
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW, Cast, database_apart, make_cast


def both(cast: Cast) -> list[UUID]:
    return [cast.institute.pk, cast.facility_operator.pk]


def count_of(organisation: Organisation) -> int:
    with seen_by(organisation_id=organisation.pk):
        return Event.objects.filter(organisation_id=organisation.pk).count()


def test_who_may_not_see_an_organisations_rows_records_nothing_anywhere(cast: Cast) -> None:
    before = [count_of(cast.institute), count_of(cast.firm)]

    with (
        pytest.raises(DatabaseError, match="row-level security"),
        seen_by(organisation_id=cast.institute.pk),
        transaction.atomic(),
    ):
        record_in_each([cast.institute.pk, cast.firm.pk], actor=None, what="test.told", subject=cast.institute, at=NOW)

    assert [count_of(cast.institute), count_of(cast.firm)] == before


def test_what_nobody_did_in_the_houses_chain_is_written_by_who_may_not_read_it(cast: Cast) -> None:
    with transaction.atomic():
        event = record(actor=None, what="test.told", subject=cast.owner, at=NOW)

    assert event.organisation_id == HOUSE
    assert not Event.objects.filter(pk=event.pk).exists()
    assert Chain.objects.get(organisation_id=HOUSE).head == event.digest


def test_outside_of_a_transaction_it_is_a_bug(apart: Cast) -> None:
    with pytest.raises(AssertionError, match="outside the transaction"):
        record_in_each(both(apart), actor=None, what="test.told", subject=apart.institute, at=NOW)


@pytest.fixture
def apart(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """A cast that every connection sees."""
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    with django_db_blocker.unblock(), database_apart(f"recording_{os.getpid()}"):
        yield make_cast()


def test_many_at_once_who_name_the_chains_in_any_order_wait_for_each_other_and_break_none(apart: Cast) -> None:
    """Also where none of the chains is there yet: whoever comes second finds that the first has begun it."""
    writers, times = 6, 15
    names = both(apart)

    def write(place: int) -> None:
        try:
            for _ in range(times):
                order = names if place % 2 else names[::-1]
                with seen_by(person_id=apart.owner.pk, organisation_id=names[1]), transaction.atomic():
                    record_in_each(order, actor=None, what="test.told", subject=apart.institute, at=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(writers) as threads:
        list(threads.map(write, range(writers)))

    for organisation_id in names:
        with seen_by(organisation_id=organisation_id):
            told = Event.objects.filter(organisation_id=organisation_id, what="test.told").order_by("number")
            numbers = list(told.values_list("number", flat=True))
            assert numbers == list(range(numbers[0], numbers[0] + writers * times))
            assert Chain.objects.get(organisation_id=organisation_id).head == told.last().digest
    call_command("check_events", stdout=(said := StringIO()))
    assert "✗" not in said.getvalue()
