"""A long list as a person reads it: searched, narrowed to a state, page by page, all of it kept in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from mingyue.web.records.paging import Stretch, stretch_of

A_PAGE = 50
_LONGEST_SEARCH = 100

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A state that a list can be narrowed to: what it is called, and which rows are in it."""

    name: str
    rows: Q


@dataclass(frozen=True, slots=True)
class Listed(Generic[M]):
    """What the list shows. asked, state: by what it was narrowed; empty where it was not."""

    page: Stretch[M]
    asked: str
    state: str
    states: list[tuple[str, str]]

    @property
    def narrowed(self) -> bool:
        """Whether there may be more than is shown."""
        return bool(self.asked or self.state)


def listed(
    rows: QuerySet[M], said: QueryDict, *, searched: tuple[str, ...], states: Mapping[str, Narrowing]
) -> Listed[M]:
    """The page that an address names. searched: fields of which one holds what is looked for, whatever the case."""
    asked = said.get("q", "").replace("\x00", "").strip()[:_LONGEST_SEARCH]
    state = said.get("state", "")
    if asked:
        rows = rows.filter(_any_holds(searched, asked))
    if state in states:
        rows = rows.filter(states[state].rows)
    page = stretch_of(rows, limit=A_PAGE, by="at", older_than=said.get("older_than"), newer_than=said.get("newer_than"))
    choices = [(value, each.name) for value, each in states.items()]
    return Listed(page, asked, state if state in states else "", choices)


def _any_holds(fields: tuple[str, ...], text: str) -> Q:
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__icontains": text})
    return found


def by_state(choices: Any, field: str = "state") -> dict[str, Narrowing]:
    """One narrowing for each value of a field."""
    return {value: Narrowing(str(label), Q(**{field: value})) for value, label in choices}
