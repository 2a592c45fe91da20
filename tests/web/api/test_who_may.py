"""Every endpoint × nobody, a key without the scope, a stranger, a colleague, the owner: from the API's own table."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from ninja.operation import Operation

from mingyue.web.people.access import Needs
from mingyue.web.people.models import User
from mingyue.web.people.viewers import SCOPES
from mingyue.web.records.models import Chain
from mingyue.web.records.walls import seen_by
from mingyue.web.site.api import api
from tests.web.api.conftest import Program, connections_stay
from tests.web.api.things import filled, make_things, thing
from tests.web.conftest import Cast

ENDPOINTS: list[tuple[str, str, Operation]] = sorted(
    (
        (method, re.sub(r"{[^}:]+:", "{", route), operation)
        for bound in api._get_bound_routers()
        for route, view in bound.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    ),
    key=lambda one: one[:2],
)
# What each change is sent; a good one, so that only who sends it decides.
BODIES: dict[str, Any] = {
    "create_organisation": {"name": "New Firm", "kind": "company"},
    "change_organisation": {"about": "We print."},
    "change_member": {"roles": ["member"]},
    "invite": {"email": "new@example.org"},
    "accept_invitation": {"token": "x" * 40},
    "make_key": {"name": "program", "scopes": ["parts:read"]},
    "change_facility": {"about": "2 µm"},
    "add_machine": {"name": "M2"},
    "set_hours": {"hours": [{"weekday": 1, "opens": "08:00", "closes": "12:00"}]},
    "add_service_class": {"name": "fast", "lead_days": 2},
    "set_machine_state": {"state": "off"},
    "add_capability": {"name": "layer", "value": "5 µm"},
    "announce_downtime": {"starts_at": "2099-01-01T08:00:00Z", "ends_at": "2099-01-01T09:00:00Z", "why": "lens"},
    "offer_resin": {"profile": "pr48-405", "name": "PR48 at 405 nm"},
    "add_batch": {"number": "2", "volume_ml": 500, "made_on": "2026-11-01", "expires_on": "2027-11-01"},
    "write_recipe": {
        "organisation": "lake-institute", "name": "fine", "machine_profile": "s230", "resin_profile": "pr48-385",
        "layer_um": 5.0, "exposure_s": 1.2, "irradiance_mw_cm2": 30.0, "why": "first",
    },
    "share_recipe": {"share": "private"},
    "revise_recipe": {"layer_um": 5.0, "exposure_s": 1.1, "irradiance_mw_cm2": 30.0, "why": "less"},
    "add_part": {"upload": "00000000-0000-0000-0000-000000000001", "name": "part"},
    "change_part": {"note": "new"},
    "add_revision": {"upload": "00000000-0000-0000-0000-000000000001"},
    "add_reader": {"email": "colleague@example.org"},
    "say_units": {"units": "mm"},
    "ask_check": {"machine": "machine_id", "resin": "resin_id"},
    "ask_quote": {"options": [{"check": "check_id", "service_class": "class_id", "tolerance_um": 25}]},
    "say_message": {"text": "When?"},
    "ask_review": {"text": "Is that all?"},
    "withdraw_quote": {},
    "approve_quote": {"option": 0, "project": "project_id"},
    "accept_quote": {"option": 0},
    "decline_quote": {"why": "too fine"},
    "replace_quote": {"changes": [{"option": 0, "line": 0, "amount_fen": 100, "why": "a friend"}]},
    "advance_order": {"state": "scheduled"},
    "bill_order": {"amount_fen": 100_00},
    "note_payment": {"amount_fen": 100_00, "reference": "B-1"},
    "note_refund": {"amount_fen": 100_00, "reference": "B-2"},
    "write_off": {"amount_fen": 100, "why": "small"},
    "void_invoice": {"why": "twice"},
    "credit_invoice": {"amount_fen": 100, "why": "late"},
    "open_project": {"organisation": "lake-institute", "number": "3", "name": "Three", "budget_fen": 100},
    "change_budget": {"budget_fen": 90_000_00},
    "replay_webhook": {"since": "2026-01-01T00:00:00Z"},
}  # fmt: skip
# Whoever has an account may do these: they are about nobody's things, or only about the caller's own.
ONES_OWN = {
    "me", "list_organisations", "create_organisation", "list_recipes", "list_parts", "list_quotes", "list_orders",
    "list_invoices", "list_entries", "export_ledger", "list_projects", "list_events", "list_webhooks",
}  # fmt: skip
# A directory that everybody signed in reads.
DIRECTORY = {
    "list_facilities", "show_facility", "list_machines", "show_machine", "list_hours", "list_service_classes",
    "list_resins", "list_batches", "list_ways", "list_tariffs", "show_tariff",
}  # fmt: skip
# There is no such mesh, print package or letter among the things, even for their owner.
ABSENT = {
    "show_view", "show_deviation", "show_layers", "show_mask", "accept_invitation", "add_part", "add_revision",
    "remove_reader",
}  # fmt: skip
# The part is confidential: the colleague is no reader of it, and so of nothing that came of it. They hold no budget, and do
# not own the organisation, which has the webhook.
OF_THE_PART = re.compile(r"/(parts|revisions|checks|quotes|orders|invoices|projects|webhooks|deliveries)/{")
NAMES = [f"{method} {route}" for method, route, _ in ENDPOINTS]


def name_of(operation: Operation) -> str:
    return operation.view_func.__name__


def needs_of(operation: Operation) -> Needs:
    return next(one for one in operation.auth_callbacks if isinstance(one, Needs))


def ask(program: Program, endpoint: tuple[str, str, Operation], things: dict[str, str]) -> Any:
    """One request to an endpoint, about the things."""
    method, route, operation = endpoint
    slug = things["facility" if "/facilities/" in route else "organisation"]
    name = name_of(operation)
    address = re.sub(r"{(\w+)}", lambda found: slug if found[1] == "slug" else thing(things, name, found[1]), route)
    body = filled(BODIES.get(name, {} if method == "POST" else None), things, name)
    answer = program(method, address, body, If_Match="*")
    if answer.streaming:
        with connections_stay():
            answer.close()
    return answer


def happened(cast: Cast) -> list[int]:
    """How many events each organisation of the cast has."""
    counts = []
    for one in (cast.institute, cast.facility_operator, cast.park, cast.firm):
        with seen_by(organisation_id=one.pk):
            counts.append(sum(Chain.objects.filter(organisation_id=one.pk).values_list("count", flat=True)))
    return counts


@pytest.fixture
def things(cast: Cast) -> dict[str, str]:
    return make_things(cast)


def test_every_change_is_tried() -> None:
    takers = {name_of(one) for _, _, one in ENDPOINTS if any("body" in m.__ninja_param_source__ for m in one.models)}

    assert takers == set(BODIES)
    assert len(ENDPOINTS) > 50


def test_nobody_is_let_in(cast: Cast, things: dict[str, str], in_session: Callable[[User | None], Program]) -> None:
    before = happened(cast)
    for endpoint in ENDPOINTS:
        answer = ask(in_session(None), endpoint, things)

        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json"), endpoint
        assert answer.json()["type"] == "urn:mingyue:problem:not-signed-in"
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert happened(cast) == before


def test_a_key_that_is_none_is_let_in_nowhere(cast: Cast, things: dict[str, str], client: Any) -> None:
    for endpoint in ENDPOINTS:
        answer = ask(Program(client, {"Authorization": "Bearer mky_guessed"}), endpoint, things)

        assert answer.status_code == 401, endpoint
        assert answer.json()["detail"] == "This API key is unknown, revoked or has run out."


def test_a_key_is_told_which_scope_it_lacks(
    cast: Cast, things: dict[str, str], with_key: Callable[..., Program]
) -> None:
    programs = {
        lacking: with_key(cast.owner, cast.institute, *(one for one in SCOPES if one != lacking)) for lacking in SCOPES
    }
    before = happened(cast)
    for endpoint in ENDPOINTS:
        needs = needs_of(endpoint[2])
        if needs.scope is None and not needs.session_only:
            continue
        answer = ask(programs[needs.scope or "parts:read"], endpoint, things)

        assert answer.status_code == 403, endpoint
        said = answer.json()
        assert said["type"] == "urn:mingyue:problem:scope-missing"
        assert (needs.scope or "signed in") in said["detail"]
    assert happened(cast) == before


def test_a_stranger_finds_nothing_of_others(
    cast: Cast, things: dict[str, str], in_session: Callable[[User | None], Program]
) -> None:
    stranger = in_session(cast.stranger)
    before = happened(cast)
    for endpoint in ENDPOINTS:
        _method, route, operation = endpoint
        name = name_of(operation)
        if name == "create_organisation":
            continue
        answer = ask(stranger, endpoint, things)

        if name in ONES_OWN | DIRECTORY:
            assert answer.status_code == 200, endpoint
            told = answer.getvalue().decode()
            assert not [what for what in ("nozzle", "Lake Institute", things["recipe_id"]) if what in told], endpoint
            assert name != "list_batches" or answer.json() == []
        elif "/facilities/" in route or "/machines/" in route or "/resins/" in route:
            assert answer.status_code == 403, endpoint  # they may look, not touch
        else:
            assert answer.status_code == 404, endpoint
    assert happened(cast) == before


def test_the_owner_gets_what_is_there(
    cast: Cast, things: dict[str, str], in_session: Callable[[User | None], Program]
) -> None:
    owner = in_session(cast.owner)
    for endpoint in ENDPOINTS:
        method, _, operation = endpoint
        if method == "GET":
            answer = ask(owner, endpoint, things)

            assert answer.status_code == (404 if name_of(operation) in ABSENT else 200), endpoint


def test_a_colleague_sees_no_confidential_part_and_leads_nothing(
    cast: Cast, things: dict[str, str], in_session: Callable[[User | None], Program]
) -> None:
    colleague = in_session(cast.colleague)
    for endpoint in ENDPOINTS:
        _method, route, _operation = endpoint
        if OF_THE_PART.search(route):
            assert ask(colleague, endpoint, things).status_code == 404, endpoint
    before = happened(cast)
    for name in ("change_organisation", "change_member", "invite", "withdraw_invitation", "revoke_key"):
        endpoint = next(one for one in ENDPOINTS if name_of(one[2]) == name)
        refused = ask(colleague, endpoint, things)

        assert refused.status_code == (404 if name == "revoke_key" else 403), endpoint
    assert refused.json()["type"] == "urn:mingyue:problem:not-found"
    assert happened(cast) == before


def test_whoever_runs_the_facility_may_change_it(
    cast: Cast, things: dict[str, str], in_session: Callable[[User | None], Program]
) -> None:
    done = {}
    for who, person in (("operator", cast.operator), ("manager", cast.manager)):
        for endpoint in ENDPOINTS:
            method, route, operation = endpoint
            if method != "GET" and re.match(r"/(facilities|machines|resins|batches|downtimes)", route):
                done[who, name_of(operation)] = ask(in_session(person), endpoint, things).status_code

    assert {name for (who, name), status in done.items() if who == "operator" and status < 300} == {
        "set_machine_state", "announce_downtime", "withdraw_downtime", "add_batch", "discard_batch",
    }  # fmt: skip
    # What the operator did already cannot be done again.
    assert {name for (who, name), status in done.items() if who == "manager" and status >= 300} == {
        "set_machine_state", "announce_downtime", "withdraw_downtime", "add_batch", "discard_batch",
    }  # fmt: skip
