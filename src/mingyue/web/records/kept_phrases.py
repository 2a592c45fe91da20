"""A phrase as JSON and back, so that what was said in the worker is said again in the reader's language."""

from __future__ import annotations

from typing import Any

from mingyue.phrases import Named, Phrase


def as_json(text: str) -> dict[str, Any]:
    """A phrase with its template and values; any other text as a phrase without values."""
    if not isinstance(text, Phrase):
        return {"text": str(text)}
    return {"template": text.template, "values": {name: _value(value) for name, value in text.values.items()}}


def from_json(kept: dict[str, Any] | None) -> str:
    """What `as_json` kept; an empty text for nothing."""
    if not kept:
        return ""
    if "template" not in kept:
        return str(kept.get("text", ""))
    values = {name: _read(value) for name, value in kept["values"].items()}
    return Phrase(kept["template"], values)


class _Name(str):
    """A name in two languages, read back."""

    __slots__ = ("zh",)
    zh: str


def _value(value: object) -> Any:
    if isinstance(value, Phrase):
        return as_json(value)
    if isinstance(value, Named):
        return {"en": str(value), "zh": value.zh}
    if isinstance(value, bool | int | float | str):
        return value
    return float(value) if hasattr(value, "__float__") else str(value)


def _read(value: Any) -> object:
    if not isinstance(value, dict):
        return value
    if "en" in value:
        name = _Name(value["en"])
        name.zh = value["zh"]
        return name
    return from_json(value)
