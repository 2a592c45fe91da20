"""One operation as people read it: who may, what it takes, what it answers, and how it is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mingyue.phrases import Phrase
from mingyue.web.site.openapi import who_may
from mingyue.web.site.reference import calls
from mingyue.web.site.reference.groups import TITLES
from mingyue.web.site.reference.shapes import Field, Piece, Shape, field_of, sentence, shape_of, type_of

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back where it worked. media: empty where there is no body."""

    status: str
    media: str
    type: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. problems: the statuses of its problems; by_client: whether `python` uses mingyue.client."""

    name: str
    method: str
    path: str
    title: Phrase
    about: Phrase
    who: Phrase
    scope: str
    parameters: tuple[Field, ...]
    body: Shape | None
    answers: tuple[Answer, ...]
    problems: tuple[str, ...]
    curl: str
    python: str
    by_client: bool

    def is_about(self, words: list[str], *, said: str) -> bool:
        """Whether all of these words, in small letters, stand somewhere in it. said: its title in the reader's language."""
        fields = [field.name for field in (*self.parameters, *(self.body.fields if self.body else ()))]
        text = " ".join([self.name, self.method, self.path, self.title, said, self.about, self.scope, *fields])
        return all(word in text.casefold() for word in words)


def operations_of(description: Json) -> Iterator[Operation]:
    """All that the description describes. description: as JSON has it, so that statuses are texts."""
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            yield _operation(method.upper(), path, told, description["components"]["schemas"])


def _operation(method: str, path: str, told: Json, schemas: Json) -> Operation:
    name = told["operationId"]
    key = next((one["key"] for one in told["security"] if "key" in one), None)
    scope = key[0] if key else ""
    who = who_may(scope, session_only=key is None)
    body = _body(told)
    call = calls.Call(name, method, path, told, body, schemas, session_only=key is None)
    return Operation(
        name=name,
        method=method,
        path=path,
        title=TITLES[name],
        about=sentence(told["description"].removesuffix(who)),
        who=who,
        scope=scope,
        parameters=tuple(
            field_of(
                one["name"], one["schema"], required=one["required"], about=one.get("description", ""), place=one["in"]
            )
            for one in told["parameters"]
        ),
        body=shape_of(body, schemas) if body else None,
        answers=tuple(_answers(told)),
        problems=tuple(sorted(status for status in told["responses"] if status >= "400")),
        curl=calls.curl(call),
        python=calls.python(call),
        by_client=name in calls.BY_CLIENT,
    )


def _body(told: Json) -> str:
    """The shape that the body has; empty where there is none."""
    for one in told.get("requestBody", {}).get("content", {}).values():
        return str(one["schema"]["$ref"]).rpartition("/")[2]
    return ""


def _answers(told: Json) -> Iterator[Answer]:
    for status, answer in told["responses"].items():
        if status < "300":
            media = next(iter(answer.get("content", {})), "")
            yield Answer(status, media, type_of(answer["content"][media]["schema"]) if media else ())


def sentences_of(description: Json) -> list[str]:
    """All that the description says in sentences: each is a phrase, though it stands where programs read it."""
    schemas = description["components"]["schemas"]
    acts = list(operations_of(description))
    told = [act.about for act in acts] + [field.about for act in acts for field in act.parameters]
    told += [shape_of(name, schemas).about for name in schemas]
    return [text for text in dict.fromkeys(told) if text]
