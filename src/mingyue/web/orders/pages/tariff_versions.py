"""The versions of a facility's prices as they follow each other: which counts, which will, and what each changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mingyue.phrases import Phrase
from mingyue.web.facilities.models import Facility
from mingyue.web.orders.models import Tariff
from mingyue.web.orders.pages.tariff_form import posted


@dataclass(frozen=True, slots=True)
class Difference:
    """One number that another version changed, as prices are posted; None where one of them has no such number."""

    title: Phrase
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """stands: now, later or before. differences: to the version that counted before it; None for the first."""

    tariff: Tariff
    stands: str
    differences: Sequence[Difference] | None


def versions(facility: Facility, published: Sequence[Tariff], *, at: datetime) -> list[Version]:
    """Last in time first. published: in any order."""
    # Of two that are valid from one moment on, the later version counts from it; the other never does.
    in_time = sorted(published, key=lambda one: (one.valid_from, one.number))
    begun = [one for one in in_time if one.valid_from is not None and one.valid_from <= at]
    found = []
    for before, one in zip([None, *in_time], in_time, strict=False):
        stands = "now" if begun and one == begun[-1] else "before" if one in begun else "later"
        changed = None if before is None else list(differences(facility, before.numbers, one.numbers))
        found.append(Version(one, stands, changed))
    return found[::-1]


def differences(facility: Facility, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """What is posted otherwise, in the order in which it is posted; what fell away comes last."""
    old, new = (dict(_flat(facility, numbers)) for numbers in (before, after))
    for title, name in [*new, *(each for each in old if each not in new)]:
        was, is_now = old.get((title, name)), new.get((title, name))
        if was != is_now:
            yield Difference(title, name, was, is_now)


def _flat(facility: Facility, numbers: Mapping[str, Any]) -> Iterator[tuple[tuple[Phrase, str], str]]:
    for title, rows in posted(facility, numbers):
        for name, value in rows:
            yield (title, name), value
