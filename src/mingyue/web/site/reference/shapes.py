"""Shapes of the description become tables: a field a row, with its type, its limits, and where it leads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mingyue.phrases import Phrase, say

Json = Mapping[str, Any]
_REF: Final = "#/components/schemas/"
_SHOWN_PATTERN: Final = 60  # longer ones only forbid control characters and spaces at the ends
_LARGEST_SAID: Final = 10**12  # what only keeps a number within its column tells nobody anything


NOTHING: Final = Phrase("", {})


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a type. shape: the name of the shape that it is; empty where it is none."""

    text: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One value by name. place: path, query or header; empty in a body."""

    name: str
    type: tuple[Piece, ...]
    required: bool
    limits: tuple[str, ...]
    about: Phrase = NOTHING
    place: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """An object of the description. about: what is told of it; empty where its name says all."""

    name: str
    about: Phrase
    fields: tuple[Field, ...]

    @property
    def answered(self) -> bool:
        """Whether it is read, where every field is there, rather than sent."""
        return not self.name.endswith("In")


def shape_of(name: str, schemas: Json) -> Shape:
    """One shape of the description."""
    told = schemas[name]
    required = set(told.get("required", ()))
    fields = (field_of(key, value, required=key in required) for key, value in told.get("properties", {}).items())
    return Shape(name, sentence(told.get("description", "")), tuple(fields))


def field_of(name: str, told: Json, *, required: bool, about: str = "", place: str = "") -> Field:
    """One value."""
    return Field(name, tuple(_type(told)), required, tuple(_limits(told)), sentence(about), place)


def names_below(told: Any) -> Iterator[str]:
    """The shapes that a part of the description names itself."""
    if isinstance(told, Mapping):
        if "$ref" in told:
            yield str(told["$ref"]).removeprefix(_REF)
        for value in told.values():
            yield from names_below(value)
    elif isinstance(told, list):
        for value in told:
            yield from names_below(value)


def reached_from(names: Iterator[str] | list[str], schemas: Json) -> list[str]:
    """These shapes and all that they lead to, each once, in the order in which one comes to them."""
    found: dict[str, None] = {}
    waiting = [name for name in names if name in schemas]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += [below for below in names_below(schemas[name]) if below in schemas]
    return list(found)


def sentence(text: str) -> Phrase:
    """What the description says, however it was broken in the source, as a phrase: each has its Chinese in a table."""
    return Phrase(" ".join(text.split()), {})


def type_of(told: Json) -> tuple[Piece, ...]:
    """The type in words of JSON, which are the same in every language."""
    return tuple(_type(told))


def _type(told: Json) -> Iterator[Piece]:
    if "$ref" in told:
        name = str(told["$ref"]).removeprefix(_REF)
        yield Piece(name, shape=name)
    elif "anyOf" in told:
        for number, one in enumerate(told["anyOf"]):
            yield from [Piece(" | ")] * bool(number)
            yield from _type(one)
    elif told.get("type") == "array":
        yield Piece("[ ")
        yield from _type(told.get("items", {}))
        yield Piece(" ]")
    elif "enum" in told or "const" in told:
        yield Piece(" | ".join(json.dumps(one) for one in told.get("enum", [told.get("const")])))
    elif told.get("type") == "object" and isinstance(told.get("additionalProperties"), Mapping):
        yield Piece("{ string: ")
        yield from _type(told["additionalProperties"])
        yield Piece(" }")
    else:
        yield Piece(told.get("format") or told.get("type") or "any")


def _limits(told: Json) -> Iterator[str]:
    """What a value may be beyond its type, and what it is where nobody says it."""
    for one in [told, *told.get("anyOf", ())]:
        yield from _sizes(one, "minLength", "maxLength", _letters)
        yield from _sizes(one, "minItems", "maxItems", _items)
        yield from _sizes(one, "minimum", "maximum", _numbers)
        pattern = one.get("pattern", "")
        if pattern and len(pattern) <= _SHOWN_PATTERN and "x00" not in pattern:
            yield pattern
    if told.get("default") not in (None, ""):
        yield say("{value} if left out", value=json.dumps(told["default"]))


def _sizes(told: Json, low: str, high: str, tell: Any) -> Iterator[str]:
    least, most = told.get(low), told.get(high)
    if most is not None and abs(most) >= _LARGEST_SAID:
        most = None
    if least is not None and abs(least) >= _LARGEST_SAID:
        least = None
    if least or most is not None or (least is not None and low == "minimum"):
        yield tell(least, most)


def _letters(least: int | None, most: int | None) -> Phrase:
    if most is None:
        return say("not empty")
    return say("{least:,} to {most:,} characters", least=least or 0, most=most)


def _items(least: int | None, most: int | None) -> Phrase:
    if most is None:
        return say("not empty")
    return say("{least:,} to {most:,} of them", least=least or 0, most=most)


def _numbers(least: float | None, most: float | None) -> str:
    ends = ([] if least is None else [f"≥ {least:,}"]) + ([] if most is None else [f"≤ {most:,}"])
    return ", ".join(ends)
