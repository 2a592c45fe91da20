"""A request sent twice with one Idempotency-Key acts once, and is answered twice alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from mingyue.errors import MingyueError
from mingyue.phrases import say
from mingyue.web.records.errors import ConflictError
from mingyue.web.records.models import HOUSE, KeptReply
from mingyue.web.records.walls import seen_by

LONGEST_KEY = 200
_KEPT_FOR = timedelta(days=7)
_HEADERS = ("Content-Type", "ETag", "Location")
SECRET = "X-Holds-Secret"  # between an endpoint and `once` only; never sent


class KeyReusedError(MingyueError):
    """One Idempotency-Key, two different requests."""


def holds_secret(response: HttpResponse) -> None:
    """Say that this answer is not to be kept: a secret in it is shown once."""
    response[SECRET] = "1"


def once(
    request: HttpRequest,
    *,
    key: str,
    person_id: UUID,
    organisation_id: UUID | None,
    at: datetime,
    act: Callable[[], HttpResponse],
) -> HttpResponse:
    """What `act` answers, or what it answered when this key came first. Of two at once, one acts and the other waits for it.

    A refusal changes nothing and is not kept: the same request may be good later. organisation_id: that of an API key;
    None for a person in a browser, who may have several.
    """
    digest = _digest_of(request)
    place = _Place(person_id, organisation_id or HOUSE, key)
    with transaction.atomic():
        kept, fresh = place.claim(digest, at)
        if not fresh:
            return _again(kept, digest)
        response = act()
        secret = response.headers.pop(SECRET, None) is not None
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        place.keep(kept, response, secret=secret)
    return response


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a person's replies are kept: with the organisation of their key, else with the house."""

    person_id: UUID
    organisation_id: UUID
    key: str

    def claim(self, digest: str, at: datetime) -> tuple[KeptReply, bool]:
        """The row of this key, and whether it is ours: whoever comes second waits here until the first has ended."""
        with self._seen():
            theirs = KeptReply.objects.filter(person_id=self.person_id, organisation_id=self.organisation_id)
            theirs.filter(at__lt=at - _KEPT_FOR).delete()
            return KeptReply.objects.get_or_create(
                person_id=self.person_id, organisation_id=self.organisation_id, key=self.key,
                defaults={"request_digest": digest, "status": 0, "body": {}, "at": at},
            )  # fmt: skip

    def keep(self, kept: KeptReply, response: HttpResponse, *, secret: bool) -> None:
        """The answer, as text: JSON of PostgreSQL would put its names in another order."""
        body = {
            "text": "" if secret else response.content.decode(),
            "headers": {name: response[name] for name in _HEADERS if response.has_header(name)},
            "secret": secret,
        }
        with self._seen():
            KeptReply.objects.filter(pk=kept.pk).update(status=response.status_code, body=body)

    def _seen(self) -> AbstractContextManager[None]:
        return seen_by(person_id=self.person_id, organisation_id=self.organisation_id)


def _again(kept: KeptReply, digest: str) -> HttpResponse:
    if kept.request_digest != digest:
        raise KeyReusedError(
            say("This Idempotency-Key came with another request before."),
            remedy=say("Make a new key for each request; repeat a request with its own."),
        )
    if kept.body["secret"]:
        raise ConflictError(
            say("This was done already, and its answer held a secret that is shown only once."),
            remedy=say("Look whether the first answer arrived; if not, revoke what it made and make it anew."),
        )
    response = HttpResponse(kept.body["text"], status=kept.status, headers=kept.body["headers"])
    response["Idempotent-Replay"] = "true"
    return response


def _digest_of(request: HttpRequest) -> str:
    """SHA-256 of what is asked: method, address and body."""
    said = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    said.update(request.body)
    return said.hexdigest()
