"""Programs that ask the API: with a key, in somebody's session, or as nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client

from mingyue.web.people.models import Organisation, User
from mingyue.web.people.queries import viewer_of
from mingyue.web.people.services import make_key
from mingyue.web.people.viewers import SCOPES
from mingyue.web.records.walls import seen_by
from tests.web.conftest import Cast
from tests.web.orders.conftest import deal, everything, shop  # noqa: F401 — fixtures of deals

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Program:
    """Asks as JSON. headers: what it says with every request."""

    client: Client
    headers: dict[str, str]

    def __call__(self, method: str, address: str, body: Any = None, **headers: str) -> Any:
        said = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        options = {} if body is None else {"data": body, "content_type": "application/json"}
        return self.client.generic(method, f"/api{address}", **self._body(options), headers=said)

    def _body(self, options: dict[str, Any]) -> dict[str, Any]:
        if not options:
            return {}
        import json

        return {"data": json.dumps(options["data"]), "content_type": "application/json"}


@pytest.fixture
def with_key(cast: Cast) -> Callable[..., Program]:
    """A program of this person, with a key of their organisation; all scopes where none are named."""

    def program(person: User, organisation: Organisation, *scopes: str) -> Program:
        return Program(Client(), {"Authorization": f"Bearer {secret_of(person, organisation, *scopes)}"})

    return program


def secret_of(person: User, organisation: Organisation, *scopes: str) -> str:
    """A key's secret, made as its person would."""
    at = datetime.now(UTC)
    with seen_by(person_id=person.pk):
        _, secret = make_key(
            actor=viewer_of(person), organisation_id=organisation.pk, name="a program", scopes=scopes or SCOPES,
            expires_at=at + timedelta(days=1), at=at,
        )  # fmt: skip
    return secret


@pytest.fixture
def in_session(cast: Cast) -> Callable[[User | None], Program]:
    """A browser in which this person is signed in."""

    def program(person: User | None) -> Program:
        client = Client()
        if person is not None:
            client.force_login(person, backend=BACKEND)
        return Program(client, {})

    return program


@contextmanager
def connections_stay() -> Iterator[None]:
    """A web server closes what is old after each request; here a request is asked inside the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
