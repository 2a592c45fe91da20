"""What is the same for every request: problems, pages, states, limits, the token of a session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from ninja import Schema

from mingyue.web.materials.models import Recipe
from mingyue.web.notices.services import make_webhook
from mingyue.web.people.models import Organisation, User
from mingyue.web.people.queries import viewer_of
from mingyue.web.records.etags import version_matched
from mingyue.web.records.walls import seen_by
from mingyue.web.site import api as site_api
from mingyue.web.site.limits import Counter
from tests.web.api.conftest import BACKEND, Program
from tests.web.conftest import NOW, Cast

Session = Callable[[User | None], Program]


def recipes(cast: Cast, names: str) -> None:
    """A recipe a letter; two of each three at the same moment, so that only their ids tell them apart."""
    with seen_by(organisation_id=cast.institute.pk):
        for place, name in enumerate(names):
            Recipe.objects.create(
                organisation=cast.institute, name=name, machine_profile="s230", resin_profile="pr48-385",
                created_at=NOW + timedelta(minutes=place // 3),
            )  # fmt: skip


def test_pages_stay_as_they_are_while_rows_are_added(cast: Cast, in_session: Session) -> None:
    ask = in_session(cast.owner)
    recipes(cast, "abcdefgh")
    whole = [one["name"] for one in ask("GET", "/recipes?limit=200").json()["items"]]
    seen, cursor = [], ""
    while cursor is not None:
        page = ask("GET", f"/recipes?limit=3{f'&cursor={cursor}' if cursor else ''}").json()
        seen += [one["name"] for one in page["items"]]
        with seen_by(organisation_id=cast.institute.pk):
            Recipe.objects.create(
                organisation=cast.institute, name="new", machine_profile="s230", resin_profile="pr48-385",
                created_at=NOW + timedelta(days=1),
            )  # fmt: skip
        cursor = page["next"]

    assert seen == whole
    assert sorted(seen) == list("abcdefgh")


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=", "cursor=zz", f"cursor={'f' * 45}"])
def test_a_page_that_there_cannot_be_is_a_problem(cast: Cast, in_session: Session, query: str) -> None:
    answer = in_session(cast.owner)("GET", f"/recipes?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["place"] == f"query.{query.partition('=')[0]}"


def test_any_cursor_of_the_right_form_is_some_moment(cast: Cast, in_session: Session) -> None:
    assert in_session(cast.owner)("GET", f"/recipes?cursor={'f' * 46}").status_code == 200
    assert in_session(cast.owner)("GET", f"/recipes?cursor={'0' * 46}").json() == {"items": [], "next": None}


def test_a_change_holds_only_for_the_state_that_was_read(cast: Cast, in_session: Session) -> None:
    ask = in_session(cast.owner)
    address = "/organisations/lake-institute"
    first = ask("GET", address)
    assert ask("GET", address, If_None_Match=first["ETag"]).status_code == 304

    unsaid = ask("PATCH", address, {"about": "a"})
    done = ask("PATCH", address, {"about": "b"}, If_Match=first["ETag"])
    late = ask("PATCH", address, {"about": "c"}, If_Match=first["ETag"])

    assert (unsaid.status_code, unsaid.json()["type"]) == (428, "urn:mingyue:problem:state-unsaid")
    assert (done.status_code, done.json()["about"], done.json()["name"]) == (200, "b", "Lake Institute")
    assert (late.status_code, late.json()["type"]) == (412, "urn:mingyue:problem:changed-meanwhile")
    assert ask("GET", address, If_None_Match=first["ETag"]).json()["about"] == "b"
    assert ask("GET", address)["ETag"] == done["ETag"] != first["ETag"]
    assert ask("PATCH", address, {"about": "d"}, If_Match="*").status_code == 200


@pytest.mark.parametrize("said", ['"7"', '"7.0123456789abcdef"', 'W/"7"', '"3", "7.ab"', "*"])
def test_the_version_in_an_etag_is_what_counts(rf: Any, said: str) -> None:
    assert version_matched(rf.patch("/", headers={"If-Match": said}), 7) == 7


def test_a_problem_is_in_the_readers_language(cast: Cast, in_session: Session) -> None:
    body = {"kind": "castle", "size": 3}
    english, zh = (
        in_session(cast.owner)("POST", "/organisations", body, Accept_Language=language).json()
        for language in ("en", "zh-CN")
    )

    assert {one["place"]: one["message"] for one in english["errors"]} == {
        "body.name": "This is missing.",
        "body.kind": "This must be one of: 'institute', 'university', 'company', 'hospital', 'investor' or 'authority'.",
        "body.size": "There is no such field.",
    }
    assert {one["place"]: one["message"] for one in zh["errors"]}["body.size"] == "没有这个字段。"
    assert (english["status"], english["title"], zh["title"]) == (422, "A value does not fit", "有的值不符合要求")


def test_a_refusal_says_each_reason(cast: Cast, in_session: Session) -> None:
    ask = in_session(cast.owner)
    member = next(
        one for one in ask("GET", "/organisations/lake-institute/members").json()["items"] if "owner" in one["roles"]
    )

    refused = ask("PATCH", f"/members/{member['id']}", {"roles": ["member"]})

    assert (refused.status_code, refused.json()["reasons"]) == (
        403, ["An organisation needs an owner, and this is the last one."],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("method", "address", "status", "kind"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/me/", 404, "not-found"),
        ("GET", "/parts/not-an-id", 404, "not-found"),
        ("POST", "/me", 405, "method-not-allowed"),
        ("TRACE", "/me", 405, "method-not-allowed"),
    ],
)
def test_whatever_goes_wrong_below_api_is_a_problem(
    cast: Cast, in_session: Session, method: str, address: str, status: int, kind: str
) -> None:
    answer = in_session(cast.owner)(method, address)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    said = answer.json()
    assert said["type"] == f"urn:mingyue:problem:{kind}"
    assert (said["status"], said["instance"]) == (status, f"/api{address}")
    assert said["remedy"]
    assert (status == 405) == answer.has_header("Allow")


def test_what_is_no_json_is_a_problem(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.owner, backend=BACKEND)

    answer = client.post("/api/organisations", b"{", content_type="application/json")

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:mingyue:problem:unreadable")


def test_a_session_sends_the_token_of_our_pages_and_a_key_need_not(
    cast: Cast, with_key: Callable[..., Program]
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.owner, backend=BACKEND)
    body = {"name": "New Firm", "kind": "company"}
    forged = Program(browser, {})("POST", "/organisations", body)
    assert (forged.status_code, forged.json()["type"]) == (403, "urn:mingyue:problem:token-missing")
    assert not Organisation.objects.filter(name="New Firm").exists()

    token = "t" * 32
    browser.cookies["csrftoken"] = token
    assert Program(browser, {"X-CSRFToken": token})("POST", "/organisations", body).status_code == 201

    program = with_key(cast.owner, cast.institute)
    strict = Program(Client(enforce_csrf_checks=True), program.headers)
    assert strict("POST", "/recipes", {}).status_code == 422


def test_whoever_asks_too_often_is_told_when_to_come_back(
    cast: Cast, in_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_api, "_counter", Counter(2))
    ask = in_session(cast.owner)

    answers = [ask("GET", "/me") for _ in range(3)]

    while [one.status_code for one in answers] == [200, 200, 200]:  # a minute began in between
        answers = [*answers[1:], ask("GET", "/me")]
    last = answers[-1]
    assert (last.status_code, last.json()["type"]) == (429, "urn:mingyue:problem:too-many-requests")
    assert last["Retry-After"] == last["RateLimit-Reset"]
    assert (last["RateLimit-Limit"], last["RateLimit-Remaining"]) == ("2", "0")
    assert in_session(cast.colleague)("GET", "/me").status_code == 200


def test_a_minute_is_counted_by_the_clock() -> None:
    counter = Counter(2)

    used = [counter.count("a", now_s=now_s).used for now_s in (0.0, 59.9, 60.0, 61.0, 121.0)]

    assert used == [1, 2, 1, 2, 1]
    assert counter.count("b", now_s=150.5).resets_s == 30


def test_a_fault_of_ours_is_a_problem_too(cast: Cast, in_session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = in_session(cast.owner)
    ask.client.raise_request_exception = False
    monkeypatch.setattr("mingyue.web.people.queries.organisations_of", lambda _: 1 / 0)

    answer = ask("GET", "/organisations")

    assert (answer.status_code, answer.json()["type"]) == (500, "urn:mingyue:problem:fault")


def test_the_description_names_scopes_problems_and_headers(client: Client, db: None) -> None:
    told = client.get("/api/openapi.json").json()

    assert told["openapi"].startswith("3.1")
    adding = told["paths"]["/api/parts"]["post"]
    assert adding["security"] == [{"key": ["parts:write"]}, {"session": []}]
    assert {one["name"] for one in adding["parameters"]} == {"Idempotency-Key"}
    assert adding["responses"]["422"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    assert {"412", "428"} <= set(told["paths"]["/api/parts/{part_id}"]["patch"]["responses"])


def test_no_two_shapes_share_a_name() -> None:
    """The description names them by their class alone: of two, one would be described as the other."""
    shapes, found = [Schema], []
    while shapes:
        below = shapes.pop().__subclasses__()
        shapes += below
        found += [f"{one.__name__}" for one in below if one.__module__.startswith("mingyue.")]

    assert len(found) > 100
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("2026-01-01T08:00:00+08:00", 200),
        ("2026-01-01T00:00:00", 422),  # whose midnight?
        ("0001-01-01T00:00:00+23:59", 422),
        ("9999-12-31T23:59:59-23:59", 422),
        ("0001-01-01T00:00:00Z", 200),
    ],
)
def test_a_moment_says_how_far_from_utc_it_is_and_lies_in_the_calendar(
    cast: Cast, in_session: Session, said: str, status: int
) -> None:
    with seen_by(person_id=cast.owner.pk):
        webhook, _ = make_webhook(
            actor=viewer_of(cast.owner), organisation_id=cast.institute.pk, url="https://a.example.org", kinds=[],
            at=NOW,
        )  # fmt: skip
    answer = in_session(cast.owner)("POST", f"/webhooks/{webhook.pk}/replay", {"since": said})

    assert answer.status_code == status
    if status == 422:
        assert [error["place"] for error in answer.json()["errors"]] == ["body.since"]
