"""The pages about the API: what there is, what holds for all of it, and each group of operations with its shapes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from mingyue.phrases import Language, in_language, say
from mingyue.web.records.errors import NotFoundError
from mingyue.web.records.language import current_language
from mingyue.web.site.api import REQUESTS_A_MINUTE, api
from mingyue.web.site.reference import samples
from mingyue.web.site.reference.events import TYPES
from mingyue.web.site.reference.groups import GROUPS, Group
from mingyue.web.site.reference.operations import Operation, operations_of
from mingyue.web.site.reference.problems import MEANINGS
from mingyue.web.site.reference.scopes import REACHES
from mingyue.web.site.reference.shapes import Shape, names_below, reached_from, shape_of

_LONGEST_SEARCH = 100
# What holds for all, by its place on the page.
CHAPTERS = (
    ("first", say("The first request")),
    ("who", say("Who asks")),
    ("problems", say("Problems")),
    ("twice", say("Sent twice, done once")),
    ("states", say("Nobody overwrites another")),
    ("pages", say("Long lists")),
    ("limits", say("How much is taken")),
    ("uploads", say("Files")),
    ("webhooks", say("Webhooks")),
    ("versions", say("What may change")),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A group, and those of its operations that were looked for."""

    group: Group
    operations: tuple[Operation, ...]


@cache
def described() -> dict[str, Any]:
    """The description as JSON has it."""
    read: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    return read


@cache
def operations() -> dict[str, Operation]:
    """All operations by name."""
    return {one.name: one for one in operations_of(described())}


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """All operations, or those in which all words of `q` stand."""
    asked = request.GET.get("q", "")[:_LONGEST_SEARCH].strip()
    found = tuple(_found(asked.casefold().split(), current_language()))
    context = {"groups": GROUPS, "asked": asked, "found": found, "count": sum(len(one.operations) for one in found)}
    return render(request, "reference/overview.html", context)


@require_GET
def basics(request: HttpRequest) -> HttpResponse:
    """What holds for every request."""
    context = {
        "groups": GROUPS,
        "here": "basics",
        "meanings": MEANINGS,
        "scopes": REACHES,
        "samples": samples,
        "events": TYPES,
        "chapters": CHAPTERS,
        "requests_a_minute": REQUESTS_A_MINUTE,
    }
    return render(request, "reference/basics.html", context)


@require_GET
def group(request: HttpRequest, name: str) -> HttpResponse:
    """One group: its operations, and the shapes that they send and answer."""
    chosen = next((one for one in GROUPS if one.name == name), None)
    if chosen is None:
        raise NotFoundError
    context = {"groups": GROUPS, "here": name, "group": chosen, "told": _told(name, current_language())}
    return render(request, "reference/group.html", context)


def _found(words: list[str], language: Language) -> Iterator[Found]:
    for one in GROUPS:
        here = (operations()[name] for name in one.acts)
        fit = tuple(act for act in here if act.is_about(words, said=in_language(act.title, language)))
        if fit:
            yield Found(one, fit)


@cache  # it is the same for every visitor, and 20 operations with all their tables take a tenth of a second
def _told(name: str, language: Language) -> SafeString:
    """The operations of a group in the language that is current."""
    assert language == current_language()
    chosen = next(one for one in GROUPS if one.name == name)
    context = {
        "operations": [operations()[act] for act in chosen.acts],
        "shapes": _shapes_of(chosen),
        "meanings": MEANINGS,
    }
    return render_to_string("reference/_operations.html", context)


def _shapes_of(chosen: Group) -> list[Shape]:
    """All that its operations send or answer, and what that is made of; not what they show of themselves already."""
    schemas = described()["components"]["schemas"]
    told = [
        part
        for methods in described()["paths"].values()
        for one in methods.values()
        if one["operationId"] in chosen.acts
        for part in (
            one.get("requestBody", {}),
            [answer for status, answer in one["responses"].items() if status < "300"],
        )
    ]
    return [shape_of(name, schemas) for name in reached_from(list(names_below(told)), schemas)]
