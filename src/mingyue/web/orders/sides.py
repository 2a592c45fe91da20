"""What customer and facility share: whoever of the one acts on it writes for the other too, and both are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import models, transaction

from mingyue.web.people.viewers import Viewer
from mingyue.web.records.services import hold_chain, record, record_in_each
from mingyue.web.records.walls import seen_by


class Shared(Protocol):
    """organisation: the customer."""

    organisation_id: UUID
    provider_id: UUID


@contextmanager
def acting(actor: Viewer, shared: Shared) -> Iterator[None]:
    """A transaction in which the walls let this actor write for both sides. That they may do what they do, rules say."""
    other = shared.provider_id if actor.belongs_to(shared.organisation_id) else shared.organisation_id
    with seen_by(person_id=actor.someone, organisation_id=other), transaction.atomic():
        yield


def tell_both(
    *,
    actor: Viewer,
    what: str,
    subject: models.Model,
    shared: Shared,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """One event in the chain of each side, so that each can prove what happened without the other.

    Always the last thing in a transaction: chains are locks.
    """
    sides = (shared.organisation_id, shared.provider_id)
    record_in_each(sides, actor=actor, what=what, subject=subject, at=at, facts=facts)


def hold_chains(shared: Iterable[Shared]) -> None:
    """Take the chains of all these sides in the one order in which everybody takes them, for a transaction that tells of
    several quotes: their facilities differ, and nobody is shown the chains of more than two sides at once."""
    for organisation_id in sorted({side for one in shared for side in (one.organisation_id, one.provider_id)}):
        with seen_by(organisation_id=organisation_id):
            hold_chain(organisation_id)


def tell_unasked(*, what: str, subject: models.Model, shared: Shared, at: datetime, facts: Mapping[str, Any]) -> None:
    """One event for each side of what nobody did: the platform itself, which belongs to neither. Chains are held."""
    for organisation_id in sorted({shared.organisation_id, shared.provider_id}):
        with seen_by(organisation_id=organisation_id):
            record(actor=None, what=what, subject=subject, at=at, organisation_id=organisation_id, facts=facts)
