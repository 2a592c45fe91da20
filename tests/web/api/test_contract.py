"""Whatever is sent, the API answers as its description says: schemathesis tries, with keys of all scopes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from hypothesis import HealthCheck, assume
from hypothesis import settings as tries
from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation

from mingyue.web.people.models import User
from mingyue.web.site import api as site_api
from mingyue.web.site.limits import Counter
from tests.web.api.conftest import connections_stay, secret_of
from tests.web.api.test_who_may import BODIES
from tests.web.api.things import filled, make_things, thing
from tests.web.conftest import make_cast

schema = schemathesis.openapi.from_dict(json.loads(json.dumps(site_api.api.get_openapi_schema())))
# A value may fit its form and yet name nothing (400), or the state that a change is based on may be gone (412).
schema.config.checks.positive_data_acceptance.expected_statuses += ["400", "412"]
schema.config.checks.missing_required_header.expected_statuses += ["428"]  # RFC 6585
things: dict[str, str] = {}
# Most is asked by the customer's owner; this by their budget holder, and this by the facility's manager.
HOLDERS = {"approve_quote", "withdraw_approval", "open_project", "change_budget", "close_project"}
MANAGERS = {
    "release_quote", "decline_quote", "replace_quote", "advance_order", "bill_order", "note_payment", "note_refund",
    "write_off", "void_invoice", "credit_invoice",
}  # fmt: skip
# The name of a value in a body → what stands there.
IN_BODIES = {"check": "check_id", "service_class": "class_id", "project": "project_id", "organisation": "organisation"}
_FITS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[-_a-zA-Z0-9]{1,60}")


@cache
def _served() -> Any:
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    return get_wsgi_application()


def application(environ: Any, start_response: Any) -> Any:
    """The platform, loaded as it is first asked; each answer is read and closed, as a web server does."""
    answer = _served()(environ, start_response)
    try:
        return list(answer)
    finally:
        answer.close()


schema.app = application


def about_what_is_there(case: Case) -> None:
    """Every other id becomes one of something that is there, in the address and in the body: as good as the one it was."""
    name = _name(case)
    for place, value in (case.path_parameters or {}).items():
        known = "facility" if place == "slug" and "/facilities/" in case.operation.path else place
        known = "organisation" if known == "slug" else known
        if _meant(value) and (there := thing(things, name, known)):
            case.path_parameters[place] = there
    if isinstance(case.body, dict):
        case.body = _named(case.body, name)


def _named(body: dict[str, Any], operation: str) -> dict[str, Any]:
    named = dict(body)
    for name, value in body.items():
        if name == "options" and isinstance(value, list):
            named[name] = [_named(one, operation) if isinstance(one, dict) else one for one in value]
        elif name in IN_BODIES and _meant(value) and (there := thing(things, operation, IN_BODIES[name])):
            named[name] = there
    return named


def _name(case: Case) -> str:
    return str(case.operation.definition.raw["operationId"])


def _meant(value: Any) -> bool:
    return isinstance(value, str) and _FITS.fullmatch(value) is not None and sum(map(ord, value)) % 2 == 1


def honest(case: Case) -> bool:
    """Whether headers that are said to be wrong are: a good key takes the place of whatever was tried in `Authorization`."""
    headers = case.meta.components.get(ParameterLocation.HEADER) if case.meta else None
    key = str((case.headers or {}).get("Idempotency-Key", ""))
    return headers is None or headers.mode.is_positive or not re.fullmatch("[!-~]{0,200}", key)


def who_asks(name: str) -> str:
    """Whose key gets furthest."""
    return "holder" if name in HOLDERS else "manager" if name in MANAGERS else "owner"


def test_a_good_request_about_a_deal_is_done_and_answered_as_it_is_described(
    callers: dict[str, dict[str, str]],
) -> None:
    """First of all, while everything is still as it was made."""
    done = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        name = operation.definition.raw["operationId"]
        if not {"quotes", "orders", "projects"} & set(operation.tags or ()):
            continue
        names = re.findall(r"{(\w+)}", operation.path)
        places = {one: things["facility"] if one == "slug" else thing(things, name, one) for one in names}
        body = {"body": filled(BODIES[name], things, name), "media_type": "application/json"} if name in BODIES else {}
        answer = operation.Case(path_parameters=places, **body).call_and_validate(
            headers=callers[who_asks(name)] | ({"If-Match": "*"} if operation.method == "patch" else {})
        )
        assert answer.status_code in {200, 201}, (name, answer.text)
        done.add(name)
    assert done > HOLDERS | MANAGERS


@schema.parametrize()
@tries(max_examples=3, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_api_answers_as_it_is_described(case: Case, callers: dict[str, dict[str, str]]) -> None:
    assume(honest(case))
    about_what_is_there(case)
    case.call_and_validate(headers=callers[who_asks(_name(case))])


@pytest.fixture(scope="module")
def callers(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, dict[str, str]]]:
    """What programs with keys of all scopes say; there is one of each thing, until all requests were made."""
    with django_db_blocker.unblock(), connections_stay(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(site_api, "_counter", Counter(1_000_000))  # so many a minute would be too many
        cast = make_cast()
        things.update(make_things(cast))
        holder = User.objects.get(email="holder@example.org")
        keys = {
            "owner": secret_of(cast.owner, cast.institute),
            "holder": secret_of(holder, cast.institute),
            "manager": secret_of(cast.manager, cast.facility_operator),
        }
        yield {name: {"Authorization": f"Bearer {key}"} for name, key in keys.items()}
        transaction.set_rollback(True)
