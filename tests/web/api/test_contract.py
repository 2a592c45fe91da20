"""Whatever is sent, the API answers as its description says: schemathesis tries, with a key of all scopes."""

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
from hypothesis import HealthCheck
from hypothesis import settings as tries
from schemathesis import Case

from mingyue.web.site import api as site_api
from mingyue.web.site.limits import Counter
from tests.web.api.conftest import connections_stay, secret_of
from tests.web.api.things import make_things
from tests.web.conftest import make_cast

schema = schemathesis.openapi.from_dict(json.loads(json.dumps(site_api.api.get_openapi_schema())))
# A value may fit its form and yet name nothing (400), or the state that a change is based on may be gone (412).
schema.config.checks.positive_data_acceptance.expected_statuses += ["400", "412"]
schema.config.checks.missing_required_header.expected_statuses += ["428"]  # RFC 6585
things: dict[str, str] = {}
_UUID, _NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), re.compile(r"[-_a-zA-Z0-9]{1,60}")


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


@schema.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Every other request is about something that is there."""
    for name, value in (path_parameters or {}).items():
        known = "facility" if name == "slug" and "facilities" in context.operation.path else name
        known = "organisation" if known == "slug" else known
        fits = _UUID if name.endswith("_id") else _NAME
        if known in things and fits.fullmatch(str(value)) and sum(map(ord, str(value))) % 2:
            path_parameters[name] = things[known]
    return path_parameters


@schema.parametrize()
@tries(max_examples=3, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_api_answers_as_it_is_described(case: Case, caller: dict[str, str]) -> None:
    case.call_and_validate(headers=caller)


@pytest.fixture(scope="module")
def caller(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """What a program with a key of all scopes says; there is one of each thing, until all requests were made."""
    with django_db_blocker.unblock(), connections_stay(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(site_api, "_counter", Counter(1_000_000))  # so many a minute would be too many
        cast = make_cast()
        things.update(make_things(cast))
        yield {"Authorization": f"Bearer {secret_of(cast.owner, cast.institute)}"}
        transaction.set_rollback(True)
