"""A request sent twice acts once: one after the other, and both at once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.http import HttpResponse
from django.test import Client

from mingyue.web.materials.models import Recipe, RecipeVersion
from mingyue.web.orders.models import Entry, Order
from mingyue.web.people.models import ApiKey, Organisation, User
from mingyue.web.records.idempotency import once
from mingyue.web.records.models import HOUSE, KeptReply
from mingyue.web.records.walls import seen_by
from tests.web.api.conftest import Program, secret_of
from tests.web.conftest import NOW, Cast, database_apart, make_cast
from tests.web.orders.conftest import Deal, deal_apart

RECIPE = {
    "organisation": "lake-institute", "name": "fine", "machine_profile": "s230", "resin_profile": "pr48-385",
    "layer_um": 5.0, "exposure_s": 1.2, "irradiance_mw_cm2": 30.0, "why": "first",
}  # fmt: skip


def written(cast: Cast) -> int:
    with seen_by(organisation_id=cast.institute.pk):
        return Recipe.objects.filter(organisation=cast.institute).count()


def test_a_repetition_gets_the_same_answer_and_does_nothing(cast: Cast, with_key: Callable[..., Program]) -> None:
    ask = with_key(cast.owner, cast.institute)

    first, second = (ask("POST", "/recipes", RECIPE, Idempotency_Key="once") for _ in range(2))

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert first.status_code == 201
    assert all(first[name] == second[name] for name in ("Location", "Content-Type"))
    assert not first.has_header("Idempotent-Replay")
    assert second["Idempotent-Replay"] == "true"
    assert written(cast) == 1


def test_another_request_with_the_same_key_is_a_conflict(cast: Cast, with_key: Callable[..., Program]) -> None:
    ask = with_key(cast.owner, cast.institute)
    ask("POST", "/recipes", RECIPE, Idempotency_Key="once")

    other = ask("POST", "/recipes", RECIPE | {"name": "coarse"}, Idempotency_Key="once")

    assert (other.status_code, other.json()["type"]) == (409, "urn:mingyue:problem:idempotency-key-reused")
    assert written(cast) == 1
    assert ask("POST", "/recipes", RECIPE, Idempotency_Key="another").status_code == 201
    assert (
        with_key(cast.colleague, cast.institute)("POST", "/recipes", RECIPE, Idempotency_Key="once").status_code == 201
    )


def test_a_refusal_is_not_kept(cast: Cast, with_key: Callable[..., Program]) -> None:
    ask = with_key(cast.owner, cast.institute)

    refused = ask("POST", "/recipes", RECIPE | {"organisation": "other-firm"}, Idempotency_Key="k")
    good = ask("POST", "/recipes", RECIPE, Idempotency_Key="k")

    assert (refused.status_code, good.status_code, written(cast)) == (404, 201, 1)


def test_what_a_refused_request_wrote_is_undone(cast: Cast, rf: Any) -> None:
    """Even where an endpoint wrote before it was refused."""

    def half_done() -> HttpResponse:
        Organisation.objects.filter(pk=cast.firm.pk).update(about="half")
        return HttpResponse(status=403)

    request = rf.post("/api/x", b"{}", content_type="application/json")
    with seen_by(organisation_id=cast.firm.pk):
        once(request, key="k", person_id=cast.stranger.pk, organisation_id=cast.firm.pk, at=NOW, act=half_done)
        assert Organisation.objects.get(pk=cast.firm.pk).about == ""


def test_a_secret_is_not_kept_to_be_given_again(cast: Cast, in_session: Callable[[User | None], Program]) -> None:
    ask = in_session(cast.owner)
    body = {"name": "program", "scopes": ["parts:read"]}

    first, second = (ask("POST", "/organisations/lake-institute/keys", body, Idempotency_Key="k") for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 409)
    assert "X-Holds-Secret" not in first.headers
    with seen_by(organisation_id=cast.institute.pk):
        assert ApiKey.objects.filter(name="program").count() == 1
    with seen_by(person_id=cast.owner.pk, organisation_id=HOUSE):
        assert first.json()["secret"] not in json.dumps(list(KeptReply.objects.values_list("body", flat=True)))


def test_what_was_kept_long_ago_is_forgotten(cast: Cast, rf: Any) -> None:
    request = rf.post("/api/x", b"{}", content_type="application/json")
    acts = []

    def act() -> HttpResponse:
        acts.append(1)
        return HttpResponse("{}")

    for days in (0, 6, 8):
        once(request, key="k", person_id=cast.owner.pk, organisation_id=None, at=NOW + timedelta(days=days), act=act)

    assert len(acts) == 2


@pytest.fixture
def race(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Cast, Program]]:
    """A cast that every connection sees, and a program of its owner."""
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    with django_db_blocker.unblock(), database_apart(f"race_{os.getpid()}"):
        cast = make_cast()
        yield cast, Program(Client(), {"Authorization": f"Bearer {secret_of(cast.owner, cast.institute)}"})


def test_of_two_at_once_one_acts_and_both_get_its_answer(race: tuple[Cast, Program]) -> None:
    cast, program = race
    together = Barrier(4)

    def send(_: int) -> tuple[int, bytes, str]:
        try:
            together.wait(30)
            answer = Program(Client(), program.headers)("POST", "/recipes", RECIPE, Idempotency_Key="race")
            return answer.status_code, answer.content, answer.get("Idempotent-Replay", "")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(send, range(4)))

    assert {(status, body) for status, body, _ in answers} == {(201, answers[0][1])}
    assert sorted(replayed for *_, replayed in answers) == ["", "true", "true", "true"]
    with seen_by(organisation_id=cast.institute.pk):
        assert Recipe.objects.filter(organisation=cast.institute).count() == 1
        assert RecipeVersion.objects.filter(organisation=cast.institute).count() == 1


@pytest.mark.parametrize("table", ["records_event", "records_keptreply"])
def test_who_waits_too_long_for_others_is_told_that_nothing_was_done(race: tuple[Cast, Program], table: str) -> None:
    cast, program = race
    with connections["default"].cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")

    with transaction.atomic(using="owner"), connections["owner"].cursor() as others:
        others.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        answer = program("POST", "/recipes", RECIPE, Idempotency_Key="busy")

    assert (answer.status_code, answer.json()["type"]) == (503, "urn:mingyue:problem:busy")
    assert answer["Retry-After"] == "1"
    assert written(cast) == 0
    assert program("POST", "/recipes", RECIPE, Idempotency_Key="busy").status_code == 201


# --- accepting a quote --------------------------------------------------------------------------------------------


def test_whoever_accepts_twice_with_one_key_gets_the_same_order_again(
    deal: Deal, with_key: Callable[..., Program]
) -> None:
    quote, ask = deal.approved(), with_key(deal.cast.owner, deal.cast.institute)
    address = f"/quotes/{quote.pk}/accept"

    first, second = (ask("POST", address, {"option": 0}, Idempotency_Key="mine") for _ in range(2))

    assert (first.status_code, first.content, first["Location"]) == (201, second.content, second["Location"])
    assert [one.get("Idempotent-Replay") for one in (first, second)] == [None, "true"]
    deal.be(deal.cast.owner)
    assert [str(one.pk) for one in Order.objects.all()] == [first.json()["id"]]
    assert Entry.objects.count() == 1


@pytest.fixture
def deal_of_all(django_db_setup: None, django_db_blocker: Any) -> Iterator[Deal]:
    """A deal that every connection sees."""
    with deal_apart(django_db_blocker, budget_fen=100_000_00) as made:
        yield made


@pytest.mark.parametrize("keys", [["one"] * 3, ["one", "two", "three"]], ids=["one key", "a key each"])
def test_of_three_programs_that_accept_at_once_one_orders_and_all_hear_of_it(
    deal_of_all: Deal, keys: list[str]
) -> None:
    """With a key each nothing is replayed: the quote itself is accepted once."""
    deal = deal_of_all
    quote, together = deal.approved(), Barrier(3)
    program = Program(Client(), {"Authorization": f"Bearer {secret_of(deal.cast.owner, deal.cast.institute)}"})

    def send(key: str) -> tuple[int, str, str]:
        try:
            together.wait(30)
            answer = Program(Client(), program.headers)(
                "POST", f"/quotes/{quote.pk}/accept", {"option": 0}, Idempotency_Key=key
            )
            return answer.status_code, answer.json()["id"], answer.get("Idempotent-Replay", "")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(send, keys))

    deal.be(deal.cast.owner)
    order = Order.objects.get()
    assert [(status, made) for status, made, _ in answers] == [(201, str(order.pk))] * 3
    assert [replayed for *_, replayed in answers].count("true") == 3 - len(set(keys))
    assert Entry.objects.count() == 1
